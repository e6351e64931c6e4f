/* One shard's way into PostgreSQL. */
#include "app/checkpoint.h"

#include <string.h>

#include "base/backoff.h"
#include "base/crash_point.h"
#include "base/mem.h"
#include "base/panic.h"
#include "codec/pg_array.h"
#include "codec/pg_sql.h"

enum { RETRY_FIRST_MS = 100, RETRY_MOST_MS = 10000 };

struct checkpoint {
    struct pg_conn *conn;
    struct claim claim;
    struct task_pages pages;
    struct task_segment_writer *writer;
    enum checkpoint_step step;
    struct pg_image image; /* frozen at the cut */
    struct pg_image look;
    size_t look_call, organisation_call;
    size_t bytes;
    struct backoff backoff;
    int64_t not_before_us;
    bool must_wait; /* the next attempt: not_before_us is not set yet */
    struct up_err err;
    int failures;
    struct checkpoint_result result;
};

const char *checkpoint_step_name(enum checkpoint_step step)
{
    switch (step) {
    case CHECKPOINT_NONE:
        return "none";
    case CHECKPOINT_LETTERS:
        return "letters";
    case CHECKPOINT_WAITING:
        return "waiting";
    case CHECKPOINT_SENT:
        return "sent";
    case CHECKPOINT_UNSURE:
        return "unsure";
    case CHECKPOINT_LOOKING:
        return "looking";
    case CHECKPOINT_SAVED:
        return "saved";
    case CHECKPOINT_FENCED:
        return "fenced";
    }
    return "";
}

struct checkpoint *checkpoint_new(struct pg_conn *conn, const struct claim *claim,
                                  const struct task_pages *pages)
{
    uint64_t seed;
    memcpy(&seed, claim->token, sizeof seed);
    struct checkpoint *checkpoint = mem_alloc(sizeof *checkpoint);
    checkpoint->conn = conn;
    checkpoint->claim = *claim;
    checkpoint->pages = *pages;
    checkpoint->writer = task_segment_writer_new();
    backoff_init(&checkpoint->backoff, RETRY_FIRST_MS, RETRY_MOST_MS, seed);
    return checkpoint;
}

void checkpoint_free(struct checkpoint *checkpoint)
{
    if (checkpoint == NULL)
        return;
    if (checkpoint->step == CHECKPOINT_SENT || checkpoint->step == CHECKPOINT_LOOKING)
        pg_conn_reset(checkpoint->conn);
    pg_image_done(&checkpoint->image);
    pg_image_done(&checkpoint->look);
    task_segment_writer_free(checkpoint->writer);
    mem_free(checkpoint);
}

/* ---- the cut ------------------------------------------------------------------------------ */

void checkpoint_cut(struct checkpoint *checkpoint, struct shard *shard,
                    const struct checkpoint_extent *extent)
{
    UP_ASSERT(checkpoint->step == CHECKPOINT_NONE);
    const struct claim *claim = &checkpoint->claim;
    const struct pg_cut cut = {.shard = shard,
                               .topics = extent->topics,
                               .next_offsets = extent->next_offsets,
                               .number = claim->number + 1,
                               .pages = &checkpoint->pages,
                               .writer = checkpoint->writer,
                               .outputs = extent->outputs,
                               .gaps = extent->gaps,
                               .gap_count = extent->gap_count};
    struct pg_call *fence = pg_image_add(&checkpoint->image, &pg_sql_fence);
    fence->values[0] = pg_value_i32(claim->partition);
    fence->values[1] = pg_value_i64(claim->epoch);
    fence->values[2] = pg_value_bytes(claim->token, CLAIM_BYTES);
    fence->values[3] = pg_value_i64(claim->number);
    pg_rows_cut(&cut, &checkpoint->image);
    checkpoint->organisation_call = checkpoint->image.count;
    (void)pg_image_add(&checkpoint->image, &pg_sql_organisation);
    checkpoint->bytes = pg_image_bytes(&checkpoint->image);
    checkpoint->result = (struct checkpoint_result){.server_ms = -1};
    memcpy(checkpoint->result.next_offsets, extent->next_offsets,
           (size_t)shard->topic_count * sizeof *extent->next_offsets);
    checkpoint->err = (struct up_err){0};
    checkpoint->failures = 0;
    checkpoint->step = CHECKPOINT_LETTERS;
    CRASH_POINT("checkpoint_cut");
}

/* ---- answers ------------------------------------------------------------------------------ */

static void become_saved(struct checkpoint *checkpoint)
{
    checkpoint->claim.number++;
    checkpoint->step = CHECKPOINT_SAVED;
    pg_image_done(&checkpoint->image);
    checkpoint->bytes = 0;
    backoff_reset(&checkpoint->backoff);
    CRASH_POINT("checkpoint_saved");
}

