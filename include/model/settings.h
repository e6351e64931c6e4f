/* Every option that changes a result, as the model sees it. The configuration fills it; nothing here is read from a file. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum health_component {
    HEALTH_REACH,
    HEALTH_JUDGEMENT,
    HEALTH_LIFT,
    HEALTH_DURABILITY,
    HEALTH_GROWTH,
    HEALTH_STAYING,
    HEALTH_COMPONENTS
};

enum { ENTRY_LEVELS_MAX = 16, ENTRY_LEVEL_BYTES_MAX = 129 };

/* Version of the rules of measures.md and events.md that this program follows, defaults included. It grows when the
 * same events and options would give another figure. */
enum { RULES_VERSION = 1 };

/* How long memory keeps what evaluation needs, in days behind the oldest day not yet evaluated
 * (architecture.md, Memory). Larger values change no result. */
struct retention {
    int32_t cell_days;     /* 90 + 35 */
    int32_t week_days;     /* 32 weeks */
    int32_t training_days; /* 448 */
    int32_t pulse_days;    /* 125 */
    int32_t day_set_days;  /* 448: length of a person's sets of days; a multiple of 64 */
};

struct settings {
    int64_t join_window_ms;
    int64_t grace_ms;
    int64_t max_clock_skew_ms;
    double false_alarms_per_year; /* > 0, per kind of e-detector, whole organisation */
    uint32_t workflows_max;       /* a team; above it an event is refused as `schema` */
    uint32_t min_group;           /* people behind a figure that leaves the writer's tables */
    double health_weights[HEALTH_COMPONENTS];
    double changed_work_threshold; /* 0.5 */
    double traceable_threshold;    /* 0.5 */
    double reproduces_threshold;   /* 0.2 */
    char entry_levels[ENTRY_LEVELS_MAX][ENTRY_LEVEL_BYTES_MAX];
    int entry_level_count;
    struct retention retention;
};

/* The defaults of events.md, measures.md and architecture.md. The retention is the least for these. */
void settings_default(struct settings *ret_settings);

/* Sets the retention to the least that join_window_ms needs. */
void settings_fit_retention(struct settings *settings);

/* Lengthens the retention by so many days. */
void settings_keep_longer(struct settings *settings, int32_t days);

/* Is this level one of the entry levels? */
bool settings_is_entry_level(const struct settings *settings, struct text level);
