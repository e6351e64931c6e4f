/* Every condition of the diagnosis, just within and just beyond its limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/diagnosis.h"
#include "unit/model/hand_made_people.h"

static const int32_t D = 20500;

static struct team team;
static struct people people;
static struct evaluation evaluation;

static int start(void **state)
{
    (void)state;
    team = (struct team){.name = 1};
    people = (struct people){.team = &team, .day = D};
    evaluation = (struct evaluation){.day = D};
    evaluation.windows[WINDOW_OWN].values[MEASURE_trained] = estimate_point(0, 0);
    return 0;
}

static void set(enum window window, enum measure measure, double lo, double hi)
{
    evaluation.windows[window].values[measure] = estimate_interval((lo + hi) / 2, lo, hi, 20);
}

static void set_flag(enum measure measure, bool holds)
{
    evaluation.windows[WINDOW_28D].values[measure] = estimate_point(holds, 0);
}

/* The condition, and nothing else, holds or nothing does. */
static void check(enum diagnosis condition, bool holds)
{
    assert_int_equal(diagnosis_find(&people, &evaluation), holds ? 1U << condition : 0);
}

static void test_nothing_known_nothing_holds(void **state)
{
    (void)state;
    assert_int_equal(diagnosis_find(&people, &evaluation), 0);
}

