/* What a shard refuses, and how its topics move the watermark. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/evaluation.h"
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

/* As many as somebody may send: those beyond max_workflows are refused, the team can be judged. */
static void test_5000_workflows_in_one_team(void **state)
{
    (void)state;
    struct settings settings;
    settings_default(&settings);
    assert_int_equal(settings.workflows_max, 256);
    struct shard *shard = shard_new(&settings, 0, 1, NULL);
    int refused = 0;
    for (int i = 0; i < 5000; i++) {
        char workflow[16];
        (void)snprintf(workflow, sizeof workflow, "w%04d", i);
        struct event event = work("one", workflow, begin_ms, (uint64_t)i + 1);
        refused += give(shard, 0, &event) == REJECT_SCHEMA;
    }
    assert_int_equal(refused, 5000 - 256);
    const struct team *team = shard_find_team(shard, text_of("one"));
    assert_int_equal(team->workflow_count, 256);
    static struct evaluation evaluation;
    evaluation_make(shard, team, shard_day(shard), EVALUATION_ALL_WINDOWS, &evaluation);
    const struct record *day = &evaluation.windows[WINDOW_1D];
    assert_int_equal(day->values[MEASURE_manual_share].n, 256);
    assert_int_equal(day->because[MEASURE_success_lift], BECAUSE_NO_OUTCOMES);
    shard_free(shard);
}

