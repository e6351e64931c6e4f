/* Shards are saved in turn, one checkpoint at a time. */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store_priv.h"

enum {
    QUIET_US = 100000,
    QUIET_GAP_US = 1000000,
    QUIET_SHARE = 8,
    PATIENCE = 6, /* failures in a row: some seconds */
};

/* ---- saving ---------------------------------------------------------------------------------------------------------- */

bool store_has_changes(const struct held *held)
{
    const struct owned *owned = held->owned;
    for (int t = 0; t < held->store->settings.topic_count; t++) {
        if (owned->topics[t].next_offset != held->saved_offsets[t])
            return true;
    }
    return held->gap_count > 0 || pg_outputs_bytes(held->outputs) > 0 || shard_unsaved_bytes(owned->shard) > 0;
}

size_t store_changed_bytes(const struct held *held)
{
    return shard_unsaved_bytes(held->owned->shard) + pg_outputs_bytes(held->outputs);
}

static bool can_be_cut(const struct held *held)
{
    return held != NULL && held->owned->state == OWNED_LIVE && held->checkpoint != NULL &&
           (store_has_changes(held) || held->has_moved);
}

/* All is read and nothing more came for a moment: what is unsaved need not wait, or, where it is little, not for long.
 * (Bursts that are not little would soon reach checkpoint_bytes, too.) */
static bool is_quiet(const struct held *held, int64_t now_us)
{
    size_t most = (size_t)held->store->settings.config->checkpoint_bytes;
    for (int t = 0; t < held->store->settings.topic_count; t++) {
        const struct owned_topic *topic = &held->owned->topics[t];
        if (!topic->is_at_end || now_us - topic->last_accepted_us < QUIET_US)
            return false;
    }
    return now_us - held->cut_us >= QUIET_GAP_US || store_changed_bytes(held) >= most / QUIET_SHARE;
}

static bool is_due(const struct held *held, int64_t now_us)
{
    const struct config *config = held->store->settings.config;
    return can_be_cut(held) && (held->is_due || is_quiet(held, now_us) ||
                                now_us - held->cut_us >= config->checkpoint_interval_ms * 1000);
}

static void cut(struct held *held, int64_t now_us)
{
    struct store *store = held->store;
    int64_t began_us = clock_cpu_us();
    for (int t = 0; t < store->settings.topic_count; t++)
        held->saved_offsets[t] = held->owned->topics[t].next_offset;
    const struct checkpoint_extent extent = {.topics = store->settings.topics,
                                             .next_offsets = held->saved_offsets,
                                             .outputs = held->outputs,
                                             .gaps = held->gaps,
                                             .gap_count = held->gap_count};
    checkpoint_cut(held->checkpoint, held->owned->shard, &extent);
    held->gap_count = 0;
    held->saving = held->owned->unsaved;
    held->owned->unsaved = moment_none;
    held->letters = dead_letters_sent(store->settings.letters);
    held->cut_us = now_us;
    held->is_due = held->has_moved = false;
    held->confirms = held->owned->is_doubted;
    store->saving = held->owned->partition;
    store->status.checkpoint_bytes += checkpoint_bytes(held->checkpoint);
    store->status.cut_cpu_us += clock_cpu_us() - began_us;
    histogram_add(&store->status.cut_time, clock_mono_us() - now_us);
}

static void saved(struct held *held, int64_t now_us)
{
    struct store *store = held->store;
    const struct checkpoint_result *result = checkpoint_result(held->checkpoint);
    struct kafka_position positions[TOPICS_MAX];
    size_t count = 0;
    for (int t = 0; t < store->settings.topic_count; t++) {
        if (result->next_offsets[t] >= 0)
            positions[count++] = (struct kafka_position){
                .topic = (uint16_t)t, .partition = held->owned->partition, .offset = result->next_offsets[t]};
    }
    if (held->owned->state == OWNED_LIVE)
        kafka_source_commit(store->settings.source, positions, count);
    if (result->teams > 0)
        store->teams = result->teams;
    store_note_clock(store, result->server_ms);
    store_tell_teams(store);
    if (held->confirms) {
        held->owned->is_doubted = false;
        held->owned->is_confirmed = true;
    }
    log_recovered("checkpoint_repeated");
    log_recovered("checkpoint_refused");
    store->status.refused = (struct up_err){0};
    owned_measure(&held->saving, clock_wall_ms(), &store->status.event_delay, &store->status.kafka_delay);
    store->status.checkpoints++;
    store->status.last_saved_us = now_us;
    histogram_add(&store->status.checkpoint_time, now_us - held->cut_us);
    checkpoint_clear(held->checkpoint);
    store->saving = -1;
}

