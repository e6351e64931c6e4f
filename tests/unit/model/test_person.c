/* Sets of days and weekly counters agree with plain arrays, while memory slides on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "model/person.h"
#include "support/dice.h"

enum { SET_DAYS = 448, DAYS = 3000 };

static struct person *new_person(void)
{
    struct person *person = mem_alloc(person_bytes(SET_DAYS));
    person->first_ai = DAY_NEVER;
    person->sets_newest = INT32_MIN;
    person_done(person);
    return person;
}

static void test_day_sets(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct person *person = new_person();
    static unsigned char plain[DAY_SETS][DAYS];
    memset(plain, 0, sizeof plain);
    int32_t newest = 0;
    for (int step = 0; step < 20000; step++) {
        int32_t ahead = dice_below(&dice, 400) == 0 ? (int32_t)dice_below(&dice, 500) : (int32_t)dice_below(&dice, 2);
        int32_t day = newest + (dice_below(&dice, 3) == 0 ? ahead : -(int32_t)dice_below(&dice, 460));
        if (day < 0 || day >= DAYS)
            continue;
        enum day_set set = (enum day_set)dice_below(&dice, DAY_SETS);
        newest = day > newest ? day : newest;
        bool is_kept = day > newest - SET_DAYS;
        bool added = person_add_day(person, SET_DAYS, set, day);
        assert_int_equal(added, is_kept && !plain[set][day]);
        if (is_kept)
            plain[set][day] = 1;
        int32_t first = newest - (int32_t)dice_below(&dice, SET_DAYS), last = first + (int32_t)dice_below(&dice, 100);
        int32_t expected = 0;
        for (int32_t d = first < 0 ? 0 : first; d <= last && d < DAYS; d++)
            expected += plain[set][d];
        assert_int_equal(person_count_days(person, SET_DAYS, set, first, last), expected);
        assert_int_equal(person_has_any_day(person, SET_DAYS, set, first, last), expected > 0);
    }
    assert_true(newest > 2 * SET_DAYS);
    mem_free(person);
}

/* What a week was given, minus what memory says, is what went into differences. */
static void test_weeks(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct person *person = new_person();
    enum { WEEKS = 400 };
    static int64_t given[WEEKS][WEEK_COUNTERS];
    static bool refused[WEEKS];
    memset(given, 0, sizeof given);
    memset(refused, 0, sizeof refused);
    person->first_ai = 10 * 7;
    int32_t newest = 8;
    for (int step = 0; step < 30000 && newest < WEEKS - 2; step++) {
        if (dice_below(&dice, 80) == 0)
            newest++;
        int32_t week = newest - (int32_t)dice_below(&dice, dice_below(&dice, 50) == 0 ? 60 : 5);
        if (week < 0)
            continue;
        struct week_counters counters = {{0}};
        uint32_t bits = (uint32_t)dice_below(&dice, 1 << WEEK_COUNTERS);
        bool is_task = step % 3 == 0;
        for (int c = 0; c < WEEK_COUNTERS; c++)
            counters.at[c] = is_task ? bits >> c & 1U : dice_below(&dice, 3) * (step % 1000 == 0 ? 100000 : 1);
        int32_t week_min = newest - 32;
        bool held = is_task ? person_count_week(person, week, bits, 0, week_min)
                            : person_add_week(person, week, &counters, week_min);
        assert_true(held || week < week_min);
        refused[week] |= !held;
        for (int c = 0; c < WEEK_COUNTERS; c++)
            given[week][c] += counters.at[c];
        if (step % 50 == 0) {
            person->weeks.dirty_first = INT32_MAX;
            person->weeks.dirty_last = INT32_MIN;
            person_forget_weeks(person, week_min);
        }
        struct week_counters sums = {{0}}, early = {{0}};
        person_sum_weeks(person, newest - 25, newest, &sums);
        person_sum_weeks(person, 10, 13, &early);
        int64_t tasks = 0, ca = 0;
        for (int32_t w = newest - 25 < 0 ? 0 : newest - 25; w <= newest; w++)
            tasks += given[w][WEEK_TASKS];
        for (int32_t w = 10; w <= 13; w++)
            ca += given[w][WEEK_CA];
        assert_int_equal(sums.at[WEEK_TASKS], tasks);
        assert_int_equal(early.at[WEEK_CA], ca);
    }
    assert_true(person->weeks.first_week > 100);
    assert_true(refused[60] || refused[70] || refused[80] || refused[90] || refused[100]);
    person_done(person);
    mem_free(person);
}

/* One byte a counter as long as none outgrows it, exact over more weeks than 16 bits hold, too. */
static void test_sums_of_many_full_weeks(void **state)
{
    (void)state;
    enum { MANY = 700 };
    struct person *person = new_person();
    person->first_ai = DAY_NEVER;
    for (int32_t week = 0; week < MANY; week++) {
        struct week_counters counters;
        for (int c = 0; c < WEEK_COUNTERS; c++)
            counters.at[c] = 255 - c * (week % 7);
        assert_true(person_add_week(person, week, &counters, 0));
    }
    assert_int_equal(person->weeks.width, 1);
    for (int32_t first = 0; first < MANY; first += 43) {
        struct week_counters sums = {{0}}, expected = {{0}};
        person_sum_weeks(person, first, MANY - 1, &sums);
        for (int32_t week = first; week < MANY; week++) {
            for (int c = 0; c < WEEK_COUNTERS; c++)
                expected.at[c] += 255 - c * (week % 7);
        }
        assert_memory_equal(&sums, &expected, sizeof sums);
    }
    person_done(person);
    mem_free(person);
}

/* A time may be of the year 9999. */
static void test_weeks_far_apart(void **state)
{
    (void)state;
    enum { FAR_WEEK = 418999 };
    struct person *person = new_person();
    const struct week_counters counters = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 300}};
    assert_true(person_add_week(person, 2800, &counters, 0));
    assert_true(person_add_week(person, FAR_WEEK, &counters, 0));
    assert_true(person_add_week(person, 0, &counters, 0));
    const int32_t weeks[] = {0, 2800, FAR_WEEK};
    for (int i = 0; i < 3; i++) {
        struct week_counters read;
        person_read_week(person, weeks[i], &read);
        assert_memory_equal(&read, &counters, sizeof read);
    }
    struct week_counters sums = {{0}};
    person_sum_weeks(person, 1, FAR_WEEK, &sums);
    assert_int_equal(sums.at[WEEK_WO], 600);
    person_done(person);
    mem_free(person);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_day_sets),
                                       cmocka_unit_test(test_weeks),
                                       cmocka_unit_test(test_sums_of_many_full_weeks),
                                       cmocka_unit_test(test_weeks_far_apart)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
