/* The way of a message: drained, decoded, judged, applied; what is refused goes to the dead letters. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "app/owned.h"
#include "base/histogram.h"
#include "codec/event_decode.h"
#include "io/dead_letters.h"
#include "io/kafka_source.h"

enum { PIPELINE_BATCH = 256 };

/* Where the processor's time goes; microseconds of the loop's thread. */
struct pipeline_times {
    int64_t drain_us, decode_us, apply_us;
};

/* What it works with; all borrowed. */
struct pipeline_parts {
    struct kafka_source *source;
    struct dead_letters *letters;
    struct decoder *decoder;
    const char *const *topics;
    struct owned *const *owned; /* by partition; NULL = not ours */
    int32_t partitions;
    bool has_wall_check; /* judge `future` by the wall clock */
};

struct pipeline;

struct pipeline *pipeline_new(const struct pipeline_parts *parts);
void pipeline_free(struct pipeline *pipeline);

enum pipeline_end {
    PIPELINE_EMPTY,   /* nothing left to drain */
    PIPELINE_MORE,    /* the time is up, there is more */
    PIPELINE_KEPT,    /* the same within a batch, of which each team had days to close first */
    PIPELINE_BLOCKED, /* too many dead letters are on their way: poll them, then go on */
};

/* Works until `until_us` (clock_mono_us) at most, a batch at a time. A batch that is blocked half way, or whose teams'
 * closes take all the time, is kept and goes on at the next call. */
enum pipeline_end pipeline_run(struct pipeline *pipeline, int64_t wall_ms, int64_t until_us);

/* The batch that was kept belongs to partitions that are being given up: forget it. It is read again by whoever comes
 * next. */
void pipeline_drop_batch(struct pipeline *pipeline);

const struct pipeline_times *pipeline_times(const struct pipeline *pipeline);
/* Messages applied or refused so far. */
uint64_t pipeline_messages(const struct pipeline *pipeline);
/* Events of that type applied so far, repeated ones included. */
uint64_t pipeline_events(const struct pipeline *pipeline, enum event_type type);
/* Messages refused so far for that reason. */
uint64_t pipeline_rejects(const struct pipeline *pipeline, enum reject reason);
