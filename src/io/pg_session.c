/* A connection to PostgreSQL that waits for each answer. */
#include "io/pg_session.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "pg_priv.h"

struct pg_session {
    PGconn *connection;
    int timeout_ms; /* of a statement; 0 = none */
    pg_session_on_notice *noticed;
    void *arg;
};

static void notice(void *arg, const PGresult *result)
{
    struct pg_session *session = arg;
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
    if (session->noticed == NULL || text == NULL)
        return;
    struct strbuf line = {0};
    strbuf_add_text(&line, text);
    if (hint != NULL)
        strbuf_add_format(&line, ". %s", hint);
    session->noticed(session->arg, strbuf_text(&line));
    strbuf_done(&line);
}

static int64_t connect_timeout_ms(const struct pg_options *options)
{
    const char *seconds = pg_options_get(options, "connect_timeout");
    long asked = seconds != NULL ? strtol(seconds, NULL, 10) : 0;
    return asked > 0 && asked <= PG_CONNECT_TIMEOUT_MS / 1000 ? 1000 * asked : PG_CONNECT_TIMEOUT_MS;
}

static PostgresPollingStatusType wait_for_connection(PGconn *connection, int64_t timeout_ms)
{
    int64_t deadline_us = clock_mono_us() + 1000 * timeout_ms;
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;
    while (status == PGRES_POLLING_READING || status == PGRES_POLLING_WRITING) {
        struct pollfd waited = {.fd = PQsocket(connection),
                                .events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT};
        int64_t left_ms = (deadline_us - clock_mono_us()) / 1000;
        if (left_ms <= 0 || (poll(&waited, 1, (int)left_ms) < 0 && errno != EINTR))
            return PGRES_POLLING_FAILED;
        status = PQconnectPoll(connection);
    }
    return status;
}

static int connect_session(struct pg_session *session, const struct pg_options *options,
                           struct up_err *err)
{
    session->connection = pg_options_connect(options);
    if (session->connection == NULL)
        return up_fail(err, UP_EIO, "no memory for a connection to PostgreSQL");
    (void)PQsetErrorVerbosity(session->connection, PQERRORS_VERBOSE);
    (void)PQsetNoticeReceiver(session->connection, notice, session);
    if (PQstatus(session->connection) == CONNECTION_BAD ||
        wait_for_connection(session->connection, connect_timeout_ms(options)) != PGRES_POLLING_OK)
        return pg_fail_connect(session->connection, err);
    return pg_check_server(session->connection, err);
}

static struct pg_session *open_session(const struct pg_session *noticing, const struct pg_options *options,
                                       struct up_err *err)
{
    struct pg_session *session = mem_alloc(sizeof *session);
    *session = *noticing;
    if (connect_session(session, options, err) != UP_OK) {
        pg_session_close(session);
        return NULL;
    }
    return session;
}

struct pg_session *pg_session_open(const char *conninfo, const char *application_name,
                                   pg_session_on_notice *noticed, void *arg, struct up_err *err)
{
    struct pg_options options;
    if (pg_options_init(&options, conninfo, application_name, false, err) != UP_OK)
        return NULL;
    const struct pg_session noticing = {.noticed = noticed, .arg = arg};
    struct pg_session *session = open_session(&noticing, &options, err);
    pg_options_done(&options);
    return session;
}

struct pg_session *pg_session_open_reader(const char *conninfo, const char *application_name, struct up_err *err)
{
    struct pg_options options;
    if (pg_options_init(&options, conninfo, application_name, true, err) != UP_OK)
        return NULL;
    struct pg_session *session = open_session(&(struct pg_session){0}, &options, err);
    pg_options_done(&options);
    return session;
}

void pg_session_close(struct pg_session *session)
{
    if (session == NULL)
        return;
    PQfinish(session->connection);
    mem_free(session);
}

static void add_rows(const PGresult *result, struct strbuf *text)
{
    strbuf_reset(text);
    for (int row = 0; row < PQntuples(result); row++) {
        for (int column = 0; column < PQnfields(result); column++) {
            if (column > 0)
                strbuf_add_char(text, '\t');
            strbuf_add(text, PQgetvalue(result, row, column),
                       (size_t)PQgetlength(result, row, column));
        }
        strbuf_add_char(text, '\n');
    }
}

