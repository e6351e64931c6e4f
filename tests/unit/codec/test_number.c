/* Numbers agree with printf to 12 digits. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/number.h"
#include "support/dice.h"

static void written(double value, char text[static NUMBER_BYTES + 1])
{
    size_t length = number_write(value, text);
    assert_in_range(length, 1, NUMBER_BYTES);
    text[length] = '\0';
}

static void test_whole(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int round = 0; round < 20000; round++) {
        static const int64_t ends[] = {0, 9, 10, 99, 100, -1, INT64_MAX, INT64_MIN};
        int64_t value = round < 8 ? ends[round] : (int64_t)(dice_bits(&dice) >> dice_below(&dice, 64));
        value = round % 2 == 0 || value == INT64_MIN ? value : -value;
        char text[NUMBER_BYTES + 1], expected[NUMBER_BYTES];
        size_t length = number_write_whole(value, text);
        assert_in_range(length, 1, NUMBER_BYTES);
        text[length] = '\0';
        (void)snprintf(expected, sizeof expected, "%lld", (long long)value);
        assert_string_equal(text, expected);
    }
}

static void test_examples(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } examples[] = {{0, "0"},       {1, "1"},           {-1, "-1"},       {0.5, "0.5"},
                    {-0.25, "-0.25"}, {100, "100"},     {1e-5, "1e-05"},  {0.0001, "0.0001"},
                    {1.0 / 3, "0.333333333333"},        {123456.789, "123456.789"},
                    {99999999999.5, "99999999999.5"},   {0.99999999999999, "1"},
                    {1e15, "1e+15"}, {9.9999999999999, "10"}};
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        char text[NUMBER_BYTES + 1];
        written(examples[i].value, text);
        assert_string_equal(text, examples[i].text);
    }
}

/* Whatever the value, what is written reads back as the value to 12 digits. */
static void test_reads_back(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < 200000; i++) {
        double value = (dice_unit(&dice) - 0.5) * pow(10, (double)dice_below(&dice, 30) - 12);
        char text[NUMBER_BYTES + 1];
        written(value, text);
        double back = strtod(text, NULL);
        if (!(fabs(back - value) <= 0.500001e-11 * fabs(value)))
            fail_msg("%.17g written as %s", value, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_whole), cmocka_unit_test(test_examples), cmocka_unit_test(test_reads_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
