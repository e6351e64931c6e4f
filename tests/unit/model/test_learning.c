/* Weeks of people: beginners against the others, late weeks against the first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/learning.h"
#include "stat/interval.h"
#include "stat/reliance.h"
#include "support/dice.h"
#include "unit/model/check_record.h"
#include "unit/model/hand_made_people.h"

static const int32_t D = 20500;
static const int32_t W = 20500 / 7;

static struct record measure(const struct hand_made *made, int32_t day, bool any_decided)
{
    struct people people;
    struct record record = {.because = {0}};
    people_init(&people, &made->shard, &made->team, day);
    learning_measure(&people, any_decided, &record);
    people_done(&people);
    return record;
}

static void done(struct hand_made *made)
{
    hand_made_people_done(made);
    hand_made_done(made);
}

static void add_kinds(struct person *person, int32_t week, int64_t kinds, int64_t not_routine)
{
    const struct week_counters counters = {.at = {[WEEK_TASKS] = kinds,
                                                  [WEEK_KINDS] = kinds,
                                                  [WEEK_NOT_ROUTINE] = not_routine}};
    hand_made_week(person, week, &counters);
}

static void add_scores(struct person *person, int32_t week, struct reliance_counts scores)
{
    int64_t tasks = scores.ca + scores.wa + scores.co + scores.wo;
    const struct week_counters counters = {.at = {[WEEK_TASKS] = tasks,
                                                  [WEEK_AI] = tasks,
                                                  [WEEK_CA] = scores.ca,
                                                  [WEEK_WA] = scores.wa,
                                                  [WEEK_CO] = scores.co,
                                                  [WEEK_WO] = scores.wo}};
    hand_made_week(person, week, &counters);
}

/* ---- beginners ------------------------------------------------------------------------------- */

static void test_nobody(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct record record = measure(&made, D, true);
    check_unknown(&record, MEASURE_entry_nonroutine_share, BECAUSE_NO_PEOPLE);
    check_unknown(&record, MEASURE_entry_gap, BECAUSE_NO_PEOPLE);
    check_unknown(&record, MEASURE_entry_judgement, BECAUSE_NO_PEOPLE);
    check_unknown(&record, MEASURE_learning_gain, BECAUSE_NO_PEOPLE);
    check_unknown(&record, MEASURE_entry_learning_gain, BECAUSE_NO_PEOPLE);
    done(&made);
}

static void test_the_gap_needs_both_sides(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *junior = hand_made_person(&made, 1, D);
    hand_made_status(&made, junior, D - 300, STATUS_LEFT, "junior"); /* who left counts too */
    struct record record = measure(&made, D, true);
    check_unknown(&record, MEASURE_entry_nonroutine_share, BECAUSE_NO_WORK);
    check_unknown(&record, MEASURE_entry_gap, BECAUSE_NO_PEOPLE);
    struct person *senior = hand_made_person(&made, 2, D);
    add_kinds(junior, W - 25, 10, 3);
    add_kinds(junior, W - 26, 99, 99); /* a week too early */
    record = measure(&made, D, true);
    check_same(&record.values[MEASURE_entry_nonroutine_share], interval_wilson(3, 10));
    check_unknown(&record, MEASURE_entry_gap, BECAUSE_NO_WORK);
    add_kinds(senior, W, 20, 12);
    record = measure(&made, D, true);
    check_same(&record.values[MEASURE_entry_gap], interval_newcombe(3, 10, 12, 20));
    /* The latest level decides, also in hindsight. */
    hand_made_status(&made, junior, D, STATUS_ACTIVE, "senior");
    record = measure(&made, D, true);
    check_unknown(&record, MEASURE_entry_gap, BECAUSE_NO_PEOPLE);
    done(&made);
}

static void test_weeks_run_over_the_end_of_a_year(void **state)
{
    (void)state;
    const int32_t new_year = 20454; /* 2026-01-01, a Thursday: an epoch week begins */
    struct hand_made made;
    hand_made_init(&made);
    struct person *junior = hand_made_person(&made, 1, new_year);
    hand_made_status(&made, junior, new_year, STATUS_ACTIVE, "entry");
    add_kinds(junior, new_year / 7 - 1, 4, 1);
    add_kinds(junior, new_year / 7, 6, 1);
    struct record before = measure(&made, new_year - 1, true);
    struct record after = measure(&made, new_year, true);
    check_same(&before.values[MEASURE_entry_nonroutine_share], interval_wilson(1, 4));
    check_same(&after.values[MEASURE_entry_nonroutine_share], interval_wilson(2, 10));
    done(&made);
}

static void test_words_of_entry_judgement(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *junior = hand_made_person(&made, 1, D);
    hand_made_status(&made, junior, D, STATUS_ACTIVE, "trainee");
    add_kinds(junior, W, 3, 0);
    struct record record = measure(&made, D, false);
    check_unknown(&record, MEASURE_entry_judgement, BECAUSE_NO_WORK);
    struct week_counters unscored = {.at = {[WEEK_TASKS] = 1, [WEEK_AI] = 1}};
    hand_made_week(junior, W, &unscored);
    record = measure(&made, D, true);
    check_unknown(&record, MEASURE_entry_judgement, BECAUSE_NO_TRUTH);
    const struct reliance_counts scores = {.ca = 5, .wa = 1};
    add_scores(junior, W, scores);
    record = measure(&made, D, false);
    check_unknown(&record, MEASURE_entry_judgement, BECAUSE_NO_DECISIONS);
    record = measure(&made, D, true);
    check_same(&record.values[MEASURE_entry_judgement], reliance_judgement(&scores));
    done(&made);
}

/* ---- learning -------------------------------------------------------------------------------- */

