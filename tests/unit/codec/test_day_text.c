/* Times are written so that reading gives them back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/day_text.h"
#include "codec/rfc3339.h"
#include "support/dice.h"

static void test_examples(void **state)
{
    (void)state;
    struct strbuf out = {0};
    day_text_add_time(&out, 0);
    strbuf_add_char(&out, ' ');
    day_text_add_time(&out, 1709251199999);
    strbuf_add_char(&out, ' ');
    day_text_add_iso(&out, 19782);
    strbuf_add_char(&out, ' ');
    day_text_add_spoken(&out, 19782);
    assert_string_equal(strbuf_text(&out), "1970-01-01T00:00:00.000Z 2024-02-29T23:59:59.999Z 2024-02-29 29 February 2024");
    strbuf_done(&out);
}

static void test_what_is_written_is_read(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < 10000; i++) {
        struct strbuf out = {0};
        int64_t time_ms = dice_below(&dice, 253402300800000), read_ms;
        day_text_add_time(&out, time_ms);
        assert_true(rfc3339_parse((struct text){out.data, (uint32_t)out.length}, &read_ms));
        assert_int_equal(read_ms, time_ms);
        strbuf_done(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_examples), cmocka_unit_test(test_what_is_written_is_read)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
