/* A connection to PostgreSQL on the loop: comes back by itself, never blocks. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/histogram.h"
#include "codec/pg_copy.h"
#include "codec/pg_image.h"

struct loop;
struct resolver;
struct pg_conn;

enum pg_state {
    PG_DOWN,       /* waits before it tries again */
    PG_CONNECTING, /* host names go through the resolver, so that libpq never asks the system's,
                      which blocks */
    PG_IDLE,       /* takes an image or a copy */
    PG_BUSY,       /* has one */
};

struct pg_conn_settings {
    const char *conninfo; /* keyword=value pairs or a URI; everything here is copied */
    const char *application_name;
    int64_t statement_timeout_ms; /* the server ends what takes longer; 0 = never */
    int64_t lock_timeout_ms;
    int64_t idle_transaction_timeout_ms;
    int64_t silence_max_ms;  /* the connection is given up when an answer is due and nothing comes
                               for so long */
    const char *session_sql; /* what more to say to a new connection, borrowed; NULL = nothing */
    bool reads_only;         /* a standby, or a user who may not write, will do; else the next host is tried */
    uint64_t seed; /* of the waits between attempts; instances should have different ones */
    int64_t (*now_us)(void); /* a clock that only runs forward, to measure by; NULL = none */
};

struct pg_conn_counts {
    uint64_t answers, failed, lost; /* all that were answered; of them those with an error, and without an answer */
    uint64_t losses;                /* connections that were lost or could not be made */
    struct histogram round_trip;    /* of those that were not lost; empty without a clock */
};

/* Down (again), with the reason, which never holds a password: UP_EAUTH, UP_EINVAL (no such
 * database), UP_EVERSION (server too old), UP_ECONN. Or idle, after it was down. */
typedef void pg_conn_on_state(void *arg, enum pg_state state, const struct up_err *err);

enum pg_outcome {
    PG_DONE,   /* committed, as far as the image was a transaction of its own */
    PG_FAILED, /* the server refused a statement: nothing of the image happened */
    PG_LOST,   /* the connection went away: nobody knows */
};

struct pg_result;

/* Valid during the callback. */
struct pg_answer {
    enum pg_outcome outcome;
    struct up_err err; /* unless done; the code says what to do (UP_ECONFLICT: fenced, UP_EAGAIN:
                          try again, ...) */
    char sqlstate[6];  /* where the server gave one */
    const struct pg_result *results;
};

typedef void pg_conn_on_answer(void *arg, const struct pg_answer *answer);
/* Bytes of a COPY; anything but UP_OK ends it, and the connection with it. */
typedef int pg_conn_on_bytes(void *arg, const void *bytes, size_t length, struct up_err *err);

/* Begins to connect. NULL and *err (UP_EINVAL) when conninfo is none. resolver: borrowed, may be
 * NULL where hosts are addresses or directories of sockets. */
struct pg_conn *pg_conn_new(struct loop *loop, struct resolver *resolver,
                            const struct pg_conn_settings *settings, pg_conn_on_state *on_state,
                            void *arg, struct up_err *err);
/* What is under way is never answered. Not from within a callback of it. NULL is fine. */
void pg_conn_free(struct pg_conn *conn);

const struct pg_conn_counts *pg_conn_counts(const struct pg_conn *conn);

enum pg_state pg_conn_state(const struct pg_conn *conn);

/* Sends all calls of the image in one pipeline with one sync: one transaction, unless the image
 * begins or is within one of its own. The image must live until the answer. UP_EAGAIN when the
 * connection is not idle. The connection is idle again when on_answer is called. */
int pg_conn_send(struct pg_conn *conn, const struct pg_image *image, pg_conn_on_answer *on_answer,
                 void *arg);

/* Runs COPY ... TO STDOUT; bytes are given out in portions between which the loop turns. */
int pg_conn_copy(struct pg_conn *conn, const char *sql, pg_conn_on_bytes *on_bytes,
                 pg_conn_on_answer *on_answer, void *arg);

/* Drops the connection, and a transaction with it, and connects again at once. What is under way is
 * never answered. */
void pg_conn_reset(struct pg_conn *conn);

/* Of an answer that is done: how many rows the call (by its place in the image) gave; and one of
 * them, in binary. */
int pg_answer_rows(const struct pg_answer *answer, size_t call);
void pg_answer_row(const struct pg_answer *answer, size_t call, int row, struct pg_row *ret_row);
