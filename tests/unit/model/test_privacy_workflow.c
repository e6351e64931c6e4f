/* Of the workflows of a team those with few people are hidden, and no difference of the team and the others shows them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "model/privacy.h"
#include "model/record.h"
#include "support/dice.h"
#include "unit/model/hand_made_people.h"

enum { D = 20500, MIN_GROUP = 5, WORKFLOWS_MAX = 6, PEOPLE_MAX = 12 };

/* Records in which every figure is known. */
static void fill(struct record windows[WINDOWS])
{
    for (int w = 0; w < WINDOWS; w++) {
        windows[w] = (struct record){.because = {0}};
        for (int m = 0; m < MEASURES; m++)
            record_put(&windows[w], (enum measure)m, estimate_interval(0.5, 0.2, 0.8, 100), 0);
    }
}

static bool is_hidden(const struct record *record, enum measure measure)
{
    assert_int_equal(record->values[measure].known, record->because[measure] != BECAUSE_SUPPRESSED);
    return !record->values[measure].known;
}

static bool hides(const struct hand_made *made, size_t workflow, enum window window, uint32_t min_group)
{
    struct record windows[WINDOWS];
    fill(windows);
    privacy_suppress_workflow(&made->shard, &made->team, workflow, D, min_group, windows);
    return is_hidden(&windows[window], window == WINDOW_OWN ? MEASURE_traceable : MEASURE_judgement);
}

static void test_windows(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    size_t here = hand_made_workflow(&made, "here");
    for (uint64_t i = 1; i <= 6; i++)
        hand_made_task(&made, hand_made_person(&made, i, D - 400), here, i <= 4 ? D - 20 : i == 5 ? D - 27 : D - 50);
    assert_true(hides(&made, here, WINDOW_1D, MIN_GROUP));
    assert_true(hides(&made, here, WINDOW_7D, MIN_GROUP));
    assert_false(hides(&made, here, WINDOW_28D, MIN_GROUP));
    assert_false(hides(&made, here, WINDOW_90D, MIN_GROUP));
    assert_false(hides(&made, here, WINDOW_OWN, MIN_GROUP));
    assert_true(hides(&made, here, WINDOW_28D, 6));
    assert_false(hides(&made, here, WINDOW_90D, 6));
    struct record windows[WINDOWS];
    fill(windows);
    privacy_suppress_workflow(&made.shard, &made.team, here, D, 6, windows);
    assert_true(is_hidden(&windows[WINDOW_OWN], MEASURE_traceable));
    assert_false(is_hidden(&windows[WINDOW_OWN], MEASURE_autonomy_unearned));
    hand_made_people_done(&made);
    hand_made_done(&made);
}

/* The team less the two large workflows would show the small one: the smaller of the two is hidden as well. */
static void test_complement(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    size_t small = hand_made_workflow(&made, "small"), large = hand_made_workflow(&made, "large");
    size_t larger = hand_made_workflow(&made, "larger");
    for (uint64_t i = 1; i <= 8; i++) {
        struct person *person = hand_made_person(&made, i, D - 400);
        hand_made_task(&made, person, larger, D);
        if (i <= 7)
            hand_made_task(&made, person, large, D);
        if (i <= 2)
            hand_made_task(&made, person, small, D - 8);
    }
    assert_true(hides(&made, small, WINDOW_28D, MIN_GROUP));
    assert_true(hides(&made, large, WINDOW_28D, MIN_GROUP));
    assert_false(hides(&made, larger, WINDOW_28D, MIN_GROUP));
    /* Nobody worked in the small one on these days. */
    assert_true(hides(&made, small, WINDOW_7D, MIN_GROUP));
    assert_false(hides(&made, large, WINDOW_7D, MIN_GROUP));
    hand_made_people_done(&made);
    hand_made_done(&made);
}

