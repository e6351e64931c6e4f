/* Who belongs to a team, who practises, comes, goes and rises: corner cases by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/headcount.h"
#include "model/people.h"
#include "stat/interval.h"
#include "support/dice.h"
#include "unit/model/check_record.h"
#include "unit/model/hand_made_people.h"

static const int32_t D = 20500;

static struct record own_of(const struct hand_made *made, int32_t day)
{
    struct people people;
    struct record record = {.because = {0}};
    people_init(&people, &made->shard, &made->team, day);
    people_measure_own(&people, &record);
    people_done(&people);
    return record;
}

static struct record window_of(const struct hand_made *made, int32_t day, enum window window)
{
    struct people people;
    struct record record = {.because = {0}};
    people_init(&people, &made->shard, &made->team, day);
    people_measure(&people, window, &record);
    people_done(&people);
    return record;
}

static int32_t headcount_of(const struct hand_made *made, int32_t day)
{
    return (int32_t)own_of(made, day).values[MEASURE_headcount].value;
}

/* ---- headcount ------------------------------------------------------------------------------- */

static void test_nobody(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct record own = own_of(&made, D);
    assert_true(own.values[MEASURE_headcount].known);
    assert_near(own.values[MEASURE_headcount].value, 0, 0);
    check_unknown(&own, MEASURE_regular, BECAUSE_NO_PEOPLE);
    check_unknown(&own, MEASURE_capabilities_held, BECAUSE_NO_PEOPLE);
    check_unknown(&own, MEASURE_attrition_365, BECAUSE_NO_PEOPLE);
    check_unknown(&own, MEASURE_progressed, BECAUSE_NO_PEOPLE);
    struct record week = window_of(&made, D, WINDOW_7D);
    check_unknown(&week, MEASURE_practising, BECAUSE_NO_PEOPLE);
    check_unknown(&week, MEASURE_capabilities_new, BECAUSE_NO_PEOPLE);
    check_unknown(&week, MEASURE_attrition, BECAUSE_NO_PEOPLE);
    assert_near(week.values[MEASURE_entry_headcount_change].value, 0, 0);
    hand_made_done(&made);
}

static void test_without_event_work_counts_for_28_days(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = hand_made_person(&made, 1, D);
    hand_made_work(&made, person, D, false);
    assert_int_equal(headcount_of(&made, D - 1), 0);
    assert_int_equal(headcount_of(&made, D), 1);
    assert_int_equal(headcount_of(&made, D + 27), 1);
    assert_int_equal(headcount_of(&made, D + 28), 0);
    hand_made_people_done(&made);
    hand_made_done(&made);
}

static void test_seen_without_work_or_event_is_not_in_it(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    hand_made_answer(&made, hand_made_person(&made, 1, D), D, QUESTION_COACHED, 4);
    assert_int_equal(headcount_of(&made, D), 0);
    hand_made_people_done(&made);
    hand_made_done(&made);
}

static void test_only_a_left_event(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = hand_made_person(&made, 1, D);
    hand_made_status(&made, person, D, STATUS_LEFT, NULL);
    assert_int_equal(headcount_of(&made, D), 0);
    /* Nobody was there on any day, so there is no exposure to divide by. */
    struct record own = own_of(&made, D);
    check_unknown(&own, MEASURE_attrition_365, BECAUSE_NO_PEOPLE);
    /* Seen earlier: there until the day before. */
    hand_made_see(person, D - 9);
    assert_int_equal(headcount_of(&made, D - 10), 0);
    assert_int_equal(headcount_of(&made, D - 9), 1);
    assert_int_equal(headcount_of(&made, D - 1), 1);
    assert_int_equal(headcount_of(&made, D), 0);
    own = own_of(&made, D);
    check_same(&own.values[MEASURE_attrition_365], interval_garwood(1, 9 / 365.25));
    hand_made_people_done(&made);
    hand_made_done(&made);
}

static void test_moved_after_the_day_counts_but_is_no_attrition(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = hand_made_person(&made, 1, D - 100);
    hand_made_status(&made, person, D + 1, STATUS_MOVED, NULL);
    assert_int_equal(headcount_of(&made, D), 1);
    assert_int_equal(headcount_of(&made, D + 1), 0);
    struct record own = own_of(&made, D + 5);
    check_same(&own.values[MEASURE_attrition_365], interval_garwood(0, 101 / 365.25));
    hand_made_people_done(&made);
    hand_made_done(&made);
}

