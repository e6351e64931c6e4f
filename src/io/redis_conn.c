/* One connection to one Redis server, over a bufferevent. */
#include "io/redis_conn.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/mem.h"
#include "base/panic.h"
#include "io/loop.h"
#include "io/resolver.h"
#include "loop_priv.h"
#include "redis_tls_priv.h"

enum { COUNT_BYTES_MAX = 25 }; /* sign, 20 digits, two line ends */

enum conn_state { CONN_NEW, CONN_RESOLVING, CONN_CONNECTING, CONN_GREETING, CONN_READY, CONN_LOST };

struct awaited {
    redis_conn_on_reply *replied;
    void *arg;
};

/* The awaited replies are a ring: `awaited_count` from `awaited_first` on, oldest first. */
struct redis_conn {
    struct loop *loop;
    struct resolver *resolver;
    const struct redis_conn_settings *settings;
    struct redis_conn_events events;
    enum conn_state state;
    struct loop_timer *timer;
    struct resolver_query *query;
    struct resolver_answer addresses; /* those not tried yet, from address_next on */
    size_t address_next;
    struct bufferevent *stream;
    struct redis_reply_reader *reader;
    size_t reply_bytes; /* read of a reply that is not complete */
    struct awaited *awaited;
    size_t awaited_capacity; /* 0 or a power of 2 */
    size_t awaited_first;
    size_t awaited_count;
    int depth; /* callbacks of ours that are running */
    bool is_doomed;
};

static void stream_open(struct redis_conn *conn);

/* "<sign><number>\r\n" */
static char *format_count(char *at, char sign, size_t number)
{
    char digits[24];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    *at++ = sign;
    while (count > 0)
        *at++ = digits[--count];
    *at++ = '\r';
    *at++ = '\n';
    return at;
}

void redis_conn_format(struct strbuf *ret_bytes, int argc, const char **argv, const size_t *argvlen)
{
    UP_ASSERT(argc >= 1);
    size_t bytes = COUNT_BYTES_MAX;
    for (int i = 0; i < argc; i++)
        bytes += argvlen[i] + COUNT_BYTES_MAX;
    char *start = strbuf_room(ret_bytes, bytes);
    char *at = format_count(start, '*', (size_t)argc);
    for (int i = 0; i < argc; i++) {
        at = format_count(at, '$', argvlen[i]);
        memcpy(at, argv[i], argvlen[i]);
        at += argvlen[i];
        *at++ = '\r';
        *at++ = '\n';
    }
    ret_bytes->length += (size_t)(at - start);
}

static void awaited_push(struct redis_conn *conn, redis_conn_on_reply *replied, void *arg)
{
    if (conn->awaited_count == conn->awaited_capacity) {
        size_t capacity = conn->awaited_capacity == 0 ? 16 : conn->awaited_capacity * 2;
        struct awaited *grown = mem_alloc_array(capacity, sizeof *grown);
        for (size_t i = 0; i < conn->awaited_count; i++)
            grown[i] = conn->awaited[(conn->awaited_first + i) & (conn->awaited_capacity - 1)];
        mem_free(conn->awaited);
        conn->awaited = grown;
        conn->awaited_capacity = capacity;
        conn->awaited_first = 0;
    }
    conn->awaited[(conn->awaited_first + conn->awaited_count++) & (conn->awaited_capacity - 1)] =
        (struct awaited){.replied = replied, .arg = arg};
}

static struct awaited awaited_pop(struct redis_conn *conn)
{
    struct awaited awaited = conn->awaited[conn->awaited_first];
    conn->awaited_first = (conn->awaited_first + 1) & (conn->awaited_capacity - 1);
    conn->awaited_count--;
    return awaited;
}

static void stream_close(struct redis_conn *conn)
{
    if (conn->stream != NULL)
        bufferevent_free(conn->stream);
    conn->stream = NULL;
    resolver_cancel(conn->query);
    conn->query = NULL;
}

/* Everything that loop and libevent call stands between conn_enter() and conn_leave(), so that a
 * callback of the owner may free the connection. */
static void conn_enter(struct redis_conn *conn)
{
    conn->depth++;
}

