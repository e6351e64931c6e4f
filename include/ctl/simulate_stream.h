/* Simulated events on their way: each is written when it happens and comes out in the order of
 * arrival. */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "codec/json_write.h"
#include "ctl/chance.h"
#include "model/event.h"

struct simulate_stream;

struct simulate_stream_settings {
    uint64_t seed;
    int32_t first_day; /* days since 1970 */
    int32_t days;
    int64_t until_ms; /* what arrives later is left out; INT64_MAX = nothing is */
    double faults;    /* share of lines that are late, repeated, or (a quarter of it each) broken */
    FILE *file;       /* borrowed */
};

struct simulate_stream *simulate_stream_new(const struct simulate_stream_settings *settings);
void simulate_stream_free(struct simulate_stream *stream);

/* Begins an event of that team, type and time; the caller writes the members of `data` behind
 * `team` and ends it. Between the two calls nothing else is begun. source: NULL = "/gen/<team>". */
struct json_write *simulate_stream_begin(struct simulate_stream *stream, struct chance *chance,
                                         const char *team, enum event_type type, int64_t time_ms,
                                         const char *source);
void simulate_stream_end(struct simulate_stream *stream);

/* Every event that happens before the end of `day` was given: writes what arrives by then. Days in
 * order. */
void simulate_stream_pass_day(struct simulate_stream *stream, int32_t day);

/* Writes what is left. UP_EIO when the file did not take all of it. */
int simulate_stream_finish(struct simulate_stream *stream, struct up_err *err);

/* Lines written so far. */
int64_t simulate_stream_lines(const struct simulate_stream *stream);
