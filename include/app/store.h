/* PostgreSQL as the daemon uses it: partitions are taken and loaded, shards are saved in turn, one checkpoint at a time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "app/claim.h"
#include "app/config.h"
#include "app/exit_code.h"
#include "app/owned.h"
#include "app/receivers.h"
#include "base/err.h"
#include "base/histogram.h"
#include "io/dead_letters.h"
#include "io/kafka_source.h"
#include "io/loop.h"
#include "io/pg_conn.h"
#include "model/evaluation.h"

struct store;

struct store_settings {
    const struct config *config; /* borrowed */
    struct loop *loop;
    struct dead_letters *letters;
    struct kafka_source *source; /* is told the offsets that were saved */
    const char *const *topics;
    int topic_count;
    struct owned **owned; /* by partition; the table is the daemon's, what stands in it changes here and there */
    int32_t partitions;
    const struct receivers *receivers; /* who is told of alerts */
};

struct store *store_new(const struct store_settings *settings, struct up_err *err);
void store_free(struct store *store);

/* Begins to take the partition: OWNED_TAKING until it is loaded, then OWNED_READY with its shard, epoch and offsets. One
 * that is parked goes on as it is where nobody else took it meanwhile. */
void store_take(struct store *store, struct owned *owned);
/* Forgets the partition: what was taken of it, and an answer that is due. Frees *owned and clears its place. */
void store_drop(struct store *store, int32_t partition);

/* Starts what is due and hands out answers. wall_ms is stored with nothing; now_us is clock_mono_us(). */
void store_run(struct store *store, int64_t now_us);
/* Reading lags: measures are not worth storing until it has caught up. */
void store_set_behind(struct store *store, bool is_behind);
/* Stores some of the measures that are due; not while a partition is given back. */
void store_run_rows(struct store *store, int64_t now_us);
/* Every live shard with changes is due at once. */
void store_save_all(struct store *store);
/* It is due though nothing changed: the clock moved its watermark, or who owns it is to be found out. */
void store_save(struct store *store, struct owned *owned);
/* Is all of it in PostgreSQL, and no answer due? */
bool store_is_saved(const struct store *store, const struct owned *owned);

/* The measures of a team in all windows are worked out: stored with the next checkpoint where that is due (measure_interval);
 * those by workflow, and while reading lags those of the team, by store_run_rows(). Suppresses in place. */
void store_note_measures(struct store *store, struct owned *owned, struct team *team, struct evaluation *evaluation,
                         int64_t now_us);

/* Offsets from `from` to before `to` were gone before we read them: recorded with the next checkpoint. */
void store_note_gap(struct store *store, struct owned *owned, uint16_t topic, int64_t from, int64_t to);

/* The claim of a partition that is read now; false when there is none. */
bool store_claim(const struct store *store, int32_t partition, uint8_t ret_token[static CLAIM_BYTES]);
/* What this instance is called where it is connected. */
const char *store_instance(const struct store *store);

/* Changes that are not in PostgreSQL yet: in memory and on their way. */
size_t store_unsaved_bytes(const struct store *store);

/* Something that no retry heals, with the exit code for it; EXIT_CODE_OK = none. */
enum exit_code store_fault(const struct store *store, struct up_err *ret_err);

struct store_status {
    bool is_up;
    bool is_skew_known;
    int64_t skew_ms; /* PostgreSQL's clock minus ours */
    struct up_err last_error; /* why the connection was last lost or could not be made */
    uint64_t checkpoints, errors;
    struct up_err refused; /* why PostgreSQL refuses the checkpoint under way, and will again; code UP_OK = it does not */
    uint64_t checkpoint_bytes;
    struct histogram checkpoint_time; /* from the cut to the answer */
    struct histogram cut_time;
    struct histogram event_delay, kafka_delay; /* to the commit, of the first message of each checkpoint */
    int64_t cut_cpu_us;
    int64_t last_saved_us; /* before the first time: when the store was made */
    uint64_t rows_loaded;
    uint64_t missed; /* messages in the gaps that were noted */
};
/* Of all connections together. */
void store_round_trips(const struct store *store, struct pg_conn_counts *ret_counts);
const struct store_status *store_status(const struct store *store);
