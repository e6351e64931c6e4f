/* One shard's way into PostgreSQL: cut, dead letters, one transaction, certainty. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/claim.h"
#include "codec/pg_outputs.h"
#include "codec/pg_rows.h"
#include "codec/task_pages.h"
#include "io/pg_conn.h"
#include "model/shard.h"

struct checkpoint;

enum checkpoint_step {
    CHECKPOINT_NONE,    /* nothing is under way */
    CHECKPOINT_LETTERS, /* cut: waits until the dead letters up to it are acknowledged */
    CHECKPOINT_WAITING, /* for the connection, or after an error: then these very bytes go out again
                         */
    CHECKPOINT_SENT,    /* an answer is due */
    CHECKPOINT_UNSURE,  /* the answer was lost: the row will tell, once there is a connection */
    CHECKPOINT_LOOKING, /* the row was asked for */
    CHECKPOINT_SAVED,   /* committed; until checkpoint_clear() */
    CHECKPOINT_FENCED,  /* another instance owns the partition; for good */
};

const char *checkpoint_step_name(enum checkpoint_step step);

/* conn: borrowed; several may share it, one at a time is under way. claim and pages: as taking the
 * partition gave them. */
struct checkpoint *checkpoint_new(struct pg_conn *conn, const struct claim *claim,
                                  const struct task_pages *pages);
/* What is under way is given up: its connection is reset, and the transaction either was in or was
 * not. NULL is fine. */
void checkpoint_free(struct checkpoint *checkpoint);

/* What is saved besides the shard. */
struct checkpoint_extent {
    const char *const *topics;   /* names, by number */
    const int64_t *next_offsets; /* by number; < 0: nothing was read yet */
    struct pg_outputs *outputs;  /* is emptied; may be NULL */
    const struct pg_gap *gaps;
    size_t gap_count;
};

/* Only in CHECKPOINT_NONE: takes all changes out of the shard, as bytes; it goes on at once. */
void checkpoint_cut(struct checkpoint *checkpoint, struct shard *shard,
                    const struct checkpoint_extent *extent);

/* Carries on as far as is possible without waiting. are_letters_acknowledged: every dead letter
 * that was written before the cut is in Kafka. now_us: a clock that only runs forward. */
enum checkpoint_step checkpoint_run(struct checkpoint *checkpoint, bool are_letters_acknowledged,
                                    int64_t now_us);

enum checkpoint_step checkpoint_step(const struct checkpoint *checkpoint);
/* The claim with the number of the last checkpoint that is known to be in. */
const struct claim *checkpoint_claim(const struct checkpoint *checkpoint);
/* Bytes on their way. */
size_t checkpoint_bytes(const struct checkpoint *checkpoint);
/* Why the last attempt failed, and how many did since the cut; code UP_OK when none. */
const struct up_err *checkpoint_error(const struct checkpoint *checkpoint, int *ret_failures);

/* Of a saved checkpoint. */
struct checkpoint_result {
    int64_t next_offsets[TOPICS_MAX]; /* as at the cut */
    uint32_t teams;                   /* of the organisation; 0 = not known (the answer was lost) */
    int64_t server_ms;                /* PostgreSQL's clock when it answered; -1 = not known */
};
const struct checkpoint_result *checkpoint_result(const struct checkpoint *checkpoint);
/* CHECKPOINT_SAVED -> CHECKPOINT_NONE. */
void checkpoint_clear(struct checkpoint *checkpoint);
