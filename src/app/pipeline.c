/* The way of a message:
 *
 *   kafka_source --messages--> decoder --events--> shard        (256 at a time)
 *                                 |                  |
 *                                 +--- refused ------+--> dead_letters
 *
 * A message is done when its shard has applied or refused it; only then does next_offset pass it. */
#include "app/pipeline.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/panic.h"

struct pipeline {
    struct pipeline_parts parts;
    struct pipeline_times times;
    uint64_t messages_done;
    uint64_t by_type[EVENT_TYPES];
    uint64_t by_reject[REJECT_REASONS];
    struct message messages[PIPELINE_BATCH];
    struct event events[PIPELINE_BATCH];
    enum reject rejects[PIPELINE_BATCH];
    struct text details[PIPELINE_BATCH];
    struct shard_places places[PIPELINE_BATCH];
    size_t count, at;
    uint64_t closes; /* days of teams that closed ahead of their messages */
    bool has_more;
};

/* Between two looks at the clock: a close takes as long as some thousand messages. */
enum { CLOSES_PER_LOOK = 4 };

struct pipeline *pipeline_new(const struct pipeline_parts *parts)
{
    struct pipeline *pipeline = mem_alloc(sizeof *pipeline);
    pipeline->parts = *parts;
    return pipeline;
}

void pipeline_free(struct pipeline *pipeline)
{
    mem_free(pipeline);
}

const struct pipeline_times *pipeline_times(const struct pipeline *pipeline)
{
    return &pipeline->times;
}

uint64_t pipeline_messages(const struct pipeline *pipeline)
{
    return pipeline->messages_done;
}

uint64_t pipeline_events(const struct pipeline *pipeline, enum event_type type)
{
    return pipeline->by_type[type];
}

uint64_t pipeline_rejects(const struct pipeline *pipeline, enum reject reason)
{
    return pipeline->by_reject[reason];
}

static struct owned *owner_of(const struct pipeline *pipeline, const struct message *message)
{
    UP_ASSERT(message->partition >= 0 && message->partition < pipeline->parts.partitions);
    struct owned *owned = pipeline->parts.owned[message->partition];
    return owned != NULL && owned->state == OWNED_LIVE ? owned : NULL;
}

/* Events that are refused later do no harm here. */
static void look_ahead(struct pipeline *pipeline)
{
    memset(pipeline->places, 0, pipeline->count * sizeof pipeline->places[0]);
    for (int step = 0; step < SHARD_STEPS; step++) {
        for (size_t i = 0; i < pipeline->count; i++) {
            const struct owned *owned = owner_of(pipeline, &pipeline->messages[i]);
            if (owned != NULL && pipeline->rejects[i] == REJECT_NONE)
                shard_look_ahead(owned->shard, &pipeline->events[i], (enum shard_step)step, &pipeline->places[i]);
        }
    }
}

static void decode_batch(struct pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->count; i++)
        pipeline->rejects[i] = decoder_decode(pipeline->parts.decoder, &pipeline->messages[i], &pipeline->events[i],
                                              &pipeline->details[i]);
}

/* False when the dead letters take no more now. */
static bool refuse(struct pipeline *pipeline, struct owned *owned, size_t i, enum reject reject)
{
    const struct message *message = &pipeline->messages[i];
    struct dead_letter letter = {.message = message,
                                 .reason = text_of(event_reject_name(reject)),
                                 .detail = pipeline->details[i],
                                 .topic = text_of(pipeline->parts.topics[message->topic])};
    struct up_err err;
    int code = dead_letters_send(pipeline->parts.letters, &letter, &err);
    if (code != UP_OK)
        return false;
    shard_count_reject(owned->shard, reject);
    pipeline->by_reject[reject]++;
    return true;
}

