/* Takes a partition: becomes its owner in PostgreSQL and loads its shard. */
#include "app/taking.h"

#include <string.h>

#include "base/backoff.h"
#include "base/mem.h"
#include "base/panic.h"
#include "codec/pg_array.h"
#include "codec/pg_load.h"
#include "codec/pg_sql.h"

enum { RETRY_FIRST_MS = 200, RETRY_MOST_MS = 10000 };

/* The calls of the first image. */
enum { CALL_BEGIN, CALL_END_FROZEN, CALL_TAKE, CALL_OFFSETS, CALL_ORGANISATION };

struct taking {
    struct taking_request request;
    enum taking_step step;
    struct shard *shard;
    struct pg_load load;
    struct pg_copy copy;
    struct pg_image image;
    struct strbuf sql;
    uint32_t teams; /* of the organisation */
    int64_t server_ms;
    int64_t frozen_sessions;
    struct backoff backoff;
    int64_t not_before_us;
    bool must_wait; /* the next attempt: not_before_us is not set yet */
    struct up_err err;
    int failures;
};

const char *taking_step_name(enum taking_step step)
{
    switch (step) {
    case TAKING_WAITING:
        return "waiting";
    case TAKING_CLAIMING:
        return "claiming";
    case TAKING_LOADING:
        return "loading";
    case TAKING_COMMITTING:
        return "committing";
    case TAKING_DONE:
        return "done";
    case TAKING_FAILED:
        return "failed";
    }
    return "";
}

struct taking *taking_new(const struct taking_request *request)
{
    struct taking *taking = mem_alloc(sizeof *taking);
    taking->request = *request;
    backoff_init(&taking->backoff, RETRY_FIRST_MS, RETRY_MOST_MS, (uint64_t)request->partition);
    return taking;
}

/* What an attempt has brought is dropped. */
static void drop_attempt(struct taking *taking)
{
    pg_load_done(&taking->load);
    pg_copy_done(&taking->copy);
    pg_image_done(&taking->image);
    shard_free(taking->shard);
    taking->shard = NULL;
}

void taking_free(struct taking *taking)
{
    if (taking == NULL)
        return;
    if (taking->step == TAKING_CLAIMING || taking->step == TAKING_LOADING ||
        taking->step == TAKING_COMMITTING)
        pg_conn_reset(taking->request.conn);
    drop_attempt(taking);
    strbuf_done(&taking->sql);
    mem_free(taking);
}

/* ---- failing ------------------------------------------------------------------------------ */

static bool is_hopeless(int code)
{
    return code == UP_EINVAL || code == UP_ECORRUPT || code == UP_EVERSION || code == UP_EAUTH;
}

/* The transaction, if one is open, goes with its connection. */
static void fail(struct taking *taking, const struct up_err *err)
{
    taking->err = *err;
    taking->failures++;
    taking->must_wait = true;
    taking->step = is_hopeless(err->code) ? TAKING_FAILED : TAKING_WAITING;
    drop_attempt(taking);
    pg_conn_reset(taking->request.conn);
}

/* ---- loading ------------------------------------------------------------------------------ */

static void copy_next(struct taking *taking);

static void committed(void *arg, const struct pg_answer *answer)
{
    struct taking *taking = arg;
    if (answer->outcome != PG_DONE) {
        /* Committed or not, nobody knows: it is taken again. */
        fail(taking, &answer->err);
        return;
    }
    pg_load_finish(&taking->load);
    taking->step = TAKING_DONE;
}

static void commit(struct taking *taking)
{
    pg_image_done(&taking->image);
    (void)pg_image_add(&taking->image, &pg_sql_commit);
    taking->step = TAKING_COMMITTING;
    UP_ASSERT(pg_conn_send(taking->request.conn, &taking->image, committed, taking) == UP_OK);
}

static int take_bytes(void *arg, const void *bytes, size_t length, struct up_err *err)
{
    struct taking *taking = arg;
    return pg_copy_feed(&taking->copy, bytes, length, pg_load_row, &taking->load, err);
}

static void copied(void *arg, const struct pg_answer *answer)
{
    struct taking *taking = arg;
    if (answer->outcome != PG_DONE) {
        fail(taking, &answer->err);
        return;
    }
    taking->load.table++;
    if (taking->load.table == PG_LOAD_TABLES)
        commit(taking);
    else
        copy_next(taking);
}