static void test_active_later_counts_from_the_first_day_seen(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = hand_made_person(&made, 1, D - 3);
    hand_made_status(&made, person, D + 50, STATUS_ACTIVE, NULL);
    assert_int_equal(headcount_of(&made, D - 4), 0);
    assert_int_equal(headcount_of(&made, D - 3), 1);
    hand_made_people_done(&made);
    hand_made_done(&made);
}

static void test_days_counted_is_the_sum_of_the_days(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int round = 0; round < 400; round++) {
        struct hand_made made;
        hand_made_init(&made);
        int32_t set_days = made.settings.retention.day_set_days;
        struct person *person = hand_made_person(&made, 1, D);
        int32_t density = (int32_t)dice_below(&dice, 60);
        for (int i = 0; i <= density; i++)
            hand_made_work(&made, person, D - 440 + (int32_t)dice_below(&dice, 460), false);
        if (dice_below(&dice, 4) == 0)
            hand_made_status(&made, person, D - (int32_t)dice_below(&dice, 400),
                             STATUS_ACTIVE + (enum person_status)dice_below(&dice, 3), NULL);
        int32_t last = D - (int32_t)dice_below(&dice, 5);
        int32_t first = last - (int32_t)dice_below(&dice, 390);
        int32_t sum = 0;
        for (int32_t day = first; day <= last; day++)
            sum += headcount_has(person, set_days, day);
        assert_int_equal(headcount_count_days(person, set_days, first, last), sum);
        hand_made_people_done(&made);
        hand_made_done(&made);
    }
}

static void test_days_counted_near_the_first_day_of_all(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    int32_t set_days = made.settings.retention.day_set_days;
    struct person *person = hand_made_person(&made, 1, 3);
    assert_int_equal(headcount_count_days(person, set_days, -360, 4), 0);
    hand_made_work(&made, person, 3, true);
    assert_int_equal(headcount_count_days(person, set_days, -360, 4), 2);
    assert_int_equal(headcount_count_days(person, set_days, -360, 200), 28);
    hand_made_people_done(&made);
    hand_made_done(&made);
}

/* ---- use ------------------------------------------------------------------------------------- */

static void test_a_single_person(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = hand_made_person(&made, 1, D);
    hand_made_work(&made, person, D - 10, true);
    hand_made_work(&made, person, D, false);
    struct record week = window_of(&made, D, WINDOW_7D);
    struct record month = window_of(&made, D, WINDOW_28D);
    check_same(&week.values[MEASURE_practising], interval_wilson(0, 1));
    check_same(&month.values[MEASURE_practising], interval_wilson(1, 1));
    check_unknown(&month, MEASURE_capabilities_new, BECAUSE_NO_KIND);
    check_unknown(&month, MEASURE_attrition, BECAUSE_NO_PEOPLE);
    hand_made_people_done(&made);
    hand_made_done(&made);
}

static void test_regular_asks_for_all_but_one_live_block(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *often = hand_made_person(&made, 1, D - 27);
    struct person *rare = hand_made_person(&made, 2, D - 27);
    hand_made_practise(&made, often, D - 27, D - 13, 7); /* blocks 0, 1, 2 */
    hand_made_work(&made, rare, D - 27, true);
    hand_made_work(&made, rare, D, false); /* block 3 is live */
    struct record own = own_of(&made, D);
    check_same(&own.values[MEASURE_regular], interval_wilson(1, 2));
    /* Seven weeks later only one block was live: use in it is enough, and necessary. */
    hand_made_work(&made, often, D + 49, false);
    hand_made_work(&made, rare, D + 49, true);
    own = own_of(&made, D + 49);
    check_same(&own.values[MEASURE_regular], interval_wilson(1, 2));
    hand_made_people_done(&made);
    hand_made_done(&made);
}

static void test_capabilities(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *person = hand_made_person(&made, 1, D - 200);
    struct person *gone = hand_made_person(&made, 2, D - 200);
    hand_made_work(&made, person, D, true);
    hand_made_capability(&made, gone, "draft", D - 200, D - 6);
    struct record own = own_of(&made, D);
    /* Named by somebody who is gone: known, and nobody there has it. */
    check_same(&own.values[MEASURE_capabilities_held], interval_garwood(0, 1));
    hand_made_capability(&made, person, "draft", D - 200, D - 90);
    hand_made_capability(&made, person, "review", D - 200, D - 89);
    hand_made_capability(&made, person, "search", D - 6, D + 3);
    hand_made_capability(&made, person, "later", D + 1, D + 1);
    own = own_of(&made, D);
    check_same(&own.values[MEASURE_capabilities_held], interval_garwood(2, 1));
    struct record week = window_of(&made, D, WINDOW_7D);
    struct record day = window_of(&made, D, WINDOW_1D);
    check_same(&week.values[MEASURE_capabilities_new], interval_garwood(1, 1));
    check_same(&day.values[MEASURE_capabilities_new], interval_garwood(0, 1));
    hand_made_people_done(&made);
    hand_made_done(&made);
}

