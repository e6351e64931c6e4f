/* What the detectors look at: shares of the day, quiet days, redesigns, the plateau. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/observe.h"
#include "support/near.h"
#include "unit/model/hand_made_people.h"

enum { SUNDAY = 20499, WEEKS = 12, PEOPLE = 10 };
_Static_assert((SUNDAY + 3) % 7 == 6, "a Sunday");

static struct hand_made made;
static bool decided[4];

static int start(void **state)
{
    (void)state;
    hand_made_init(&made);
    calendar_init(&made.shard.calendar);
    calendar_begin(&made.shard.calendar, SUNDAY - 100);
    for (size_t i = 0; i < sizeof decided; i++)
        decided[i] = true;
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

static struct observation observe(int32_t day)
{
    struct people people;
    people_init(&people, &made.shard, &made.team, day);
    struct observation seen = observe_day(&people, decided);
    people_done(&people);
    return seen;
}

/* Opens days up to `day` on which `worked` people of the partition work; 6 teams. */
static void open_days(int32_t day, int worked)
{
    struct calendar *calendar = &made.shard.calendar;
    while (calendar->last_opened < day) {
        for (int i = 0; i < worked; i++)
            calendar_count_worked(calendar, calendar->last_opened + 1);
        calendar_open(calendar, calendar->last_opened + 1, 6);
    }
}

static void check_share(struct estimate share, double value)
{
    assert_true(share.known);
    assert_near(share.value, value, 1e-12);
}

/* ---- the day --------------------------------------------------------------------------------- */

static void test_nothing(void **state)
{
    (void)state;
    struct observation seen = observe(SUNDAY - 1);
    assert_int_equal(seen.day, SUNDAY - 1);
    assert_false(seen.x_relapsing.known || seen.x_bypassing.known || seen.x_over_trust.known);
    assert_int_equal(seen.redesigns, 0);
    assert_int_equal(seen.stalled, FLAG_UNKNOWN);
}

static void test_practising_today(void **state)
{
    (void)state;
    open_days(SUNDAY - 1, 5);
    for (uint64_t i = 1; i <= 4; i++)
        hand_made_work(&made, hand_made_person(&made, i, SUNDAY), SUNDAY - 1, i == 1);
    struct observation seen = observe(SUNDAY - 1);
    check_share(seen.x_relapsing, 0.25);
    assert_near(seen.threshold, 6 * 365.0 / 4, 0);
}

static void test_a_hidden_day_has_no_practising_share(void **state)
{
    (void)state;
    open_days(SUNDAY - 2, 50);
    open_days(SUNDAY - 1, 0);
    struct person *person = hand_made_person(&made, 1, SUNDAY);
    hand_made_work(&made, person, SUNDAY - 2, false);
    hand_made_work(&made, person, SUNDAY - 1, true);
    assert_false(observe(SUNDAY - 1).x_relapsing.known);
    check_share(observe(SUNDAY - 2).x_relapsing, 0);
}

static void test_bypass_of_the_day(void **state)
{
    (void)state;
    const struct counters two = {.at = {[COUNTER_tasks] = 2}};
    const struct counters six = {.at = {[COUNTER_tasks] = 6}};
    hand_made_add(&made, "a", SUNDAY, ARM_AI, &two);
    hand_made_add(&made, "b", SUNDAY, ARM_AI_RANDOM, &six);
    hand_made_add(&made, "b", SUNDAY, ARM_BYPASS, &two);
    hand_made_add(&made, "c", SUNDAY, ARM_BYPASS_RANDOM, &six);
    hand_made_add(&made, "c", SUNDAY, ARM_NONE, &six);
    hand_made_add(&made, "c", SUNDAY - 1, ARM_AI, &six);
    check_share(observe(SUNDAY).x_bypassing, 0.5);
    check_share(observe(SUNDAY - 1).x_bypassing, 0);
    assert_false(observe(SUNDAY - 2).x_bypassing.known);
}

static void test_trust_a_week_ago_where_people_decide(void **state)
{
    (void)state;
    const struct counters most = {.at = {[COUNTER_tasks] = 4, [COUNTER_wa] = 3, [COUNTER_co] = 1}};
    const struct counters all = {.at = {[COUNTER_tasks] = 4, [COUNTER_wa] = 4}};
    hand_made_add(&made, "a", SUNDAY - 7, ARM_AI, &most);
    hand_made_add(&made, "b", SUNDAY - 7, ARM_AI, &all);
    hand_made_add(&made, "a", SUNDAY - 6, ARM_AI, &all);
    check_share(observe(SUNDAY).x_over_trust, 7.0 / 8);
    decided[1] = false; /* silence is not consent */
    check_share(observe(SUNDAY).x_over_trust, 0.75);
    decided[0] = false;
    assert_false(observe(SUNDAY).x_over_trust.known);
}

static void test_redesigns_up_to_the_day(void **state)
{
    (void)state;
    hand_made_redesign(&made, "a", SUNDAY);
    hand_made_redesign(&made, "b", SUNDAY - 500);
    hand_made_redesign(&made, "a", SUNDAY + 1);
    assert_int_equal(observe(SUNDAY).redesigns, 2);
    assert_int_equal(observe(SUNDAY - 1).redesigns, 1);
}

