/* From what the group assigns to what is read: shards are taken and loaded, read from our own offsets, and saved before
 * they are given back. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon_priv.h"

enum { RANGES_TIMEOUT_MS = 10000, ORPHANED_US = 30000000 };

static void enter(struct assignment *assignment, enum assignment_state state, int64_t now_us)
{
    static const char *const names[] = {"none", "taking", "live", "giving"};
    log_event(LOG_LEVEL_INFO, "assignment", "from=%s to=%s partitions=%d", names[assignment->state], names[state],
              assignment->count);
    assignment->state = state;
    assignment->since_us = now_us;
}

/* ---- taking ----------------------------------------------------------------------------------------------------- */

/* Bits of topics that were assigned of the partition. */
static uint64_t assigned_topics(const struct kafka_rebalance *rebalance, int32_t partition)
{
    uint64_t topics = 0;
    for (size_t i = 0; i < rebalance->count; i++) {
        if (rebalance->partitions[i].partition == partition)
            topics |= UINT64_C(1) << rebalance->partitions[i].topic;
    }
    return topics;
}

static void take_partition(struct daemon *daemon, int32_t partition)
{
    if (daemon->owned[partition] == NULL)
        daemon->owned[partition] = owned_new(partition);
    daemon->assignment.count++;
    store_take(daemon->store, daemon->owned[partition]);
}

static void take(struct daemon *daemon, const struct kafka_rebalance *rebalance, int64_t now_us)
{
    uint64_t all = UINT64_MAX >> (64 - daemon->config->topics.count);
    for (size_t i = 0; i < rebalance->count; i++) {
        if (rebalance->partitions[i].partition < daemon->partitions)
            continue;
        log_event(LOG_LEVEL_ERROR, "partitions_added",
                  "topic=%s partitions=%d todo=\"teams would move between partitions: restore the topic, or begin with new "
                  "topics and an empty database\"",
                  daemon->config->topics.items[rebalance->partitions[i].topic], daemon->partitions);
        daemon_end(daemon, EXIT_CODE_STATE);
        return;
    }
    daemon->assignment.count = 0;
    daemon->assignment.orphaned_us = 0;
    for (int32_t p = 0; p < daemon->partitions; p++) {
        uint64_t topics = assigned_topics(rebalance, p);
        if (topics == all) {
            take_partition(daemon, p);
            continue;
        }
        if (topics != 0)
            log_event(LOG_LEVEL_ERROR, "partition_not_taken",
                      "partition=%d why=\"the group assigned it of some topics only: every member must use the range "
                      "assignor and read the same topics\"",
                      p);
        /* Parked, and now somebody else's. */
        publisher_forget(daemon->publisher, p);
        store_drop(daemon->store, p);
    }
    enter(&daemon->assignment, ASSIGNMENT_TAKING, now_us);
}

static bool all_ready(const struct daemon *daemon)
{
    for (int32_t p = 0; p < daemon->partitions; p++) {
        if (daemon->owned[p] != NULL && daemon->owned[p]->state == OWNED_TAKING)
            return false;
    }
    return true;
}

bool assignment_check_offset(struct daemon *daemon, struct owned *owned, const struct kafka_range *range)
{
    struct owned_topic *topic = &owned->topics[range->topic];
    const char *name = daemon->config->topics.items[range->topic];
    if (topic->next_offset > range->high) {
        log_event(LOG_LEVEL_ERROR, "offset_beyond_end",
                  "topic=%s partition=%d stored=%lld end=%lld todo=\"the topic was made anew: restore it, or begin with an "
                  "empty database\"",
                  name, owned->partition, (long long)topic->next_offset, (long long)range->high);
        daemon_end(daemon, EXIT_CODE_STATE);
        return false;
    }
    if (topic->next_offset >= 0 && topic->next_offset < range->low) {
        if (strcmp(daemon->config->on_gap, "stop") == 0) {
            log_event(LOG_LEVEL_ERROR, "retention_gap",
                      "topic=%s partition=%d from=%lld to=%lld todo=\"Kafka removed messages that were not read yet: bring them "
                      "back, or set on_gap = go-on to record the gap and read on\"",
                      name, owned->partition, (long long)topic->next_offset, (long long)range->low);
            daemon_end(daemon, EXIT_CODE_RETENTION);
            return false;
        }
        log_event(LOG_LEVEL_ERROR, "retention_gap",
                  "topic=%s partition=%d from=%lld to=%lld todo=\"Kafka removed messages that were not read yet: make the "
                  "topic's retention longer; the gap is recorded in uptake.gap\"",
                  name, owned->partition, (long long)topic->next_offset, (long long)range->low);
        store_note_gap(daemon->store, owned, range->topic, topic->next_offset, range->low);
        topic->next_offset = range->low;
    }
    return true;
}

