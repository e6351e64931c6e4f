/* Moments as they are typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/typed_time.h"

static void expect(const char *text, enum typed_time_edge edge, int64_t wanted_ms)
{
    int64_t time_ms = -1;
    assert_true(typed_time_read(text, edge, &time_ms));
    assert_int_equal(time_ms, wanted_ms);
}

static void test_moments(void **state)
{
    (void)state;
    expect("2024-02-29T12:00:00.250+02:00", TYPED_TIME_BEGIN, 1709200800250);
    expect("2024-02-29T12:00:00.250+02:00", TYPED_TIME_END, 1709200800250);
    expect("2024-02-29", TYPED_TIME_BEGIN, 1709164800000);
    expect("2024-02-29", TYPED_TIME_END, 1709251200000);
}

static void test_no_moments(void **state)
{
    (void)state;
    static const char *const texts[] = {"",      "yesterday", "2024-02-30", "2024-02-29T12:00",
                                        "12:00", "1700000000"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t time_ms = 7;
        if (typed_time_read(texts[i], TYPED_TIME_END, &time_ms))
            fail_msg("'%s' is taken for a moment", texts[i]);
        assert_int_equal(time_ms, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_no_moments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
