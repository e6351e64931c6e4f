/* Has a team stopped sending? Days, weeks, who works regularly, who has left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/calendar.h"
#include "model/silence.h"
#include "unit/model/hand_made_people.h"

enum { DAY = 20500 };

static struct hand_made made;
static struct person *person;

static int start(void **state)
{
    (void)state;
    hand_made_init(&made);
    calendar_init(&made.shard.calendar);
    calendar_begin(&made.shard.calendar, DAY - 1);
    calendar_open(&made.shard.calendar, DAY, 1);
    person = hand_made_person(&made, 1, DAY - 200);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    calendar_done(&made.shard.calendar);
    hand_made_people_done(&made);
    hand_made_done(&made);
    return 0;
}

static struct silence look(void)
{
    struct people people;
    people_init(&people, &made.shard, &made.team, DAY);
    struct silence seen = silence_look(&people);
    people_done(&people);
    return seen;
}

static void test_work_today(void **state)
{
    (void)state;
    hand_made_work(&made, person, DAY, false);
    struct silence seen = look();
    assert_true(seen.counted);
    assert_false(seen.day || seen.week || seen.regular);
    assert_int_equal(seen.last_worked, INT32_MIN);
}

static void test_a_day_without_is_no_week_without(void **state)
{
    (void)state;
    hand_made_work(&made, person, DAY - 6, false);
    struct silence seen = look();
    assert_true(seen.day);
    assert_false(seen.week);
    assert_int_equal(seen.last_worked, DAY - 6);
}

/* Ten of 28 days, the last of which is the last worked. */
static void test_who_works_regularly(void **state)
{
    (void)state;
    hand_made_practise(&made, person, DAY - 47, DAY - 20, 3); /* 10 days, the last DAY - 20 */
    assert_int_equal(look().last_worked, DAY - 20);
    assert_true(look().regular && look().week);
    struct person *other = hand_made_person(&made, 2, DAY - 200);
    hand_made_work(&made, other, DAY - 19, false); /* now the first of the ten is too old */
    assert_int_equal(look().last_worked, DAY - 19);
    assert_true(look().regular);
    hand_made_work(&made, other, DAY - 10, false);
    assert_false(look().regular);
}

static void test_longer_ago_than_is_looked(void **state)
{
    (void)state;
    hand_made_practise(&made, person, DAY - 100, DAY - 61, 1);
    assert_false(look().regular);
    assert_int_equal(look().last_worked, INT32_MIN);
}

/* A team that was dissolved is not silent. */
static void test_who_left_is_not_missed(void **state)
{
    (void)state;
    hand_made_practise(&made, person, DAY - 47, DAY - 20, 1);
    assert_true(look().regular);
    hand_made_status(&made, person, DAY - 19, STATUS_LEFT, NULL);
    assert_false(look().regular);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_work_today, start, stop),
        cmocka_unit_test_setup_teardown(test_a_day_without_is_no_week_without, start, stop),
        cmocka_unit_test_setup_teardown(test_who_works_regularly, start, stop),
        cmocka_unit_test_setup_teardown(test_longer_ago_than_is_looked, start, stop),
        cmocka_unit_test_setup_teardown(test_who_left_is_not_missed, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