static void copy_next(struct taking *taking)
{
    pg_copy_done(&taking->copy);
    strbuf_reset(&taking->sql);
    pg_load_sql(&taking->load, &taking->sql);
    taking->step = TAKING_LOADING;
    UP_ASSERT(pg_conn_copy(taking->request.conn, strbuf_text(&taking->sql), take_bytes, copied,
                           taking) == UP_OK);
}

/* ---- claiming ----------------------------------------------------------------------------- */

static int read_claim(struct taking *taking, const struct pg_answer *answer, struct up_err *err)
{
    struct pg_row row;
    pg_answer_row(answer, CALL_END_FROZEN, 0, &row);
    taking->frozen_sessions += pg_row_i64(&row);
    pg_answer_row(answer, CALL_ORGANISATION, 0, &row);
    taking->teams = (uint32_t)pg_row_i64(&row);
    taking->server_ms = pg_row_time_or(&row, -1);
    for (int i = 0; i < pg_answer_rows(answer, CALL_OFFSETS); i++) {
        pg_answer_row(answer, CALL_OFFSETS, i, &row);
        int code = pg_load_offset(&taking->load, &row, err);
        if (code != UP_OK)
            return code;
    }
    pg_answer_row(answer, CALL_TAKE, 0, &row);
    return pg_load_taken(&taking->load, &row, err);
}

static void claimed(void *arg, const struct pg_answer *answer)
{
    struct taking *taking = arg;
    if (answer->outcome != PG_DONE) {
        fail(taking, &answer->err);
        return;
    }
    struct up_err err;
    if (read_claim(taking, answer, &err) == UP_OK)
        copy_next(taking);
    else
        fail(taking, &err);
}

static void claim(struct taking *taking)
{
    const struct taking_request *request = &taking->request;
    drop_attempt(taking);
    taking->shard =
        shard_new(request->settings, request->partition, request->topic_count, request->outputs);
    pg_load_init(&taking->load, taking->shard, request->topics);
    (void)pg_image_add(&taking->image, &pg_sql_begin);
    pg_image_add(&taking->image, &pg_sql_end_frozen)->values[0] = pg_value_i64(request->frozen_ms);
    struct pg_call *take = pg_image_add(&taking->image, &pg_sql_take);
    take->values[0] = pg_value_i32(request->partition);
    take->values[1] = pg_value_i32(request->partitions);
    take->values[2] = pg_value_bytes(request->key_fingerprint, request->key_fingerprint_bytes);
    take->values[3] = pg_value_text(text_of(request->instance));
    take->values[4] = pg_value_i64(request->least_epoch);
    pg_image_add(&taking->image, &pg_sql_read_offsets)->values[0] =
        pg_value_i32(request->partition);
    (void)pg_image_add(&taking->image, &pg_sql_organisation);
    if (pg_conn_send(request->conn, &taking->image, claimed, taking) == UP_OK)
        taking->step = TAKING_CLAIMING;
}

enum taking_step taking_run(struct taking *taking, int64_t now_us)
{
    if (taking->step != TAKING_WAITING)
        return taking->step;
    if (taking->must_wait) {
        taking->must_wait = false;
        taking->not_before_us = now_us + 1000 * backoff_next_ms(&taking->backoff);
    }
    if (now_us >= taking->not_before_us && pg_conn_state(taking->request.conn) == PG_IDLE)
        claim(taking);
    return taking->step;
}

/* ---- what is known ------------------------------------------------------------------------ */

int64_t taking_rows(const struct taking *taking, const char **ret_table)
{
    *ret_table = pg_load_table_name(taking->load.table);
    return taking->load.rows;
}

const struct up_err *taking_error(const struct taking *taking, int *ret_failures)
{
    *ret_failures = taking->failures;
    return &taking->err;
}

struct taking_result taking_give(struct taking *taking)
{
    UP_ASSERT(taking->step == TAKING_DONE && taking->shard != NULL);
    struct taking_result result = {.shard = taking->shard,
                                   .claim = {.partition = taking->request.partition,
                                             .epoch = taking->load.epoch,
                                             .number = taking->load.number},
                                   .pages = taking->load.pages,
                                   .frozen_sessions = taking->frozen_sessions,
                                   .unknown_topics = taking->load.unknown_topics,
                                   .teams = taking->teams,
                                   .server_ms = taking->server_ms};
    memcpy(result.claim.token, taking->load.claim, CLAIM_BYTES);
    memcpy(result.next_offsets, taking->load.next_offsets, sizeof result.next_offsets);
    taking->shard->teams_in_organisation = taking->teams;
    taking->shard->counts_own_teams = true;
    taking->shard = NULL;
    return result;
}
