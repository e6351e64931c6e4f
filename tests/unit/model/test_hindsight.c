/* What can be said of a day long ago is said, what cannot be known any more is left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/hindsight.h"
#include "unit/model/hand_made_people.h"

enum { D = 20500, SETS = 448 };

static void test_sets_from(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    (void)hand_made_person(&made, 1, D - 2000); /* never worked: nothing of it is forgotten */
    struct person *young = hand_made_person(&made, 2, D - 400);
    hand_made_work(&made, young, D - 400, true);
    hand_made_work(&made, young, D, true);
    assert_int_equal(hindsight_sets_from(&made.shard, &made.team, SETS), INT32_MIN);
    struct person *old = hand_made_person(&made, 3, D - 1000);
    hand_made_work(&made, old, D - 300, true);
    assert_int_equal(hindsight_sets_from(&made.shard, &made.team, SETS), D - 300 - 447);
    hand_made_work(&made, old, D - 10, true);
    assert_int_equal(hindsight_sets_from(&made.shard, &made.team, SETS), D - 10 - 447);
    hand_made_people_done(&made);
    hand_made_done(&made);
}

static void test_what_is_kept(void **state)
{
    (void)state;
    int32_t from = D - 447;
    assert_true(hindsight_is_kept(MEASURE_judgement, 0, from));
    assert_true(hindsight_is_kept(MEASURE_entry_judgement, 0, from));
    assert_true(hindsight_is_kept(MEASURE_practising, from + 27, from));
    assert_false(hindsight_is_kept(MEASURE_practising, from + 26, from));
    assert_true(hindsight_is_kept(MEASURE_durability_180, D - 48, from));
    assert_false(hindsight_is_kept(MEASURE_durability_180, D - 49, from));
    assert_true(hindsight_is_judged(D - 48, from));
    assert_false(hindsight_is_judged(D - 49, from));
    assert_true(hindsight_is_judged(0, INT32_MIN));
}

static void test_strip(void **state)
{
    (void)state;
    static struct evaluation evaluation;
    evaluation = (struct evaluation){.day = D, .health = {.known = true}, .has_health_limit = true, .diagnosis = 1};
    for (int m = 0; m < MEASURES; m++)
        evaluation.windows[WINDOW_28D].values[m].known = evaluation.windows[WINDOW_OWN].values[m].known = true;
    for (int i = 0; i < INDICATORS; i++)
        evaluation.indicators[i] = PRESENCE_PRESENT;
    hindsight_strip(&evaluation, D - 399);
    assert_true(evaluation.health.known);
    assert_true(evaluation.windows[WINDOW_OWN].values[MEASURE_durability_14].known);
    hindsight_strip(&evaluation, D - 60);
    assert_false(evaluation.health.known);
    assert_false(evaluation.has_health_limit);
    assert_int_equal(evaluation.diagnosis, 0);
    assert_false(evaluation.windows[WINDOW_OWN].values[MEASURE_durability_14].known);
    assert_int_equal(evaluation.windows[WINDOW_OWN].because[MEASURE_durability_14], BECAUSE_NONE);
    assert_true(evaluation.windows[WINDOW_28D].values[MEASURE_practising].known);
    assert_int_equal(evaluation.indicators[INDICATOR_CHANGED_WORK], PRESENCE_PRESENT);
    assert_int_equal(evaluation.indicators[INDICATOR_TRACEABLE], PRESENCE_PRESENT);
    assert_int_equal(evaluation.indicators[INDICATOR_REPRODUCES], PRESENCE_UNKNOWN);
    hindsight_strip(&evaluation, D);
    assert_false(evaluation.windows[WINDOW_28D].values[MEASURE_practising].known);
    assert_int_equal(evaluation.indicators[INDICATOR_CHANGED_WORK], PRESENCE_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sets_from),
        cmocka_unit_test(test_what_is_kept),
        cmocka_unit_test(test_strip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
