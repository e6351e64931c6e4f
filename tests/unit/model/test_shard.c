/* What a shard refuses, and how its topics move the watermark. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/shard.h"

static const int64_t begin_ms = INT64_C(20000) * DAY_MS;

static struct event work(const char *team, const char *workflow, int64_t ms, uint64_t number)
{
    struct event event = {.type = EVENT_USAGE,
                          .key = {.time_ms = ms, .hash = number},
                          .team = text_of(team),
                          .has_user = true,
                          .has_task = true,
                          .user = {1, 1},
                          .task = {.high = number * UINT64_C(0x9e3779b97f4a7c15), .low = 7}};
    event.usage.workflow = text_of(workflow);
    return event;
}

/* Judges and, if it may be, applies. */
static enum reject give(struct shard *shard, int topic, const struct event *event)
{
    enum reject reject = shard_judge(shard, event, -1);
    if (reject == REJECT_NONE)
        shard_apply(shard, topic, event);
    return reject;
}

static void test_workflows_are_bounded(void **state)
{
    (void)state;
    struct settings settings;
    settings_default(&settings);
    settings.workflows_max = 2;
    struct shard *shard = shard_new(&settings, 0, 1, NULL);
    struct event a = work("one", "a", begin_ms, 1), b = work("one", "b", begin_ms, 2), c = work("one", "c", begin_ms, 3);
    struct event again = work("one", "a", begin_ms, 4), other = work("two", "c", begin_ms, 5);
    struct event without_task = work("one", "d", begin_ms, 6);
    without_task.has_task = false;
    assert_int_equal(give(shard, 0, &a), REJECT_NONE);
    assert_int_equal(give(shard, 0, &b), REJECT_NONE);
    assert_int_equal(give(shard, 0, &c), REJECT_SCHEMA);
    assert_int_equal(give(shard, 0, &again), REJECT_NONE);
    assert_int_equal(give(shard, 0, &other), REJECT_NONE);
    assert_int_equal(give(shard, 0, &without_task), REJECT_NONE);
    assert_int_equal(shard_find_team(shard, text_of("one"))->workflow_count, 2);
    assert_int_equal(names_find(&shard->names, text_of("d")), UINT32_MAX);
    shard_free(shard);
}

static void test_the_slowest_topic_counts(void **state)
{
    (void)state;
    struct settings settings;
    settings_default(&settings);
    struct shard *shard = shard_new(&settings, 0, 2, NULL);
    struct event early = work("one", "a", begin_ms, 1), late = work("one", "a", begin_ms + 50 * DAY_MS, 2);
    struct event between = work("one", "a", begin_ms + 10 * DAY_MS, 3);
    assert_int_equal(give(shard, 0, &late), REJECT_NONE);
    assert_int_equal(shard->watermark_ms, -1);
    assert_int_equal(give(shard, 1, &early), REJECT_NONE);
    assert_int_equal(shard->watermark_ms, begin_ms);
    shard_set_idle(shard, 1, true);
    assert_int_equal(shard->watermark_ms, begin_ms + 50 * DAY_MS);
    assert_false(shard_all_idle(shard));
    /* Too late now, whichever topic it comes from; and a topic that comes back takes nothing back. */
    shard_set_idle(shard, 1, false);
    assert_int_equal(shard->watermark_ms, begin_ms + 50 * DAY_MS);
    assert_int_equal(give(shard, 1, &between), REJECT_TOO_LATE);
    shard_free(shard);
}

static void test_the_future_needs_a_clock(void **state)
{
    (void)state;
    struct settings settings;
    settings_default(&settings);
    struct shard *shard = shard_new(&settings, 0, 1, NULL);
    struct event event = work("one", "a", begin_ms + settings.max_clock_skew_ms, 1);
    assert_int_equal(shard_judge(shard, &event, begin_ms), REJECT_NONE);
    assert_int_equal(shard_judge(shard, &event, begin_ms - 1), REJECT_FUTURE);
    assert_int_equal(shard_judge(shard, &event, -1), REJECT_NONE);
    shard_free(shard);
}

/* Days open when the watermark passes their end and grace; the first value closes nothing. */
static void test_days_open_in_order(void **state)
{
    (void)state;
    struct settings settings;
    settings_default(&settings);
    struct shard *shard = shard_new(&settings, 0, 1, NULL);
    struct event first = work("one", "a", begin_ms + 7 * 3600000, 1);
    struct event second = work("one", "a", begin_ms + DAY_MS + settings.grace_ms - 1, 2);
    struct event third = work("one", "a", begin_ms + DAY_MS + settings.grace_ms, 3);
    assert_int_equal(give(shard, 0, &first), REJECT_NONE);
    const struct team *team = shard_find_team(shard, text_of("one"));
    assert_int_equal(team->evaluated_through, 19999);
    assert_int_equal(give(shard, 0, &second), REJECT_NONE);
    assert_int_equal(shard->calendar.last_opened, 19999);
    assert_int_equal(give(shard, 0, &third), REJECT_NONE);
    assert_int_equal(shard->calendar.last_opened, 20000);
    assert_int_equal(shard_find_team(shard, text_of("one"))->evaluated_through, 20000);
    shard_free(shard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_workflows_are_bounded), cmocka_unit_test(test_the_slowest_topic_counts),
        cmocka_unit_test(test_the_future_needs_a_clock), cmocka_unit_test(test_days_open_in_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