static bool check_offsets(struct daemon *daemon, struct kafka_range *ranges, size_t count)
{
    struct up_err err;
    if (count > 0 && kafka_source_query_ranges(daemon->source, ranges, count, RANGES_TIMEOUT_MS, &err) != UP_OK) {
        log_event(LOG_LEVEL_WARN, "offsets_not_known", "err=\"%s\"", err.text);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!assignment_check_offset(daemon, daemon->owned[ranges[i].partition], &ranges[i]))
            return false;
    }
    return true;
}

static void go_live(struct daemon *daemon, int64_t now_us)
{
    size_t topics = daemon->config->topics.count;
    size_t room = (size_t)daemon->partitions * topics;
    struct kafka_range *ranges = mem_alloc_array(room, sizeof *ranges);
    struct kafka_position *positions = mem_alloc_array(room, sizeof *positions);
    size_t count = 0;
    for (int32_t p = 0; p < daemon->partitions; p++) {
        for (size_t t = 0; t < topics && daemon->owned[p] != NULL && daemon->owned[p]->state == OWNED_READY; t++)
            ranges[count++] = (struct kafka_range){.topic = (uint16_t)t, .partition = p};
    }
    struct up_err err;
    if (!check_offsets(daemon, ranges, count))
        goto out;
    for (size_t i = 0; i < count; i++) {
        struct owned *owned = daemon->owned[ranges[i].partition];
        struct owned_topic *topic = &owned->topics[ranges[i].topic];
        positions[i] = (struct kafka_position){
            .topic = ranges[i].topic, .partition = ranges[i].partition, .offset = topic->next_offset};
        topic->last_accepted_us = now_us;
        topic->is_at_end = topic->is_ahead = false;
        shard_set_idle(owned->shard, ranges[i].topic, false);
    }
    if (kafka_source_assign(daemon->source, positions, count, &err) != UP_OK) {
        log_event(LOG_LEVEL_WARN, "not_assigned", "err=\"%s\"", err.text);
        goto out;
    }
    for (size_t i = 0; i < count; i++)
        daemon->owned[ranges[i].partition]->state = OWNED_LIVE;
    enter(&daemon->assignment, ASSIGNMENT_LIVE, now_us);
out:
    mem_free(ranges);
    mem_free(positions);
}

/* ---- giving ----------------------------------------------------------------------------------------------------- */

/* Keeps what is loaded and saved, drops what is neither. */
static void park_all(struct daemon *daemon)
{
    for (int32_t p = 0; p < daemon->partitions; p++) {
        struct owned *owned = daemon->owned[p];
        if (owned == NULL)
            continue;
        publisher_forget(daemon->publisher, p);
        if (owned->state == OWNED_LIVE && store_is_saved(daemon->store, owned)) {
            owned->state = OWNED_PARKED;
            owned_forget_publication(owned);
        } else if (owned->state != OWNED_PARKED) {
            store_drop(daemon->store, p);
        }
    }
}

static void drop_all(struct daemon *daemon)
{
    pipeline_drop_batch(daemon->pipeline);
    for (int32_t p = 0; p < daemon->partitions; p++) {
        publisher_forget(daemon->publisher, p);
        store_drop(daemon->store, p);
    }
}

static bool all_saved(const struct daemon *daemon)
{
    for (int32_t p = 0; p < daemon->partitions; p++) {
        const struct owned *owned = daemon->owned[p];
        if (owned != NULL && owned->state == OWNED_LIVE && !store_is_saved(daemon->store, owned))
            return false;
    }
    return true;
}

static void unassign(struct daemon *daemon, int64_t now_us)
{
    struct up_err err;
    if (kafka_source_unassign(daemon->source, &err) != UP_OK)
        log_event(LOG_LEVEL_WARN, "not_unassigned", "err=\"%s\"", err.text);
    enter(&daemon->assignment, ASSIGNMENT_NONE, now_us);
}