/* ---- the plateau ----------------------------------------------------------------------------- */

/* Ten people who all work each week; `users[w]` of them with AI, w weeks before SUNDAY. Their first
 * AI use is `age` days old. */
static void make_weeks(const int users[WEEKS], int32_t age)
{
    for (uint64_t i = 0; i < PEOPLE; i++) {
        struct person *person = hand_made_person(&made, i + 1, SUNDAY - 200);
        hand_made_status(&made, person, SUNDAY - 200, STATUS_ACTIVE, NULL);
        if (i == 0)
            hand_made_work(&made, person, SUNDAY - age, true);
        for (int week = 0; week < WEEKS; week++)
            hand_made_work(&made, person, SUNDAY - 7 * week - 3, (int)i < users[week]);
    }
}

static const int FEW[WEEKS] = {3, 4, 3, 3, 4, 3, 4, 3, 3, 3, 3, 3};

static void test_few_and_no_growth_is_a_plateau(void **state)
{
    (void)state;
    make_weeks(FEW, 150);
    open_days(SUNDAY, 50);
    assert_int_equal(observe(SUNDAY).stalled, FLAG_TRUE);
    assert_int_equal(observe(SUNDAY - 1).stalled, FLAG_UNKNOWN); /* a Saturday */
}

static void test_growth_is_none(void **state)
{
    (void)state;
    static const int growing[WEEKS] = {8, 7, 6, 5, 4, 3, 2, 1, 1, 1, 1, 1};
    make_weeks(growing, 150);
    open_days(SUNDAY, 50);
    assert_int_equal(observe(SUNDAY).stalled, FLAG_FALSE);
}

static void test_many_is_none(void **state)
{
    (void)state;
    static const int many[WEEKS] = {8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8};
    make_weeks(many, 150);
    open_days(SUNDAY, 50);
    assert_int_equal(observe(SUNDAY).stalled, FLAG_FALSE);
}

static void test_enthusiasm_lasts_84_days(void **state)
{
    (void)state;
    static const int late[WEEKS] = {3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0};
    make_weeks(late, 84);
    open_days(SUNDAY, 50);
    assert_int_equal(observe(SUNDAY).stalled, FLAG_FALSE);
    hand_made_work(&made, pool_at(&made.shard.persons, made.team.persons), SUNDAY - 85, true);
    assert_int_equal(observe(SUNDAY).stalled, FLAG_TRUE);
}

/* The week that ends with this day was quiet after all. */
static void silence_week(int32_t sunday)
{
    struct calendar *calendar = &made.shard.calendar;
    for (int32_t day = sunday - 6; day <= sunday; day++)
        calendar->days[day - calendar->kept_from].quiet = true;
}

static void test_eight_of_twelve_weeks_must_be_known(void **state)
{
    (void)state;
    make_weeks(FEW, 150);
    open_days(SUNDAY - 77, 50);
    for (int32_t sunday = SUNDAY - 70; sunday <= SUNDAY; sunday += 7) {
        bool quiet = sunday >= SUNDAY - 42 && sunday <= SUNDAY - 21;
        open_days(sunday - 3, quiet ? 0 : 50);
        open_days(sunday - 2, 0); /* three days that are not quiet make a week known */
        open_days(sunday - 1, 0);
        open_days(sunday, 0);
    }
    /* Four quiet weeks of twelve leave eight. */
    assert_int_equal(observe(SUNDAY).stalled, FLAG_TRUE);
    silence_week(SUNDAY - 7);
    assert_int_equal(observe(SUNDAY).stalled, FLAG_FALSE);
    silence_week(SUNDAY);
    assert_int_equal(observe(SUNDAY).stalled, FLAG_UNKNOWN); /* its own week is not known */
}

static void test_without_headcount_the_week_is_not_known(void **state)
{
    (void)state;
    make_weeks(FEW, 150);
    open_days(SUNDAY, 50);
    struct person *person;
    for (uint32_t at = made.team.persons; at != 0; at = person->next_in_team) {
        person = pool_at(&made.shard.persons, at);
        hand_made_status(&made, person, SUNDAY, STATUS_LEFT, NULL);
    }
    assert_int_equal(observe(SUNDAY).stalled, FLAG_UNKNOWN);
    assert_false(observe(SUNDAY).x_relapsing.known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_practising_today, start, stop),
        cmocka_unit_test_setup_teardown(test_a_hidden_day_has_no_practising_share, start, stop),
        cmocka_unit_test_setup_teardown(test_bypass_of_the_day, start, stop),
        cmocka_unit_test_setup_teardown(test_trust_a_week_ago_where_people_decide, start, stop),
        cmocka_unit_test_setup_teardown(test_redesigns_up_to_the_day, start, stop),
        cmocka_unit_test_setup_teardown(test_few_and_no_growth_is_a_plateau, start, stop),
        cmocka_unit_test_setup_teardown(test_growth_is_none, start, stop),
        cmocka_unit_test_setup_teardown(test_many_is_none, start, stop),
        cmocka_unit_test_setup_teardown(test_enthusiasm_lasts_84_days, start, stop),
        cmocka_unit_test_setup_teardown(test_eight_of_twelve_weeks_must_be_known, start, stop),
        cmocka_unit_test_setup_teardown(test_without_headcount_the_week_is_not_known, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
