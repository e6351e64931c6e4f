/* Health: weights, floors, limits, and the component that holds a team back. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/health.h"
#include "support/dice.h"
#include "support/near.h"

static const double EXACT = 1e-12;

static struct settings settings;
static struct evaluation evaluation;

static int start(void **state)
{
    (void)state;
    settings_default(&settings);
    evaluation = (struct evaluation){.day = 20500};
    evaluation.windows[WINDOW_OWN].values[MEASURE_headcount] = estimate_point(8, 0);
    return 0;
}

static void set(enum window window, enum measure measure, double value, double lo, double hi)
{
    evaluation.windows[window].values[measure] = estimate_interval(value, lo, hi, 20);
}

/* Everything at its best, without any doubt. */
static void set_perfect(void)
{
    set(WINDOW_OWN, MEASURE_regular, 0.9, 0.9, 0.9);
    set(WINDOW_28D, MEASURE_bypass_rate, 0, 0, 0);
    set(WINDOW_28D, MEASURE_judgement, 1, 1, 1);
    set(WINDOW_28D, MEASURE_success_lift, 1000, 1000, 1000);
    set(WINDOW_OWN, MEASURE_durability_28, 1, 1, 1);
    set(WINDOW_OWN, MEASURE_capabilities_held, 4, 4, 4);
    set(WINDOW_OWN, MEASURE_attrition_365, 0, 0, 0);
}

static void test_full_marks_have_no_limit(void **state)
{
    (void)state;
    set_perfect();
    health_judge(&settings, &evaluation);
    assert_near(evaluation.health.value, 100, EXACT);
    assert_near(evaluation.health.lo, 100, EXACT);
    assert_near(evaluation.health.hi, 100, EXACT);
    assert_near(evaluation.health.n, 8, 0);
    assert_false(evaluation.has_health_limit);
}

static void test_unknown_without_reach_or_without_results(void **state)
{
    (void)state;
    set(WINDOW_28D, MEASURE_judgement, 0.9, 0.8, 0.95);
    health_judge(&settings, &evaluation);
    assert_false(evaluation.health.known);
    start(NULL);
    set(WINDOW_OWN, MEASURE_regular, 0.8, 0.5, 0.9);
    set(WINDOW_OWN, MEASURE_durability_28, 0.8, 0.5, 0.9);
    set(WINDOW_28D, MEASURE_cycle_ratio, 0.8, 0.5, 0.9); /* speed alone is no result */
    health_judge(&settings, &evaluation);
    assert_false(evaluation.health.known || evaluation.has_health_limit);
    set(WINDOW_28D, MEASURE_quality_lift, 0.1, 0, 0.2);
    health_judge(&settings, &evaluation);
    assert_true(evaluation.health.known);
}

static void test_weights_of_what_is_known(void **state)
{
    (void)state;
    set(WINDOW_OWN, MEASURE_regular, 0.4, 0.4, 0.4);
    set(WINDOW_28D, MEASURE_bypass_rate, 0.2, 0.2, 0.2);
    set(WINDOW_28D, MEASURE_judgement, 0.8, 0.8, 0.8);
    health_judge(&settings, &evaluation);
    double f = (0.20 * log(0.5 * 0.8) + 0.25 * log(0.6)) / 0.45;
    assert_near(evaluation.health.value, 100 * exp(f), EXACT);
    assert_true(evaluation.has_health_limit);
    assert_int_equal(evaluation.health_limit, HEALTH_REACH);
    settings.health_weights[HEALTH_REACH] = 0.01;
    health_judge(&settings, &evaluation);
    assert_int_equal(evaluation.health_limit, HEALTH_JUDGEMENT);
    settings.health_weights[HEALTH_REACH] = settings.health_weights[HEALTH_JUDGEMENT] = 0;
    health_judge(&settings, &evaluation);
    assert_false(evaluation.health.known);
}

static void test_a_component_of_zero_counts_as_the_floor(void **state)
{
    (void)state;
    set_perfect();
    set(WINDOW_28D, MEASURE_judgement, 0.3, 0.2, 0.4);
    health_judge(&settings, &evaluation);
    assert_near(evaluation.health.value, 100 * exp(0.25 * log(0.05)), EXACT);
    assert_int_equal(evaluation.health_limit, HEALTH_JUDGEMENT);
    /* Nothing within its limits changes that. */
    assert_near(evaluation.health.lo, evaluation.health.value, EXACT);
    assert_near(evaluation.health.hi, evaluation.health.value, EXACT);
}

static void test_of_equal_components_the_first_limits(void **state)
{
    (void)state;
    set_perfect();
    set(WINDOW_OWN, MEASURE_durability_28, 0.5, 0.5, 0.5);
    set(WINDOW_OWN, MEASURE_capabilities_held, 1.5, 1.5, 1.5);
    set(WINDOW_OWN, MEASURE_attrition_365, 0.5, 0.5, 0.5);
    health_judge(&settings, &evaluation);
    assert_int_equal(evaluation.health_limit, HEALTH_DURABILITY);
    assert_near(evaluation.health.value, 100 * exp(0.3 * log(0.5)), EXACT);
}

static double lift_of(double success, double ratio)
{
    start(NULL);
    set(WINDOW_OWN, MEASURE_regular, 0.8, 0.8, 0.8);
    set(WINDOW_28D, MEASURE_success_lift, success, success, success);
    set(WINDOW_28D, MEASURE_cycle_ratio, ratio, ratio, ratio);
    for (int i = 0; i < HEALTH_COMPONENTS; i++)
        settings.health_weights[i] = i == HEALTH_LIFT;
    health_judge(&settings, &evaluation);
    return evaluation.health.value / 100;
}

