/* Rows as they leave a shard and come back: the one form that PostgreSQL, `evaluate` and the tests see. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "model/calendar.h"
#include "model/cell.h"
#include "model/event.h"
#include "model/person.h"

struct shard;
struct alarms;
struct evaluation;
struct team;

/* Texts and arrays are borrowed until the call returns. Days are days since 1970, times ms; -1 = none. */
struct shard_row {
    int32_t partition;
    int64_t watermark_ms;
    int64_t greatest_ms;
    int64_t accepted;
    int64_t rejected[REJECT_REASONS];
    const struct calendar *calendar; /* loading takes a copy */
    int topic_count;
    const int64_t *topic_greatest_ms; /* by number of the topic */
};

struct team_row {
    struct text team;
    int32_t first_day;
    int32_t first_cell_day; /* DAY_NEVER = none */
    int32_t evaluated_through;
    int64_t unmatched;
};

struct capability_row {
    struct text name;
    int32_t first_day, last_day;
};

struct person_workflow_row {
    struct text name;
    int32_t last_day;
    uint64_t days; /* as in model/person_workflow.h */
};

struct person_row {
    struct text team;
    struct pseudonym user;
    int32_t first_seen;
    int32_t first_ai; /* DAY_NEVER = none */
    struct person_register status;
    struct person_register level, first_level; /* .value is not set; see the texts */
    struct text level_name, first_level_name;
    int64_t first_training_ms; /* INT64_MAX = none */
    /* Sets of days as bits: bit i of byte b = day sets_first + 8 b + i. Cut where both are empty on either end. */
    int32_t sets_first;
    uint32_t sets_bytes;
    const uint8_t *worked, *practised;
    size_t capability_count;
    const struct capability_row *capabilities; /* by name, in the order of bytes */
    size_t workflow_count;
    const struct person_workflow_row *workflows; /* likewise */
};

struct cell_row {
    struct text team, workflow;
    int32_t day;
    enum arm arm;
    bool difference; /* add to what is stored; else replace. A row that comes to 0 tasks is deleted. */
    struct counters counters;
};

struct week_row {
    struct text team;
    struct pseudonym user;
    int32_t week;
    bool difference;
    struct week_counters counters;
};

struct training_row {
    struct text team, program;
    struct pseudonym user;
    struct event_key key;
    bool has_teacher;
    struct pseudonym teacher;
    uint32_t seconds;
    enum training_format format;
};

struct redesign_row {
    struct text team, workflow, label;
    struct event_key key;
};

struct pulse_row {
    struct text team;
    struct pseudonym user;
    struct event_key key;
    int32_t day;
    enum question question;
    uint8_t score;
};

/* Who takes rows: the encoder of a checkpoint, and `evaluate`'s memory. A function that is NULL drops its rows. */
struct sink {
    void *arg;
    void (*shard)(void *arg, const struct shard_row *row);
    void (*team)(void *arg, const struct team_row *row);
    void (*person)(void *arg, const struct person_row *row);
    void (*cell)(void *arg, const struct cell_row *row);
    void (*week)(void *arg, const struct week_row *row);
    void (*training)(void *arg, const struct training_row *row);
    void (*redesign)(void *arg, const struct redesign_row *row);
    void (*pulse)(void *arg, const struct pulse_row *row);
    /* The changed tasks, by handle in the shard's pool. */
    void (*tasks)(void *arg, const struct shard *shard, const uint32_t *handles, size_t count);
    void (*alarms)(void *arg, struct text team, const struct alarms *alarms);
    /* A day of a team was evaluated, for good: at once, not at the cut. */
    void (*closed)(void *arg, const struct shard *shard, const struct team *team,
                   const struct evaluation *evaluation);
    /* The opening of `day` found the whole partition silent, or not any more: at once. */
    void (*silence)(void *arg, const struct shard *shard, int32_t day, bool begins);
};
