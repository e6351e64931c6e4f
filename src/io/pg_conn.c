/* A connection to PostgreSQL on the loop: its life. */
#include "io/pg_conn.h"

#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/panic.h"
#include "pg_conn_priv.h"

enum { RETRY_FIRST_MS = 200, RETRY_MOST_MS = 15000 };

/* ---- the end of a connection -------------------------------------------------------------- */

static void clear_job(struct pg_conn *conn)
{
    for (size_t i = 0; i < conn->result_count; i++)
        PQclear(conn->results[i]);
    mem_free(conn->results);
    conn->results = NULL;
    conn->result_count = 0;
    conn->job = PG_JOB_NONE;
    conn->err = (struct up_err){0};
    conn->sqlstate[0] = '\0';
    pg_pipeline_done(&conn->pipeline);
}

static void drop_connection(struct pg_conn *conn)
{
    loop_timer_stop(conn->retry);
    loop_timer_stop(conn->deadline);
    loop_timer_stop(conn->again);
    pg_hosts_cancel(conn->hosts);
    loop_watch_free(conn->watch);
    conn->watch = NULL;
    PQfinish(conn->connection);
    conn->connection = NULL;
    conn->pipeline.prepared_count = 0;
    conn->state = PG_DOWN;
}

void pg_conn_lose(struct pg_conn *conn, const struct up_err *err)
{
    struct pg_answer answer = {.outcome = PG_LOST, .err = *err};
    bool must_answer = conn->job == PG_JOB_IMAGE || conn->job == PG_JOB_COPY;
    pg_conn_on_answer *on_answer = conn->on_answer;
    conn->counts.losses++;
    conn->counts.answers += must_answer;
    conn->counts.lost += must_answer;
    drop_connection(conn);
    clear_job(conn);
    loop_timer_start(conn->retry, backoff_next_ms(&conn->backoff));
    conn->on_state(conn->state_arg, PG_DOWN, &answer.err);
    if (must_answer)
        on_answer(conn->answer_arg, &answer);
}

void pg_conn_lose_now(struct pg_conn *conn)
{
    struct up_err err;
    (void)pg_fail_connect(conn->connection, &err);
    pg_conn_lose(conn, &err);
}

void pg_conn_note_error(struct pg_conn *conn, const PGresult *result)
{
    if (conn->err.code != 0)
        return;
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    (void)pg_fail_result(result, &conn->err);
    if (state != NULL)
        memcpy(conn->sqlstate, state, sizeof conn->sqlstate);
}

void pg_conn_finish(struct pg_conn *conn, enum pg_outcome outcome)
{
    struct pg_answer answer = {
        .outcome = outcome, .err = conn->err, .results = (const struct pg_result *)conn->results};
    memcpy(answer.sqlstate, conn->sqlstate, sizeof answer.sqlstate);
    PGresult **results = conn->results;
    size_t result_count = conn->result_count;
    conn->results = NULL;
    conn->result_count = 0;
    conn->counts.answers++;
    conn->counts.failed += outcome == PG_FAILED;
    if (conn->settings.now_us != NULL)
        histogram_add(&conn->counts.round_trip, conn->settings.now_us() - conn->begun_us);
    clear_job(conn);
    loop_timer_stop(conn->deadline);
    conn->state = PG_IDLE;
    /* A server that only reads now is not the one we want: look for it anew. */
    if (strncmp(answer.sqlstate, "25006", sizeof answer.sqlstate - 1) == 0) {
        struct up_err err = answer.err;
        pg_conn_lose(conn, &err);
    }
    conn->on_answer(conn->answer_arg, &answer);
    for (size_t i = 0; i < result_count; i++)
        PQclear(results[i]);
    mem_free(results);
}

/* ---- a connection that works -------------------------------------------------------------- */