/* ---- levels ---------------------------------------------------------------------------------- */

static void test_levels(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct person *risen = hand_made_person(&made, 1, D - 200);
    struct person *still = hand_made_person(&made, 2, D - 3);
    struct person *left = hand_made_person(&made, 3, D - 200);
    hand_made_status(&made, risen, D - 200, STATUS_ACTIVE, "trainee");
    hand_made_status(&made, still, D - 3, STATUS_ACTIVE, "junior");
    hand_made_status(&made, left, D - 50, STATUS_LEFT, "graduate");
    struct record own = own_of(&made, D);
    struct record week = window_of(&made, D, WINDOW_7D);
    struct record quarter = window_of(&made, D, WINDOW_90D);
    check_same(&own.values[MEASURE_progressed], interval_wilson(0, 2));
    assert_near(week.values[MEASURE_entry_headcount_change].value, 1, 0);
    assert_near(quarter.values[MEASURE_entry_headcount_change].value, 0, 0);
    hand_made_status(&made, risen, D - 10, STATUS_ACTIVE, "senior");
    own = own_of(&made, D);
    quarter = window_of(&made, D, WINDOW_90D);
    check_same(&own.values[MEASURE_progressed], interval_wilson(1, 2));
    check_same(&quarter.values[MEASURE_attrition],
               interval_garwood(1, (90 + 4 + 90 - 51) / 365.25));
    hand_made_people_done(&made);
    hand_made_done(&made);
}

static void check_records_equal(const struct record *a, const struct record *b)
{
    for (int measure = 0; measure < MEASURES; measure++) {
        assert_int_equal(a->values[measure].known, b->values[measure].known);
        assert_int_equal(a->because[measure], b->because[measure]);
        if (a->values[measure].known && a->values[measure].has_interval)
            check_same(&a->values[measure], b->values[measure]);
        else if (a->values[measure].known)
            assert_near(a->values[measure].value, b->values[measure].value, 0);
    }
}

static void test_the_order_of_people_does_not_matter(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    uint64_t order[2][6] = {{1, 2, 3, 4, 5, 6}, {4, 6, 1, 3, 2, 5}};
    for (int round = 0; round < 50; round++) {
        uint64_t seed = dice_bits(&dice);
        struct record own[2], month[2];
        for (int which = 0; which < 2; which++) {
            struct hand_made made;
            hand_made_init(&made);
            for (int i = 0; i < 6; i++) {
                uint64_t number = order[which][i];
                struct dice of_person = {.state = seed + number};
                struct person *person = hand_made_person(&made, number, D);
                for (int work = 0; work < 10; work++)
                    hand_made_work(&made, person, D - (int32_t)dice_below(&of_person, 100),
                                   dice_below(&of_person, 2) == 0);
                if (dice_below(&of_person, 2) == 0)
                    hand_made_status(&made, person, D - (int32_t)dice_below(&of_person, 60),
                                     STATUS_LEFT, "junior");
                hand_made_capability(&made, person, "draft", person->first_seen, D);
            }
            own[which] = own_of(&made, D);
            month[which] = window_of(&made, D, WINDOW_28D);
            hand_made_people_done(&made);
            hand_made_done(&made);
        }
        check_records_equal(&own[0], &own[1]);
        check_records_equal(&month[0], &month[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_without_event_work_counts_for_28_days),
        cmocka_unit_test(test_seen_without_work_or_event_is_not_in_it),
        cmocka_unit_test(test_only_a_left_event),
        cmocka_unit_test(test_moved_after_the_day_counts_but_is_no_attrition),
        cmocka_unit_test(test_active_later_counts_from_the_first_day_seen),
        cmocka_unit_test(test_days_counted_is_the_sum_of_the_days),
        cmocka_unit_test(test_days_counted_near_the_first_day_of_all),
        cmocka_unit_test(test_a_single_person),
        cmocka_unit_test(test_regular_asks_for_all_but_one_live_block),
        cmocka_unit_test(test_capabilities),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_the_order_of_people_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