/* Will the same bytes be refused again? A connection comes back, and who is fenced learns so from the row; what should have passed
 * by itself, as a deadlock does, and has not, is a full disk or the like. */
static bool is_refusal(const struct up_err *err, int failures)
{
    if (err->code == UP_EAGAIN)
        return failures >= PATIENCE;
    return err->code != UP_ECONN && err->code != UP_ECONFLICT;
}

static void note_failures(struct held *held, int before)
{
    int failures = 0;
    struct store_status *status = &held->store->status;
    const struct up_err *err = checkpoint_error(held->checkpoint, &failures);
    if (failures <= before)
        return;
    status->errors++;
    if (!is_refusal(err, failures)) {
        log_event(LOG_LEVEL_WARN, "checkpoint_repeated", "partition=%d attempt=%d err=\"%s\"", held->owned->partition,
                  failures, err->text);
        return;
    }
    status->refused = *err;
    log_event(LOG_LEVEL_ERROR, "checkpoint_refused",
              "partition=%d attempt=%d err=\"%s\" todo=\"correct in PostgreSQL what it complains of; until then nothing is "
              "saved, and reading stops at unsaved_bytes\"",
              held->owned->partition, failures, err->text);
}

static void run_current(struct store *store, int64_t now_us)
{
    struct held *held = store->held[store->saving];
    int before = held->failures_seen;
    bool acknowledged = dead_letters_acknowledged(store->settings.letters) >= held->letters;
    enum checkpoint_step step = checkpoint_run(held->checkpoint, acknowledged, now_us);
    note_failures(held, before);
    (void)checkpoint_error(held->checkpoint, &held->failures_seen);
    if (step == CHECKPOINT_SAVED) {
        saved(held, now_us);
    } else if (step == CHECKPOINT_FENCED) {
        store->saving = -1;
        held->owned->state = OWNED_FENCED;
        log_event(LOG_LEVEL_WARN, "partition_fenced", "partition=%d by=postgresql", held->owned->partition);
    }
}

/* The shard with the most changes, when all shards together have more than is to wait for the interval. */
static struct held *find_largest(struct store *store)
{
    struct held *largest = NULL;
    size_t most = 0, total = 0;
    for (int32_t p = 0; p < store->settings.partitions; p++) {
        if (!can_be_cut(store->held[p]))
            continue;
        size_t bytes = store_changed_bytes(store->held[p]);
        total += bytes;
        if (bytes > most) {
            most = bytes;
            largest = store->held[p];
        }
    }
    return total >= (size_t)store->settings.config->checkpoint_bytes ? largest : NULL;
}

static void start_due(struct store *store, int64_t now_us)
{
    int32_t partitions = store->settings.partitions;
    for (int32_t i = 0; i < partitions; i++) {
        int32_t p = (store->next + i) % partitions;
        if (store->held[p] == NULL || !is_due(store->held[p], now_us))
            continue;
        cut(store->held[p], now_us);
        store->next = (p + 1) % partitions;
        return;
    }
    struct held *largest = find_largest(store);
    if (largest != NULL)
        cut(largest, now_us);
}

void store_run_saving(struct store *store, int64_t now_us)
{
    if (store->saving >= 0)
        run_current(store, now_us);
    if (store->saving >= 0)
        return;
    start_due(store, now_us);
    if (store->saving >= 0)
        run_current(store, now_us);
}
