/* Crash points: the one that is named dies at its turn, all others pass. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define UPTAKE_CRASH_POINTS
#include "base/crash_point.h"

enum { CRASHED = 86 };

/* How a process ends that passes three points. */
static int status_with(const char *crash_at)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (crash_at != NULL)
            (void)setenv("UPTAKE_CRASH_AT", crash_at, 1);
        CRASH_POINT("first");
        CRASH_POINT("second");
        CRASH_POINT("first");
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_only_the_named_passing_dies(void **state)
{
    (void)state;
    assert_int_equal(status_with(NULL), 0);
    assert_int_equal(status_with("first:1"), CRASHED);
    assert_int_equal(status_with("first:2"), CRASHED);
    assert_int_equal(status_with("first:3"), 0);
    assert_int_equal(status_with("second:1"), CRASHED);
    assert_int_equal(status_with("second:2"), 0);
    assert_int_equal(status_with("fir:1"), 0);
    assert_int_equal(status_with("first"), 0);
    assert_int_equal(status_with(""), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_only_the_named_passing_dies)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