static void conn_leave(struct redis_conn *conn)
{
    if (--conn->depth > 0 || !conn->is_doomed)
        return;
    loop_timer_free(conn->timer);
    redis_reply_reader_free(conn->reader);
    mem_free(conn->awaited);
    mem_free(conn);
}

static void conn_close(struct redis_conn *conn)
{
    conn->state = CONN_LOST;
    stream_close(conn);
    loop_timer_stop(conn->timer);
    while (conn->awaited_count > 0) {
        struct awaited awaited = awaited_pop(conn);
        awaited.replied(awaited.arg, NULL);
    }
}

static void conn_lose(struct redis_conn *conn, const struct up_err *why)
{
    if (conn->state == CONN_LOST)
        return;
    conn_close(conn);
    if (!conn->is_doomed)
        conn->events.lost(conn->events.arg, why);
}

void redis_conn_free(struct redis_conn *conn)
{
    if (conn == NULL || conn->is_doomed)
        return;
    conn_enter(conn);
    conn->is_doomed = true;
    if (conn->state != CONN_LOST)
        conn_close(conn);
    conn_leave(conn);
}

/* "Redis at <address>" for messages. */
static const char *conn_name(const struct redis_conn *conn, char *name, size_t size)
{
    const struct redis_conn_settings *s = conn->settings;
    if (s->host == NULL)
        (void)snprintf(name, size, "Redis at %s", s->path);
    else
        (void)snprintf(name, size, "Redis at %s:%u", s->host, (unsigned)s->port);
    return name;
}

static void conn_lose_because(struct redis_conn *conn, const char *why)
{
    char name[160];
    struct up_err err;
    (void)up_fail(&err, UP_ECONN, "%s: %s", conn_name(conn, name, sizeof name), why);
    conn_lose(conn, &err);
}

static void greeting_refused(struct redis_conn *conn, struct text reply, bool is_login)
{
    char name[160];
    struct up_err err;
    bool is_auth = is_login || (reply.length >= 6 && memcmp(reply.bytes, "NOAUTH", 6) == 0);
    (void)up_fail(
        &err, is_auth ? UP_EAUTH : UP_ECONN, "%s %s: %.*s", conn_name(conn, name, sizeof name),
        is_auth ? "refuses the login (see redis_user, redis_password_file)" : "is not usable",
        (int)reply.length, reply.bytes);
    conn_lose(conn, &err);
}

static void login_replied(void *arg, const struct redis_reply *reply)
{
    if (reply != NULL && redis_reply_kind(reply) == REDIS_ERROR)
        greeting_refused(arg, redis_reply_text(reply), true);
}

static void select_replied(void *arg, const struct redis_reply *reply)
{
    if (reply != NULL && redis_reply_kind(reply) == REDIS_ERROR)
        greeting_refused(arg, redis_reply_text(reply), false);
}

static void ping_replied(void *arg, const struct redis_reply *reply)
{
    struct redis_conn *conn = arg;
    if (reply == NULL || conn->state != CONN_GREETING)
        return;
    if (redis_reply_kind(reply) == REDIS_ERROR) {
        greeting_refused(conn, redis_reply_text(reply), false);
        return;
    }
    conn->state = CONN_READY;
    loop_timer_stop(conn->timer);
    conn->events.ready(conn->events.arg);
}

static void greeting_send(struct redis_conn *conn, int argc, const char **argv,
                          redis_conn_on_reply *replied)
{
    struct strbuf bytes = {0};
    size_t lengths[3];
    for (int i = 0; i < argc; i++)
        lengths[i] = strlen(argv[i]);
    redis_conn_format(&bytes, argc, argv, lengths);
    UP_ASSERT(bufferevent_write(conn->stream, bytes.data, bytes.length) == 0);
    awaited_push(conn, replied, conn);
    explicit_bzero(bytes.data, bytes.length);
    strbuf_done(&bytes);
}