static void test_limits(void **state)
{
    (void)state;
    static const struct {
        enum diagnosis condition;
        enum window window;
        enum measure measure;
        bool upper; /* hi must be below the limit; else lo above it */
        double limit;
    } rows[] = {
        {DIAGNOSIS_SKILLS_GAP, WINDOW_90D, MEASURE_tool_clear, true, 3},
        {DIAGNOSIS_SKILLS_GAP, WINDOW_28D, MEASURE_reason_skill_share, false, 1.0 / 3},
        {DIAGNOSIS_WORK_DESIGN_GAP, WINDOW_90D, MEASURE_role_clear, true, 3},
        {DIAGNOSIS_WORK_DESIGN_GAP, WINDOW_90D, MEASURE_workflow_clear, true, 3},
        {DIAGNOSIS_WORK_DESIGN_GAP, WINDOW_90D, MEASURE_role_change_clear, true, 3},
        {DIAGNOSIS_WORK_DESIGN_GAP, WINDOW_28D, MEASURE_reason_design_share, false, 1.0 / 3},
        {DIAGNOSIS_BYPASSING, WINDOW_28D, MEASURE_bypass_rate, false, 0.2},
        {DIAGNOSIS_OVER_TRUST, WINDOW_28D, MEASURE_over_reliance, false, 0.5},
        {DIAGNOSIS_UNDER_TRUST, WINDOW_28D, MEASURE_under_reliance, false, 0.5},
        {DIAGNOSIS_WORSE, WINDOW_28D, MEASURE_success_lift, true, 0},
        {DIAGNOSIS_WORSE, WINDOW_28D, MEASURE_quality_lift, true, 0},
        {DIAGNOSIS_FADING, WINDOW_OWN, MEASURE_durability_14, true, 0.5},
        {DIAGNOSIS_FADING, WINDOW_OWN, MEASURE_durability_28, true, 0.5},
        {DIAGNOSIS_NO_ROOM, WINDOW_90D, MEASURE_learning_time, true, 3},
        {DIAGNOSIS_NO_ROOM, WINDOW_90D, MEASURE_safe_to_try, true, 3},
        {DIAGNOSIS_NO_ROOM, WINDOW_90D, MEASURE_creative_room, true, 3},
        {DIAGNOSIS_NO_COACHING, WINDOW_90D, MEASURE_coached, true, 3},
        {DIAGNOSIS_OLD_TARGETS, WINDOW_90D, MEASURE_targets_fit, true, 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double limit = rows[i].limit;
        double beyond = rows[i].upper ? limit - 1e-9 : limit + 1e-9;
        start(NULL);
        set(rows[i].window, rows[i].measure, rows[i].upper ? -2 : limit,
            rows[i].upper ? limit : 6);
        check(rows[i].condition, false);
        set(rows[i].window, rows[i].measure, rows[i].upper ? -2 : beyond,
            rows[i].upper ? beyond : 6);
        check(rows[i].condition, true);
    }
}

static void test_the_pulse_is_read_over_90_days(void **state)
{
    (void)state;
    set(WINDOW_28D, MEASURE_coached, 1, 2);
    check(DIAGNOSIS_NO_COACHING, false);
}

static void test_the_adjusted_figure_where_scoring_is_biased(void **state)
{
    (void)state;
    set(WINDOW_28D, MEASURE_over_reliance, 0.6, 0.9);
    set(WINDOW_28D, MEASURE_over_reliance_adjusted, 0.1, 0.3);
    check(DIAGNOSIS_OVER_TRUST, true);
    set_flag(MEASURE_verification_bias, true);
    check(DIAGNOSIS_OVER_TRUST, false);
    set_flag(MEASURE_verification_bias, false);
    check(DIAGNOSIS_OVER_TRUST, true);
    set_flag(MEASURE_verification_bias, true);
    evaluation.windows[WINDOW_28D].values[MEASURE_over_reliance_adjusted] = estimate_unknown();
    check(DIAGNOSIS_OVER_TRUST, true);
}

static void test_faster_but_worse_is_the_flag(void **state)
{
    (void)state;
    set_flag(MEASURE_faster_but_worse, false);
    check(DIAGNOSIS_FASTER_BUT_WORSE, false);
    set_flag(MEASURE_faster_but_worse, true);
    check(DIAGNOSIS_FASTER_BUT_WORSE, true);
}

static void test_hollow_entry_needs_both(void **state)
{
    (void)state;
    set(WINDOW_OWN, MEASURE_entry_nonroutine_share, 0.05, 0.19);
    check(DIAGNOSIS_HOLLOW_ENTRY, false);
    set(WINDOW_OWN, MEASURE_entry_gap, -0.5, 0);
    check(DIAGNOSIS_HOLLOW_ENTRY, false);
    set(WINDOW_OWN, MEASURE_entry_gap, -0.5, -0.1);
    check(DIAGNOSIS_HOLLOW_ENTRY, true);
    set(WINDOW_OWN, MEASURE_entry_nonroutine_share, 0.05, 0.2);
    check(DIAGNOSIS_HOLLOW_ENTRY, false);
}

static void check_redesign(int32_t day, bool training_only)
{
    struct redesign redesign = {.key = {.time_ms = (int64_t)day * DAY_MS}};
    team.redesigns = &redesign;
    team.redesign_count = 1;
    check(DIAGNOSIS_TRAINING_ONLY, training_only);
    team.redesign_count = 0;
}

static void test_training_only(void **state)
{
    (void)state;
    set(WINDOW_28D, MEASURE_layered_share, 0.6, 0.9);
    check(DIAGNOSIS_TRAINING_ONLY, false);
    evaluation.windows[WINDOW_OWN].values[MEASURE_trained] = estimate_point(1, 0);
    check(DIAGNOSIS_TRAINING_ONLY, true);
    check_redesign(D - 400, true);
    check_redesign(D - 399, false);
    check_redesign(D, false);
    check_redesign(D + 1, true);
    set(WINDOW_28D, MEASURE_layered_share, 0.5, 0.9);
    check(DIAGNOSIS_TRAINING_ONLY, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_nothing_known_nothing_holds, start),
        cmocka_unit_test_setup(test_limits, start),
        cmocka_unit_test_setup(test_the_pulse_is_read_over_90_days, start),
        cmocka_unit_test_setup(test_the_adjusted_figure_where_scoring_is_biased, start),
        cmocka_unit_test_setup(test_faster_but_worse_is_the_flag, start),
        cmocka_unit_test_setup(test_hollow_entry_needs_both, start),
        cmocka_unit_test_setup(test_training_only, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
