/* What the files of the store share: the state of a partition here, and of the whole. */
#pragma once

#include "app/checkpoint.h"
#include "app/store.h"
#include "app/taking.h"
#include "codec/pg_outputs.h"
#include "io/pg_conn.h"
#include "io/resolver.h"

enum { STORE_LOADERS = 2, STORE_INSTANCE_BYTES = 320, STORE_LOCK_MS = 30000 };

/* What a partition has here, from its taking to its drop. */
struct held {
    struct store *store;
    struct owned *owned; /* the daemon's */
    struct taking *taking;
    struct pg_conn *loader; /* lent to the taking or the look */
    struct checkpoint *checkpoint;
    struct pg_outputs *outputs;
    struct workflow_rows *workflow_rows; /* NULL = none yet; of store_rows.c */
    struct sink outputs_sink; /* of `outputs` */
    struct sink sink;         /* of the shard: outputs, and measures at a close */
    struct pg_gap *gaps;
    size_t gap_count, gap_capacity;
    int64_t saved_offsets[TOPICS_MAX]; /* next_offset as of the last cut */
    uint64_t letters;                  /* sent before the cut */
    int64_t cut_us;                    /* when the last cut was */
    struct moment saving;              /* of the first message that the last cut has */
    bool is_due;
    bool has_moved; /* it is to be saved though nothing changed: the clock moved the watermark, or Redis doubts us */
    bool confirms;  /* the checkpoint under way tells whether it is ours */
    bool is_looking;
    int failures_seen; /* of the checkpoint under way */
    int taking_failures;
    struct pg_image look;
    size_t look_call;
};

struct store {
    struct store_settings settings;
    struct resolver *resolver;
    struct pg_conn *saver;
    struct pg_conn *loaders[STORE_LOADERS];
    bool is_lent[STORE_LOADERS];
    struct held **held; /* by partition */
    int32_t saving;     /* partition whose checkpoint is under way; -1 = none */
    int32_t next;       /* partition that is looked at first */
    struct store_status status;
    enum exit_code fault;
    struct up_err fault_err;
    char instance[STORE_INSTANCE_BYTES];
    struct pseudonym fingerprint;
    uint32_t teams; /* of the organisation, as PostgreSQL last said */
    struct pg_image chore; /* months to drop */
    bool is_chore_sent;
    int64_t chore_us;
    struct evaluation *evaluation; /* room */
    bool is_behind;
    double workflow_allowance; /* rows by workflow that may be written now */
    int64_t workflows_us;      /* when that was last topped up */
};

/* ---- store.c ---------------------------------------------------------------------------------------------------- */

/* Something that no retry heals; the first counts. */
void store_note_fault(struct store *store, enum exit_code code, const struct up_err *err);
/* PostgreSQL's clock, where it said one (>= 0). */
void store_note_clock(struct store *store, int64_t server_ms);
/* Tells the shards A's number of teams for days that open from now on. */
void store_tell_teams(struct store *store);
/* A connection that nobody has, lent until it is returned; NULL when there is none now. */
struct pg_conn *store_lend_loader(struct store *store);
void store_return_loader(struct held *held);

/* ---- store_taking.c ----------------------------------------------------------------------------------------------- */

/* Carries on what is being taken, or asks whether what was parked is still ours. */
void store_run_taking(struct held *held, int64_t now_us);
/* Gives up the taking, the question and the checkpoint. */
void store_drop_state(struct held *held);

/* ---- store_saving.c ----------------------------------------------------------------------------------------------- */

/* Starts the checkpoint that is due, carries on the one that is under way. */
void store_run_saving(struct store *store, int64_t now_us);
bool store_has_changes(const struct held *held);
/* Bytes of changes in memory. */
size_t store_changed_bytes(const struct held *held);

/* ---- store_rows.c -------------------------------------------------------------------------------------------- */

/* The figures by workflow of the team (its number) are to be stored as of that day when there is room for them, and
 * reading does not lag; with ROWS_ALL those of the whole team too. */
enum rows_wanted { ROWS_BY_WORKFLOW, ROWS_ALL };
void store_want_rows(struct held *held, size_t team, int32_t day, enum rows_wanted wanted);
/* Nothing is due, nothing known of what was written: the shard goes. */
void store_forget_rows(struct held *held);
