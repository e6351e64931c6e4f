/* Tests of app/config_units: what is a number with a unit, and that it reads back as it was
 * written. */
#include "app/config_units.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "support/dice.h"

struct good {
    const char *text;
    const struct config_unit *units;
    int64_t value;
    const char *shortest;
};

static const struct good goods[] = {
    {"30s", config_durations, 30000, "30s"},
    {"60s", config_durations, 60000, "1m"},
    {"10m", config_durations, 600000, "10m"},
    {"35d", config_durations, INT64_C(35) * 86400000, "35d"},
    {"840h", config_durations, INT64_C(35) * 86400000, "35d"},
    {"6h", config_durations, 21600000, "6h"},
    {"1500ms", config_durations, 1500, "1500ms"},
    {"0s", config_durations, 0, "0s"},
    {"0d", config_durations, 0, "0s"},
    {"32MiB", config_sizes, 32 << 20, "32MiB"},
    {"65536", config_sizes, 65536, "64KiB"},
    {"65537", config_sizes, 65537, "65537"},
    {"4GiB", config_sizes, INT64_C(4) << 30, "4GiB"},
    {"0", config_sizes, 0, "0"},
    {"0", config_counts, 0, "0"},
    {"007", config_counts, 7, "7"},
    {"9223372036854775807", config_counts, INT64_MAX, "9223372036854775807"},
};

static void good_values_are_read_and_printed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof goods / sizeof goods[0]; i++) {
        int64_t value = -1;
        struct strbuf text = {0};
        struct up_err err;
        if (config_units_parse(goods[i].text, goods[i].units, &value, &err) != 0)
            fail_msg("%s: %s", goods[i].text, err.text);
        assert_int_equal(value, goods[i].value);
        config_units_print(value, goods[i].units, &text);
        assert_string_equal(strbuf_text(&text), goods[i].shortest);
        strbuf_done(&text);
    }
}

struct bad {
    const char *text;
    const struct config_unit *units;
    const char *says;
};

static const struct bad bads[] = {
    {"", config_durations, "no duration"},
    {"30", config_durations, "such as 30s"},
    {"30 s", config_durations, "no duration"},
    {"30S", config_durations, "no duration"},
    {"1.5h", config_durations, "no duration"},
    {"-1s", config_durations, "no duration"},
    {"+1s", config_durations, "no duration"},
    {"s", config_durations, "no duration"},
    {"30sec", config_durations, "no duration"},
    {"1w", config_durations, "no duration"},
    {"30s ; half a minute", config_durations, "no duration"},
    {"9223372036854775807s", config_durations, "too large"},
    {"9223372036854775808ms", config_durations, "too large"},
    {"32MB", config_sizes, "KiB, MiB or GiB"},
    {"32mib", config_sizes, "no size"},
    {"99999999999GiB", config_sizes, "too large"},
    {"0x10", config_counts, "no whole number"},
    {"1e3", config_counts, "no whole number"},
    {"5s", config_counts, "no whole number"},
};

static void bad_values_are_refused_with_a_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bads / sizeof bads[0]; i++) {
        int64_t value = 77;
        struct up_err err;
        assert_int_equal(config_units_parse(bads[i].text, bads[i].units, &value, &err), UP_EINVAL);
        assert_int_equal(value, 77);
        if (strstr(err.text, bads[i].says) == NULL)
            fail_msg("%s: %s", bads[i].text, err.text);
    }
}

static void numbers_are_plain_decimals(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",     "x",     "0x1p3", "nan",   "inf", "-inf", "1e999",
                                        "0,25", "0.25 ", " 0.25", "1.2.3", "1e",  "--1",  "."};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        double value = 0;
        if (config_units_parse_number(wrong[i], &value, NULL) != UP_EINVAL)
            fail_msg("\"%s\" was taken as %g", wrong[i], value);
    }
    double value = 0;
    assert_int_equal(config_units_parse_number("2.5e-1", &value, NULL), 0);
    assert_true(value == 0.25);
}

static void numbers_read_back_as_they_were(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < 2000; i++) {
        double value = (double)dice_below(&dice, 1 << 30) * dice_unit(&dice);
        double back = -1;
        struct strbuf text = {0};
        config_units_print_number(value, &text);
        assert_int_equal(config_units_parse_number(strbuf_text(&text), &back, NULL), 0);
        if (back != value)
            fail_msg("number %d: %a became %a", i, value, back);
        strbuf_done(&text);
    }
    struct strbuf text = {0};
    config_units_print_number(0.1, &text);
    assert_string_equal(strbuf_text(&text), "0.1");
    strbuf_done(&text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_values_are_read_and_printed),
        cmocka_unit_test(bad_values_are_refused_with_a_reason),
        cmocka_unit_test(numbers_are_plain_decimals),
        cmocka_unit_test(numbers_read_back_as_they_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