static void accept(struct pipeline *pipeline, struct owned *owned, const struct message *message,
                   const struct event *event, const struct shard_places *places, int64_t now_us)
{
    struct owned_topic *topic = &owned->topics[message->topic];
    if (owned->shard->topics[message->topic].idle)
        shard_set_idle(owned->shard, message->topic, false);
    size_t changed = owned->shard->changed_count;
    uint64_t closes = owned->shard->closes;
    shard_apply_at(owned->shard, message->topic, event, places);
    pipeline->closes += owned->shard->closes - closes;
    topic->last_accepted_us = now_us;
    const struct moment moment = {.event_ms = event->key.time_ms, .kafka_ms = message->timestamp_ms};
    owned_note_changes(owned, changed, &moment);
}

static bool take_message(struct pipeline *pipeline, size_t i, int64_t wall_ms, int64_t now_us)
{
    const struct message *message = &pipeline->messages[i];
    struct owned *owned = owner_of(pipeline, message);
    if (owned == NULL)
        return true;
    struct owned_topic *topic = &owned->topics[message->topic];
    if (message->offset < topic->next_offset)
        return true;
    enum reject reject = pipeline->rejects[i];
    if (reject == REJECT_NONE) {
        reject = shard_judge(owned->shard, &pipeline->events[i], pipeline->parts.has_wall_check ? wall_ms : -1);
        pipeline->details[i] = text_of(reject == REJECT_SCHEMA ? "max_workflows" : "");
    }
    if (reject == REJECT_NONE) {
        pipeline->by_type[pipeline->events[i].type]++;
        accept(pipeline, owned, message, &pipeline->events[i], &pipeline->places[i], now_us);
    } else if (!refuse(pipeline, owned, i, reject)) {
        return false;
    }
    topic->next_offset = message->offset + 1;
    topic->is_at_end = false;
    pipeline->messages_done++;
    return true;
}

/* Applies what is left of the batch: PIPELINE_EMPTY, or why the rest of it is kept. */
static enum pipeline_end finish_batch(struct pipeline *pipeline, int64_t wall_ms, int64_t now_us, int64_t until_us)
{
    uint64_t closes = pipeline->closes;
    while (pipeline->at < pipeline->count) {
        if (pipeline->closes - closes >= CLOSES_PER_LOOK) {
            if (clock_mono_us() >= until_us)
                return PIPELINE_KEPT;
            closes = pipeline->closes;
        }
        if (!take_message(pipeline, pipeline->at, wall_ms, now_us))
            return PIPELINE_BLOCKED;
        pipeline->at++;
    }
    return PIPELINE_EMPTY;
}

static void next_batch(struct pipeline *pipeline, int64_t now_us)
{
    pipeline_drop_batch(pipeline);
    int64_t t0 = clock_cpu_us();
    pipeline->count = kafka_source_drain(pipeline->parts.source, pipeline->messages, PIPELINE_BATCH, now_us,
                                         &pipeline->has_more);
    int64_t t1 = clock_cpu_us();
    decode_batch(pipeline);
    int64_t t2 = clock_cpu_us();
    look_ahead(pipeline);
    pipeline->times.drain_us += t1 - t0;
    pipeline->times.decode_us += t2 - t1;
    pipeline->times.apply_us += clock_cpu_us() - t2;
}

enum pipeline_end pipeline_run(struct pipeline *pipeline, int64_t wall_ms, int64_t until_us)
{
    int64_t now_us = clock_mono_us();
    for (;;) {
        int64_t t0 = clock_cpu_us();
        enum pipeline_end end = finish_batch(pipeline, wall_ms, now_us, until_us);
        pipeline->times.apply_us += clock_cpu_us() - t0;
        if (end != PIPELINE_EMPTY) {
            /* Partitions may come and go before the rest is taken. */
            memset(pipeline->places, 0, sizeof pipeline->places);
            return end;
        }
        now_us = clock_mono_us();
        if (now_us >= until_us) {
            pipeline_drop_batch(pipeline);
            return pipeline->has_more ? PIPELINE_MORE : PIPELINE_EMPTY;
        }
        next_batch(pipeline, now_us);
        if (pipeline->count == 0)
            return PIPELINE_EMPTY;
    }
}

void pipeline_drop_batch(struct pipeline *pipeline)
{
    kafka_source_release(pipeline->parts.source);
    decoder_reset(pipeline->parts.decoder);
    pipeline->count = pipeline->at = 0;
}
