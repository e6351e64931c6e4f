/* The pulse: the latest answers, their limits, who answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/pulse_measures.h"
#include "stat/interval.h"
#include "stat/special.h"
#include "support/dice.h"
#include "unit/model/check_record.h"
#include "unit/model/hand_made_people.h"

static const int32_t D = 20500;

static struct record measure(const struct hand_made *made, enum window window)
{
    struct people people;
    struct record record = {.because = {0}};
    people_init(&people, &made->shard, &made->team, D);
    pulse_measure(&people, window, &record);
    people_done(&people);
    return record;
}

static void done(struct hand_made *made)
{
    hand_made_people_done(made);
    hand_made_done(made);
}

static void test_nobody_and_one(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct record record = measure(&made, WINDOW_90D);
    check_unknown(&record, MEASURE_coached, BECAUSE_NO_SURVEY);
    check_unknown(&record, MEASURE_pulse_response, BECAUSE_NO_PEOPLE);
    struct person *person = hand_made_person(&made, 1, D);
    hand_made_answer(&made, person, D, QUESTION_COACHED, 3);
    record = measure(&made, WINDOW_90D);
    check_unknown(&record, MEASURE_coached, BECAUSE_TOO_FEW);
    check_unknown(&record, MEASURE_had_a_say, BECAUSE_NO_SURVEY);
    check_unknown(&record, MEASURE_pulse_response, BECAUSE_NO_PEOPLE); /* never worked */
    hand_made_work(&made, person, D, false);
    record = measure(&made, WINDOW_90D);
    check_same(&record.values[MEASURE_pulse_response], interval_wilson(1, 1));
    done(&made);
}

static void test_the_latest_answer_in_the_window_counts(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    for (uint64_t i = 0; i < 2; i++) {
        struct person *person = hand_made_person(&made, i + 1, D);
        hand_made_answer(&made, person, D - 3, QUESTION_COACHED, (uint8_t)(2 + i));
        hand_made_answer(&made, person, D - 40, QUESTION_COACHED, 5);
        hand_made_answer(&made, person, D + 1, QUESTION_COACHED, 5);
        hand_made_answer(&made, person, D - 50, QUESTION_TARGETS_FIT, 4);
    }
    struct record month = measure(&made, WINDOW_28D);
    /* Answers 2 and 3: variance 1/2, one degree of freedom; clipped to the scale. */
    double half = special_t_quantile(0.975, 1) * sqrt(0.5 / 2);
    assert_true(half > 4);
    check_same(&month.values[MEASURE_coached], estimate_interval(2.5, 1, 5, 2));
    check_unknown(&month, MEASURE_targets_fit, BECAUSE_NO_SURVEY);
    struct record quarter = measure(&made, WINDOW_90D);
    check_same(&quarter.values[MEASURE_coached], month.values[MEASURE_coached]);
    /* Both say 4: the width of an answer stands for the variance. */
    half = special_t_quantile(0.975, 1) * sqrt(1.0 / 12 / 2);
    check_same(&quarter.values[MEASURE_targets_fit],
               estimate_interval(4, fmax(1, 4 - half), fmin(5, 4 + half), 2));
    done(&made);
}

static void test_the_questions_alone_are_the_same(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct hand_made made;
    hand_made_init(&made);
    for (uint64_t i = 1; i <= 6; i++) {
        struct person *person = hand_made_person(&made, i, D);
        hand_made_work(&made, person, D, true);
        for (int question = 0; question < QUESTIONS; question++)
            hand_made_answer(&made, person, D - (int32_t)dice_below(&dice, 60),
                             (enum question)question, (uint8_t)(1 + dice_below(&dice, 5)));
    }
    struct people people;
    struct record alone = {.because = {0}};
    people_init(&people, &made.shard, &made.team, D);
    pulse_measure_questions(&people, WINDOW_90D, &alone);
    people_done(&people);
    struct record all = measure(&made, WINDOW_90D);
    for (int measure = MEASURE_tool_clear; measure <= MEASURE_had_a_say; measure++)
        check_same(&alone.values[measure], all.values[measure]);
    assert_false(alone.values[MEASURE_pulse_response].known);
    check_same(&all.values[MEASURE_pulse_response], interval_wilson(6, 6));
    done(&made);
}

static void test_sums_of_a_range_of_days(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = hand_made_person(&made, 1, D);
    hand_made_answer(&made, person, D - 60, QUESTION_ROLE_CLEAR, 2);
    hand_made_answer(&made, person, D - 50, QUESTION_ROLE_CLEAR, 4);
    hand_made_answer(&made, person, D - 10, QUESTION_ROLE_CLEAR, 5);
    struct people people;
    people_init(&people, &made.shard, &made.team, D);
    struct mean_sums sums[QUESTIONS];
    assert_int_equal(pulse_sum_answers(&people, D - 60, D - 50, sums), 0); /* no headcount */
    assert_int_equal(sums[QUESTION_ROLE_CLEAR].n, 1);
    assert_int_equal(sums[QUESTION_ROLE_CLEAR].total, 4);
    assert_true(sums[QUESTION_ROLE_CLEAR].squares == 16);
    pulse_sum_answers(&people, D - 60, D - 51, sums);
    assert_int_equal(sums[QUESTION_ROLE_CLEAR].total, 2);
    pulse_sum_answers(&people, D - 49, D - 11, sums);
    assert_int_equal(sums[QUESTION_ROLE_CLEAR].n, 0);
    people_done(&people);
    done(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody_and_one),
        cmocka_unit_test(test_the_latest_answer_in_the_window_counts),
        cmocka_unit_test(test_the_questions_alone_are_the_same),
        cmocka_unit_test(test_sums_of_a_range_of_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