bool pg_conn_flush(struct pg_conn *conn, bool *ret_all_sent)
{
    int left = PQflush(conn->connection);
    if (left < 0) {
        pg_conn_lose_now(conn);
        return false;
    }
    if (conn->wants_room != (left > 0)) {
        conn->wants_room = left > 0;
        loop_watch_change(conn->watch, true, conn->wants_room);
    }
    *ret_all_sent = left == 0;
    return true;
}

static void become_idle(struct pg_conn *conn)
{
    clear_job(conn);
    loop_timer_stop(conn->deadline);
    backoff_reset(&conn->backoff);
    conn->state = PG_IDLE;
    conn->on_state(conn->state_arg, PG_IDLE, NULL);
}

/* Results of the first statements: any error ends the connection. */
static void run_setup(struct pg_conn *conn)
{
    bool all_sent;
    if (!pg_conn_flush(conn, &all_sent))
        return;
    while (!PQisBusy(conn->connection)) {
        PGresult *result = PQgetResult(conn->connection);
        if (result == NULL) {
            if (conn->err.code == UP_OK) {
                become_idle(conn);
            } else {
                struct up_err err = conn->err;
                pg_conn_lose(conn, &err);
            }
            return;
        }
        if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
            pg_conn_note_error(conn, result);
        PQclear(result);
    }
}

static void run_idle(struct pg_conn *conn)
{
    PGnotify *notify;
    while ((notify = PQnotifies(conn->connection)) != NULL)
        PQfreemem(notify);
    while (!PQisBusy(conn->connection)) {
        PGresult *result = PQgetResult(conn->connection);
        if (result == NULL)
            break;
        pg_conn_note_error(conn, result); /* e.g. the server shuts down */
        PQclear(result);
    }
    conn->err = (struct up_err){0};
    conn->sqlstate[0] = '\0';
    if (PQstatus(conn->connection) == CONNECTION_BAD)
        pg_conn_lose_now(conn);
}

static void run_job(struct pg_conn *conn)
{
    switch (conn->job) {
    case PG_JOB_NONE:
        run_idle(conn);
        break;
    case PG_JOB_SETUP:
        run_setup(conn);
        break;
    case PG_JOB_IMAGE:
        pg_pipeline_run(conn);
        break;
    case PG_JOB_COPY:
        pg_copy_run(conn);
        break;
    }
}

static void ready(void *arg, bool readable, bool writable)
{
    struct pg_conn *conn = arg;
    (void)writable;
    if (readable && PQconsumeInput(conn->connection) == 0) {
        pg_conn_lose_now(conn);
        return;
    }
    if (conn->job != PG_JOB_NONE && readable)
        loop_timer_start(conn->deadline, conn->settings.silence_max_ms);
    run_job(conn);
}

static void take_again(void *arg)
{
    run_job(arg);
}

/* A socket of this machine holds a fifth of a MiB, and PostgreSQL has read that long before a busy loop comes by with more.
 * The system cuts off what it does not allow; TCP finds a size by itself. */
static void make_room(int descriptor)
{
    const int wanted = 4 << 20;
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    if (getsockname(descriptor, (struct sockaddr *)&address, &length) == 0 && address.ss_family == AF_UNIX)
        (void)setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &wanted, sizeof wanted);
}

static void set_up(struct pg_conn *conn)
{
    struct up_err err;
    if (pg_check_server(conn->connection, &err) != UP_OK) {
        pg_conn_lose(conn, &err);
        return;
    }
    struct strbuf sql = {0};
    strbuf_add_format(
        &sql,
        "SET statement_timeout = %lld; SET lock_timeout = %lld; "
        "SET idle_in_transaction_session_timeout = %lld; SET search_path = pg_catalog; %s",
        (long long)conn->settings.statement_timeout_ms, (long long)conn->settings.lock_timeout_ms,
        (long long)conn->settings.idle_transaction_timeout_ms,
        conn->settings.session_sql != NULL ? conn->settings.session_sql : "");
    (void)PQsetErrorVerbosity(conn->connection, PQERRORS_DEFAULT);
    conn->job = PG_JOB_SETUP;
    loop_timer_start(conn->deadline, conn->settings.silence_max_ms);
    make_room(PQsocket(conn->connection));
    conn->watch = loop_watch_new(conn->loop, PQsocket(conn->connection), true, false, ready, conn);
    conn->wants_room = false;
    bool is_sent = PQsetnonblocking(conn->connection, 1) == 0 &&
                   PQsendQuery(conn->connection, strbuf_text(&sql)) == 1;
    strbuf_done(&sql);
    if (is_sent)
        run_setup(conn);
    else
        pg_conn_lose_now(conn);
}

