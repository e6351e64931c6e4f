/* Where top has its figures from. */
#include "ctl/top_feed.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "codec/page_sql.h"
#include "codec/pg_image.h"
#include "io/http_client.h"
#include "io/loop.h"
#include "io/pg_conn.h"
#include "io/resolver.h"

enum {
    ANSWER_BYTES_MAX = 16 * 1024 * 1024,
    ANSWER_MS = 5000,
    STATEMENT_MS = 10000,
    LOCK_MS = 1000,
    IDLE_TRANSACTION_MS = 10000,
    URL_BYTES = 512
};

static const struct pg_statement teams_statement = {"top_teams", top_teams_sql, 0};

/* A daemon and what it is asked for at the moment. */
struct asked {
    struct top_feed *feed;
    size_t daemon;
    int under_way; /* requests */
};

struct top_feed {
    struct top_feed_settings settings;
    struct resolver *resolver;
    struct http_client *http;
    struct loop_timer *timer;
    struct pg_conn *conn;
    struct pg_image image;
    struct top_daemon *daemons;
    struct asked *asked;
    struct top_teams teams;
    struct top_figures figures;
};

static void say_changed(struct top_feed *feed)
{
    if (feed->settings.changed != NULL)
        feed->settings.changed(feed->settings.arg);
}

/* ---- daemons ------------------------------------------------------------------------------- */

static void metrics_answered(void *arg, const struct http_client_answer *answer)
{
    struct asked *asked = arg;
    struct top_daemon *daemon = &asked->feed->daemons[asked->daemon];
    struct up_err err = answer->err;
    asked->under_way--;
    if (answer->status == 200) {
        top_daemon_take_metrics(daemon, answer->body, clock_mono_us());
    } else {
        if (answer->status != 0)
            (void)up_fail(&err, UP_EIO, "answers /metrics with status %d", answer->status);
        top_daemon_take_failure(daemon, &err);
    }
    say_changed(asked->feed);
}

static void readiness_answered(void *arg, const struct http_client_answer *answer)
{
    struct asked *asked = arg;
    asked->under_way--;
    top_daemon_take_readiness(&asked->feed->daemons[asked->daemon], answer->body);
    say_changed(asked->feed);
}

static void send_request(struct asked *asked, const char *path, http_client_on_answer *answered)
{
    struct top_daemon *daemon = &asked->feed->daemons[asked->daemon];
    char url[URL_BYTES];
    (void)snprintf(url, sizeof url, "%s%s", daemon->url, path);
    const struct http_client_request request = {
        .url = url, .timeout_ms = ANSWER_MS, .answer_bytes_max = ANSWER_BYTES_MAX};
    struct up_err err;
    if (http_client_send(asked->feed->http, &request, answered, asked, &err) == UP_OK)
        asked->under_way++;
    else
        top_daemon_take_failure(daemon, &err);
}

static void ask_daemon(struct asked *asked)
{
    if (asked->under_way > 0)
        return;
    send_request(asked, "/metrics", metrics_answered);
    send_request(asked, "/readyz", readiness_answered);
}

/* ---- PostgreSQL ---------------------------------------------------------------------------- */

static void teams_answered(void *arg, const struct pg_answer *answer)
{
    struct top_feed *feed = arg;
    feed->figures.teams_err = answer->err;
    if (answer->outcome == PG_DONE) {
        feed->figures.teams_err = (struct up_err){.code = UP_OK};
        feed->figures.teams_us = clock_mono_us();
        top_teams_reset(&feed->teams);
        for (int i = 0; i < pg_answer_rows(answer, 0); i++) {
            struct pg_row row;
            struct text fields[TOP_FIELDS];
            pg_answer_row(answer, 0, i, &row);
            for (int f = 0; f < TOP_FIELDS; f++)
                fields[f] = pg_row_text(&row);
            top_teams_add(&feed->teams, fields);
        }
    }
    say_changed(feed);
}

