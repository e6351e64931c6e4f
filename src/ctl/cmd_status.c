/* uptakectl status: who has which partition and how far it is, from PostgreSQL and from the daemons' metrics. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/connection.h"
#include "base/mem.h"
#include "codec/json_write.h"
#include "ctl/command.h"
#include "ctl/installed.h"
#include "ctl/metrics_page.h"
#include "ctl/row_text.h"
#include "ctl/screen_text.h"
#include "io/http_client.h"
#include "io/pg_session.h"

enum { STATEMENT_TIMEOUT_MS = 10000 };

enum column { PARTITION, OWNER, EPOCH, WATERMARK, BEHIND_S, SAVED, SAVED_AGE_S, TEAMS, ACCEPTED, REJECTED, ALARMS, COLUMNS };
static const char *const column_names[COLUMNS] = {
    [PARTITION] = "partition", [OWNER] = "owner",   [EPOCH] = "epoch",
    [WATERMARK] = "watermark", [BEHIND_S] = "behind_s", [SAVED] = "checkpoint",
    [SAVED_AGE_S] = "checkpoint_age_s", [TEAMS] = "teams", [ACCEPTED] = "accepted",
    [REJECTED] = "rejected", [ALARMS] = "open_alarms"};

/* One row a partition, in the order of the columns. */
static const char query[] =
    "SELECT s.partition, s.instance, s.epoch, to_char(s.watermark AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
    "       round(extract(epoch FROM now() - s.watermark)),"
    "       to_char(s.saved_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
    "       round(extract(epoch FROM now() - s.saved_at)), s.teams, s.accepted,"
    "       s.rejected_malformed + s.rejected_envelope + s.rejected_unknown_type + s.rejected_schema + s.rejected_key"
    "       + s.rejected_misrouted + s.rejected_too_late + s.rejected_future,"
    "       (SELECT count(*) FROM uptake.alert a WHERE a.partition = s.partition AND a.resolved IS NULL)"
    "  FROM uptake.shard s ORDER BY s.partition";

/* A daemon that was asked for its metrics. */
struct instance {
    char url[512];
    struct strbuf page; /* empty: it does not answer, err says why */
    struct up_err err;
};

struct status {
    struct strbuf rows;
    struct instance *instances;
    size_t instance_count;
};

static const struct {
    const char *name, *metric;
} instance_figures[] = {{"shards", "uptake_shards"},
                        {"lag_events", "uptake_lag_events"},
                        {"checkpoint_age_s", "uptake_checkpoint_age_seconds"},
                        {"unsaved_bytes", "uptake_unsaved_bytes"},
                        {"postgresql_up", "uptake_postgresql_up"},
                        {"redis_up", "uptake_redis_up"}};
enum { INSTANCE_FIGURES = sizeof instance_figures / sizeof instance_figures[0] };

/* Messages of a partition that are not read yet, as its owner says; NAN = nobody says it. */
static double lag_of(struct status *status, int partition)
{
    double lag = (double)NAN;
    for (size_t i = 0; i < status->instance_count; i++) {
        double sum;
        if (metrics_page_sum(strbuf_text(&status->instances[i].page), "uptake_lag_events", partition, &sum))
            lag = sum;
    }
    return lag;
}

/* ---- for people -------------------------------------------------------------------------------------------------- */

/* "12 s", "3 min", "5 h", "8 d"; "-" of what is not known. */
static void print_age(struct text seconds, int width)
{
    char text[32] = "-";
    double age = seconds.length > 0 ? strtod(seconds.bytes, NULL) : -1;
    if (age >= 2 * 86400.0)
        (void)snprintf(text, sizeof text, "%.0f d", age / 86400);
    else if (age >= 2 * 3600.0)
        (void)snprintf(text, sizeof text, "%.0f h", age / 3600);
    else if (age >= 120)
        (void)snprintf(text, sizeof text, "%.0f min", age / 60);
    else if (seconds.length > 0)
        (void)snprintf(text, sizeof text, "%.0f s", age);
    printf(" %*s", width, text);
}