static const struct reliance_counts EARLY = {.ca = 6, .wa = 4, .co = 2, .wo = 1};
static const struct reliance_counts LATE = {.ca = 9, .wa = 1, .co = 5, .wo = 1};

static struct person *make_learner(struct hand_made *made, uint64_t number, int32_t first_week)
{
    struct person *person = hand_made_person(made, number, 7 * first_week);
    hand_made_work(made, person, 7 * first_week, true);
    return person;
}

static struct estimate expected_gain(void)
{
    return interval_square_and_add(reliance_judgement(&LATE), reliance_judgement(&EARLY));
}

static void test_words_of_learning_gain(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = make_learner(&made, 1, W - 12);
    struct record record = measure(&made, D, true);
    check_unknown(&record, MEASURE_learning_gain, BECAUSE_TOO_NEW);
    record = measure(&made, 7 * (W - 12) - 1, true); /* before the first AI use */
    check_unknown(&record, MEASURE_learning_gain, BECAUSE_NO_PEOPLE);
    hand_made_work(&made, person, 7 * (W - 13), true); /* the first AI use moves */
    record = measure(&made, D, true);
    check_unknown(&record, MEASURE_learning_gain, BECAUSE_NO_TRUTH);
    record = measure(&made, D, false);
    check_unknown(&record, MEASURE_learning_gain, BECAUSE_NO_DECISIONS);
    add_scores(person, W - 13, EARLY);
    record = measure(&made, D, true);
    check_unknown(&record, MEASURE_learning_gain, BECAUSE_NO_COMPARISON);
    add_scores(person, W - 1, LATE); /* not yet the 14th week */
    record = measure(&made, D, true);
    check_unknown(&record, MEASURE_learning_gain, BECAUSE_NO_COMPARISON);
    done(&made);
}

static void test_late_against_first_weeks(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = make_learner(&made, 1, W - 30);
    add_scores(person, W - 27, EARLY);
    add_scores(person, W - 26, (struct reliance_counts){.wa = 50}); /* the fifth week */
    add_scores(person, W - 18, (struct reliance_counts){.wa = 50}); /* the thirteenth */
    add_scores(person, W - 17, LATE);
    struct record record = measure(&made, D, true);
    check_same(&record.values[MEASURE_learning_gain], expected_gain());
    check_unknown(&record, MEASURE_entry_learning_gain, BECAUSE_NO_PEOPLE);
    hand_made_status(&made, person, D, STATUS_ACTIVE, "graduate");
    record = measure(&made, D, true);
    check_same(&record.values[MEASURE_entry_learning_gain], expected_gain());
    check_same(&record.values[MEASURE_learning_gain], expected_gain());
    done(&made);
}

static void test_forgotten_first_weeks_still_count(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = make_learner(&made, 1, W - 60);
    add_scores(person, W - 60, EARLY);
    add_scores(person, W - 2, LATE);
    person->weeks.dirty_first = INT32_MAX; /* saved */
    person->weeks.dirty_last = INT32_MIN;
    person_forget_weeks(person, W - 31);
    struct record record = measure(&made, D, true);
    check_same(&record.values[MEASURE_learning_gain], expected_gain());
    done(&made);
}

static void test_only_people_with_both_sides_count(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *both = make_learner(&made, 1, W - 20);
    struct person *late_only = make_learner(&made, 2, W - 20);
    struct person *early_only = make_learner(&made, 3, W - 20);
    add_scores(both, W - 20, EARLY);
    add_scores(both, W, LATE);
    add_scores(late_only, W, (struct reliance_counts){.wa = 9, .ca = 9});
    add_scores(early_only, W - 20, (struct reliance_counts){.co = 9, .wo = 9});
    struct record record = measure(&made, D, true);
    check_same(&record.values[MEASURE_learning_gain], expected_gain());
    done(&made);
}

static void test_the_order_of_people_does_not_matter(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int round = 0; round < 50; round++) {
        uint64_t seed = dice_bits(&dice);
        struct record records[2];
        for (uint64_t backwards = 0; backwards < 2; backwards++) {
            struct hand_made made;
            hand_made_init(&made);
            for (uint64_t i = 0; i < 5; i++) {
                uint64_t number = backwards ? 5 - i : i + 1;
                struct dice of_person = {.state = seed + number};
                struct person *person =
                    make_learner(&made, number, W - 10 - (int32_t)dice_below(&of_person, 30));
                if (dice_below(&of_person, 2) == 0)
                    hand_made_status(&made, person, D, STATUS_ACTIVE, "entry");
                for (int32_t week = W - 40; week <= W; week++)
                    add_scores(person, week,
                               (struct reliance_counts){.ca = dice_below(&of_person, 3),
                                                        .wa = dice_below(&of_person, 3),
                                                        .co = dice_below(&of_person, 3),
                                                        .wo = dice_below(&of_person, 3)});
            }
            records[backwards] = measure(&made, D, true);
            done(&made);
        }
        for (int i = MEASURE_entry_nonroutine_share; i <= MEASURE_entry_learning_gain; i++) {
            assert_int_equal(records[0].because[i], records[1].because[i]);
            if (records[0].values[i].known)
                check_same(&records[0].values[i], records[1].values[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_the_gap_needs_both_sides),
        cmocka_unit_test(test_weeks_run_over_the_end_of_a_year),
        cmocka_unit_test(test_words_of_entry_judgement),
        cmocka_unit_test(test_words_of_learning_gain),
        cmocka_unit_test(test_late_against_first_weeks),
        cmocka_unit_test(test_forgotten_first_weeks_still_count),
        cmocka_unit_test(test_only_people_with_both_sides_count),
        cmocka_unit_test(test_the_order_of_people_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
