/* The e-detector: one step by hand, opening, calm, and its promise about false alarms. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stat/edetector.h"
#include "support/dice.h"
#include "support/near.h"

static void test_step(void **state)
{
    (void)state;
    struct edetector detector = {0};
    assert_int_equal(edetector_step(&detector, 0.1, 0.4, 1000), EDETECTOR_NOTHING);
    const double once[] = {1.0625, 1.125, 1.1875, 1.2375};
    for (size_t i = 0; i < EDETECTOR_BETS; i++)
        assert_near(detector.m[i], once[i], 1e-15);
    assert_near(edetector_evidence(&detector), 1.153125, 1e-15);
    assert_int_equal(edetector_step(&detector, -0.4, 0.4, 1000), EDETECTOR_NOTHING);
    const double bets[] = {0.25, 0.5, 0.75, 0.95};
    for (size_t i = 0; i < EDETECTOR_BETS; i++)
        assert_near(detector.m[i], (once[i] + 1) * (1 - bets[i]), 1e-15);
}

static int steps_until_open(struct edetector *detector, double surplus, double threshold)
{
    for (int steps = 1; steps < 10000; steps++) {
        if (edetector_step(detector, surplus, 0.5, threshold) == EDETECTOR_OPENED)
            return steps;
    }
    fail_msg("never opened");
    return 0;
}

static void test_open_and_resolve(void **state)
{
    (void)state;
    struct edetector detector = {0};
    steps_until_open(&detector, 0.3, 730);
    assert_true(detector.open);
    double e = edetector_evidence(&detector);
    assert_true(e >= 730);
    /* Six calm days, one that is not, then seven: no calm is counted across the break, and M stands
     * still. */
    for (int i = 0; i < EDETECTOR_CALM - 1; i++)
        assert_int_equal(edetector_step(&detector, 0, 0.5, 730), EDETECTOR_NOTHING);
    assert_int_equal(edetector_step(&detector, 0.2, 0.5, 730), EDETECTOR_NOTHING);
    for (int i = 0; i < EDETECTOR_CALM - 1; i++)
        assert_int_equal(edetector_step(&detector, -0.1, 0.5, 730), EDETECTOR_NOTHING);
    assert_true(edetector_evidence(&detector) == e);
    assert_int_equal(edetector_step(&detector, -0.1, 0.5, 730), EDETECTOR_RESOLVED);
    assert_false(detector.open);
    assert_true(edetector_evidence(&detector) == 0);
    assert_int_equal(detector.calm, 0);
}

static void test_restart_keeps_the_alarm(void **state)
{
    (void)state;
    struct edetector detector = {.m = {900, 900, 900, 900}, .calm = 3, .open = true};
    edetector_restart(&detector);
    assert_true(detector.open);
    assert_int_equal(detector.calm, 0);
    assert_true(edetector_evidence(&detector) == 0);
}

static void test_opens_sooner_with_more(void **state)
{
    (void)state;
    int before = 10000;
    for (int i = 1; i <= 10; i++) {
        struct edetector detector = {0};
        int steps = steps_until_open(&detector, 0.05 * i, 730);
        assert_true(steps <= before);
        before = steps;
    }
    assert_true(before < 12);
}

/* Without any surplus M counts the days: e is the number of steps, as its guarantee says. */
static void test_level_counts_steps(void **state)
{
    (void)state;
    struct edetector detector = {0};
    assert_int_equal(steps_until_open(&detector, 0, 40), 40);
}

/* At the very edge of the null the mean run to a false alarm is at least the threshold. */
static void test_false_alarms(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    const double threshold = 100;
    const double null_mean = 0.6;
    const int alarms = 1500;
    double steps = 0;
    for (int i = 0; i < alarms; i++) {
        struct edetector detector = {0};
        enum edetector_event event = EDETECTOR_NOTHING;
        while (event == EDETECTOR_NOTHING) {
            double y = dice_unit(&dice) < null_mean ? 1 : 0;
            event = edetector_step(&detector, null_mean - y, 1 - null_mean, threshold);
            steps += 1;
        }
        assert_int_equal(event, EDETECTOR_OPENED);
    }
    assert_true(steps / alarms > threshold);
}

static void test_lower_level(void **state)
{
    (void)state;
    const double flat[] = {0.5, 0.5, 0.5};
    const double spread[] = {0.2, 0.4, 0.6};
    const double wild[] = {0, 0, 0, 1};
    assert_near(edetector_lower_level(flat, 3), 0.5, 0);
    assert_near(edetector_lower_level(spread, 3), 0.4 - sqrt(0.04 / 3), 1e-15);
    assert_near(edetector_lower_level(wild, 4), 0, 1e-15);
    const double none[] = {0, 0};
    assert_near(edetector_lower_level(none, 2), 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_step),
        cmocka_unit_test(test_open_and_resolve),
        cmocka_unit_test(test_restart_keeps_the_alarm),
        cmocka_unit_test(test_opens_sooner_with_more),
        cmocka_unit_test(test_level_counts_steps),
        cmocka_unit_test(test_false_alarms),
        cmocka_unit_test(test_lower_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
