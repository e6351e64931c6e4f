/* Lengths of time as ISO 8601 writes them are so many seconds; years and months are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codec/iso_duration.h"

static void test_durations(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double seconds; /* negative = none */
    } cases[] = {
        {"PT1H", 3600},   {"PT1H30M", 5400}, {"PT0.5S", 0.5}, {"PT1,25M", 75}, {"P1D", 86400}, {"P1DT1S", 86401},
        {"P2W", 1209600}, {"PT0S", 0},       {"PT90M", 5400}, {"P1W2D", 777600}, {"", -1},     {"P", -1},
        {"PT", -1},       {"P1DT", -1},      {"P1Y", -1},     {"P1M", -1},     {"PT1D", -1},   {"P1H", -1},
        {"PT1M1H", -1},   {"PT1H1H", -1},    {"PT1.5H1M", -1}, {"PT1.H", -1},  {"PT.5H", -1},  {"PT1.5.5H", -1},
        {"1H", -1},       {"PTH", -1},       {"PT1", -1},     {"PT1Hx", -1},   {"-PT1H", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double seconds = -1;
        bool is_one = iso_duration_parse(text_of(cases[i].text), &seconds);
        if (is_one != (cases[i].seconds >= 0) || seconds < cases[i].seconds || seconds > cases[i].seconds)
            fail_msg("%s: %g", cases[i].text, seconds);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_durations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
