/* When a topic is idle, when the wall clock moves a watermark, and which topic must wait for another. architecture.md,
 * Watermark. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "app/owned.h"
#include "io/kafka_source.h"

struct clockwork_settings {
    int64_t idle_after_ms;
    int64_t align_window_ms;
    int64_t max_clock_skew_ms;
};

/* The clocks of this turn. skew_ms: PostgreSQL's clock minus ours, as last seen; known = it was ever seen. */
struct clockwork_now {
    int64_t mono_us;
    int64_t wall_ms;
    int64_t skew_ms;
    bool is_skew_known;
    bool is_reading; /* what comes is taken; else nothing is known of silence */
};

/* The topic of the partition was read to its end. */
void clockwork_note_end(struct owned *owned, uint16_t topic);

/* Makes topics idle that are, lets the watermark follow the wall clock where all are, and pauses or resumes topics that
 * are too far ahead. Returns whether the watermark moved by the clock alone and was not saved for idle_after. */
bool clockwork_run(struct owned *owned, struct kafka_source *source, const struct clockwork_settings *settings,
                   const struct clockwork_now *now);