static void give(struct daemon *daemon, int64_t now_us)
{
    pipeline_drop_batch(daemon->pipeline);
    enter(&daemon->assignment, ASSIGNMENT_GIVING, now_us);
    store_save_all(daemon->store);
}

static void lose(struct daemon *daemon, int64_t now_us)
{
    log_event(LOG_LEVEL_WARN, "assignment_lost", "partitions=%d unsaved=dropped", daemon->assignment.count);
    drop_all(daemon);
    unassign(daemon, now_us);
}

/* ---- carrying on ------------------------------------------------------------------------------------------------ */

static void follow_rebalance(struct daemon *daemon, const struct kafka_rebalance *rebalance, int64_t now_us)
{
    switch (rebalance->kind) {
    case KAFKA_REBALANCE_ASSIGNED:
        take(daemon, rebalance, now_us);
        break;
    case KAFKA_REBALANCE_REVOKED:
        if (daemon->assignment.state == ASSIGNMENT_LIVE) {
            give(daemon, now_us);
        } else {
            drop_all(daemon);
            unassign(daemon, now_us);
        }
        break;
    case KAFKA_REBALANCE_LOST:
        lose(daemon, now_us);
        break;
    }
}

/* Partitions that somebody else turned out to own are read no more; the rest goes on. The group still thinks that they are
 * ours: they are fetched no more until it has learned better. */
static void leave_fenced(struct daemon *daemon, int64_t now_us)
{
    for (int32_t p = 0; p < daemon->partitions; p++) {
        if (daemon->owned[p] == NULL || daemon->owned[p]->state != OWNED_FENCED)
            continue;
        daemon->fenced++;
        log_event(LOG_LEVEL_WARN, "partition_dropped", "partition=%d why=\"another instance owns it\"", p);
        publisher_forget(daemon->publisher, p);
        store_drop(daemon->store, p);
        for (size_t t = 0; t < daemon->config->topics.count; t++)
            kafka_source_pause(daemon->source, (uint16_t)t, p, KAFKA_PAUSE_AHEAD);
        daemon->assignment.count--;
        daemon->assignment.orphaned_us = now_us;
    }
}

/* Who lost a partition learns so from the group in a few heartbeats. Where the group still thinks that it is ours, nobody
 * reads it: a new member takes it again. */
static void watch_orphans(struct daemon *daemon, int64_t now_us)
{
    if (daemon->assignment.orphaned_us == 0 || now_us - daemon->assignment.orphaned_us < ORPHANED_US || daemon->is_stopping)
        return;
    log_event(LOG_LEVEL_ERROR, "partition_orphaned",
              "why=\"the group says that it is ours, PostgreSQL that it is not\" todo=\"a restart takes it again; look for an "
              "instance of another group on this database\"");
    daemon_stop(daemon, EXIT_CODE_FAULT);
}

void assignment_run(struct daemon *daemon, int64_t now_us)
{
    struct kafka_rebalance rebalance;
    while (kafka_source_next_rebalance(daemon->source, &rebalance))
        follow_rebalance(daemon, &rebalance, now_us);
    leave_fenced(daemon, now_us);
    switch (daemon->assignment.state) {
    case ASSIGNMENT_NONE:
        break;
    case ASSIGNMENT_LIVE:
        watch_orphans(daemon, now_us);
        break;
    case ASSIGNMENT_TAKING:
        if (all_ready(daemon))
            go_live(daemon, now_us);
        break;
    case ASSIGNMENT_GIVING:
        if (kafka_source_is_lost(daemon->source)) {
            lose(daemon, now_us);
        } else if (all_saved(daemon)) {
            park_all(daemon);
            unassign(daemon, now_us);
        }
        break;
    }
}

bool assignment_give_all(struct daemon *daemon, int64_t now_us)
{
    switch (daemon->assignment.state) {
    case ASSIGNMENT_NONE:
        return true;
    case ASSIGNMENT_TAKING:
        drop_all(daemon);
        daemon->assignment.state = ASSIGNMENT_NONE;
        return true;
    case ASSIGNMENT_LIVE:
        give(daemon, now_us);
        return false;
    case ASSIGNMENT_GIVING:
        return all_saved(daemon);
    }
    return true;
}
