/* The state of a team: the first word that holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/state.h"
#include "unit/model/hand_made_people.h"

static const int32_t D = 20500;
static const uint32_t BOTH = 1U << ALARM_RELAPSING | 1U << ALARM_STALLED;

static struct hand_made made;

static int start(void **state)
{
    (void)state;
    hand_made_init(&made);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    hand_made_people_done(&made);
    hand_made_done(&made);
    return 0;
}

static void check(int32_t day, uint32_t open, enum team_state word)
{
    struct people people;
    people_init(&people, &made.shard, &made.team, day);
    assert_int_equal(state_find(&people, open), word);
    people_done(&people);
}

/* `count` people who work on D, the first `practising` of them with AI. */
static void add_people(uint64_t count, int32_t day, uint64_t practising)
{
    for (uint64_t i = 0; i < count; i++) {
        struct person *person = hand_made_person(&made, i + 1, day);
        hand_made_status(&made, person, day, STATUS_ACTIVE, NULL);
        hand_made_work(&made, person, D, i < practising);
    }
}

static void test_no_data(void **state)
{
    (void)state;
    check(D, BOTH, STATE_NO_DATA);
    struct person *person = hand_made_person(&made, 1, D);
    hand_made_work(&made, person, D, false);
    check(D, BOTH, STATE_NO_DATA);
    hand_made_work(&made, person, D + 1, true);
    check(D, BOTH, STATE_NO_DATA);
}

static void test_emerging_for_28_days(void **state)
{
    (void)state;
    struct person *person = hand_made_person(&made, 1, D);
    hand_made_work(&made, person, D - 27, true);
    check(D, BOTH, STATE_EMERGING);
    hand_made_work(&made, person, D - 28, true); /* the first AI use moves earlier */
    check(D, BOTH, STATE_RELAPSING);
    check(D, 1U << ALARM_STALLED, STATE_STALLED);
    check(D, 1U << ALARM_FADING, STATE_LEVEL);
}

static void test_who_left_still_started_it(void **state)
{
    (void)state;
    struct person *person = hand_made_person(&made, 1, D);
    hand_made_work(&made, person, D - 100, true);
    hand_made_status(&made, person, D - 50, STATUS_LEFT, NULL);
    check(D, 0, STATE_LEVEL); /* no headcount, so growth is unknown */
}

static void test_growing_must_be_shown(void **state)
{
    (void)state;
    add_people(12, D - 100, 12);
    struct person *pioneer = hand_made_person(&made, 99, D - 100);
    hand_made_work(&made, pioneer, D - 60, true);
    check(D, 0, STATE_GROWING);
    stop(NULL);
    hand_made_init(&made);
    add_people(12, D - 100, 2); /* 2 of 12 after 0 of 12 shows nothing yet */
    hand_made_work(&made, hand_made_person(&made, 99, D - 100), D - 60, true);
    check(D, 0, STATE_LEVEL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_no_data, start, stop),
        cmocka_unit_test_setup_teardown(test_emerging_for_28_days, start, stop),
        cmocka_unit_test_setup_teardown(test_who_left_still_started_it, start, stop),
        cmocka_unit_test_setup_teardown(test_growing_must_be_shown, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
