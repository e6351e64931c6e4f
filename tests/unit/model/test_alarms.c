/* All detectors of a team together, on plain observations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/alarms.h"
#include "support/near.h"

enum { MONDAY = 20003, SUNDAY = 20009 };

static struct alarms *alarms;
static struct observation today;

static int start(void **state)
{
    (void)state;
    alarms = alarms_new();
    today = (struct observation){.day = MONDAY, .threshold = 730};
    return 0;
}

static int stop(void **state)
{
    (void)state;
    alarms_free(alarms);
    return 0;
}

static struct alarm_step close_days(int days)
{
    struct alarm_step step = {.opened = 0};
    for (int i = 0; i < days; i++, today.day++)
        step = alarms_step(alarms, &today);
    return step;
}

/* Closes days until something opens; returns how many it took. */
static int close_until_open(uint32_t kind)
{
    for (int days = 1; days < 200; days++) {
        if (close_days(1).opened == 1U << kind)
            return days;
    }
    fail_msg("alarm %u never opened", kind);
    return 0;
}

static void test_a_day_without_anything(void **state)
{
    (void)state;
    struct alarm_step step = close_days(1);
    assert_false(step.x_relapsing.known || step.r.known || step.y.known || step.m.known);
    assert_false(step.x_bypassing.known || step.b.known || step.x_over_trust.known);
    assert_near(step.e_relapsing + step.e_bypassing + step.e_over_trust, 0, 0);
    assert_int_equal(step.opened | step.resolved, 0);
    assert_int_equal(alarms_open_kinds(alarms), 0);
}

static void test_over_trust_has_a_fixed_level(void **state)
{
    (void)state;
    today.x_over_trust = estimate_point(0.5, 4);
    close_days(100);
    assert_int_equal(alarms_open_kinds(alarms), 0);
    today.x_over_trust = estimate_point(1, 4);
    assert_in_range(close_until_open(ALARM_OVER_TRUST), 2, 15);
    today.x_over_trust = estimate_point(0.4, 4);
    assert_int_equal(close_days(6).resolved, 0);
    assert_int_equal(close_days(1).resolved, 1U << ALARM_OVER_TRUST);
}

static void test_relapsing_and_bypassing_side_by_side(void **state)
{
    (void)state;
    today.x_relapsing = estimate_point(0.8, 8);
    today.x_bypassing = estimate_point(0.1, 8);
    struct alarm_step step = close_days(60);
    assert_true(step.r.known && step.y.known && step.m.known && step.b.known);
    assert_near(step.r.value, 0.8, 1e-12);
    assert_near(step.b.value, 0.15, 1e-12);
    today.x_relapsing = estimate_point(0.1, 8);
    close_until_open(ALARM_RELAPSING);
    today.x_bypassing = estimate_point(0.9, 8);
    close_until_open(ALARM_BYPASSING);
    assert_int_equal(alarms_open_kinds(alarms), 1U << ALARM_RELAPSING | 1U << ALARM_BYPASSING);
}

static void test_the_threshold_delays(void **state)
{
    (void)state;
    int days[2];
    for (int i = 0; i < 2; i++) {
        stop(NULL);
        start(NULL);
        today.threshold = i == 0 ? 40 : 3650;
        today.x_over_trust = estimate_point(1, 4);
        days[i] = close_until_open(ALARM_OVER_TRUST);
    }
    assert_true(days[0] < days[1]);
}

static void test_stalled_on_two_sundays(void **state)
{
    (void)state;
    today.day = SUNDAY;
    today.stalled = FLAG_TRUE;
    close_days(1);
    today.stalled = FLAG_UNKNOWN;
    close_days(6);
    assert_int_equal(alarms_open_kinds(alarms), 0);
    close_days(1); /* an unknown Sunday: the one before it still counts */
    close_days(6);
    today.stalled = FLAG_TRUE;
    assert_int_equal(close_days(1).opened, 1U << ALARM_STALLED);
    today.stalled = FLAG_FALSE;
    close_days(1);
    today.stalled = FLAG_UNKNOWN;
    assert_int_equal(close_days(6).resolved, 1U << ALARM_STALLED);
}

static void test_diagnoses_fire_after_seven_closes(void **state)
{
    (void)state;
    static const struct {
        enum diagnosis diagnosis;
        enum alarm_kind kind;
    } rows[] = {{DIAGNOSIS_FADING, ALARM_FADING},
                {DIAGNOSIS_FASTER_BUT_WORSE, ALARM_FASTER_BUT_WORSE},
                {DIAGNOSIS_HOLLOW_ENTRY, ALARM_HOLLOW_ENTRY}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        today.diagnosis = 1U << rows[i].diagnosis;
        close_days(6);
        assert_int_equal(alarms_open_kinds(alarms), 0);
        assert_int_equal(close_days(1).opened, 1U << rows[i].kind);
        assert_int_equal(alarms_open_kinds(alarms), 1U << rows[i].kind);
        today.diagnosis = 0;
        assert_int_equal(close_days(7).resolved, 1U << rows[i].kind);
    }
    /* Others are no alarms; an e-detector is not opened by its diagnosis. */
    today.diagnosis = 1U << DIAGNOSIS_NO_ROOM | 1U << DIAGNOSIS_BYPASSING |
                      1U << DIAGNOSIS_OVER_TRUST | 1U << DIAGNOSIS_WORSE;
    close_days(30);
    assert_int_equal(alarms_open_kinds(alarms), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_day_without_anything, start, stop),
        cmocka_unit_test_setup_teardown(test_over_trust_has_a_fixed_level, start, stop),
        cmocka_unit_test_setup_teardown(test_relapsing_and_bypassing_side_by_side, start, stop),
        cmocka_unit_test_setup_teardown(test_the_threshold_delays, start, stop),
        cmocka_unit_test_setup_teardown(test_stalled_on_two_sundays, start, stop),
        cmocka_unit_test_setup_teardown(test_diagnoses_fire_after_seven_closes, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