static void test_speed_counts_only_while_results_hold(void **state)
{
    (void)state;
    assert_near(lift_of(0, 1), 0.5, EXACT);
    assert_near(lift_of(0, 0.5), 0.5 + 0.5 * tanh(log(2) / 2), EXACT);
    assert_near(lift_of(-0.05, 0.5), lift_of(-0.05, 1), EXACT);
    assert_near(lift_of(-0.025, 0.5), 0.5 + 0.5 * tanh(-0.05 + log(2) / 4), EXACT);
    assert_true(lift_of(-0.1, 2) < lift_of(-0.1, 1)); /* slower is always worse */
    assert_near(lift_of(0.1, 0), 1, EXACT);
}

static void test_the_lower_of_success_and_quality(void **state)
{
    (void)state;
    set(WINDOW_OWN, MEASURE_regular, 0.8, 0.8, 0.8);
    set(WINDOW_28D, MEASURE_success_lift, 0.3, 0.3, 0.3);
    set(WINDOW_28D, MEASURE_quality_lift, -0.2, -0.2, -0.2);
    health_judge(&settings, &evaluation);
    double both = evaluation.health.value;
    evaluation.windows[WINDOW_28D].values[MEASURE_success_lift] = estimate_unknown();
    health_judge(&settings, &evaluation);
    assert_near(evaluation.health.value, both, EXACT);
}

static void test_limits_square_and_add(void **state)
{
    (void)state;
    set(WINDOW_OWN, MEASURE_regular, 0.4, 0.2, 0.6);
    set(WINDOW_28D, MEASURE_judgement, 0.75, 0.7, 0.8);
    health_judge(&settings, &evaluation);
    double reach = 0.20 / 0.45, judgement = 0.25 / 0.45;
    double f = reach * log(0.5) + judgement * log(0.5);
    double down = hypot(reach * log(0.25 / 0.5), judgement * log(0.4 / 0.5));
    double up = hypot(reach * log(0.75 / 0.5), judgement * log(0.6 / 0.5));
    assert_near(evaluation.health.value, 100 * exp(f), EXACT);
    assert_near(evaluation.health.lo, 100 * exp(f - down), EXACT);
    assert_near(evaluation.health.hi, 100 * exp(f + up), EXACT);
}

static double random_share(struct dice *dice, enum window window, enum measure measure)
{
    double value = dice_unit(dice);
    double reach = 0.3 * dice_unit(dice);
    set(window, measure, value, fmax(0, value - reach), fmin(1, value + reach));
    return value;
}

static void test_the_estimate_lies_within_its_limits(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int round = 0; round < 2000; round++) {
        start(NULL);
        random_share(&dice, WINDOW_OWN, MEASURE_regular);
        random_share(&dice, WINDOW_28D, MEASURE_bypass_rate);
        random_share(&dice, WINDOW_28D, MEASURE_judgement);
        random_share(&dice, WINDOW_OWN, MEASURE_durability_28);
        if (dice_below(&dice, 2) == 0)
            set(WINDOW_28D, MEASURE_success_lift, dice_unit(&dice) - 0.5, -0.6, 0.6);
        if (dice_below(&dice, 2) == 0)
            set(WINDOW_28D, MEASURE_cycle_ratio, 0.2 + dice_unit(&dice), 0.1, 3);
        health_judge(&settings, &evaluation);
        struct estimate health = evaluation.health;
        assert_true(health.known);
        assert_true(0 < health.lo && health.lo <= health.value + EXACT);
        assert_true(health.value <= health.hi + EXACT && health.hi <= 100);
    }
}

static void test_components_are_what_health_is_made_of(void **state)
{
    (void)state;
    set(WINDOW_OWN, MEASURE_regular, 0.4, 0.3, 0.5);
    set(WINDOW_28D, MEASURE_bypass_rate, 0.5, 0.4, 0.6);
    set(WINDOW_28D, MEASURE_judgement, 0.8, 0.7, 0.9);
    set(WINDOW_OWN, MEASURE_attrition_365, 1.5, 1, 2);
    assert_near(health_find_component(&evaluation, HEALTH_REACH).value, 0.25, EXACT);
    assert_near(health_find_component(&evaluation, HEALTH_JUDGEMENT).value, 0.6, EXACT);
    assert_near(health_find_component(&evaluation, HEALTH_STAYING).value, 0, EXACT);
    assert_false(health_find_component(&evaluation, HEALTH_LIFT).known);
    assert_false(health_find_component(&evaluation, HEALTH_DURABILITY).known);
    assert_false(health_find_component(&evaluation, HEALTH_GROWTH).known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_full_marks_have_no_limit, start),
        cmocka_unit_test_setup(test_unknown_without_reach_or_without_results, start),
        cmocka_unit_test_setup(test_weights_of_what_is_known, start),
        cmocka_unit_test_setup(test_a_component_of_zero_counts_as_the_floor, start),
        cmocka_unit_test_setup(test_of_equal_components_the_first_limits, start),
        cmocka_unit_test_setup(test_speed_counts_only_while_results_hold, start),
        cmocka_unit_test_setup(test_the_lower_of_success_and_quality, start),
        cmocka_unit_test_setup(test_limits_square_and_add, start),
        cmocka_unit_test_setup(test_the_estimate_lies_within_its_limits, start),
        cmocka_unit_test_setup(test_components_are_what_health_is_made_of, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
