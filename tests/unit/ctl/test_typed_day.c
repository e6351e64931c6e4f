/* Days as they are typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ctl/typed_day.h"

static void test_days(void **state)
{
    (void)state;
    int32_t day = -1;
    assert_true(typed_day_read("1970-01-01", &day));
    assert_int_equal(day, 0);
    assert_true(typed_day_read("2024-02-29", &day));
    assert_int_equal(day, 19782);
    assert_true(typed_day_read("9999-12-31", &day));
    assert_int_equal(day, 2932896);
}

static void test_no_days(void **state)
{
    (void)state;
    static const char *const texts[] = {"",           "2024-02-30",  "2024-2-29",   "29.02.2024",
                                        "1969-12-31", "2024-02-29T", "2024-02-29 ", "today"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int32_t day = 7;
        if (typed_day_read(texts[i], &day))
            fail_msg("'%s' is taken for a day", texts[i]);
        assert_int_equal(day, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_no_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
