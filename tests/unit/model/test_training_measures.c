/* Trainings: who counts, who teaches, what is left of it; corner cases by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/training_measures.h"
#include "stat/interval.h"
#include "unit/model/check_record.h"
#include "unit/model/hand_made_people.h"

static const int32_t D = 20503; /* the first day of its epoch week */
static const double EXACT = 1e-12;

static struct record measure(const struct hand_made *made, int32_t day, bool manual_work)
{
    struct people people;
    struct record record = {.because = {0}};
    people_init(&people, &made->shard, &made->team, day);
    training_measure_own(&people, manual_work, &record);
    people_done(&people);
    return record;
}

static void done(struct hand_made *made)
{
    hand_made_people_done(made);
    hand_made_done(made);
}

/* ---- counts ---------------------------------------------------------------------------------- */

static void test_windows_count_trainings_and_hours(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = hand_made_person(&made, 1, D);
    hand_made_training(&made, person, D, 0)->seconds = 5400;
    hand_made_training(&made, person, D - 6, 0);
    hand_made_training(&made, person, D - 7, 0)->seconds = 3600;
    hand_made_training(&made, person, D + 1, 0)->seconds = 99;
    struct people people;
    struct record record = {.because = {0}};
    people_init(&people, &made.shard, &made.team, D);
    training_measure(&people, WINDOW_7D, &record);
    people_done(&people);
    assert_near(record.values[MEASURE_completions].value, 2, 0);
    assert_near(record.values[MEASURE_training_hours].value, 1.5, EXACT);
    assert_false(record.values[MEASURE_completions].has_interval);
    done(&made);
}

static void test_without_training(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct record record = measure(&made, D, true);
    assert_near(record.values[MEASURE_trained].value, 0, 0);
    check_unknown(&record, MEASURE_embedded_share, BECAUSE_NO_TRAINING);
    check_unknown(&record, MEASURE_durability_14, BECAUSE_NO_TRAINING);
    check_unknown(&record, MEASURE_reproduction, BECAUSE_NO_TRAINING);
    check_unknown(&record, MEASURE_kept_using, BECAUSE_NO_PEOPLE);
    hand_made_work(&made, hand_made_person(&made, 1, D), D, true);
    record = measure(&made, D, true);
    check_unknown(&record, MEASURE_changed_work, BECAUSE_NO_TRAINING);
    done(&made);
}

static void test_trained_twice_is_one_person(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = hand_made_person(&made, 1, D);
    hand_made_training(&made, person, D - 364, 0)->format = FORMAT_COURSE;
    hand_made_training(&made, person, D, 0)->format = FORMAT_PEER;
    hand_made_training(&made, person, D - 100, 0);
    hand_made_training(&made, hand_made_person(&made, 2, D), D - 365, 0)->format = FORMAT_PEER;
    struct record record = measure(&made, D, true);
    assert_near(record.values[MEASURE_trained].value, 1, 0);
    check_same(&record.values[MEASURE_embedded_share], interval_wilson(1, 2));
    done(&made);
}

/* ---- durability ------------------------------------------------------------------------------ */

static void test_durability_looks_at_one_week(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = hand_made_person(&made, 1, D - 100);
    hand_made_training(&made, person, D - 34, 0); /* 28d: looked at on D - 6 ... D */
    struct record record = measure(&made, D, true);
    check_unknown(&record, MEASURE_durability_28, BECAUSE_NO_WORK);
    check_unknown(&record, MEASURE_durability_180, BECAUSE_TOO_NEW);
    hand_made_work(&made, person, D - 7, true);
    record = measure(&made, D, true);
    check_unknown(&record, MEASURE_durability_28, BECAUSE_NO_WORK);
    hand_made_work(&made, person, D, false);
    record = measure(&made, D, true);
    check_same(&record.values[MEASURE_durability_28], interval_wilson(0, 1));
    hand_made_work(&made, person, D - 6, true);
    record = measure(&made, D, true);
    check_same(&record.values[MEASURE_durability_28], interval_wilson(1, 1));
    /* A day earlier the week was not over. */
    record = measure(&made, D - 1, true);
    check_unknown(&record, MEASURE_durability_28, BECAUSE_TOO_NEW);
    done(&made);
}