/* Nobody is known to have done it: it makes no cell, and is no work, also after 2100. */
static void test_outcomes_without_work(void **state)
{
    (void)state;
    struct settings settings;
    settings_default(&settings);
    struct shard *shard = shard_new(&settings, 0, 1, NULL);
    const int64_t far_ms = INT64_C(50000) * DAY_MS; /* in 2106 */
    for (uint64_t i = 1; i <= 20; i++) {
        struct event event = work("one", "", far_ms, i);
        event.type = EVENT_OUTCOME;
        event.has_user = false;
        event.outcome = (struct outcome){.success = ANSWER_YES};
        assert_int_equal(give(shard, 0, &event), REJECT_NONE);
    }
    const struct team *team = shard_find_team(shard, text_of("one"));
    assert_int_equal(team->first_cell_day, DAY_NEVER);
    assert_int_equal(team->unmatched, 20);
    assert_int_equal(shard_day(shard), 50000);
    static struct evaluation evaluation;
    evaluation_make(shard, team, shard_day(shard), EVALUATION_ALL_WINDOWS, &evaluation);
    assert_int_equal(evaluation.windows[WINDOW_28D].because[MEASURE_success_lift], BECAUSE_NO_WORK);
    assert_int_equal(evaluation.windows[WINDOW_28D].because[MEASURE_outcome_share], BECAUSE_NO_WORK);
    assert_false(evaluation.health.known);
    assert_int_equal(evaluation.verdict, VERDICT_INSUFFICIENT_EVIDENCE);
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

struct heard {
    int begun, ended;
    int32_t day;
    int64_t watermark_ms;
};

static void hear(void *arg, const struct shard *shard, int32_t day, bool begins)
{
    struct heard *heard = arg;
    heard->begun += begins;
    heard->ended += !begins;
    heard->day = day;
    heard->watermark_ms = shard->watermark_ms;
}

/* From the 15th quiet day in a row on, said once; and once when it is over. */
static void test_a_partition_falls_silent(void **state)
{
    (void)state;
    struct settings settings;
    settings_default(&settings);
    struct heard heard = {0};
    struct sink sink = {.arg = &heard, .silence = hear};
    struct shard *shard = shard_new(&settings, 0, 1, &sink);
    uint64_t number = 1;
    for (int day = 0; day < 30; day++) {
        struct event event = work("one", "a", begin_ms + day * DAY_MS, number++);
        assert_int_equal(give(shard, 0, &event), REJECT_NONE);
    }
    /* The last day of work was 20029. */
    shard_advance(shard, begin_ms + 44 * DAY_MS + settings.grace_ms);
    assert_int_equal(shard->calendar.quiet_run, 14);
    assert_int_equal(heard.begun, 0);
    shard_advance(shard, begin_ms + 60 * DAY_MS);
    assert_int_equal(heard.begun, 1);
    assert_int_equal(heard.day, 20044);
    assert_int_equal(heard.watermark_ms, begin_ms + 60 * DAY_MS);
    for (int day = 60; day < 70; day++) {
        struct event event = work("one", "a", begin_ms + day * DAY_MS, number++);
        assert_int_equal(give(shard, 0, &event), REJECT_NONE);
    }
    assert_int_equal(heard.begun, 1);
    assert_int_equal(heard.ended, 1);
    assert_int_equal(heard.day, 20060);
    shard_free(shard);
}

/* A history that is read at once knows more teams than the last commit did. */
static void test_teams_that_are_here_count(void **state)
{
    (void)state;
    struct settings settings;
    settings_default(&settings);
    for (int counts = 0; counts < 2; counts++) {
        struct shard *shard = shard_new(&settings, 0, 1, NULL);
        shard->counts_own_teams = counts == 1;
        shard->teams_in_organisation = 2;
        struct event one = work("one", "a", begin_ms, 1), two = work("two", "a", begin_ms + DAY_MS * 2, 2),
                     three = work("three", "a", begin_ms + DAY_MS * 2, 3);
        assert_int_equal(give(shard, 0, &one), REJECT_NONE);
        assert_int_equal(give(shard, 0, &two), REJECT_NONE);
        assert_int_equal(give(shard, 0, &three), REJECT_NONE);
        shard_advance(shard, begin_ms + DAY_MS * 4);
        assert_int_equal(calendar_day(&shard->calendar, 20000).teams, 2);
        assert_int_equal(calendar_day(&shard->calendar, 20002).teams, counts == 1 ? 3 : 2);
        shard_free(shard);
    }
}

struct runs {
    struct text last[2];
    size_t runs[2], rows[2]; /* of cells, of people: rows in all, and how often the team was another than before */
};

static void note_team(struct runs *runs, int of, struct text team)
{
    runs->runs[of] += !text_equal(runs->last[of], team);
    runs->rows[of]++;
    runs->last[of] = team;
}

static void note_cell(void *arg, const struct cell_row *row)
{
    note_team(arg, 0, row->team);
}

static void note_person(void *arg, const struct person_row *row)
{
    note_team(arg, 1, row->team);
}

static void test_a_cut_keeps_the_rows_of_a_team_together(void **state)
{
    (void)state;
    static const char *const teams[] = {"one", "two", "three", "four", "five"}, *const workflows[] = {"a", "b", "c"};
    struct settings settings;
    settings_default(&settings);
    struct shard *shard = shard_new(&settings, 0, 1, NULL);
    for (uint64_t i = 0; i < 5 * 3 * 4; i++) { /* every team in turn, with four people in each workflow */
        struct event event = work(teams[i % 5], workflows[i / 5 % 3], begin_ms + (int64_t)i, i + 1);
        event.user.low = i / 15;
        assert_int_equal(give(shard, 0, &event), REJECT_NONE);
    }
    struct runs runs = {0};
    struct sink sink = {.arg = &runs, .cell = note_cell, .person = note_person};
    shard_cut(shard, &sink);
    assert_int_equal(runs.rows[0], 5 * 3);
    assert_int_equal(runs.rows[1], 5 * 4);
    assert_int_equal(runs.runs[0], 5);
    assert_int_equal(runs.runs[1], 5);
    shard_free(shard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_workflows_are_bounded), cmocka_unit_test(test_5000_workflows_in_one_team),
        cmocka_unit_test(test_outcomes_without_work), cmocka_unit_test(test_the_slowest_topic_counts),
        cmocka_unit_test(test_the_future_needs_a_clock), cmocka_unit_test(test_days_open_in_order),
        cmocka_unit_test(test_a_partition_falls_silent), cmocka_unit_test(test_teams_that_are_here_count),
        cmocka_unit_test(test_a_cut_keeps_the_rows_of_a_team_together)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
