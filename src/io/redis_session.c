/* A connection to one Redis server that waits for each answer. */
#include "io/redis_session.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "io/loop.h"
#include "io/redis_conn.h"
#include "io/resolver.h"

enum { WAIT_MS = 1000, REPLY_BYTES_MAX = 16 * 1024 * 1024, ARGUMENTS_MAX = 16 };

struct redis_session {
    struct loop *loop;
    struct resolver *resolver;
    struct redis_conn_settings settings;
    struct redis_conn *conn;
    bool is_ready, is_lost;
    struct up_err why; /* of being lost */

    struct strbuf *answer; /* of the command under way */
    bool is_answered;
    int code;
    struct up_err *err;
};

static void on_ready(void *arg)
{
    ((struct redis_session *)arg)->is_ready = true;
}

static void on_lost(void *arg, const struct up_err *why)
{
    struct redis_session *session = arg;
    session->is_lost = true;
    session->why = *why;
}

static void add_reply(struct strbuf *text, const struct redis_reply *reply)
{
    switch (redis_reply_kind(reply)) {
    case REDIS_NIL:
        return;
    case REDIS_TEXT:
    case REDIS_ERROR:
        strbuf_add(text, redis_reply_text(reply).bytes, redis_reply_text(reply).length);
        return;
    case REDIS_INTEGER:
        strbuf_add_format(text, "%lld", (long long)redis_reply_integer(reply));
        return;
    case REDIS_LIST:
        for (size_t i = 0; i < redis_reply_count(reply); i++) {
            add_reply(text, redis_reply_at(reply, i));
            strbuf_add_char(text, '\n');
        }
        return;
    }
}

static int code_of(struct text error)
{
    static const char *const refusals[] = {"NOPERM", "NOAUTH", "WRONGPASS"};
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        size_t length = strlen(refusals[i]);
        if (error.length >= length && memcmp(error.bytes, refusals[i], length) == 0)
            return UP_EAUTH;
    }
    return UP_EIO;
}

static void on_reply(void *arg, const struct redis_reply *reply)
{
    struct redis_session *session = arg;
    session->is_answered = true;
    if (reply == NULL) {
        session->code = up_fail(session->err, UP_ECONN, "the connection was lost before the answer came");
    } else if (redis_reply_kind(reply) == REDIS_ERROR) {
        struct text error = redis_reply_text(reply);
        session->code = up_fail(session->err, (enum up_code)code_of(error), "%.*s", (int)error.length, error.bytes);
    } else {
        session->code = UP_OK;
        add_reply(session->answer, reply);
    }
}

int redis_session_open(const struct redis_session_settings *settings, struct redis_session **ret_session,
                       struct up_err *err)
{
    struct redis_session *session = mem_alloc(sizeof *session);
    const struct redis_address *address = &settings->address;
    bool is_path = address->path[0] != '\0';
    session->settings = (struct redis_conn_settings){.host = is_path ? NULL : address->host,
                                                     .port = address->port,
                                                     .path = is_path ? address->path : NULL,
                                                     .user = settings->user,
                                                     .password = settings->password,
                                                     .tls = settings->tls,
                                                     .database = settings->database,
                                                     .connect_timeout_ms = settings->timeout_ms,
                                                     .command_timeout_ms = settings->timeout_ms,
                                                     .reply_bytes_max = REPLY_BYTES_MAX,
                                                     .queue_bytes_max = REPLY_BYTES_MAX};
    session->loop = loop_new(err);
    session->resolver = session->loop != NULL ? resolver_new(session->loop, err) : NULL;
    if (session->resolver == NULL) {
        redis_session_close(session);
        return UP_EIO;
    }
    session->conn = redis_conn_new(session->loop, session->resolver, &session->settings,
                                   (struct redis_conn_events){.ready = on_ready, .lost = on_lost, .arg = session});
    /* The connection's own deadlines end this. */
    while (!session->is_ready && !session->is_lost)
        loop_wait(session->loop, WAIT_MS);
    if (session->is_lost) {
        int code = up_fail(err, (enum up_code)session->why.code, "%s", session->why.text);
        redis_session_close(session);
        return code;
    }
    *ret_session = session;
    return UP_OK;
}

void redis_session_close(struct redis_session *session)
{
    if (session == NULL)
        return;
    if (session->conn != NULL)
        redis_conn_free(session->conn);
    if (session->resolver != NULL)
        resolver_free(session->resolver);
    if (session->loop != NULL) {
        loop_wait(session->loop, 0); /* what was cancelled gives its memory back */
        loop_free(session->loop);
    }
    mem_free(session);
}

int redis_session_ask(struct redis_session *session, int argc, const char **argv, struct strbuf *ret_text,
                      struct up_err *err)
{
    size_t lengths[ARGUMENTS_MAX];
    struct strbuf bytes = {0};
    if (session->is_lost)
        return up_fail(err, UP_ECONN, "%s", session->why.text);
    for (int i = 0; i < argc && i < ARGUMENTS_MAX; i++)
        lengths[i] = strlen(argv[i]);
    redis_conn_format(&bytes, argc < ARGUMENTS_MAX ? argc : ARGUMENTS_MAX, argv, lengths);
    session->is_answered = false;
    session->answer = ret_text;
    session->err = err;
    int code = redis_conn_send(session->conn, bytes.data, bytes.length, on_reply, session);
    strbuf_done(&bytes);
    if (code != UP_OK)
        return up_fail(err, UP_ECONN, "the command could not be sent");
    while (!session->is_answered)
        loop_wait(session->loop, WAIT_MS);
    return session->code;
}