static void try_again(struct checkpoint *checkpoint, enum checkpoint_step step,
                      const struct up_err *err)
{
    checkpoint->err = *err;
    checkpoint->failures++;
    checkpoint->must_wait = true;
    checkpoint->step = step;
}

static void take_organisation(struct checkpoint *checkpoint, const struct pg_answer *answer)
{
    struct pg_row row;
    pg_answer_row(answer, checkpoint->organisation_call, 0, &row);
    checkpoint->result.teams = (uint32_t)pg_row_i64(&row);
    checkpoint->result.server_ms = pg_row_time_or(&row, -1);
}

static void saved(void *arg, const struct pg_answer *answer)
{
    struct checkpoint *checkpoint = arg;
    CRASH_POINT("checkpoint_answered");
    switch (answer->outcome) {
    case PG_DONE:
        take_organisation(checkpoint, answer);
        become_saved(checkpoint);
        break;
    case PG_FAILED:
        /* Fenced, or in already by an attempt whose answer was lost: the row tells. */
        try_again(checkpoint,
                  answer->err.code == UP_ECONFLICT ? CHECKPOINT_UNSURE : CHECKPOINT_WAITING,
                  &answer->err);
        break;
    case PG_LOST:
        try_again(checkpoint, CHECKPOINT_UNSURE, &answer->err);
        break;
    }
}

static void looked(void *arg, const struct pg_answer *answer)
{
    struct checkpoint *checkpoint = arg;
    if (answer->outcome != PG_DONE) {
        try_again(checkpoint, CHECKPOINT_UNSURE, &answer->err);
        return;
    }
    switch (claim_judge(&checkpoint->claim, answer, checkpoint->look_call)) {
    case CLAIM_ADVANCED:
        become_saved(checkpoint);
        break;
    case CLAIM_UNCHANGED:
        checkpoint->step = CHECKPOINT_WAITING;
        break;
    case CLAIM_GONE:
        pg_image_done(&checkpoint->image);
        checkpoint->bytes = 0;
        checkpoint->step = CHECKPOINT_FENCED;
        break;
    }
}

/* ---- steps -------------------------------------------------------------------------------- */

/* Has the wait after a failure passed? */
static bool may_try(struct checkpoint *checkpoint, int64_t now_us)
{
    if (checkpoint->must_wait) {
        checkpoint->must_wait = false;
        checkpoint->not_before_us = now_us + 1000 * backoff_next_ms(&checkpoint->backoff);
    }
    return now_us >= checkpoint->not_before_us && pg_conn_state(checkpoint->conn) == PG_IDLE;
}

static void send(struct checkpoint *checkpoint)
{
    if (pg_conn_send(checkpoint->conn, &checkpoint->image, saved, checkpoint) == UP_OK)
        checkpoint->step = CHECKPOINT_SENT;
    CRASH_POINT("checkpoint_sent");
}

static void look(struct checkpoint *checkpoint)
{
    pg_image_done(&checkpoint->look);
    claim_add_look(&checkpoint->claim, &checkpoint->look, &checkpoint->look_call);
    if (pg_conn_send(checkpoint->conn, &checkpoint->look, looked, checkpoint) == UP_OK)
        checkpoint->step = CHECKPOINT_LOOKING;
}

enum checkpoint_step checkpoint_run(struct checkpoint *checkpoint, bool are_letters_acknowledged,
                                    int64_t now_us)
{
    if (checkpoint->step == CHECKPOINT_LETTERS && are_letters_acknowledged) {
        checkpoint->step = CHECKPOINT_WAITING;
        CRASH_POINT("checkpoint_letters");
    }
    if (checkpoint->step == CHECKPOINT_WAITING && may_try(checkpoint, now_us))
        send(checkpoint);
    else if (checkpoint->step == CHECKPOINT_UNSURE && may_try(checkpoint, now_us))
        look(checkpoint);
    return checkpoint->step;
}

/* ---- what is known ------------------------------------------------------------------------ */

enum checkpoint_step checkpoint_step(const struct checkpoint *checkpoint)
{
    return checkpoint->step;
}

const struct claim *checkpoint_claim(const struct checkpoint *checkpoint)
{
    return &checkpoint->claim;
}

size_t checkpoint_bytes(const struct checkpoint *checkpoint)
{
    return checkpoint->bytes;
}

const struct up_err *checkpoint_error(const struct checkpoint *checkpoint, int *ret_failures)
{
    *ret_failures = checkpoint->failures;
    return &checkpoint->err;
}

const struct checkpoint_result *checkpoint_result(const struct checkpoint *checkpoint)
{
    return &checkpoint->result;
}

void checkpoint_clear(struct checkpoint *checkpoint)
{
    UP_ASSERT(checkpoint->step == CHECKPOINT_SAVED);
    checkpoint->step = CHECKPOINT_NONE;
}
