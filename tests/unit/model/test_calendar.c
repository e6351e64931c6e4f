/* Which days are open and which were quiet: the reference's series, late starts and forgetting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/calendar.h"
#include "support/json_value.h"

typedef const struct json_value json;

enum { MONDAY = 20003 };

static void work(struct calendar *calendar, int32_t day, int64_t people)
{
    for (int64_t i = 0; i < people; i++)
        calendar_count_worked(calendar, day);
}

/* ---- the reference's series ------------------------------------------------------------------ */

static void replay(json *in, json *out)
{
    struct calendar calendar;
    calendar_init(&calendar);
    json *worked = json_member(in, "worked");
    int32_t day0 = (int32_t)json_integer(json_member(in, "day0"));
    calendar_begin(&calendar, day0 - 1);
    for (size_t i = 0; i < worked->count; i++) {
        int32_t day = day0 + (int32_t)i;
        work(&calendar, day, json_integer(json_item(worked, i)));
        calendar_open(&calendar, day, 8);
        struct opened_day opened = calendar_day(&calendar, day);
        assert_int_equal(opened.quiet, json_item(json_item(out, i), 0)->truth);
        assert_int_equal(opened.hidden, json_item(json_item(out, i), 1)->truth);
        assert_int_equal(opened.teams, 8);
    }
    calendar_done(&calendar);
}

static void test_series_of_the_reference(void **state)
{
    (void)state;
    struct json_value *vectors = json_read_file("golden/stats_vectors.json");
    int series = 0;
    for (size_t i = 0; i < vectors->count; i++) {
        json *row = json_item(vectors, i);
        if (strcmp(json_member(row, "f")->text, "quiet") != 0)
            continue;
        replay(json_member(row, "in"), json_member(row, "out"));
        series++;
    }
    assert_int_equal(series, 12);
    json_free(vectors);
}

/* ---- by hand --------------------------------------------------------------------------------- */

static void test_the_first_day_is_never_quiet(void **state)
{
    (void)state;
    struct calendar calendar;
    calendar_init(&calendar);
    calendar_begin(&calendar, MONDAY - 1);
    calendar_open(&calendar, MONDAY, 1);
    assert_false(calendar_day(&calendar, MONDAY).quiet);
    calendar_done(&calendar);
}

static void test_weekdays_of_a_long_silence_are_seen_again(void **state)
{
    (void)state;
    struct calendar calendar;
    calendar_init(&calendar);
    calendar_begin(&calendar, MONDAY - 1);
    work(&calendar, MONDAY, 30);
    calendar_open(&calendar, MONDAY, 1);
    for (int32_t day = MONDAY + 1; day < MONDAY + 30; day++) {
        calendar_open(&calendar, day, 1);
        bool seen = day - MONDAY >= 15 && calendar_weekday(day) < 5;
        assert_true(calendar_day(&calendar, day).quiet);
        assert_int_equal(calendar_day(&calendar, day).hidden, !seen);
    }
    calendar_done(&calendar);
}

static void test_a_fifth_of_the_mean_is_not_quiet(void **state)
{
    (void)state;
    struct calendar calendar;
    calendar_init(&calendar);
    calendar_begin(&calendar, MONDAY - 1);
    work(&calendar, MONDAY, 25);
    work(&calendar, MONDAY + 1, 5);
    work(&calendar, MONDAY + 2, 2);
    for (int32_t day = MONDAY; day < MONDAY + 3; day++)
        calendar_open(&calendar, day, 1);
    assert_false(calendar_day(&calendar, MONDAY + 1).quiet);
    assert_true(calendar_day(&calendar, MONDAY + 2).quiet); /* 5 * 2 * 2 < 30 */
    calendar_done(&calendar);
}

static void test_days_before_the_first_and_after_the_last_say_nothing(void **state)
{
    (void)state;
    struct calendar calendar;
    calendar_init(&calendar);
    assert_false(calendar_is_open(&calendar, MONDAY));
    work(&calendar, MONDAY - 5, 3);
    work(&calendar, MONDAY + 1, 3);
    calendar_begin(&calendar, MONDAY);
    assert_false(calendar_is_open(&calendar, MONDAY));
    calendar_open(&calendar, MONDAY + 1, 4);
    assert_false(calendar_is_open(&calendar, MONDAY));
    assert_true(calendar_is_open(&calendar, MONDAY + 1));
    assert_false(calendar_is_open(&calendar, MONDAY + 2));
    assert_int_equal(calendar_day(&calendar, MONDAY + 2).teams, 0);
    assert_int_equal(calendar.history[0], 3);
    /* Too late: the day is fixed. */
    work(&calendar, MONDAY + 1, 3);
    assert_int_equal(calendar.worked_count, 0);
    calendar_done(&calendar);
}