static void test_a_feed_of_ai_only_counts_the_absent(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = hand_made_person(&made, 1, D - 100);
    hand_made_training(&made, person, D - 40, 0);
    hand_made_training(&made, person, D - 60, 0);
    hand_made_work(&made, person, D - 46, true); /* T + 14 of the second */
    struct record with_manual = measure(&made, D, true);
    struct record ai_only = measure(&made, D, false);
    check_same(&with_manual.values[MEASURE_durability_14], interval_wilson(1, 1));
    check_same(&ai_only.values[MEASURE_durability_14], interval_wilson(1, 2));
    done(&made);
}

static void test_trainings_older_than_400_days_are_gone(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = hand_made_person(&made, 1, D - 500);
    hand_made_training(&made, person, D - 399, 0);
    struct record record = measure(&made, D, false);
    check_same(&record.values[MEASURE_durability_180], interval_wilson(0, 1));
    record = measure(&made, D + 1, false);
    check_unknown(&record, MEASURE_durability_180, BECAUSE_NO_TRAINING);
    done(&made);
}

/* ---- reproduction ---------------------------------------------------------------------------- */

/* A team where 1 was trained long ago and teaches 2 on D - 20, who uses AI the day after. */
static struct person *make_teaching(struct hand_made *made, uint64_t teacher)
{
    hand_made_init(made);
    hand_made_training(made, hand_made_person(made, 1, D - 200), D - 100, 0);
    struct person *pupil = hand_made_person(made, 2, D - 200);
    hand_made_training(made, pupil, D - 20, teacher);
    hand_made_work(made, pupil, D - 19, true);
    return pupil;
}

static void check_reproduction(struct hand_made *made, int64_t taught)
{
    struct record record = measure(made, D, true);
    check_same(&record.values[MEASURE_reproduction], interval_garwood(taught, 1));
}

static void test_a_trained_colleague_taught(void **state)
{
    (void)state;
    struct hand_made made;
    make_teaching(&made, 1);
    check_reproduction(&made, 1);
    done(&made);
}

static void test_nobody_teaches_oneself(void **state)
{
    (void)state;
    struct hand_made made;
    struct person *pupil = make_teaching(&made, 2);
    hand_made_training(&made, pupil, D - 95, 0); /* trained before, too */
    struct record record = measure(&made, D, true);
    check_same(&record.values[MEASURE_reproduction], interval_garwood(0, 2));
    done(&made);
}

static void test_a_stranger_or_a_course_is_no_colleague(void **state)
{
    (void)state;
    struct hand_made made;
    make_teaching(&made, 77);
    check_reproduction(&made, 0);
    done(&made);
    make_teaching(&made, 0);
    check_reproduction(&made, 0);
    done(&made);
}

static void test_a_teacher_who_was_trained_later_does_not_count(void **state)
{
    (void)state;
    struct hand_made made;
    make_teaching(&made, 3);
    struct person *teacher = hand_made_person(&made, 3, D - 200);
    check_reproduction(&made, 0);
    hand_made_training(&made, teacher, D - 20, 0); /* at the same moment */
    check_reproduction(&made, 0);
    hand_made_training(&made, teacher, D - 21, 0);
    check_reproduction(&made, 1);
    done(&made);
}

static void test_as_much_use_as_before_is_no_fruit(void **state)
{
    (void)state;
    struct hand_made made;
    struct person *pupil = make_teaching(&made, 1);
    hand_made_work(&made, pupil, D - 34, true); /* T - 14 */
    check_reproduction(&made, 0);
    hand_made_capability(&made, pupil, "draft", D - 6, D);
    check_reproduction(&made, 1); /* T + 14 */
    done(&made);
    pupil = make_teaching(&made, 1);
    hand_made_work(&made, pupil, D - 35, true);
    check_reproduction(&made, 1);
    done(&made);
}

static void test_taught_twice_is_one_person(void **state)
{
    (void)state;
    struct hand_made made;
    struct person *pupil = make_teaching(&made, 1);
    hand_made_training(&made, pupil, D - 19, 1);
    hand_made_work(&made, pupil, D - 18, true);
    check_reproduction(&made, 1);
    done(&made);
}

static void test_days_after_the_evaluated_one_do_not_count(void **state)
{
    (void)state;
    struct hand_made made;
    make_teaching(&made, 1);
    struct record record = measure(&made, D - 20, true); /* the day of the lesson */
    check_unknown(&record, MEASURE_reproduction, BECAUSE_TOO_NEW);
    hand_made_training(&made, hand_made_person(&made, 4, D - 300), D - 250, 0);
    record = measure(&made, D - 20, true);
    check_same(&record.values[MEASURE_reproduction], interval_garwood(0, 1));
    done(&made);
}

