/* What top shows, as JSON. */
#include <math.h>

#include "codec/json_write.h"
#include "ctl/top_view.h"

static void put_number(struct json_write *json, const char *name, double value)
{
    json_write_name(json, name);
    if (isnan(value))
        json_write_null(json);
    else
        json_write_number(json, value);
}

static void put_text(struct json_write *json, const char *name, struct text text)
{
    json_write_name(json, name);
    if (text.length == 0)
        json_write_null(json);
    else
        json_write_text(json, text);
}

static void put_words(struct json_write *json, const char *name, struct text words)
{
    json_write_name(json, name);
    json_write_begin_array(json);
    while (words.length > 0) {
        const char *blank = memchr(words.bytes, ' ', words.length);
        uint32_t length = blank != NULL ? (uint32_t)(blank - words.bytes) : words.length;
        uint32_t passed = length + (blank != NULL);
        json_write_text(json, (struct text){words.bytes, length});
        words = (struct text){words.bytes + passed, words.length - passed};
    }
    json_write_end_array(json);
}

static void put_daemon(struct json_write *json, const struct top_daemon *daemon)
{
    bool is_known = daemon->readiness != TOP_READINESS_UNKNOWN;
    json_write_begin_object(json);
    put_text(json, "url", text_of(daemon->url));
    json_write_name(json, "answers");
    json_write_bool(json, daemon->answers);
    put_text(json, "error", text_of(daemon->answers ? "" : daemon->err.text));
    json_write_name(json, "ready");
    if (is_known)
        json_write_bool(json, daemon->readiness == TOP_READY);
    else
        json_write_null(json);
    put_text(json, "not_ready_because",
             (struct text){daemon->reasons.data, (uint32_t)daemon->reasons.length});
    put_number(json, "partitions", daemon->load.shards);
    put_number(json, "lag_events", daemon->load.lag);
    put_number(json, "watermark_delay_s", daemon->load.delay_s);
    put_number(json, "checkpoint_age_s", daemon->load.checkpoint_age_s);
    put_number(json, "events_per_s", daemon->load.events_per_s);
    put_number(json, "rejects_per_s", daemon->load.rejects_per_s);
    json_write_end_object(json);
}

static void put_team(struct json_write *json, const struct top_team *team)
{
    json_write_begin_object(json);
    json_write_name(json, "team");
    json_write_text(json, team->fields[TOP_FIELD_TEAM]);
    put_text(json, "day", team->fields[TOP_FIELD_DAY]);
    json_write_name(json, "is_suppressed");
    json_write_bool(json, team->is_suppressed);
    put_number(json, "health", team->health);
    put_number(json, "lo", team->lo);
    put_number(json, "hi", team->hi);
    json_write_name(json, "n");
    json_write_raw(json, team->fields[TOP_FIELD_N]);
    put_text(json, "state", team->fields[TOP_FIELD_STATE]);
    put_text(json, "verdict", team->fields[TOP_FIELD_VERDICT]);
    put_words(json, "diagnosis", team->fields[TOP_FIELD_DIAGNOSIS]);
    put_words(json, "alarms", team->fields[TOP_FIELD_ALARMS]);
    json_write_end_object(json);
}

void top_view_add_json(struct strbuf *out, const struct top_figures *figures,
                       const struct top_wish *wish)
{
    struct json_write json = {.out = out};
    top_teams_show(figures->teams, wish->order, text_of(wish->filter));
    json_write_begin_object(&json);
    put_text(&json, "as_of", top_teams_day(figures->teams));
    json_write_name(&json, "daemons");
    json_write_begin_array(&json);
    for (size_t i = 0; i < figures->daemon_count; i++)
        put_daemon(&json, &figures->daemons[i]);
    json_write_end_array(&json);
    json_write_name(&json, "teams");
    json_write_begin_array(&json);
    for (size_t i = 0; i < figures->teams->shown_count; i++)
        put_team(&json, figures->teams->shown[i]);
    json_write_end_array(&json);
    put_text(&json, "teams_error",
             text_of(figures->teams_err.code == UP_OK ? "" : figures->teams_err.text));
    json_write_end_object(&json);
    strbuf_add_char(out, '\n');
}
