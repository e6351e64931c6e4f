/* Errors keep the first sentence, buffers keep their bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/strbuf.h"

static void test_context_goes_in_front(void **state)
{
    (void)state;
    struct up_err err;
    assert_int_equal(up_fail(&err, UP_ECONN, "server %d is away", 7), UP_ECONN);
    assert_int_equal(up_fail_context(&err, "partition %d", 3), UP_ECONN);
    assert_string_equal(err.text, "partition 3: server 7 is away");
    assert_int_equal(err.code, UP_ECONN);
}

static void test_long_text_is_cut(void **state)
{
    (void)state;
    struct up_err err;
    char lots[2000];
    memset(lots, 'x', sizeof lots - 1);
    lots[sizeof lots - 1] = '\0';
    (void)up_fail(&err, UP_EINVAL, "%s", lots);
    (void)up_fail_context(&err, "%s", lots);
    assert_int_equal(strlen(err.text), UP_ERR_TEXT_MAX - 1);
    assert_int_equal(up_fail(NULL, UP_EIO, "nobody listens"), UP_EIO);
}

static void test_strbuf(void **state)
{
    (void)state;
    struct strbuf buffer = {0};
    for (int i = 0; i < 1000; i++)
        strbuf_add_format(&buffer, "%d,", i);
    strbuf_add_char(&buffer, '!');
    assert_int_equal(buffer.length, 10 * 2 + 90 * 3 + 900 * 4 + 1);
    assert_memory_equal(strbuf_text(&buffer), "0,1,2,", 6);
    assert_int_equal(strlen(strbuf_text(&buffer)), buffer.length);
    strbuf_reset(&buffer);
    assert_string_equal(strbuf_text(&buffer), "");
    strbuf_done(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_context_goes_in_front),
                                       cmocka_unit_test(test_long_text_is_cut), cmocka_unit_test(test_strbuf)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
