/* What is written is the JSON that was meant, and numbers read back to the last bit. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/json_write.h"
#include "codec/number.h"
#include "support/dice.h"

static void nested_values_get_their_commas(void **state)
{
    (void)state;
    struct strbuf out = {0};
    struct json_write json = {.out = &out};
    json_write_begin_object(&json);
    json_write_name(&json, "a");
    json_write_begin_array(&json);
    json_write_integer(&json, INT64_MIN);
    json_write_integer(&json, 0);
    json_write_integer(&json, INT64_MAX);
    json_write_begin_array(&json);
    json_write_end_array(&json);
    json_write_null(&json);
    json_write_end_array(&json);
    json_write_name_text(&json, text_of("b \"c\""));
    json_write_begin_object(&json);
    json_write_name(&json, "yes");
    json_write_bool(&json, true);
    json_write_name(&json, "no");
    json_write_bool(&json, false);
    json_write_end_object(&json);
    json_write_end_object(&json);
    assert_string_equal(strbuf_text(&out),
                        "{\"a\":[-9223372036854775808,0,9223372036854775807,[],null],"
                        "\"b \\\"c\\\"\":{\"yes\":true,\"no\":false}}");
    strbuf_done(&out);
}

static void texts_are_escaped(void **state)
{
    (void)state;
    struct strbuf out = {0};
    struct json_write json = {.out = &out};
    json_write_begin_array(&json);
    json_write_text(&json, (struct text){0});
    json_write_word(&json, "zo\xc3\xab \xe2\x9c\x93 \"\\\" \n\t\x01\x7f");
    json_write_text(&json, (struct text){.bytes = "\0x", .length = 2});
    json_write_end_array(&json);
    assert_string_equal(
        strbuf_text(&out),
        "[\"\",\"zo\xc3\xab \xe2\x9c\x93 \\\"\\\\\\\" \\u000a\\u0009\\u0001\x7f\",\"\\u0000x\"]");
    strbuf_done(&out);
}

static void check_number(double value)
{
    struct strbuf out = {0};
    struct json_write json = {.out = &out};
    json_write_number(&json, value);
    const char *text = strbuf_text(&out);
    double back = strtod(text, NULL);
    if (back != value || strlen(text) > NUMBER_BYTES)
        fail_msg("%a written as %s", value, text);
    strbuf_done(&out);
}

static void numbers_are_short_where_they_can_be(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } examples[] = {{0, "0"},
                    {-0.0, "0"},
                    {1, "1"},
                    {-7, "-7"},
                    {0.1, "0.1"},
                    {0.3, "0.3"},
                    {-2.5, "-2.5"},
                    {1e14, "100000000000000"},
                    {0.07, "0.07"},
                    {1e-6, "0.000001"},
                    {123456.789, "123456.789"},
                    {0.000123, "0.000123"},
                    {0.1 + 0.2, "0.30000000000000004"}};
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        char text[NUMBER_BYTES + 1];
        text[number_write_exact(examples[i].value, text)] = '\0';
        assert_string_equal(text, examples[i].text);
    }
}

static void numbers_read_back_to_the_last_bit(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    static const double edges[] = {
        5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e15, 1e-6, 0x1p53, 0x1p-10};
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        check_number(edges[i]);
        check_number(-edges[i]);
        check_number(nextafter(edges[i], 0));
        check_number(nextafter(edges[i], 1));
    }
    for (int i = 0; i < 200000; i++) {
        check_number((dice_unit(&dice) - 0.5) * pow(10, (double)dice_below(&dice, 36) - 14));
        check_number((double)dice_below(&dice, 1000000) / pow(10, (double)dice_below(&dice, 9)));
        check_number(
            ldexp(1 + (double)dice_below(&dice, 3) * 0x1p-52, (int)dice_below(&dice, 80) - 30));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nested_values_get_their_commas),
        cmocka_unit_test(texts_are_escaped),
        cmocka_unit_test(numbers_are_short_where_they_can_be),
        cmocka_unit_test(numbers_read_back_to_the_last_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
