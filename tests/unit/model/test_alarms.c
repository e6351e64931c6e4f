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

/* ---- faults of the feed ---------------------------------------------------------------------- */

static void test_blind_needs_to_have_seen(void **state)
{
    (void)state;
    today.traceable = estimate_interval(0.05, 0.01, 0.15, 60);
    close_days(30);
    assert_int_equal(alarms_open_kinds(alarms), 0);
    today.traceable = estimate_interval(0.5, 0.4, 0.6, 60);
    close_days(1);
    today.traceable = estimate_interval(0.05, 0.01, 0.2, 60); /* not below 0.2 */
    close_days(30);
    today.traceable = estimate_interval(0.05, 0.01, 0.15, 60);
    close_days(6);
    assert_int_equal(alarms_open_kinds(alarms), 0);
    assert_int_equal(close_days(1).opened, 1U << ALARM_BLIND);
}

static void test_blind_resolves_and_must_see_again(void **state)
{
    (void)state;
    today.traceable = estimate_interval(0.9, 0.8, 0.95, 60);
    close_days(1);
    today.traceable = estimate_interval(0.05, 0.01, 0.15, 60);
    close_days(7);
    today.traceable = estimate_unknown(); /* no AI work any more: cannot be told */
    assert_int_equal(close_days(6).resolved, 0);
    assert_int_equal(close_days(1).resolved, 1U << ALARM_BLIND);
    today.traceable = estimate_interval(0.05, 0.01, 0.15, 60);
    close_days(30);
    assert_int_equal(alarms_open_kinds(alarms), 0);
}

static void test_silent_after_eleven_days_that_count(void **state)
{
    (void)state;
    today.silence = (struct silence){.counted = true, .day = true, .regular = true};
    close_days(5);
    today.silence.counted = false; /* quiet everywhere */
    close_days(14);
    today.silence.counted = true;
    close_days(5);
    assert_int_equal(alarms_open_kinds(alarms), 0);
    assert_int_equal(close_days(1).opened, 1U << ALARM_SILENT);
    /* A day of rest in a working week keeps nothing open. */
    today.silence = (struct silence){.counted = true, .day = true, .week = false};
    assert_int_equal(close_days(7).resolved, 1U << ALARM_SILENT);
}

static void test_a_team_that_works_now_and_then_is_not_silent(void **state)
{
    (void)state;
    today.silence = (struct silence){.counted = true, .day = true, .week = true, .regular = false};
    close_days(60);
    assert_int_equal(alarms_open_kinds(alarms), 0);
    today.silence.regular = true;
    close_days(10);
    today.silence.day = false;
    close_days(1);
    today.silence.day = true;
    close_days(10);
    assert_int_equal(alarms_open_kinds(alarms), 0);
}

/* ---- since when ------------------------------------------------------------------------------ */

static void test_since_when_practising_fell(void **state)
{
    (void)state;
    today.x_relapsing = estimate_point(0.8, 8);
    close_days(60);
    int32_t fell = today.day;
    today.x_relapsing = estimate_point(0.25, 8);
    int days = close_until_open(ALARM_RELAPSING);
    assert_int_equal(alarms->since_relapsing.day, fell);
    assert_int_equal(alarms->since_relapsing.count, days);
    assert_near(onset_mean(&alarms->since_relapsing).value, 0.25, 1e-12);
    close_days(20); /* stands still while it is open */
    assert_int_equal(alarms->since_relapsing.count, days);
    today.x_relapsing = estimate_point(0.8, 8);
    assert_int_equal(close_days(7).resolved, 1U << ALARM_RELAPSING);
    assert_int_equal(alarms->since_relapsing.count, 0);
}

static void test_a_redesign_begins_anew(void **state)
{
    (void)state;
    today.x_relapsing = estimate_point(0.8, 8);
    close_days(60);
    today.x_relapsing = estimate_point(0.25, 8);
    close_days(2);
    assert_int_equal(alarms->since_relapsing.count, 2);
    today.redesigns = 1;
    close_days(1);
    assert_int_equal(alarms->since_relapsing.count, 0);
}

static void test_since_when_a_share_rose(void **state)
{
    (void)state;
    today.x_bypassing = estimate_point(0.1, 8);
    today.x_over_trust = estimate_point(0.4, 8);
    close_days(60);
    int32_t rose = today.day;
    today.x_bypassing = estimate_point(0.9, 8);
    today.x_over_trust = estimate_point(1, 8);
    close_days(3);
    assert_int_equal(alarms->since_bypassing.day, rose);
    assert_int_equal(alarms->since_over_trust.day, rose);
    assert_near(onset_mean(&alarms->since_over_trust).value, 1, 0);
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
        cmocka_unit_test_setup_teardown(test_blind_needs_to_have_seen, start, stop),
        cmocka_unit_test_setup_teardown(test_blind_resolves_and_must_see_again, start, stop),
        cmocka_unit_test_setup_teardown(test_silent_after_eleven_days_that_count, start, stop),
        cmocka_unit_test_setup_teardown(test_a_team_that_works_now_and_then_is_not_silent, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_since_when_practising_fell, start, stop),
        cmocka_unit_test_setup_teardown(test_a_redesign_begins_anew, start, stop),
        cmocka_unit_test_setup_teardown(test_since_when_a_share_rose, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
