/* Tests of io/resolver: what needs no name server; giving up. */
#include "io/resolver.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/clock.h"
#include "io/loop.h"

enum { WAIT_MS = 60000 };

struct heard {
    int calls;
    struct resolver_answer answer;
};

static void hear(void *arg, const struct resolver_answer *answer)
{
    struct heard *heard = arg;
    heard->calls++;
    heard->answer = *answer;
}

static bool has_address(const struct resolver_answer *answer, const char *address)
{
    for (size_t i = 0; i < answer->count; i++) {
        if (strcmp(answer->addresses[i], address) == 0)
            return true;
    }
    return false;
}

static void addresses_and_local_names_need_no_server(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"127.0.0.1", "127.0.0.1"}, {"::1", "::1"}, {"localhost", "127.0.0.1"}};
    struct loop *loop = loop_new(NULL);
    struct resolver *resolver = resolver_new(loop, NULL);
    assert_non_null(resolver);
    for (size_t i = 0; i < 3; i++) {
        struct heard heard = {0};
        assert_non_null(resolver_ask(resolver, cases[i][0], hear, &heard));
        /* Never from within the question. */
        assert_int_equal(heard.calls, 0);
        int64_t deadline = clock_mono_us() + INT64_C(1000) * WAIT_MS;
        while (heard.calls == 0) {
            assert_true(clock_mono_us() < deadline);
            loop_wait(loop, 10);
        }
        assert_int_equal(heard.calls, 1);
        if (!has_address(&heard.answer, cases[i][1]))
            fail_msg("%s is not %s", cases[i][0], cases[i][1]);
    }
    resolver_free(resolver);
    loop_free(loop);
}

static void cancelled_questions_are_not_answered(void **state)
{
    (void)state;
    struct loop *loop = loop_new(NULL);
    struct resolver *resolver = resolver_new(loop, NULL);
    struct heard heard = {0};
    resolver_cancel(NULL);
    resolver_cancel(resolver_ask(resolver, "127.0.0.1", hear, &heard));
    resolver_cancel(resolver_ask(resolver, "no-such-host.invalid", hear, &heard));
    (void)resolver_ask(resolver, "127.0.0.1", hear, &heard);
    (void)resolver_ask(resolver, "no-such-host.invalid", hear, &heard);
    resolver_free(resolver);
    for (int i = 0; i < 10; i++)
        loop_wait(loop, 5);
    assert_int_equal(heard.calls, 0);
    loop_free(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_and_local_names_need_no_server),
        cmocka_unit_test(cancelled_questions_are_not_answered),
    };
    return cmocka_run_group_tests_name("io/resolver", tests, NULL, NULL);
}