/* ---- connecting --------------------------------------------------------------------------- */

static void connect_ready(void *arg, bool readable, bool writable);

/* The descriptor may be another one after each step, even under the same number: it is watched
 * anew. */
static void watch_connecting(struct pg_conn *conn, PostgresPollingStatusType status)
{
    conn->watch =
        loop_watch_new(conn->loop, PQsocket(conn->connection), status == PGRES_POLLING_READING,
                       status == PGRES_POLLING_WRITING, connect_ready, conn);
}

static void connect_ready(void *arg, bool readable, bool writable)
{
    struct pg_conn *conn = arg;
    (void)readable;
    (void)writable;
    loop_watch_free(conn->watch);
    conn->watch = NULL;
    PostgresPollingStatusType status = PQconnectPoll(conn->connection);
    if (status == PGRES_POLLING_OK)
        set_up(conn);
    else if (status == PGRES_POLLING_FAILED)
        pg_conn_lose_now(conn);
    else
        watch_connecting(conn, status);
}

/* Notices would go to stderr; what matters comes as an error. */
static void ignore_notice(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result;
}

static void hosts_known(void *arg, const struct up_err *err)
{
    struct pg_conn *conn = arg;
    if (err != NULL) {
        pg_conn_lose(conn, err);
        return;
    }
    conn->connection = pg_options_connect(&conn->options);
    UP_ASSERT(conn->connection != NULL);
    (void)PQsetErrorVerbosity(conn->connection, PQERRORS_VERBOSE);
    (void)PQsetNoticeReceiver(conn->connection, ignore_notice, NULL);
    if (PQstatus(conn->connection) == CONNECTION_BAD)
        pg_conn_lose_now(conn);
    else
        watch_connecting(conn, PGRES_POLLING_WRITING);
}

static void start_connecting(struct pg_conn *conn)
{
    conn->state = PG_CONNECTING;
    loop_timer_start(conn->deadline, PG_CONNECT_TIMEOUT_MS);
    if (pg_hosts_resolve(conn->hosts))
        hosts_known(conn, NULL);
}

static void retry(void *arg)
{
    start_connecting(arg);
}

static void deadline_passed(void *arg)
{
    struct pg_conn *conn = arg;
    struct up_err err;
    if (conn->state == PG_CONNECTING)
        (void)up_fail(&err, UP_ECONN, "PostgreSQL cannot be reached: no answer within %d s",
                      PG_CONNECT_TIMEOUT_MS / 1000);
    else
        (void)up_fail(&err, UP_ECONN, "PostgreSQL has not answered for %lld s",
                      (long long)conn->settings.silence_max_ms / 1000);
    pg_conn_lose(conn, &err);
}

/* ---- the interface ------------------------------------------------------------------------ */

struct pg_conn *pg_conn_new(struct loop *loop, struct resolver *resolver,
                            const struct pg_conn_settings *settings, pg_conn_on_state *on_state,
                            void *arg, struct up_err *err)
{
    struct pg_options options;
    if (pg_options_init(&options, settings->conninfo, settings->application_name,
                        settings->reads_only, err) != UP_OK)
        return NULL;
    struct pg_conn *conn = mem_alloc(sizeof *conn);
    *conn = (struct pg_conn){.loop = loop,
                             .settings = *settings,
                             .options = options,
                             .on_state = on_state,
                             .state_arg = arg};
    conn->settings.conninfo = conn->settings.application_name = NULL;
    conn->hosts = pg_hosts_new(resolver, &conn->options, hosts_known, conn);
    conn->retry = loop_timer_new(loop, retry, conn);
    conn->deadline = loop_timer_new(loop, deadline_passed, conn);
    conn->again = loop_timer_new(loop, take_again, conn);
    backoff_init(&conn->backoff, RETRY_FIRST_MS, RETRY_MOST_MS, settings->seed);
    /* In the loop, so that no callback comes before this has returned. */
    loop_timer_start(conn->retry, 0);
    return conn;
}

