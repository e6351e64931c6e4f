/* Over random teams: texts and evidence hold nothing that few people stand behind, and no name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/alert_evidence.h"
#include "codec/alert_sentence.h"
#include "codec/day_text.h"
#include "model/privacy.h"
#include "support/json_value.h"
#include "support/random_events.h"

enum { FIRST_DAY = 20000, DAYS = 160, EVENTS_A_DAY = 60, TEAMS = 3, USERS = 7, MIN_GROUPS = 9 };

static struct dice dice;
static struct settings settings;
static int64_t figures, held_back;

/* ---- names and figures -------------------------------------------------------------------- */

static void holds_no_name(const char *text)
{
    for (int64_t team = 0; team < TEAMS; team++) {
        assert_null(strstr(text, random_team(team).bytes));
        for (int64_t user = 0; user < USERS; user++) {
            char id[48];
            (void)snprintf(id, sizeof id, "%016llx", (unsigned long long)random_user(team, user).low);
            assert_null(strstr(text, id));
        }
    }
    for (int64_t name = 0; name < 8; name++) {
        /* "eta" is within other words. */
        if (random_name(name).length > 3)
            assert_null(strstr(text, random_name(name).bytes));
    }
}

/* Known in the evidence: then known after suppression, to the digit. */
static void check_measures(const struct json_value *measures, const struct shard *shard,
                           const struct team *team, const struct evaluation *evaluation)
{
    static struct record allowed;
    for (int w = 0; w < WINDOWS; w++) {
        const struct json_value *window = json_find(measures, measure_window_name((enum window)w));
        if (window == NULL)
            continue;
        allowed = evaluation->windows[w];
        privacy_suppress(shard, team, evaluation->day, (enum window)w, settings.min_group,
                         &allowed);
        for (int m = 0; m < MEASURES; m++) {
            const struct json_value *figure =
                json_find(window, measure_info((enum measure)m)->name);
            if (figure == NULL) {
                held_back += evaluation->windows[w].values[m].known && !allowed.values[m].known;
                continue;
            }
            assert_true(allowed.values[m].known);
            figures++;
        }
    }
}

static void check_kind(const struct shown *shown, enum alarm_kind kind, const struct shard *shard,
                       const struct team *team, const struct evaluation *evaluation)
{
    static struct strbuf sentence;
    static struct strbuf evidence;
    alert_sentence_write(shown, kind, &sentence);
    alert_evidence_write(shown, kind, &evidence);
    holds_no_name(strbuf_text(&sentence));
    holds_no_name(strbuf_text(&evidence));
    struct json_value *document = json_parse(evidence.data, evidence.length);
    assert_non_null(document);
    check_measures(json_find(document, "measures"), shard, team, evaluation);
    const struct json_value *detector = json_find(document, "detector");
    bool is_suppressed = settings.min_group > USERS;
    if (is_suppressed) {
        /* Nothing but days and settings: no share, no difference. */
        assert_null(strchr(strbuf_text(&sentence), '%'));
        assert_null(strstr(strbuf_text(&sentence), "points lower"));
        assert_null(strstr(strbuf_text(&evidence), "mean"));
        assert_null(strstr(strbuf_text(&evidence), "plateau"));
        assert_non_null(strstr(strbuf_text(&evidence), "\"diagnosis\":[]"));
        assert_true(detector == NULL || strstr(strbuf_text(&evidence), "\"e\":null") != NULL);
    }
    json_free(document);
    strbuf_done(&sentence);
    strbuf_done(&evidence);
}

static void look(void *arg, const struct shard *shard, const struct team *team,
                 const struct evaluation *evaluation)
{
    (void)arg;
    settings.min_group = (uint32_t)dice_below(&dice, MIN_GROUPS);
    struct shown *shown = shown_new(shard, team, evaluation);
    for (int kind = 0; kind < ALARM_KINDS; kind++)
        check_kind(shown, (enum alarm_kind)kind, shard, team, evaluation);
    /* What is not suppressed stays as it was. */
    if (settings.min_group == 0)
        assert_int_equal(shown->evaluation.diagnosis, evaluation->diagnosis);
    shown_free(shown);
}

static void test_nothing_suppressed_and_nobody_named(void **state)
{
    (void)state;
    dice = dice_take();
    settings_default(&settings);
    settings.false_alarms_per_year = 200;
    struct sink sink = {.closed = look};
    struct shard *shard = shard_new(&settings, 0, 1, &sink);
    for (int day = 0; day < DAYS; day++) {
        const struct random_world world = {.dice = &dice,
                                           .from_ms = (int64_t)(FIRST_DAY + day) * DAY_MS,
                                           .to_ms = (int64_t)(FIRST_DAY + day + 1) * DAY_MS,
                                           .teams = TEAMS,
                                           .users = USERS,
                                           .tasks = 1000};
        for (int i = 0; i < EVENTS_A_DAY; i++) {
            struct event event = random_event(&world);
            if (shard_judge(shard, &event, -1) == REJECT_NONE)
                shard_apply(shard, 0, &event);
        }
    }
    shard_free(shard);
    assert_true(figures > 300);
    assert_true(held_back > 300);
}

static void test_days(void **state)
{
    (void)state;
    static const struct {
        int32_t day;
        const char *iso, *spoken;
    } rows[] = {
        {0, "1970-01-01", "1 January 1970"},        {11016, "2000-02-29", "29 February 2000"},
        {11017, "2000-03-01", "1 March 2000"},      {20238, "2025-05-30", "30 May 2025"},
        {47540, "2100-02-28", "28 February 2100"},  {47541, "2100-03-01", "1 March 2100"},
        {2932896, "9999-12-31", "31 December 9999"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct strbuf out = {.length = 0};
        day_text_add_iso(&out, rows[i].day);
        assert_string_equal(strbuf_text(&out), rows[i].iso);
        strbuf_reset(&out);
        day_text_add_spoken(&out, rows[i].day);
        assert_string_equal(strbuf_text(&out), rows[i].spoken);
        strbuf_done(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_suppressed_and_nobody_named),
        cmocka_unit_test(test_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
