/* One connection to one Redis server: commands out, replies in, in order, never blocking. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "io/redis_reply.h"

struct loop;
struct resolver;
struct redis_conn;
struct redis_tls;

/* Everything is borrowed and must outlive the connection. */
struct redis_conn_settings {
    const char *host; /* name or numeric address; NULL = unix socket */
    uint16_t port;
    const char *path;            /* of the unix socket when host is NULL */
    const char *user;            /* NULL = the default user */
    const char *password;        /* NULL = no AUTH */
    const struct redis_tls *tls; /* NULL = in the clear; a unix socket is never encrypted */
    int database;                /* SELECTed when not 0 */
    int64_t connect_timeout_ms;  /* for name, connection and greeting together */
    int64_t command_timeout_ms;  /* without any reply while one is awaited */
    size_t
        reply_bytes_max; /* of one reply, give or take one read; a larger one ends the connection */
    size_t queue_bytes_max; /* handed over and not yet taken by the operating system */
};

struct redis_conn_events {
    /* Logged in; commands may be sent. */
    void (*ready)(void *arg);
    /* Could not connect, or the connection is gone; called once, after all awaited replies were
     * called back with NULL. The connection does nothing more and may be freed in the callback.
     * UP_EAUTH: the server refuses the login. UP_ECONN: anything else; `why` says what. */
    void (*lost)(void *arg, const struct up_err *why);
    void *arg;
};

/* reply NULL: the connection was lost; whether the command was carried out is unknown. */
typedef void redis_conn_on_reply(void *arg, const struct redis_reply *reply);

/* Begins to connect; no callback comes before the loop runs. */
struct redis_conn *redis_conn_new(struct loop *loop, struct resolver *resolver,
                                  const struct redis_conn_settings *settings,
                                  struct redis_conn_events events);

/* Closes. Awaited replies are called back with NULL first; `lost` is not called. May be called in a
 * callback. */
void redis_conn_free(struct redis_conn *conn);

/* Appends one command in Redis' protocol (argc >= 1). */
void redis_conn_format(struct strbuf *ret_bytes, int argc, const char **argv,
                       const size_t *argvlen);

/* Sends one formatted command; the bytes are copied. `replied` is called exactly once when 0 is
 * returned. UP_EAGAIN: queue_bytes_max is reached. UP_ECONN: not ready or lost. */
int redis_conn_send(struct redis_conn *conn, const char *bytes, size_t length,
                    redis_conn_on_reply *replied, void *arg);
