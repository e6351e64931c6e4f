/* Saved and loaded, a team's detectors decide as they would have; damaged bytes are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codec/alarms_state.h"
#include "support/random_observations.h"

static void save_and_load(struct alarms *alarms)
{
    struct strbuf buffer = {.length = 0};
    struct strbuf again = {.length = 0};
    struct up_err err = {0};
    alarms_state_encode(alarms, &buffer);
    memset(alarms, 0x55, sizeof *alarms);
    assert_int_equal(alarms_state_decode(buffer.data, buffer.length, alarms, &err), UP_OK);
    alarms_state_encode(alarms, &again);
    assert_int_equal(again.length, buffer.length);
    assert_memory_equal(again.data, buffer.data, buffer.length);
    strbuf_done(&buffer);
    strbuf_done(&again);
}

static void check_same_estimate(struct estimate a, struct estimate b)
{
    assert_int_equal(a.known, b.known);
    assert_memory_equal(&a.value, &b.value, sizeof a.value);
}

static void check_same_step(const struct alarm_step *a, const struct alarm_step *b)
{
    check_same_estimate(a->r, b->r);
    check_same_estimate(a->y, b->y);
    check_same_estimate(a->m, b->m);
    check_same_estimate(a->b, b->b);
    assert_memory_equal(&a->e_relapsing, &b->e_relapsing, sizeof a->e_relapsing);
    assert_memory_equal(&a->e_bypassing, &b->e_bypassing, sizeof a->e_bypassing);
    assert_memory_equal(&a->e_over_trust, &b->e_over_trust, sizeof a->e_over_trust);
    const struct alarm_since *since[] = {&a->since_relapsing,  &b->since_relapsing,
                                         &a->since_bypassing,  &b->since_bypassing,
                                         &a->since_over_trust, &b->since_over_trust};
    for (size_t i = 0; i < 6; i += 2) {
        assert_int_equal(since[i]->day, since[i + 1]->day);
        check_same_estimate(since[i]->mean, since[i + 1]->mean);
    }
    assert_int_equal(a->opened, b->opened);
    assert_int_equal(a->resolved, b->resolved);
}

static void test_a_loaded_team_decides_as_the_saved_one(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    uint32_t opened = 0;
    uint32_t resolved = 0;
    for (int round = 0; round < 10; round++) {
        struct alarms kept = {.is_stalled = false};
        struct alarms moved = {.is_stalled = false};
        for (int32_t day = 20000; day < 20600; day++) {
            struct observation today = random_observation(&dice, day);
            if (dice_below(&dice, 5) == 0)
                save_and_load(&moved);
            struct alarm_step a = alarms_step(&kept, &today);
            struct alarm_step b = alarms_step(&moved, &today);
            check_same_step(&a, &b);
            assert_int_equal(alarms_open_kinds(&kept), alarms_open_kinds(&moved));
            opened |= a.opened;
            resolved |= a.resolved;
        }
    }
    /* The series visited every state but faster_but_worse. */
    uint32_t all = ((1U << ALARM_KINDS) - 1) & ~(1U << ALARM_FASTER_BUT_WORSE);
    assert_int_equal(opened, all);
    assert_int_equal(resolved, all);
}

static void test_new_detectors_are_saved_too(void **state)
{
    (void)state;
    struct alarms alarms = {.is_stalled = false};
    save_and_load(&alarms);
    assert_int_equal(alarms_open_kinds(&alarms), 0);
    assert_int_equal(alarms.relapsing.known_count, 0);
}

/* The bytes of a team with history. */
static struct strbuf bytes_of_a_team(void)
{
    struct dice dice = dice_take();
    struct alarms alarms = {.is_stalled = false};
    for (int32_t day = 20000; day < 20180; day++) {
        struct observation today = random_observation(&dice, day);
        alarms_step(&alarms, &today);
    }
    struct strbuf buffer = {.length = 0};
    alarms_state_encode(&alarms, &buffer);
    return buffer;
}

static void test_other_versions_are_refused(void **state)
{
    (void)state;
    struct strbuf buffer = bytes_of_a_team();
    struct alarms untouched = {.is_stalled = true};
    struct alarms alarms = untouched;
    struct up_err err = {0};
    buffer.data[0] = ALARMS_STATE_VERSION + 1;
    assert_int_equal(alarms_state_decode(buffer.data, buffer.length, &alarms, &err), UP_EVERSION);
    buffer.data[0] = 0;
    assert_int_equal(alarms_state_decode(buffer.data, buffer.length, &alarms, &err), UP_ECORRUPT);
    assert_memory_equal(&alarms, &untouched, sizeof alarms);
    strbuf_done(&buffer);
}

static void test_cut_or_lengthened_bytes_are_refused(void **state)
{
    (void)state;
    struct strbuf buffer = bytes_of_a_team();
    struct alarms alarms;
    struct up_err err = {0};
    for (size_t length = 0; length < buffer.length; length++)
        assert_int_equal(alarms_state_decode(buffer.data, length, &alarms, &err), UP_ECORRUPT);
    strbuf_add_char(&buffer, 0);
    assert_int_equal(alarms_state_decode(buffer.data, buffer.length, &alarms, &err), UP_ECORRUPT);
    strbuf_done(&buffer);
}

/* Whatever is accepted can be stepped. */
static void test_damaged_bytes_never_break_a_step(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct strbuf buffer = bytes_of_a_team();
    int accepted = 0;
    int refused = 0;
    for (int round = 0; round < 3000; round++) {
        size_t at = (size_t)dice_below(&dice, (int64_t)buffer.length);
        char right = buffer.data[at];
        buffer.data[at] = (char)(right ^ (char)(1 << dice_below(&dice, 8)));
        struct alarms alarms;
        struct up_err err = {0};
        int result = alarms_state_decode(buffer.data, buffer.length, &alarms, &err);
        buffer.data[at] = right;
        refused += result != UP_OK;
        if (result != UP_OK)
            continue;
        accepted++;
        for (int32_t day = 20180; day < 20220; day++) {
            struct observation today = random_observation(&dice, day);
            struct alarm_step step = alarms_step(&alarms, &today);
            assert_true(step.e_relapsing >= 0 && step.e_bypassing >= 0 && step.e_over_trust >= 0);
        }
    }
    assert_true(accepted > 100);
    assert_true(refused > 100);
    strbuf_done(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_loaded_team_decides_as_the_saved_one),
        cmocka_unit_test(test_new_detectors_are_saved_too),
        cmocka_unit_test(test_other_versions_are_refused),
        cmocka_unit_test(test_cut_or_lengthened_bytes_are_refused),
        cmocka_unit_test(test_damaged_bytes_never_break_a_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
