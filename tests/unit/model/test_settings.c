/* Tests of model/settings: the retention follows the join window, and never falls short of it. */
#include "model/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const int64_t DAY_MS = 86400000;

static void the_defaults_are_those_of_architecture(void **state)
{
    (void)state;
    struct settings settings;
    settings_default(&settings);
    assert_int_equal(settings.retention.cell_days, 90 + 35);
    assert_int_equal(settings.retention.week_days, 32 * 7);
    assert_int_equal(settings.retention.training_days, 448);
    assert_int_equal(settings.retention.pulse_days, 125);
    assert_int_equal(settings.retention.day_set_days, 448);
}

static void a_longer_join_window_keeps_more(void **state)
{
    (void)state;
    struct settings settings;
    settings_default(&settings);
    settings.join_window_ms = 60 * DAY_MS;
    settings_fit_retention(&settings);
    assert_int_equal(settings.retention.cell_days, 150);
    assert_int_equal(settings.retention.week_days, 27 * 7 + 63);
    assert_int_equal(settings.retention.pulse_days, 150);
    assert_int_equal(settings.retention.day_set_days, 512);
}

static void a_part_of_a_day_counts_as_one(void **state)
{
    (void)state;
    struct settings settings;
    settings_default(&settings);
    settings.join_window_ms = 35 * DAY_MS + 1;
    settings_fit_retention(&settings);
    assert_int_equal(settings.retention.cell_days, 126);
}

static void every_join_window_gets_enough(void **state)
{
    (void)state;
    struct settings settings;
    settings_default(&settings);
    for (int32_t days = 1; days <= 365; days++) {
        settings.join_window_ms = days * DAY_MS;
        settings_fit_retention(&settings);
        const struct retention *retention = &settings.retention;
        assert_true(retention->cell_days >= 90 + days);
        assert_true(retention->pulse_days >= 90 + days);
        assert_true(retention->week_days >= 26 * 7 + days);
        assert_true(retention->week_days % 7 == 0);
        assert_true(retention->training_days >= 400);
        assert_true(retention->day_set_days >= 400 + days);
        assert_true(retention->day_set_days % 64 == 0);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_defaults_are_those_of_architecture),
        cmocka_unit_test(a_longer_join_window_keeps_more),
        cmocka_unit_test(a_part_of_a_day_counts_as_one),
        cmocka_unit_test(every_join_window_gets_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