static void print_text(struct text text, int width)
{
    struct text shown = text.length > 0 ? text : text_of("-");
    fputs(" ", stdout);
    screen_text_print(stdout, shown, screen_text_columns(shown) > width ? SCREEN_TEXT_WHOLE : width);
}

static void print_row(struct status *status, const struct text columns[static COLUMNS])
{
    double lag = lag_of(status, (int)strtol(columns[PARTITION].bytes, NULL, 10));
    printf("%9.*s", (int)columns[PARTITION].length, columns[PARTITION].bytes);
    print_text(columns[OWNER], 28);
    printf(" %13.*s", (int)columns[EPOCH].length, columns[EPOCH].bytes);
    print_text(columns[WATERMARK], 20);
    print_age(columns[BEHIND_S], 7);
    print_age(columns[SAVED_AGE_S], 10);
    if (isnan(lag))
        printf(" %9s", "-");
    else
        printf(" %9.0f", lag);
    printf(" %7.*s %10.*s %9.*s %7.*s\n", (int)columns[TEAMS].length, columns[TEAMS].bytes, (int)columns[ACCEPTED].length,
           columns[ACCEPTED].bytes, (int)columns[REJECTED].length, columns[REJECTED].bytes, (int)columns[ALARMS].length,
           columns[ALARMS].bytes);
}

static void print_instance(struct instance *instance)
{
    if (instance->page.length == 0) {
        printf("%s: does not answer\n", instance->url);
        return;
    }
    printf("%s:", instance->url);
    for (size_t f = 0; f < INSTANCE_FIGURES; f++) {
        double value;
        if (metrics_page_sum(strbuf_text(&instance->page), instance_figures[f].metric, -1, &value))
            printf(" %s %.15g", instance_figures[f].name, value);
    }
    printf("\n");
}