void pg_session_set_timeout(struct pg_session *session, int timeout_ms)
{
    session->timeout_ms = timeout_ms;
}

void *pg_session_tls(const struct pg_session *session)
{
    return PQsslInUse(session->connection) ? PQsslStruct(session->connection, "OpenSSL") : NULL;
}

int pg_session_server_version(const struct pg_session *session)
{
    return PQserverVersion(session->connection);
}

/* The last result; NULL = there is none, for the reason that *err says. */
static PGresult *execute_in_time(struct pg_session *session, const char *sql, struct up_err *err)
{
    int64_t deadline_us = clock_mono_us() + INT64_C(1000) * session->timeout_ms;
    PGresult *last = NULL;
    bool is_up = PQsendQuery(session->connection, sql) == 1;
    while (is_up) {
        struct pollfd waited = {.fd = PQsocket(session->connection), .events = POLLIN};
        int64_t left_ms = (deadline_us - clock_mono_us()) / 1000;
        if (PQisBusy(session->connection) == 1) {
            is_up = left_ms > 0 && poll(&waited, 1, (int)left_ms) >= 0 && PQconsumeInput(session->connection) == 1;
            continue;
        }
        PGresult *next = PQgetResult(session->connection);
        if (next == NULL)
            return last;
        PQclear(last);
        last = next;
    }
    PQclear(last);
    (void)up_fail(err, UP_ECONN, "PostgreSQL did not answer a statement within %d ms", session->timeout_ms);
    return NULL;
}

/* Takes the result over. */
static int take_result(PGresult *result, struct strbuf *ret_text, struct up_err *err)
{
    int code = UP_OK;
    switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
        add_rows(result, ret_text);
        break;
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
        strbuf_reset(ret_text);
        break;
    default:
        code = pg_fail_result(result, err);
    }
    PQclear(result);
    return code;
}

int pg_session_ask(struct pg_session *session, const char *sql, struct strbuf *ret_text,
                   struct up_err *err)
{
    if (session->timeout_ms == 0)
        return take_result(PQexec(session->connection, sql), ret_text, err);
    PGresult *result = execute_in_time(session, sql, err);
    return result != NULL ? take_result(result, ret_text, err) : UP_ECONN;
}

int pg_session_ask_with(struct pg_session *session, const char *sql, const char *const *values,
                        int count, struct strbuf *ret_text, struct up_err *err)
{
    PGresult *result = PQexecParams(session->connection, sql, count, NULL, values, NULL, NULL, 0);
    return take_result(result, ret_text, err);
}

int pg_session_run(struct pg_session *session, const char *sql, struct up_err *err)
{
    struct strbuf unread = {0};
    int code = pg_session_ask(session, sql, &unread, err);
    strbuf_done(&unread);
    return code;
}

/* To the end of the stream, whatever the callback says: only then the session is free. */
static int hand_on(struct pg_session *session, pg_session_on_bytes *on_bytes, void *arg,
                   struct up_err *err)
{
    int code = UP_OK;
    char *bytes = NULL;
    int length;
    while ((length = PQgetCopyData(session->connection, &bytes, 0)) > 0) {
        if (code == UP_OK)
            code = on_bytes(arg, bytes, (size_t)length, err);
        PQfreemem(bytes);
    }
    return code;
}

int pg_session_copy(struct pg_session *session, const char *sql, pg_session_on_bytes *on_bytes,
                    void *arg, struct up_err *err)
{
    PGresult *result = PQexec(session->connection, sql);
    bool has_begun = PQresultStatus(result) == PGRES_COPY_OUT;
    int code = has_begun ? UP_OK : pg_fail_result(result, err);
    PQclear(result);
    if (!has_begun)
        return code;
    code = hand_on(session, on_bytes, arg, err);
    while ((result = PQgetResult(session->connection)) != NULL) {
        if (code == UP_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
            code = pg_fail_result(result, err);
        PQclear(result);
    }
    return code;
}