static void greet(struct redis_conn *conn)
{
    const struct redis_conn_settings *s = conn->settings;
    conn->state = CONN_GREETING;
    if (s->password != NULL && s->user != NULL)
        greeting_send(conn, 3, (const char *[]){"AUTH", s->user, s->password}, login_replied);
    else if (s->password != NULL)
        greeting_send(conn, 2, (const char *[]){"AUTH", s->password}, login_replied);
    if (s->database != 0) {
        char number[16];
        (void)snprintf(number, sizeof number, "%d", s->database);
        greeting_send(conn, 2, (const char *[]){"SELECT", number}, select_replied);
    }
    greeting_send(conn, 1, (const char *[]){"PING"}, ping_replied);
}

/* Hands over the replies that are complete. False when the connection is lost. */
static bool deliver_replies(struct redis_conn *conn)
{
    for (;;) {
        struct redis_reply *reply = NULL;
        if (redis_reply_reader_next(conn->reader, &reply) != 0) {
            conn_lose_because(
                conn,
                "it answers in another protocol (is it a Redis server, with or without TLS?)");
            return false;
        }
        if (reply == NULL)
            return true;
        conn->reply_bytes = redis_reply_reader_rest(conn->reader);
        if (conn->awaited_count == 0) {
            greeting_refused(conn, redis_reply_text(reply), false);
        } else {
            struct awaited awaited = awaited_pop(conn);
            if (conn->state == CONN_READY && conn->awaited_count > 0)
                loop_timer_start(conn->timer, conn->settings->command_timeout_ms);
            else if (conn->state == CONN_READY)
                loop_timer_stop(conn->timer);
            awaited.replied(awaited.arg, reply);
        }
        redis_reply_free(reply);
        if (conn->state == CONN_LOST)
            return false;
    }
}

static void stream_readable(struct bufferevent *stream, void *arg)
{
    struct redis_conn *conn = arg;
    struct evbuffer *input = bufferevent_get_input(stream);
    conn_enter(conn);
    bool is_alive = true;
    while (is_alive && evbuffer_get_length(input) > 0) {
        size_t length = evbuffer_get_contiguous_space(input);
        const char *bytes = (const char *)evbuffer_pullup(input, (ev_ssize_t)length);
        redis_reply_reader_feed(conn->reader, bytes, length);
        (void)evbuffer_drain(input, length);
        conn->reply_bytes += length;
        is_alive = deliver_replies(conn);
        if (is_alive && conn->reply_bytes > conn->settings->reply_bytes_max) {
            conn_lose_because(conn, "a reply is larger than allowed");
            is_alive = false;
        }
    }
    conn_leave(conn);
}

static void stream_happened(struct bufferevent *stream, short what, void *arg)
{
    struct redis_conn *conn = arg;
    conn_enter(conn);
    if ((what & BEV_EVENT_CONNECTED) != 0) {
        int yes = 1;
        if (conn->settings->host != NULL)
            (void)setsockopt(bufferevent_getfd(stream), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        greet(conn);
    } else if (conn->state == CONN_CONNECTING && conn->address_next < conn->addresses.count) {
        stream_open(conn);
    } else if ((what & BEV_EVENT_EOF) != 0) {
        conn_lose_because(conn, "it closed the connection");
    } else {
        int number = EVUTIL_SOCKET_ERROR();
        char trouble[REDIS_TLS_TEXT_MAX];
        redis_tls_trouble(stream, trouble);
        conn_lose_because(conn,
                          trouble[0] != '\0' ? trouble : evutil_socket_error_to_string(number));
    }
    conn_leave(conn);
}

/* The one place where a stream is made. */
static struct bufferevent *stream_new(struct redis_conn *conn)
{
    const struct redis_conn_settings *s = conn->settings;
    struct event_base *base = loop_base(conn->loop);
    struct bufferevent *stream = s->tls != NULL && s->host != NULL
                                     ? redis_tls_stream(s->tls, base, s->host)
                                     : bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    UP_ASSERT(stream != NULL);
    bufferevent_setcb(stream, stream_readable, NULL, stream_happened, conn);
    UP_ASSERT(bufferevent_enable(stream, EV_READ | EV_WRITE) == 0);
    return stream;
}

static bool stream_connect(struct redis_conn *conn, const struct sockaddr *address, size_t length)
{
    if (conn->stream != NULL)
        bufferevent_free(conn->stream);
    conn->stream = stream_new(conn);
    return bufferevent_socket_connect(conn->stream, address, (int)length) == 0;
}

static bool stream_connect_unix(struct redis_conn *conn)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(conn->settings->path);
    if (length >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(address.sun_path, conn->settings->path, length);
    return stream_connect(conn, (const struct sockaddr *)&address, sizeof address);
}

static bool stream_connect_tcp(struct redis_conn *conn, const char *number)
{
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(conn->settings->port)};
    if (evutil_inet_pton(AF_INET6, number, &v6.sin6_addr) == 1)
        return stream_connect(conn, (const struct sockaddr *)&v6, sizeof v6);
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(conn->settings->port)};
    UP_ASSERT(evutil_inet_pton(AF_INET, number, &v4.sin_addr) == 1);
    return stream_connect(conn, (const struct sockaddr *)&v4, sizeof v4);
}