static void print_status(struct status *status)
{
    struct text columns[COLUMNS];
    printf("%9s %-28s %13s %-20s %7s %10s %9s %7s %10s %9s %7s\n", "partition", "owner", "epoch", "watermark", "behind",
           "checkpoint", "lag", "teams", "accepted", "rejected", "alarms");
    for (size_t at = 0; row_text_next(&status->rows, &at, columns, COLUMNS);)
        print_row(status, columns);
    for (size_t i = 0; i < status->instance_count; i++)
        print_instance(&status->instances[i]);
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

static void write_row(struct json_write *json, struct status *status, const struct text columns[static COLUMNS])
{
    double lag = lag_of(status, (int)strtol(columns[PARTITION].bytes, NULL, 10));
    json_write_begin_object(json);
    for (int i = 0; i < COLUMNS; i++) {
        json_write_name(json, column_names[i]);
        if (columns[i].length == 0)
            json_write_null(json);
        else if (i == OWNER || i == WATERMARK || i == SAVED)
            json_write_text(json, columns[i]);
        else
            json_write_raw(json, columns[i]);
    }
    json_write_name(json, "lag_events");
    if (isnan(lag))
        json_write_null(json);
    else
        json_write_number(json, lag);
    json_write_end_object(json);
}

static void write_instance(struct json_write *json, struct instance *instance)
{
    json_write_begin_object(json);
    json_write_name(json, "url");
    json_write_word(json, instance->url);
    json_write_name(json, "answers");
    json_write_bool(json, instance->page.length > 0);
    for (size_t f = 0; f < INSTANCE_FIGURES; f++) {
        double value;
        if (!metrics_page_sum(strbuf_text(&instance->page), instance_figures[f].metric, -1, &value))
            continue;
        json_write_name(json, instance_figures[f].name);
        json_write_number(json, value);
    }
    json_write_end_object(json);
}

static void print_json(struct status *status)
{
    struct strbuf text = {0};
    struct json_write json = {.out = &text};
    struct text columns[COLUMNS];
    json_write_begin_object(&json);
    json_write_name(&json, "partitions");
    json_write_begin_array(&json);
    for (size_t at = 0; row_text_next(&status->rows, &at, columns, COLUMNS);)
        write_row(&json, status, columns);
    json_write_end_array(&json);
    json_write_name(&json, "instances");
    json_write_begin_array(&json);
    for (size_t i = 0; i < status->instance_count; i++)
        write_instance(&json, &status->instances[i]);
    json_write_end_array(&json);
    json_write_end_object(&json);
    printf("%s\n", strbuf_text(&text));
    strbuf_done(&text);
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

static int ask_postgresql(const struct config *config, struct strbuf *rows, struct up_err *err)
{
    struct strbuf conninfo = {0};
    connection_text(config, &conninfo);
    struct pg_session *session = pg_session_open(strbuf_text(&conninfo), "uptakectl status", NULL, NULL, err);
    connection_wipe(&conninfo);
    if (session == NULL)
        return err->code;
    pg_session_set_timeout(session, STATEMENT_TIMEOUT_MS);
    int code = pg_session_ask(session, query, rows, err);
    pg_session_close(session);
    return code;
}

/* Those that were named, else the one of the configuration. */
static void ask_instances(struct status *status, const struct config *config, const struct option_texts *urls)
{
    enum { TIMEOUT_MS = 10000 };
    size_t count = urls->count > 0 ? urls->count : config->http_listen[0] != '\0' ? 1 : 0;
    status->instances = mem_alloc_array(count > 0 ? count : 1, sizeof *status->instances);
    status->instance_count = count;
    for (size_t i = 0; i < count; i++) {
        struct instance *instance = &status->instances[i];
        if (urls->count > 0)
            (void)snprintf(instance->url, sizeof instance->url, "%s", urls->items[i]);
        else
            (void)snprintf(instance->url, sizeof instance->url, "http://%s/metrics", config->http_listen);
        if (http_client_get(instance->url, TIMEOUT_MS, &instance->page, &instance->err) != UP_OK)
            strbuf_reset(&instance->page);
    }
}

static int show_status(const struct config *config, const struct option_texts *urls, bool as_json)
{
    struct status status = {0};
    struct up_err err;
    int code = ask_postgresql(config, &status.rows, &err);
    if (code == UP_OK) {
        ask_instances(&status, config, urls);
        if (as_json)
            print_json(&status);
        else
            print_status(&status);
    }
    for (size_t i = 0; i < status.instance_count; i++)
        strbuf_done(&status.instances[i].page);
    mem_free(status.instances);
    strbuf_done(&status.rows);
    return code == UP_OK ? COMMAND_OK : command_fail(&err);
}

static int run_status(int argc, char **argv)
{
    struct installed installed = INSTALLED_DEFAULT;
    struct option_texts urls = {.count = 0};
    bool json = false;
    const struct option_spec specs[] = {
        INSTALLED_OPTIONS(&installed),
        {"url", "URL", OPTION_TEXTS, &urls, 0, 0, "metrics of a daemon (http_listen's); may come again"},
        {"json", "", OPTION_FLAG, &json, 0, 0, "as JSON"},
    };
    int operands;
    int end = command_read(&cmd_status, specs, sizeof specs / sizeof specs[0], argc, argv, 0, 0, &operands);
    if (end != COMMAND_GO_ON)
        return end;
    struct strbuf problems = {0};
    struct config *config = installed_load(&installed, false, &problems);
    if (config == NULL)
        (void)fputs(strbuf_text(&problems), stderr);
    strbuf_done(&problems);
    if (config == NULL)
        return COMMAND_CONFIGURATION;
    end = show_status(config, &urls, json);
    config_free(config);
    return end;
}

const struct command cmd_status = {
    .name = "status",
    .synopsis = "[OPTION...]",
    .summary = "Show who has which partition, and how far it is",
    .about = "Of each partition: its owner and epoch, the watermark (up to when events are known) and how far that is behind\n"
             "the clock, the age of the last checkpoint, and what is counted. The lag, and how instances are, come from their\n"
             "metrics where they answer; a dash is what nobody says. Run it as somebody who may read the secrets.\n"
             "\n"
             "Examples:\n"
             "  sudo uptakectl status\n"
             "  uptakectl status --url http://127.0.0.1:9461/metrics --url http://127.0.0.1:9462/metrics\n"
             "  uptakectl status --json | jq '.partitions[] | select(.checkpoint_age_s > 60)'\n",
    .run = run_status,
};