/* ---- what is left of it ---------------------------------------------------------------------- */

static void add_week(struct person *person, int32_t week, int64_t ai, int64_t engaged,
                     int64_t bypass)
{
    const struct week_counters counters = {.at = {[WEEK_TASKS] = ai + bypass,
                                                  [WEEK_AI] = ai,
                                                  [WEEK_ENGAGED] = engaged,
                                                  [WEEK_BYPASS] = bypass}};
    hand_made_week(person, week, &counters);
}

static void check_practice(struct hand_made *made, struct estimate kept, struct estimate changed)
{
    struct record record = measure(made, D, true);
    check_same(&record.values[MEASURE_kept_using], kept);
    check_same(&record.values[MEASURE_changed_work], changed);
}

static void test_changed_work(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = hand_made_person(&made, 1, D - 200);
    hand_made_training(&made, person, D - 28, 0);
    hand_made_work(&made, person, D, true);
    check_practice(&made, interval_wilson(0, 1), interval_wilson(0, 1));
    add_week(person, D / 7 - 4, 4, 1, 5);
    add_week(person, D / 7 - 5, 9, 9, 0); /* a week too early */
    check_practice(&made, interval_wilson(0, 1), interval_wilson(0, 1));
    add_week(person, D / 7, 1, 0, 0);
    check_practice(&made, interval_wilson(1, 1), interval_wilson(1, 1));
    add_week(person, D / 7, 0, 0, 1); /* more around the tool than with it */
    check_practice(&made, interval_wilson(1, 1), interval_wilson(0, 1));
    add_week(person, D / 7, 1, 0, 0); /* less than a fifth engaged */
    check_practice(&made, interval_wilson(1, 1), interval_wilson(0, 1));
    done(&made);
}

static void test_who_did_not_work_is_not_in_changed_work(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = hand_made_person(&made, 1, D - 200);
    hand_made_training(&made, person, D - 28, 0);
    hand_made_status(&made, person, D - 100, STATUS_ACTIVE, NULL);
    struct record record = measure(&made, D, true);
    check_same(&record.values[MEASURE_kept_using], interval_wilson(0, 1));
    check_unknown(&record, MEASURE_changed_work, BECAUSE_NO_WORK);
    /* The weeks begin on a Thursday, four before that of D. */
    hand_made_work(&made, person, 7 * (D / 7 - 4) - 1, true);
    record = measure(&made, D, true);
    check_unknown(&record, MEASURE_changed_work, BECAUSE_NO_WORK);
    hand_made_work(&made, person, 7 * (D / 7 - 4), true);
    record = measure(&made, D, true);
    check_same(&record.values[MEASURE_changed_work], interval_wilson(0, 1));
    done(&made);
}

static void test_only_young_trainings_are_too_new(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = hand_made_person(&made, 1, D - 200);
    hand_made_work(&made, person, D, true);
    hand_made_training(&made, person, D - 27, 0);
    struct record record = measure(&made, D, true);
    check_unknown(&record, MEASURE_kept_using, BECAUSE_TOO_NEW);
    /* Somebody trained who is not there any more changes nothing. */
    struct person *gone = hand_made_person(&made, 2, D - 200);
    hand_made_training(&made, gone, D - 100, 0);
    record = measure(&made, D, true);
    check_unknown(&record, MEASURE_kept_using, BECAUSE_TOO_NEW);
    done(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows_count_trainings_and_hours),
        cmocka_unit_test(test_without_training),
        cmocka_unit_test(test_trained_twice_is_one_person),
        cmocka_unit_test(test_durability_looks_at_one_week),
        cmocka_unit_test(test_a_feed_of_ai_only_counts_the_absent),
        cmocka_unit_test(test_trainings_older_than_400_days_are_gone),
        cmocka_unit_test(test_a_trained_colleague_taught),
        cmocka_unit_test(test_nobody_teaches_oneself),
        cmocka_unit_test(test_a_stranger_or_a_course_is_no_colleague),
        cmocka_unit_test(test_a_teacher_who_was_trained_later_does_not_count),
        cmocka_unit_test(test_as_much_use_as_before_is_no_fruit),
        cmocka_unit_test(test_taught_twice_is_one_person),
        cmocka_unit_test(test_days_after_the_evaluated_one_do_not_count),
        cmocka_unit_test(test_changed_work),
        cmocka_unit_test(test_who_did_not_work_is_not_in_changed_work),
        cmocka_unit_test(test_only_young_trainings_are_too_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