/* The order in which people are counted does not matter, nor that days are counted ahead. */
static void test_days_are_counted_in_any_order(void **state)
{
    (void)state;
    static const int64_t people[] = {9, 0, 4, 7, 0, 0, 12, 1};
    enum { DAYS = sizeof people / sizeof people[0] };
    struct calendar forward, backward;
    calendar_init(&forward);
    calendar_init(&backward);
    calendar_begin(&forward, MONDAY - 1);
    calendar_begin(&backward, MONDAY - 1);
    for (int i = DAYS - 1; i >= 0; i--)
        work(&backward, MONDAY + i, people[i]);
    for (int i = 0; i < DAYS; i++) {
        work(&forward, MONDAY + i, people[i]);
        calendar_open(&forward, MONDAY + i, 1);
        calendar_open(&backward, MONDAY + i, 1);
        assert_int_equal(calendar_day(&forward, MONDAY + i).quiet,
                         calendar_day(&backward, MONDAY + i).quiet);
    }
    assert_int_equal(forward.history_count, backward.history_count);
    assert_memory_equal(forward.history, backward.history, sizeof forward.history);
    calendar_done(&forward);
    calendar_done(&backward);
}

static void test_forgetting_keeps_later_days(void **state)
{
    (void)state;
    struct calendar calendar;
    calendar_init(&calendar);
    calendar_begin(&calendar, MONDAY - 1);
    for (int32_t day = MONDAY; day < MONDAY + 10; day++)
        calendar_open(&calendar, day, (uint32_t)(day - MONDAY));
    calendar_forget(&calendar, MONDAY + 4);
    assert_false(calendar_is_open(&calendar, MONDAY + 3));
    for (int32_t day = MONDAY + 4; day < MONDAY + 10; day++)
        assert_int_equal(calendar_day(&calendar, day).teams, day - MONDAY);
    calendar_forget(&calendar, MONDAY + 100);
    calendar_open(&calendar, MONDAY + 10, 7);
    assert_int_equal(calendar_day(&calendar, MONDAY + 10).teams, 7);
    calendar_done(&calendar);
}

static void test_a_copy_goes_on_alike(void **state)
{
    (void)state;
    struct calendar calendar, copy;
    calendar_init(&calendar);
    calendar_init(&copy);
    calendar_begin(&calendar, MONDAY - 1);
    for (int32_t day = MONDAY; day < MONDAY + 20; day++) {
        work(&calendar, day, day < MONDAY + 4 ? 20 : 0);
        calendar_open(&calendar, day, 3);
    }
    calendar_copy(&copy, &calendar);
    for (int32_t day = MONDAY; day < MONDAY + 30; day++) {
        if (day >= MONDAY + 20) {
            calendar_open(&calendar, day, 3);
            calendar_open(&copy, day, 3);
        }
        assert_int_equal(calendar_day(&copy, day).quiet, calendar_day(&calendar, day).quiet);
        assert_int_equal(calendar_day(&copy, day).hidden, calendar_day(&calendar, day).hidden);
        assert_int_equal(calendar_day(&copy, day).teams, 3);
    }
    calendar_done(&copy);
    calendar_done(&calendar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_series_of_the_reference),
        cmocka_unit_test(test_the_first_day_is_never_quiet),
        cmocka_unit_test(test_weekdays_of_a_long_silence_are_seen_again),
        cmocka_unit_test(test_a_fifth_of_the_mean_is_not_quiet),
        cmocka_unit_test(test_days_before_the_first_and_after_the_last_say_nothing),
        cmocka_unit_test(test_days_are_counted_in_any_order),
        cmocka_unit_test(test_forgetting_keeps_later_days),
        cmocka_unit_test(test_a_copy_goes_on_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