static void ask_teams(struct top_feed *feed)
{
    if (pg_conn_state(feed->conn) == PG_IDLE)
        (void)pg_conn_send(feed->conn, &feed->image, teams_answered, feed);
}

static void connection_changed(void *arg, enum pg_state state, const struct up_err *err)
{
    struct top_feed *feed = arg;
    if (state == PG_DOWN)
        feed->figures.teams_err = *err;
    else
        ask_teams(feed);
    say_changed(feed);
}

/* ---- its life ------------------------------------------------------------------------------ */

static void ask(void *arg)
{
    struct top_feed *feed = arg;
    for (size_t i = 0; i < feed->settings.url_count; i++)
        ask_daemon(&feed->asked[i]);
    ask_teams(feed);
    loop_timer_start(feed->timer, feed->settings.interval_ms);
}

static int begin(struct top_feed *feed, struct up_err *err)
{
    feed->resolver = resolver_new(feed->settings.loop, err);
    if (feed->resolver == NULL)
        return UP_EIO;
    feed->http = http_client_new(feed->settings.loop, err);
    if (feed->http == NULL)
        return UP_EIO;
    const struct pg_conn_settings settings = {.conninfo = feed->settings.conninfo,
                                              .application_name = "uptakectl top",
                                              .statement_timeout_ms = STATEMENT_MS,
                                              .lock_timeout_ms = LOCK_MS,
                                              .idle_transaction_timeout_ms = IDLE_TRANSACTION_MS,
                                              .silence_max_ms = 2 * STATEMENT_MS,
                                              .session_sql = page_sql_session,
                                              .reads_only = true,
                                              .seed = (uint64_t)clock_mono_us()};
    feed->conn =
        pg_conn_new(feed->settings.loop, feed->resolver, &settings, connection_changed, feed, err);
    return feed->conn != NULL ? UP_OK : err->code;
}

struct top_feed *top_feed_new(const struct top_feed_settings *settings, struct up_err *err)
{
    struct top_feed *feed = mem_alloc(sizeof *feed);
    size_t count = settings->url_count;
    feed->settings = *settings;
    feed->daemons = mem_alloc_array(count + 1, sizeof *feed->daemons);
    feed->asked = mem_alloc_array(count + 1, sizeof *feed->asked);
    for (size_t i = 0; i < count; i++) {
        top_daemon_init(&feed->daemons[i], settings->urls[i]);
        feed->asked[i] = (struct asked){.feed = feed, .daemon = i};
    }
    feed->figures = (struct top_figures){
        .daemons = feed->daemons, .daemon_count = count, .teams = &feed->teams};
    (void)pg_image_add(&feed->image, &teams_statement);
    feed->timer = loop_timer_new(settings->loop, ask, feed);
    if (begin(feed, err) != UP_OK) {
        top_feed_free(feed);
        return NULL;
    }
    feed->settings.conninfo = NULL;
    loop_timer_start(feed->timer, 0);
    return feed;
}

void top_feed_free(struct top_feed *feed)
{
    if (feed == NULL)
        return;
    pg_conn_free(feed->conn);
    http_client_free(feed->http);
    resolver_free(feed->resolver);
    loop_timer_free(feed->timer);
    for (size_t i = 0; i < feed->settings.url_count; i++)
        top_daemon_done(&feed->daemons[i]);
    top_teams_done(&feed->teams);
    pg_image_done(&feed->image);
    mem_free(feed->daemons);
    mem_free(feed->asked);
    mem_free(feed);
}

const struct top_figures *top_feed_figures(const struct top_feed *feed)
{
    return &feed->figures;
}

bool top_feed_is_whole(const struct top_feed *feed)
{
    bool is_whole = feed->figures.teams_us != 0 || feed->figures.teams_err.code != UP_OK;
    for (size_t i = 0; i < feed->settings.url_count; i++) {
        const struct top_daemon *daemon = &feed->daemons[i];
        is_whole &= daemon->answers ? daemon->pages >= 2 && feed->asked[i].under_way == 0
                                    : daemon->err.code != UP_OK;
    }
    return is_whole;
}
