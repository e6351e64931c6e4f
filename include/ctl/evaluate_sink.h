/* Stands for PostgreSQL where there is none: keeps the cells that a shard gives away, and the days
 * it has closed. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/index.h"
#include "base/pool.h"
#include "model/cell.h"
#include "model/evaluation.h"
#include "model/names.h"
#include "model/rows.h"

struct kept_cell {
    uint32_t team, workflow; /* names */
    int32_t day;
    uint8_t arm;   /* enum arm */
    uint32_t cell; /* in the store; 0 = this record is free */
};

/* A day as it was evaluated at its close. NAN = not known. */
struct kept_day {
    uint32_t next; /* day of the same team; 0 = last */
    int32_t day;
    double health, lo, hi, n;
    double changed_work[4];
    double x_relapsing, x_bypassing, x_over_trust;
    double r, y, m, b;
    double e_relapsing, e_bypassing, e_over_trust;
    uint16_t diagnosis;
    uint16_t opened, resolved, open; /* bits of enum alarm_kind */
    uint8_t health_limit;           /* HEALTH_COMPONENTS = none */
    uint8_t verdict, state, quiet;
    uint8_t indicators[INDICATORS];
};

/* First and last closed day of a team, by the number of its name; 0 = none. */
struct kept_days {
    uint32_t first, last;
};

struct evaluate_sink {
    struct sink sink; /* to be handed to shards */
    struct names names;
    struct cell_store store;
    struct pool cells; /* struct kept_cell */
    struct index index;
    struct pool days; /* struct kept_day */
    struct kept_days *teams;
    size_t team_count, team_capacity;
};

/* The sink must not move as long as it is in use. */
void evaluate_sink_init(struct evaluate_sink *sink);
void evaluate_sink_done(struct evaluate_sink *sink);

/* All cells by team, workflow (bytes), day and arm (bytes of its name); the caller frees the array
 * with mem_free(). */
struct kept_cell *evaluate_sink_sort_cells(struct evaluate_sink *sink, size_t *ret_count);

/* The first closed day of a team, 0 = none. */
uint32_t evaluate_sink_first_day(const struct evaluate_sink *sink, struct text team);

/* Fills all of a kept day but `next`. */
void evaluate_sink_keep_day(const struct evaluation *evaluation, struct kept_day *kept);