void pg_conn_free(struct pg_conn *conn)
{
    if (conn == NULL)
        return;
    drop_connection(conn);
    clear_job(conn);
    pg_hosts_free(conn->hosts);
    pg_options_done(&conn->options);
    loop_timer_free(conn->retry);
    loop_timer_free(conn->deadline);
    loop_timer_free(conn->again);
    mem_free(conn);
}

const struct pg_conn_counts *pg_conn_counts(const struct pg_conn *conn)
{
    return &conn->counts;
}

enum pg_state pg_conn_state(const struct pg_conn *conn)
{
    return conn->state;
}

static bool begin_job(struct pg_conn *conn, enum pg_job job, pg_conn_on_answer *on_answer,
                      void *arg)
{
    if (conn->state != PG_IDLE)
        return false;
    conn->state = PG_BUSY;
    conn->job = job;
    conn->on_answer = on_answer;
    conn->answer_arg = arg;
    conn->begun_us = conn->settings.now_us != NULL ? conn->settings.now_us() : 0;
    loop_timer_start(conn->deadline, conn->settings.silence_max_ms);
    return true;
}

int pg_conn_send(struct pg_conn *conn, const struct pg_image *image, pg_conn_on_answer *on_answer,
                 void *arg)
{
    UP_ASSERT(image->count > 0);
    if (!begin_job(conn, PG_JOB_IMAGE, on_answer, arg))
        return UP_EAGAIN;
    conn->results = mem_alloc_array(image->count, sizeof(PGresult *));
    conn->result_count = image->count;
    pg_pipeline_begin(conn, image);
    /* What goes wrong from here on is answered in the loop. */
    loop_timer_start(conn->again, 0);
    return UP_OK;
}

int pg_conn_copy(struct pg_conn *conn, const char *sql, pg_conn_on_bytes *on_bytes,
                 pg_conn_on_answer *on_answer, void *arg)
{
    if (!begin_job(conn, PG_JOB_COPY, on_answer, arg))
        return UP_EAGAIN;
    conn->on_bytes = on_bytes;
    conn->is_copy_open = false;
    if (PQsendQuery(conn->connection, sql) == 0)
        (void)pg_fail_connect(conn->connection, &conn->err);
    loop_timer_start(conn->again, 0);
    return UP_OK;
}

void pg_conn_reset(struct pg_conn *conn)
{
    drop_connection(conn);
    clear_job(conn);
    loop_timer_start(conn->retry, 0);
}

int pg_answer_rows(const struct pg_answer *answer, size_t call)
{
    PGresult *const *results = (PGresult *const *)answer->results;
    return results[call] == NULL ? 0 : PQntuples(results[call]);
}

void pg_answer_row(const struct pg_answer *answer, size_t call, int row, struct pg_row *ret_row)
{
    const PGresult *result = ((PGresult *const *)answer->results)[call];
    UP_ASSERT(row < PQntuples(result) && PQnfields(result) <= PG_COPY_FIELDS_MAX);
    ret_row->count = PQnfields(result);
    ret_row->next = 0;
    ret_row->failed = false;
    for (int i = 0; i < ret_row->count; i++)
        ret_row->fields[i] = (struct pg_field){
            .bytes = (const uint8_t *)PQgetvalue(result, row, i),
            .length = PQgetisnull(result, row, i) ? -1 : PQgetlength(result, row, i)};
}
