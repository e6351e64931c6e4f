/* The Redis that takes live figures, one server or a cluster: routed, always reconnecting, never
 * blocking. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/histogram.h"
#include "base/text.h"
#include "io/redis_conn.h"

struct loop;
struct redis_store;
struct redis_tls;

/* Texts are copied. */
struct redis_store_settings {
    /* "host:port", "host", "[::1]:6379" or the path of a unix socket ("/..."); for a cluster
     * several of its nodes, separated by commas. */
    const char *addresses;
    bool is_cluster;
    const char *user;            /* NULL = the default user */
    const char *password;        /* NULL = no AUTH */
    const struct redis_tls *tls; /* NULL = in the clear; must outlive the store */
    int database;                /* 0 for a cluster */
    int64_t connect_timeout_ms;
    int64_t command_timeout_ms; /* without any reply from a server that owes one */
    int64_t reconnect_first_ms; /* see base/backoff.h */
    int64_t reconnect_most_ms;
    size_t commands_max; /* under way at a time */
    size_t bytes_max;    /* of commands under way: with as many, no other is taken */
    size_t reply_bytes_max;
    uint64_t seed;           /* of the jitter */
    int64_t (*now_us)(void); /* a clock that only runs forward */
};

struct redis_store_status {
    /* Connected to every server that has slots, every slot served. */
    bool is_up;
    int64_t since_us;     /* when is_up last changed, on the clock of the settings */
    uint64_t round_trips; /* replies */
    uint64_t errors;      /* commands that ended with a code other than 0 */
    uint64_t reconnects;  /* connections that were lost or could not be made */
    uint64_t redirects;   /* MOVED and ASK that were followed */
    struct histogram round_trip;
    size_t commands; /* under way */
    size_t bytes;
    uint32_t nodes;
    uint32_t nodes_ready;
    struct up_err
        last_error; /* of the latest lost connection or unusable map of slots; code 0 = none yet */
};

/* Borrowed for the duration of the callback.
 * code 0: the command was carried out; kind, integer and text are its reply.
 * UP_EAGAIN: not carried out, the same command may succeed later (out of memory, busy, slots on the
 * move). UP_ECONN: the connection was lost or dropped; whether it was carried out is unknown.
 * UP_EAUTH: the server does not permit it. UP_EIO: the server refuses it. With all of these text
 * says why. */
struct redis_result {
    int code;
    bool refused; /* by a server that serves, for its memory, its disk or our rights: no other way leads round it */
    enum redis_kind kind;
    int64_t integer;
    struct text text;
};

typedef void redis_store_on_result(void *arg, const struct redis_result *result);

/* Starts connecting when the loop runs. NULL and *err (UP_EINVAL) when the addresses cannot be
 * read. */
struct redis_store *redis_store_new(struct loop *loop, const struct redis_store_settings *settings,
                                    struct up_err *err);
/* Commands under way end with UP_ECONN. Not from within a callback of the store. */
void redis_store_free(struct redis_store *store);

/* Sends one command to the server that has routing_key's slot; the arguments are copied.
 * Returns 0: `done` will be called exactly once, never from within this call. UP_EAGAIN:
 * commands_max or bytes_max is reached. UP_ECONN: that server is not connected. In both cases
 * nothing was sent and `done` is not called. Commands may overtake each other when they are
 * redirected or a script is loaded anew: have no two of them under way whose order matters. */
int redis_store_send(struct redis_store *store, struct text routing_key, int argc,
                     const char **argv, const size_t *argvlen, redis_store_on_result *done,
                     void *arg);

/* Whether a small command with that routing_key would be taken now, so that a large one need not be
 * built in vain. */
bool redis_store_has_room(struct redis_store *store, struct text routing_key);

/* Makes a Lua script known to every server, for good; returns its number for redis_store_call().
 * Must be called before the loop runs; at most 4 scripts. The text is copied. */
int redis_store_script(struct redis_store *store, const char *lua);

/* redis_store_send() of EVALSHA: argv[0] and argv[1] are overwritten, argv[2] is the number of
 * keys, then keys and arguments. A server that has lost the script gets it again. */
int redis_store_call(struct redis_store *store, int script, struct text routing_key, int argc,
                     const char **argv, size_t *argvlen, redis_store_on_result *done, void *arg);

/* Grows whenever a connection was newly made, so that what a server held may be gone: write
 * everything again. */
uint64_t redis_store_generation(const struct redis_store *store);

/* Borrowed; current until the store is freed. */
const struct redis_store_status *redis_store_status(const struct redis_store *store);
