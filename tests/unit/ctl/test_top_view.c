/* What top draws: order and filter of teams, how daemons are, old figures marked, and nothing outside the screen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/screen_text.h"
#include "ctl/top_view.h"

static const char *const rows[][TOP_FIELDS] = {
    {"north", "2026-01-01", "false", "71.5", "60.2", "80", "8", "level", "transformation", "", ""},
    {"\033[2Jsouth", "2026-01-02", "false", "18", "10", "35", "7", "stalled", "theatre", "fading no_room", "fading stalled"},
    {"中文", "2026-01-02", "false", "71.5", "60.2", "80", "8", "growing", "unfinished", "no_room", ""},
    {"small", "2026-01-02", "true", "", "", "", "", "", "", "", ""},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

struct scene {
    struct top_teams teams;
    struct top_daemon daemons[2];
    struct top_figures figures;
    struct top_wish wish;
    struct top_canvas canvas;
    struct strbuf out;
};

static struct scene *scene_new(void)
{
    static struct scene scene;
    scene = (struct scene){.wish = {.order = {.column = TOP_HEALTH}},
                           .canvas = {.now_us = 100000000, .interval_ms = 2000}};
    for (int r = 0; r < ROWS; r++) {
        struct text fields[TOP_FIELDS];
        for (int i = 0; i < TOP_FIELDS; i++)
            fields[i] = text_of(rows[r][i]);
        top_teams_add(&scene.teams, fields);
    }
    top_daemon_init(&scene.daemons[0], "http://one");
    top_daemon_init(&scene.daemons[1], "http://two");
    scene.figures = (struct top_figures){
        .daemons = scene.daemons, .daemon_count = 2, .teams = &scene.teams, .teams_us = 99000000};
    return &scene;
}

static void scene_free(struct scene *scene)
{
    top_teams_done(&scene->teams);
    top_daemon_done(&scene->daemons[0]);
    top_daemon_done(&scene->daemons[1]);
    strbuf_done(&scene->out);
}

static const char *draw(struct scene *scene)
{
    strbuf_reset(&scene->out);
    top_view_draw(&scene->out, &scene->figures, &scene->wish, &scene->canvas);
    return strbuf_text(&scene->out);
}

static void has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no '%s' in:\n%s", part, text);
}

static void lacks(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("'%s' in:\n%s", part, text);
}

/* The names that are shown, in their order. */
static void are_shown(struct scene *scene, const char *expected)
{
    char names[200] = "";
    for (size_t i = 0; i < scene->teams.shown_count; i++) {
        struct text name = scene->teams.shown[i]->fields[TOP_FIELD_TEAM];
        size_t length = strlen(names);
        (void)snprintf(names + length, sizeof names - length, "%s%.*s", i > 0 ? " " : "", (int)name.length, name.bytes);
    }
    assert_string_equal(names, expected);
}

static void take_metrics(struct top_daemon *daemon, int events, int rejects, int64_t now_us)
{
    char page[400];
    (void)snprintf(page, sizeof page,
                   "uptake_shards 2\nuptake_lag_events{partition=\"0\"} 3\nuptake_lag_events{partition=\"1\"} 4\n"
                   "uptake_watermark_delay_seconds{partition=\"0\"} 10\n"
                   "uptake_watermark_delay_seconds{partition=\"1\"} 300\n"
                   "uptake_events_total{type=\"usage\"} %d\nuptake_events_rejected_total{reason=\"key\"} %d\n",
                   events, rejects);
    top_daemon_take_metrics(daemon, text_of(page), now_us);
}

static void plain_lines_say_everything(void **state)
{
    (void)state;
    struct scene *scene = scene_new();
    const char *text = draw(scene);
    has(text, "teams 4 as of 2026-01-02, with open alarms 1\n");
    has(text, "�[2Jsouth      18  10 to 35  Stalled    Not visible yet  ! Fading, Stalled  Fading, No room\n");
    has(text, "中文           72  60 to 80  Growing    Unfinished");
    has(text, "small           -            Held back\n");
    lacks(text, "\033");
    lacks(text, "theatre");
    are_shown(scene, "\033[2Jsouth north 中文 small");
    scene_free(scene);
}

static void teams_are_sorted_and_filtered(void **state)
{
    (void)state;
    struct scene *scene = scene_new();
    struct top_order order = {.column = TOP_HEALTH, .reverse = true};
    top_teams_show(&scene->teams, order, text_of(""));
    are_shown(scene, "north 中文 \033[2Jsouth small"); /* unknown stays last */
    top_teams_show(&scene->teams, (struct top_order){.column = TOP_TEAM}, text_of(""));
    are_shown(scene, "\033[2Jsouth north small 中文");
    top_teams_show(&scene->teams, (struct top_order){.column = TOP_STATE}, text_of(""));
    are_shown(scene, "中文 north \033[2Jsouth small");
    top_teams_show(&scene->teams, (struct top_order){.column = TOP_DIAGNOSIS}, text_of("no_ROOM"));
    are_shown(scene, "\033[2Jsouth 中文");
    top_teams_show(&scene->teams, order, text_of("No room"));
    are_shown(scene, "中文 \033[2Jsouth");
    top_teams_show(&scene->teams, order, text_of("held"));
    are_shown(scene, "small");
    enum top_column column;
    assert_true(top_column_find("alarms", &column) && column == TOP_ALARMS);
    assert_false(top_column_find("95 %", &column));
    scene_free(scene);
}

