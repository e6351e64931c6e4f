/* What the files of the connection share. */
#pragma once

#include "base/backoff.h"
#include "io/loop.h"
#include "io/pg_conn.h"
#include "pg_hosts.h"
#include "pg_priv.h"

enum { PG_STATEMENTS_MAX = 64 };

enum pg_job {
    PG_JOB_NONE,
    PG_JOB_SETUP, /* the first statements of a new connection */
    PG_JOB_IMAGE,
    PG_JOB_COPY,
};

/* An image on its way: of each call first its preparation, where it is the first of its statement,
 * then the call; at the end the sync. Results come in the same order. */
struct pg_pipeline {
    const struct pg_image *image;
    size_t sent; /* calls */
    bool is_sync_sent;
    size_t answered;    /* calls whose results have ended */
    bool is_preparing;  /* the next result is of the preparation of call `answered` */
    bool *preparations; /* by call: is it prepared first */
    const struct pg_statement *prepared[PG_STATEMENTS_MAX]; /* on this connection, or about to be */
    size_t prepared_count;
};

struct pg_conn {
    struct loop *loop;
    struct pg_conn_settings settings; /* only its numbers */
    struct pg_options options;
    struct pg_hosts *hosts;
    pg_conn_on_state *on_state;
    void *state_arg;
    enum pg_state state;
    struct backoff backoff;
    struct loop_timer *retry;
    struct loop_timer *deadline; /* of connecting, and of the next sign of life */
    struct loop_timer *again;    /* more of a COPY is there than was taken */
    PGconn *connection;
    struct loop_watch *watch;
    bool wants_room; /* the watch waits for room to write, too */

    enum pg_job job;
    struct pg_pipeline pipeline;
    bool is_copy_open;
    pg_conn_on_bytes *on_bytes;
    pg_conn_on_answer *on_answer;
    void *answer_arg;
    int64_t begun_us;
    struct pg_conn_counts counts;
    struct up_err err; /* the first of the job */
    char sqlstate[6];
    PGresult **results; /* by call */
    size_t result_count;
};

/* The connection is of no use any more: reports it, answers what is under way with PG_LOST, waits,
 * connects again. */
void pg_conn_lose(struct pg_conn *conn, const struct up_err *err);
/* The same with what libpq says. */
void pg_conn_lose_now(struct pg_conn *conn);
/* The job is over: idle, and answered. */
void pg_conn_finish(struct pg_conn *conn, enum pg_outcome outcome);
/* Keeps the first error of a job. */
void pg_conn_note_error(struct pg_conn *conn, const PGresult *result);
/* Sends what waits in libpq; watches for room when some is left. False: the connection is lost. */
bool pg_conn_flush(struct pg_conn *conn, bool *ret_all_sent);

void pg_pipeline_begin(struct pg_conn *conn, const struct pg_image *image);
/* Sends and reads as much as is possible now. */
void pg_pipeline_run(struct pg_conn *conn);
void pg_pipeline_done(struct pg_pipeline *pipeline);

void pg_copy_run(struct pg_conn *conn);