/* Tries the next address; the connection is lost when none is left. */
static void stream_open(struct redis_conn *conn)
{
    conn->state = CONN_CONNECTING;
    while (conn->address_next < conn->addresses.count) {
        if (stream_connect_tcp(conn, conn->addresses.addresses[conn->address_next++]))
            return;
    }
    conn_lose_because(conn, evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
}

static void host_resolved(void *arg, const struct resolver_answer *answer)
{
    struct redis_conn *conn = arg;
    conn_enter(conn);
    conn->query = NULL;
    conn->addresses = *answer;
    if (answer->count == 0)
        conn_lose_because(conn, answer->error);
    else
        stream_open(conn);
    conn_leave(conn);
}

static void conn_begin(struct redis_conn *conn)
{
    loop_timer_start(conn->timer, conn->settings->connect_timeout_ms);
    if (conn->settings->host != NULL) {
        conn->state = CONN_RESOLVING;
        conn->query = resolver_ask(conn->resolver, conn->settings->host, host_resolved, conn);
        return;
    }
    conn->state = CONN_CONNECTING;
    if (!stream_connect_unix(conn))
        conn_lose_because(conn, evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
}

static void time_elapsed(void *arg)
{
    struct redis_conn *conn = arg;
    conn_enter(conn);
    switch (conn->state) {
    case CONN_NEW:
        conn_begin(conn);
        break;
    case CONN_RESOLVING:
    case CONN_CONNECTING:
    case CONN_GREETING:
        conn_lose_because(conn,
                          conn->settings->tls == NULL
                              ? "no connection within the time-out"
                              : "no connection within the time-out (does it speak TLS there?)");
        break;
    case CONN_READY:
        conn_lose_because(conn, "no reply within the time-out");
        break;
    case CONN_LOST:
        break;
    }
    conn_leave(conn);
}

struct redis_conn *redis_conn_new(struct loop *loop, struct resolver *resolver,
                                  const struct redis_conn_settings *settings,
                                  struct redis_conn_events events)
{
    UP_ASSERT((settings->host == NULL) != (settings->path == NULL));
    UP_ASSERT(settings->host == NULL || resolver != NULL);
    struct redis_conn *conn = mem_alloc(sizeof *conn);
    *conn = (struct redis_conn){
        .loop = loop, .resolver = resolver, .settings = settings, .events = events};
    conn->reader = redis_reply_reader_new();
    conn->timer = loop_timer_new(loop, time_elapsed, conn);
    loop_timer_start(conn->timer, 0);
    return conn;
}

int redis_conn_send(struct redis_conn *conn, const char *bytes, size_t length,
                    redis_conn_on_reply *replied, void *arg)
{
    if (conn->state != CONN_READY)
        return UP_ECONN;
    if (evbuffer_get_length(bufferevent_get_output(conn->stream)) + length >
        conn->settings->queue_bytes_max)
        return UP_EAGAIN;
    UP_ASSERT(bufferevent_write(conn->stream, bytes, length) == 0);
    if (conn->awaited_count == 0)
        loop_timer_start(conn->timer, conn->settings->command_timeout_ms);
    awaited_push(conn, replied, arg);
    return 0;
}
