/* A redesign against the days before it, and against workflows that nobody redesigned. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/redesign.h"
#include "stat/interval.h"
#include "support/near.h"
#include "unit/model/check_record.h"
#include "unit/model/hand_made_people.h"

enum { D = 20500, R = D - 40, MAX = 4 };
static const double EXACT = 1e-12;

static size_t measure(const struct hand_made *made, int32_t day,
                      struct redesign_evaluation redesigns[MAX])
{
    struct people people;
    people_init(&people, &made->shard, &made->team, day);
    size_t count = redesign_measure(&people, redesigns, MAX);
    people_done(&people);
    return count;
}

static void add_success(struct hand_made *made, const char *workflow, int32_t day, int64_t k,
                        int64_t n)
{
    hand_made_add(made, workflow, day, ARM_NONE,
                  HAND_MADE_CELL([COUNTER_tasks] = n, [COUNTER_outcomes] = n,
                                 [COUNTER_success_n] = n, [COUNTER_success_k] = k));
}

static void test_sides(void **state)
{
    (void)state;
    struct hand_made made;
    struct redesign_evaluation found[MAX];
    hand_made_init(&made);
    add_success(&made, "w", R - 29, 1000, 1000); /* too early */
    add_success(&made, "w", R - 28, 10, 20);
    add_success(&made, "w", R - 1, 10, 20);
    add_success(&made, "w", R, 15, 20);
    add_success(&made, "w", R + 27, 17, 20);
    add_success(&made, "w", R + 28, 0, 1000); /* too late */
    hand_made_redesign(&made, "w", R);
    assert_int_equal(measure(&made, D, found), 1);
    struct estimate expected = interval_newcombe(32, 40, 20, 40);
    const struct record *r = &found[0].values;
    assert_near(r->values[MEASURE_redesign_success_change].value, expected.value, EXACT);
    assert_near(r->values[MEASURE_redesign_success_change].lo, expected.lo, EXACT);
    assert_near(r->values[MEASURE_redesign_success_change].n, 80, 0);
    check_unknown(r, MEASURE_redesign_success_did, BECAUSE_NO_COMPARISON);
    check_unknown(r, MEASURE_redesign_cycle_ratio, BECAUSE_NO_OUTCOMES);
    check_unknown(r, MEASURE_redesign_kind_change, BECAUSE_NO_KIND);
    check_unknown(r, MEASURE_redesign_role_change, BECAUSE_NO_SURVEY);
    check_unknown(r, MEASURE_redesign_before_training, BECAUSE_NO_TRAINING);
    hand_made_done(&made);
}

static void test_difference_in_differences(void **state)
{
    (void)state;
    struct hand_made made;
    struct redesign_evaluation found[MAX];
    hand_made_init(&made);
    static const char *const workflows[] = {"w", "other", "third", "moved"};
    for (int i = 0; i < 4; i++) {
        add_success(&made, workflows[i], R - 1, 10, 20);
        add_success(&made, workflows[i], R, i == 0 ? 18 : 12, 20);
    }
    hand_made_redesign(&made, "w", R);
    hand_made_redesign(&made, "moved", R + 27);
    assert_int_equal(measure(&made, D, found), 1);
    struct estimate change = interval_newcombe(18, 20, 10, 20);
    struct estimate others = interval_newcombe(24, 40, 20, 40);
    struct estimate expected = interval_square_and_add(change, others);
    const struct estimate *did = &found[0].values.values[MEASURE_redesign_success_did];
    assert_near(did->value, 0.3, EXACT);
    assert_near(did->lo, expected.lo, EXACT);
    assert_near(did->hi, expected.hi, EXACT);
    assert_near(did->n, 120, 0);
    hand_made_done(&made);
}

static void test_which_are_judged(void **state)
{
    (void)state;
    struct hand_made made;
    struct redesign_evaluation found[MAX];
    hand_made_init(&made);
    hand_made_redesign(&made, "zeta", D - 28);
    hand_made_redesign(&made, "alpha", D - 30);
    hand_made_redesign(&made, "alpha", D - 60);
    hand_made_redesign(&made, "alpha", D - 27);
    hand_made_redesign(&made, "alpha", D - 61);
    assert_int_equal(measure(&made, D, found), 3);
    assert_int_equal(event_day(found[0].time_ms), D - 60);
    assert_int_equal(event_day(found[1].time_ms), D - 30);
    assert_int_equal(event_day(found[2].time_ms), D - 28);
    assert_int_equal(found[0].workflow, names_find(&made.shard.names, text_of("alpha")));
    check_unknown(&found[0].values, MEASURE_redesign_success_change, BECAUSE_NO_WORK);
    assert_int_equal(measure(&made, D + 100, found), 0);
    hand_made_done(&made);
}

static void test_people(void **state)
{
    (void)state;
    struct hand_made made;
    struct redesign_evaluation found[MAX];
    hand_made_init(&made);
    hand_made_redesign(&made, "w", R);
    for (uint64_t i = 0; i < 4; i++) {
        struct person *person = hand_made_person(&made, i + 1, R - 60);
        hand_made_answer(&made, person, R - 28, QUESTION_ROLE_CLEAR, (uint8_t)(1 + i % 2));
        hand_made_answer(&made, person, R, QUESTION_ROLE_CLEAR, 1);
        hand_made_answer(&made, person, R + 27, QUESTION_ROLE_CLEAR, (uint8_t)(4 + i % 2));
    }
    struct person *pupil = hand_made_person(&made, 9, R - 100);
    hand_made_training(&made, pupil, R - 90, 0);
    hand_made_training(&made, pupil, R + 1, 0);
    assert_int_equal(measure(&made, D, found), 1);
    const struct record *r = &found[0].values;
    assert_near(r->values[MEASURE_redesign_role_change].value, 3, EXACT);
    assert_near(r->values[MEASURE_redesign_role_change].n, 8, 0);
    assert_near(r->values[MEASURE_redesign_before_training].value, 1, 0);
    hand_made_training(&made, pupil, R, 0);
    assert_int_equal(measure(&made, D, found), 1);
    assert_near(found[0].values.values[MEASURE_redesign_before_training].value, 0, 0);
    hand_made_people_done(&made);
    hand_made_done(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sides),
        cmocka_unit_test(test_difference_in_differences),
        cmocka_unit_test(test_which_are_judged),
        cmocka_unit_test(test_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