static void test_equals_by_name(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    size_t second = hand_made_workflow(&made, "b"), first = hand_made_workflow(&made, "a"), small = hand_made_workflow(&made, "c");
    for (uint64_t i = 1; i <= 6; i++) {
        struct person *person = hand_made_person(&made, i, D - 400);
        hand_made_task(&made, person, first, D);
        hand_made_task(&made, person, second, D);
        if (i == 1)
            hand_made_task(&made, person, small, D);
    }
    assert_true(hides(&made, first, WINDOW_1D, MIN_GROUP));
    assert_false(hides(&made, second, WINDOW_1D, MIN_GROUP));
    hand_made_people_done(&made);
    hand_made_done(&made);
}

/* Tasks whose people are forgotten are a small group as well. */
static void test_unknown_people(void **state)
{
    (void)state;
    const struct counters task = {.at = {[COUNTER_tasks] = 1}};
    struct hand_made made;
    hand_made_init(&made);
    size_t known = hand_made_workflow(&made, "known");
    for (uint64_t i = 1; i <= 6; i++)
        hand_made_task(&made, hand_made_person(&made, i, D - 400), known, D);
    assert_false(hides(&made, known, WINDOW_28D, MIN_GROUP));
    hand_made_add(&made, "unknown", D - 20, ARM_NONE, &task);
    assert_true(hides(&made, known, WINDOW_28D, MIN_GROUP));
    assert_false(hides(&made, known, WINDOW_7D, MIN_GROUP));
    hand_made_people_done(&made);
    hand_made_done(&made);
}

static int count_bits(uint32_t bits)
{
    return __builtin_popcount(bits);
}

/* Who is behind the workflows of a set, each by the bits of its people. */
static uint32_t behind(const uint32_t people[], size_t count, uint32_t set)
{
    uint32_t all = 0;
    for (size_t w = 0; w < count; w++)
        all |= (set >> w & 1) != 0 ? people[w] : 0;
    return all;
}

/* What a random team shows: what it hides it has to hide, and no difference shows a small group. */
static void check_team(struct dice *dice)
{
    struct hand_made made;
    hand_made_init(&made);
    uint32_t people[WORKFLOWS_MAX] = {0};
    size_t count = 1 + (size_t)dice_below(dice, WORKFLOWS_MAX);
    for (size_t w = 0; w < count; w++) {
        char name[16];
        (void)snprintf(name, sizeof name, "w%d", (int)w);
        assert_int_equal(hand_made_workflow(&made, name), w);
    }
    int64_t persons = 1 + dice_below(dice, PEOPLE_MAX), rarity = 1 + dice_below(dice, 4);
    for (int64_t p = 0; p < persons; p++) {
        struct person *person = hand_made_person(&made, (uint64_t)p + 1, D - 400);
        for (size_t w = 0; w < count; w++) {
            if (dice_below(dice, rarity + (int64_t)w) != 0)
                continue;
            hand_made_task(&made, person, w, D);
            people[w] |= 1U << p;
        }
    }
    uint32_t all = behind(people, count, UINT32_MAX), hidden = 0, small = 0;
    for (size_t w = 0; w < count; w++) {
        if (people[w] == 0)
            continue;
        hidden |= hides(&made, w, WINDOW_28D, MIN_GROUP) ? 1U << w : 0;
        small |= count_bits(people[w]) < MIN_GROUP ? 1U << w : 0;
    }
    assert_int_equal(hidden & small, small);
    if (small == 0 || count_bits(all) < MIN_GROUP)
        assert_int_equal(hidden, small);
    /* The rows that are shown and the team: of sets of hidden workflows their span has all together only. */
    if (hidden != 0 && count_bits(all) >= MIN_GROUP)
        assert_true(count_bits(behind(people, count, hidden)) >= MIN_GROUP);
    /* No more is hidden than has to be. */
    if ((hidden & ~small) != 0) {
        assert_true(count_bits(behind(people, count, small)) < MIN_GROUP);
        assert_int_equal(count_bits(hidden & ~small), 1);
    }
    hand_made_people_done(&made);
    hand_made_done(&made);
}

static void test_any_team(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int round = 0; round < 2000; round++)
        check_team(&dice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows),        cmocka_unit_test(test_complement),
        cmocka_unit_test(test_equals_by_name), cmocka_unit_test(test_unknown_people),
        cmocka_unit_test(test_any_team),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
