/* Redesigns are judged 28 to 60 days after they took effect, so many at once, and hidden where few stand behind them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "model/redesigns.h"
#include "unit/model/hand_made_people.h"

enum { R = 20500 };

static size_t count_on(const struct hand_made *made, int32_t day)
{
    struct redesigns redesigns = {0};
    redesigns_make(&redesigns, &made->shard, &made->team, day);
    size_t count = redesigns.count;
    redesigns_done(&redesigns);
    return count;
}

static void test_for_how_long(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    assert_int_equal(count_on(&made, R), 0);
    hand_made_redesign(&made, "w", R);
    hand_made_redesign(&made, "w", R + 10);
    assert_int_equal(count_on(&made, R + 27), 0);
    assert_int_equal(count_on(&made, R + 28), 1);
    assert_int_equal(count_on(&made, R + 38), 2);
    assert_int_equal(count_on(&made, R + 60), 2);
    assert_int_equal(count_on(&made, R + 61), 1);
    assert_int_equal(count_on(&made, R + 71), 0);
    struct redesign_evaluation redesign = {.time_ms = (int64_t)R * DAY_MS + DAY_MS - 1};
    assert_false(redesigns_is_last(&redesign, R + 59));
    assert_true(redesigns_is_last(&redesign, R + 60));
    assert_false(redesigns_is_last(&redesign, R + 61));
    hand_made_done(&made);
}

static void test_room_is_used_again(void **state)
{
    (void)state;
    struct hand_made made;
    hand_made_init(&made);
    struct redesigns redesigns = {0};
    for (int i = 0; i < REDESIGNS_MAX + 20; i++) {
        char workflow[16];
        (void)snprintf(workflow, sizeof workflow, "w%03d", i);
        hand_made_redesign(&made, workflow, R);
        redesigns_make(&redesigns, &made.shard, &made.team, R + 30);
        assert_int_equal(redesigns.count, i < REDESIGNS_MAX ? i + 1 : REDESIGNS_MAX);
    }
    assert_int_equal(redesigns.at[7].workflow, names_find(&made.shard.names, text_of("w007")));
    redesigns_make(&redesigns, &made.shard, &made.team, R + 90);
    assert_int_equal(redesigns.count, 0);
    redesigns_done(&redesigns);
    hand_made_done(&made);
}

/* Whether the training came later is known of this team, and of how many people it is about. */
static enum because why_order_is_unknown(int people, uint32_t min_group)
{
    struct hand_made made;
    struct redesigns redesigns = {0};
    hand_made_init(&made);
    made.settings.min_group = min_group;
    for (int i = 1; i <= people; i++) {
        struct person *person = hand_made_person(&made, (uint64_t)i, R);
        hand_made_work(&made, person, R + 30, true);
        hand_made_training(&made, person, R + 5, 0);
    }
    hand_made_redesign(&made, "w", R);
    redesigns_make(&redesigns, &made.shard, &made.team, R + 30);
    assert_int_equal(redesigns.count, 1);
    const struct record *record = &redesigns.at[0].values;
    enum because because = (enum because)record->because[MEASURE_redesign_before_training];
    if (because == BECAUSE_NONE)
        assert_true(record->values[MEASURE_redesign_before_training].value > 0);
    assert_int_equal(record->because[MEASURE_redesign_success_change], BECAUSE_NO_WORK);
    redesigns_done(&redesigns);
    hand_made_people_done(&made);
    hand_made_done(&made);
    return because;
}

static void test_small_groups(void **state)
{
    (void)state;
    assert_int_equal(why_order_is_unknown(4, 5), BECAUSE_SUPPRESSED);
    assert_int_equal(why_order_is_unknown(5, 5), BECAUSE_NONE);
    assert_int_equal(why_order_is_unknown(0, 5), BECAUSE_NO_TRAINING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_for_how_long),
        cmocka_unit_test(test_room_is_used_again),
        cmocka_unit_test(test_small_groups),
    };
    return cmocka_run_group_tests_name("model/redesigns", tests, NULL, NULL);
}
