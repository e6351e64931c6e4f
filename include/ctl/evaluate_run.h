/* Runs a file of events through shards as the daemon runs Kafka's, without any server. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ctl/evaluate_sink.h"
#include "model/event.h"
#include "model/settings.h"
#include "model/shard.h"

struct evaluate_options {
    const char *path; /* "-" = standard input */
    int32_t partitions;
    const char *now; /* as it was given; NULL = nothing is `future` */
    int64_t now_ms;  /* -1 = the same */
    bool has_as_of;  /* else the day of each partition's watermark, provisional */
    int32_t as_of;
    uint32_t teams;
    double false_alarms_per_year;
    int64_t join_window_ms, grace_ms, max_clock_skew_ms;
    uint32_t max_event_bytes;
};

struct refused_line {
    int64_t line; /* from 1 */
    enum reject reject;
};

/* What came out. Every day is closed, every cell is in the sink. */
struct evaluate_run {
    const struct evaluate_options *options; /* borrowed */
    struct settings settings;
    struct shard **shards; /* by partition; NULL where no event was accepted */
    struct evaluate_sink sink;
    int64_t lines, accepted;
    int64_t rejected[REJECT_REASONS];
    struct refused_line *refused;
    size_t refused_count, refused_capacity;
};

/* Reads the whole file; more than once where later lines change what an earlier one needs. UP_EIO
 * and UP_ECORRUPT as file_source_next(); UP_EINVAL for a line that cannot be read as one, and for
 * more than TOPICS_MAX topics. */
int evaluate_run_new(const struct evaluate_options *options, struct evaluate_run **ret_run,
                     struct up_err *err);
/* NULL is fine. */
void evaluate_run_free(struct evaluate_run *run);
