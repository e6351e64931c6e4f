/* Figures of small groups are hidden, those of the same team's larger groups are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/privacy.h"
#include "model/record.h"
#include "unit/model/hand_made_people.h"

enum { D = 20500, W = D / 7, MIN_GROUP = 5 };

/* A record in which every figure is known, about n people where it counts people. */
static struct record all_known(double n)
{
    struct record record = {.because = {0}};
    for (int m = 0; m < MEASURES; m++)
        record_put(&record, (enum measure)m, estimate_interval(0.5, 0.2, 0.8, n), 0);
    return record;
}

static bool is_hidden(const struct record *record, enum measure measure)
{
    assert_int_equal(record->values[measure].known, record->because[measure] != BECAUSE_SUPPRESSED);
    return !record->values[measure].known;
}

static struct record suppress(const struct hand_made *made, enum window window, double n)
{
    struct record record = all_known(n);
    privacy_suppress(&made->shard, &made->team, D, window, MIN_GROUP, &record);
    return record;
}

/* Days of work with a task in their weeks. */
static struct person *add_worker(struct hand_made *made, uint64_t number, int32_t day)
{
    const struct week_counters week = {.at = {[WEEK_TASKS] = 1, [WEEK_AI] = 1, [WEEK_KINDS] = 1}};
    struct person *person = hand_made_person(made, number, D - 400);
    hand_made_status(made, person, D - 400, STATUS_ACTIVE, NULL);
    hand_made_work(made, person, day, true);
    hand_made_week(person, day / 7, &week);
    return person;
}

static void test_cells(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    for (uint64_t i = 1; i <= 4; i++)
        add_worker(&made, i, D);
    add_worker(&made, 5, D - 20);
    struct person *idle = hand_made_person(&made, 6, D - 400);
    hand_made_work(&made, idle, D, true); /* work without a task */
    struct record day = suppress(&made, WINDOW_1D, 5);
    struct record month = suppress(&made, WINDOW_28D, 5);
    struct record own = suppress(&made, WINDOW_OWN, 5);
    assert_true(is_hidden(&day, MEASURE_judgement));
    assert_true(is_hidden(&day, MEASURE_freed_hours));
    assert_false(is_hidden(&month, MEASURE_judgement));
    assert_false(is_hidden(&own, MEASURE_autonomy_unearned));
    assert_true(is_hidden(&own, MEASURE_traceable)); /* one of five on D - 34 ... D - 7 */
    /* Days of the same week as D - 7 and D - 34 that lie outside do not count. */
    for (uint64_t i = 11; i <= 18; i++)
        add_worker(&made, i, i % 2 ? D - 6 : D - 35);
    assert_int_equal((D - 6) / 7, (D - 7) / 7);
    assert_int_equal((D - 35) / 7, (D - 34) / 7);
    own = suppress(&made, WINDOW_OWN, 5);
    assert_true(is_hidden(&own, MEASURE_traceable));
    hand_made_people_done(&made);
    hand_made_done(&made);
}

static void test_shares_of_people(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    for (uint64_t i = 1; i <= 8; i++)
        add_worker(&made, i, D);
    for (int enough = 0; enough < 2; enough++) {
        struct record month = suppress(&made, WINDOW_28D, enough ? 5 : 4);
        struct record own = suppress(&made, WINDOW_OWN, enough ? 5 : 4);
        assert_int_equal(is_hidden(&month, MEASURE_practising), !enough);
        assert_int_equal(is_hidden(&month, MEASURE_coached), !enough);
        assert_int_equal(is_hidden(&month, MEASURE_pulse_response), !enough);
        assert_int_equal(is_hidden(&own, MEASURE_changed_work), !enough);
        assert_int_equal(is_hidden(&own, MEASURE_reproduction), !enough);
        /* n of these is not a number of people: eight are there. */
        assert_false(is_hidden(&month, MEASURE_attrition));
        assert_false(is_hidden(&own, MEASURE_attrition_365));
        assert_false(is_hidden(&own, MEASURE_headcount));
    }
    hand_made_people_done(&made);
    hand_made_done(&made);
}