static void daemons_are_summed(void **state)
{
    (void)state;
    struct scene *scene = scene_new();
    has(draw(scene), "daemons 0 of 2 ready, partitions -, lag -, watermark - behind");
    take_metrics(&scene->daemons[0], 100, 10, 50000000);
    take_metrics(&scene->daemons[1], 1000, 0, 50000000);
    top_daemon_take_readiness(&scene->daemons[0], text_of("{\"ready\": true, \"reasons\": {}}"));
    top_daemon_take_readiness(&scene->daemons[1],
                              text_of("{\"ready\": false, \"reasons\": {\"redis\": \"away\\u001b[2J\", \"reading\": \"waits\"}}"));
    const char *text = draw(scene);
    has(text, "daemons 1 of 2 ready, partitions 4, lag 14, watermark 5 min behind");
    has(text, "events -/s, rejects -/s");
    has(text, "! http://two is not ready: redis: away�[2J; reading: waits\n");
    take_metrics(&scene->daemons[0], 300, 15, 52000000);
    take_metrics(&scene->daemons[1], 900, 0, 52000000); /* it was started anew */
    has(draw(scene), "events 100/s, rejects 2.5/s");
    scene_free(scene);
}

static void who_does_not_answer_is_told(void **state)
{
    (void)state;
    struct scene *scene = scene_new();
    struct up_err err;
    (void)up_fail(&err, UP_ECONN, "refused");
    take_metrics(&scene->daemons[0], 100, 10, 50000000);
    top_daemon_take_failure(&scene->daemons[0], &err);
    top_daemon_take_failure(&scene->daemons[1], &err);
    scene->figures.teams_err = err;
    const char *text = draw(scene);
    has(text, "partitions 2, lag 7, watermark 5 min behind, checkpoint - old (old)\n");
    has(text, "! http://one does not answer; its figures are 50 s old: refused\n");
    has(text, "! http://two does not answer: refused\n");
    has(text, "with open alarms 1 (old)\n");
    has(text, "! PostgreSQL: the teams are 1 s old: refused\n");
    has(text, "north");
    take_metrics(&scene->daemons[1], 100, 10, 60000000);
    scene->figures.teams_err.code = UP_OK;
    text = draw(scene);
    has(text, "! http://one does not answer");
    lacks(text, "(old)");
    lacks(text, "PostgreSQL");
    scene_free(scene);
}

/* Every line is put at its place, none is beyond the screen, and none is wider. */
static void fits(struct scene *scene, int width, int height)
{
    scene->canvas.width = width;
    scene->canvas.height = height;
    const char *text = draw(scene);
    int lines = 0;
    for (const char *at = text; (at = strstr(at, "\033[2K")) != NULL; lines++) {
        char line[2000];
        size_t length = 0;
        at += 4;
        while (*at != '\0' && strncmp(at, "\033[2K", 4) != 0 && length < sizeof line) {
            if (*at == '\033')
                at += strcspn(at, "GHm") + 1;
            else
                line[length++] = *at++;
        }
        assert_in_range(screen_text_columns((struct text){line, (uint32_t)length}), 0, width);
    }
    assert_int_equal(lines, height);
    lacks(text, "\n");
}

static void nothing_is_outside_the_screen(void **state)
{
    (void)state;
    struct scene *scene = scene_new();
    scene->canvas.colour = true;
    for (int width = 1; width < 130; width += 3) {
        for (int height = 1; height < 16; height++)
            fits(scene, width, height);
    }
    fits(scene, 100, 40);
    scene->wish.first = 1000;
    fits(scene, 100, 8);
    assert_int_equal(scene->wish.page, 1);
    assert_int_equal(scene->wish.first, 3);
    has(scene->out.data, "4 to 4 of 4");
    scene->wish.prompt = TOP_PROMPT_HELP;
    fits(scene, 50, 12);
    scene->wish.prompt = TOP_PROMPT_FILTER;
    (void)snprintf(scene->wish.filter, sizeof scene->wish.filter, "no such team");
    fits(scene, 50, 12);
    has(scene->out.data, "no such team");
    scene_free(scene);
}

static void json_has_the_words_of_sql(void **state)
{
    (void)state;
    struct scene *scene = scene_new();
    scene->figures.daemon_count = 1;
    (void)snprintf(scene->wish.filter, sizeof scene->wish.filter, "stalled");
    top_view_add_json(&scene->out, &scene->figures, &scene->wish);
    assert_string_equal(
        strbuf_text(&scene->out),
        "{\"as_of\":\"2026-01-02\",\"daemons\":[{\"url\":\"http://one\",\"answers\":false,\"error\":null,\"ready\":null,"
        "\"not_ready_because\":null,\"partitions\":null,\"lag_events\":null,\"watermark_delay_s\":null,"
        "\"checkpoint_age_s\":null,\"events_per_s\":null,\"rejects_per_s\":null}],"
        "\"teams\":[{\"team\":\"\\u001b[2Jsouth\",\"day\":\"2026-01-02\",\"is_suppressed\":false,\"health\":18,\"lo\":10,"
        "\"hi\":35,\"n\":7,\"state\":\"stalled\",\"verdict\":\"theatre\",\"diagnosis\":[\"fading\",\"no_room\"],"
        "\"alarms\":[\"fading\",\"stalled\"]}],\"teams_error\":null}\n");
    scene_free(scene);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_lines_say_everything),    cmocka_unit_test(teams_are_sorted_and_filtered),
        cmocka_unit_test(daemons_are_summed),            cmocka_unit_test(who_does_not_answer_is_told),
        cmocka_unit_test(nothing_is_outside_the_screen), cmocka_unit_test(json_has_the_words_of_sql),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