static void test_trainings(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *people[8];
    for (uint64_t i = 0; i < 8; i++)
        people[i] = add_worker(&made, i + 1, D);
    /* Nobody was trained: that is said of all eight. */
    struct record month = suppress(&made, WINDOW_28D, 100);
    assert_false(is_hidden(&month, MEASURE_completions));
    for (int i = 0; i < 4; i++) {
        hand_made_training(&made, people[i], D - 20, 0);
        hand_made_training(&made, people[i], D - 19, 0);
    }
    month = suppress(&made, WINDOW_28D, 100);
    struct record own = suppress(&made, WINDOW_OWN, 100);
    assert_true(is_hidden(&month, MEASURE_completions));
    assert_true(is_hidden(&month, MEASURE_training_hours));
    assert_true(is_hidden(&own, MEASURE_trained));
    assert_true(is_hidden(&own, MEASURE_durability_14));
    hand_made_training(&made, people[4], D - 20, 0);
    month = suppress(&made, WINDOW_28D, 100);
    own = suppress(&made, WINDOW_OWN, 100);
    assert_false(is_hidden(&month, MEASURE_completions));
    assert_false(is_hidden(&own, MEASURE_trained));
    assert_false(is_hidden(&own, MEASURE_durability_14));
    assert_true(is_hidden(&own, MEASURE_durability_28));  /* too young for it */
    assert_true(is_hidden(&own, MEASURE_embedded_share)); /* none has a format */
    hand_made_people_done(&made);
    hand_made_done(&made);
}

static void test_beginners(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *people[12];
    for (uint64_t i = 0; i < 12; i++) {
        people[i] = add_worker(&made, i + 1, D);
        hand_made_status(&made, people[i], D - 300, STATUS_ACTIVE, i < 4 ? "entry" : "senior");
    }
    struct record own = suppress(&made, WINDOW_OWN, 100);
    struct record month = suppress(&made, WINDOW_28D, 100);
    assert_true(is_hidden(&own, MEASURE_entry_nonroutine_share));
    assert_true(is_hidden(&own, MEASURE_entry_gap));
    assert_true(is_hidden(&month, MEASURE_entry_headcount_change));
    hand_made_status(&made, people[4], D - 200, STATUS_ACTIVE, "junior");
    own = suppress(&made, WINDOW_OWN, 100);
    month = suppress(&made, WINDOW_28D, 100);
    assert_false(is_hidden(&own, MEASURE_entry_nonroutine_share));
    assert_false(is_hidden(&own, MEASURE_entry_gap));
    assert_true(is_hidden(&own, MEASURE_entry_judgement)); /* nothing of theirs was scored */
    assert_true(is_hidden(&own, MEASURE_learning_gain));
    assert_false(is_hidden(&month, MEASURE_entry_headcount_change));
    hand_made_people_done(&made);
    hand_made_done(&made);
}

/* Who learnt has scored decisions in the first weeks and from the 14th on. */
static void test_learning(void **state)
{
    (void)state;
    const struct week_counters scored = {.at = {[WEEK_TASKS] = 1, [WEEK_CA] = 1}};
    struct hand_made made;
    hand_made_init(&made);
    struct person *people[5];
    for (uint64_t i = 0; i < 5; i++) {
        people[i] = add_worker(&made, i + 1, D);
        hand_made_work(&made, people[i], (W - 20) * 7, true);
        hand_made_week(people[i], W - 17, &scored);
        hand_made_week(people[i], i == 0 ? W - 8 : W - 7, &scored);
    }
    struct record own = suppress(&made, WINDOW_OWN, 100);
    assert_true(is_hidden(&own, MEASURE_learning_gain));
    hand_made_week(people[0], W - 7, &scored);
    own = suppress(&made, WINDOW_OWN, 100);
    assert_false(is_hidden(&own, MEASURE_learning_gain));
    assert_true(is_hidden(&own, MEASURE_entry_learning_gain));
    hand_made_people_done(&made);
    hand_made_done(&made);
}

static void test_unknown_keeps_its_word(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct record record = {.because = {0}};
    record_put(&record, MEASURE_rair, estimate_unknown(), record_reason(BECAUSE_NO_TRUTH, true));
    privacy_suppress(&made.shard, &made.team, D, WINDOW_28D, MIN_GROUP, &record);
    assert_int_equal(record.because[MEASURE_rair], BECAUSE_NO_TRUTH);
    assert_int_equal(record.because[MEASURE_traceable], BECAUSE_NONE); /* not of this window */
    hand_made_done(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),     cmocka_unit_test(test_shares_of_people),
        cmocka_unit_test(test_trainings), cmocka_unit_test(test_beginners),
        cmocka_unit_test(test_learning),  cmocka_unit_test(test_unknown_keeps_its_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
