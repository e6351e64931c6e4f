/* Cells: integer counters over the tasks of one (team, workflow, day, arm). measures.md, Cells. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"

enum arm { ARM_AI, ARM_AI_RANDOM, ARM_NONE, ARM_NONE_RANDOM, ARM_BYPASS, ARM_BYPASS_RANDOM, ARMS };

enum counter {
#define COUNTER(name, help) COUNTER_##name,
#define SUM(name, help) COUNTER_##name,
#include "model/counters.def"
#undef COUNTER
#undef SUM
    COUNTERS
};

/* Those of them that count tasks, in the same order. */
enum count {
#define COUNTER(name, help) COUNT_##name,
#define SUM(name, help)
#include "model/counters.def"
#undef COUNTER
#undef SUM
    CELL_COUNTS
};

/* Pools of arms as bit masks of 1 << arm. */
enum {
    ARMS_AI = 1 << ARM_AI | 1 << ARM_AI_RANDOM,
    ARMS_BYPASS = 1 << ARM_BYPASS | 1 << ARM_BYPASS_RANDOM,
    ARMS_MANUAL = 1 << ARM_NONE | 1 << ARM_NONE_RANDOM | ARMS_BYPASS,
    ARMS_ALL = ARMS_AI | ARMS_MANUAL,
    ARMS_AI_DRAWN = 1 << ARM_AI_RANDOM | 1 << ARM_BYPASS_RANDOM,
    ARMS_MANUAL_DRAWN = 1 << ARM_NONE_RANDOM,
};

/* One value per counter, indexed by enum counter. Sums over very many tasks wrap around at 2^64:
 * what is taken back comes off exactly, and a mean of impossible sums is unknown. */
struct counters {
    int64_t at[COUNTERS];
};

/* What one task adds to its cell: 1 to every enum count whose bit is set in `counts`, and to the sums. */
struct amounts {
    uint64_t counts;
    int64_t quality_sum, quality_sq, cycle_ln, cycle_ln_sq, effort_s10, effort_sq;
};

/* "ai", "none_random"... and "tasks", "ca_x"...; help is one line for COMMENTs. */
const char *cell_arm_name(enum arm arm);
const char *cell_counter_name(enum counter counter);
const char *cell_counter_help(enum counter counter);
bool cell_counter_is_sum(enum counter counter);

/* All cells of a shard, packed: counts take 1, 2, 4 or 8 bytes each, wider once one outgrows it. A handle names a
 * cell until the cell is widened or freed. */
struct cell_store {
    struct pool widths[4];
};

void cell_store_init(struct cell_store *store);
void cell_store_done(struct cell_store *store);
size_t cell_store_bytes(const struct cell_store *store);
uint32_t cell_store_count(const struct cell_store *store);

/* A cell with all counters 0, not dirty, the last of its chain. */
uint32_t cell_new(struct cell_store *store, enum arm arm);
void cell_free(struct cell_store *store, uint32_t cell);

/* Cells of one workflow and day are chained; 0 ends the chain. */
uint32_t cell_next(const struct cell_store *store, uint32_t cell);
void cell_set_next(struct cell_store *store, uint32_t cell, uint32_t next);
enum arm cell_arm(const struct cell_store *store, uint32_t cell);
bool cell_dirty(const struct cell_store *store, uint32_t cell);
void cell_set_dirty(struct cell_store *store, uint32_t cell, bool dirty);

int64_t cell_get(const struct cell_store *store, uint32_t cell, enum counter counter);
void cell_read(const struct cell_store *store, uint32_t cell, struct counters *ret_counters);
/* counters->at[c] += the cell's value, for every c. */
void cell_add_to(const struct cell_store *store, uint32_t cell, struct counters *counters);

/* Adds what a task counts from now on and takes back what it counted before. May widen: returns the cell's handle from now
 * on, whose place in the chain the caller must mend when it differs. */
uint32_t cell_apply(struct cell_store *store, uint32_t cell, const struct amounts *gained, const struct amounts *lost);
/* Adds a value to each counter (a loaded row, a difference); widens likewise. */
uint32_t cell_merge(struct cell_store *store, uint32_t cell, const struct counters *counters);

/* Do two tasks, or one before and after an event, count the same? */
static inline bool amounts_equal(const struct amounts *a, const struct amounts *b)
{
    return a->counts == b->counts && a->quality_sum == b->quality_sum && a->quality_sq == b->quality_sq &&
           a->cycle_ln == b->cycle_ln && a->cycle_ln_sq == b->cycle_ln_sq && a->effort_s10 == b->effort_s10 &&
           a->effort_sq == b->effort_sq;
}

/* The counters of one task. */
void amounts_add_to(const struct amounts *amounts, int sign, struct counters *counters);

/* a + b and a - b, around 2^64. */
static inline int64_t cell_wrap_add(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

static inline int64_t cell_wrap_subtract(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

/* ---- sums over many cells ------------------------------------------------------------------- */

enum { CELL_SUMS = (int)COUNTERS - (int)CELL_COUNTS };

/* Cells whose counts take one byte, nearly all, in the order in which they hold them. */
struct cell_narrow_total {
    uint32_t counts[CELL_COUNTS];
    uint64_t sums[CELL_SUMS];
};

/* Of at most 2^24 cells, by arm. What has no bit in `narrow_arms` or `wide_arms` means nothing. */
struct cell_totals {
    uint32_t narrow_arms, wide_arms;
    struct cell_narrow_total narrow[ARMS];
    struct counters wide[ARMS];
};

static inline void cell_totals_init(struct cell_totals *totals)
{
    totals->narrow_arms = totals->wide_arms = 0;
}

/* The arms of which there is a cell, as bits 1 << arm. */
static inline uint32_t cell_totals_arms(const struct cell_totals *totals)
{
    return totals->narrow_arms | totals->wide_arms;
}

/* Takes in the cells of a chain (0 = none). The hot loop of an evaluation. */
void cell_totals_add(struct cell_totals *totals, const struct cell_store *store, uint32_t first);
/* Adds the totals of one arm to the counters. */
void cell_totals_add_to(const struct cell_totals *totals, enum arm arm, struct counters *counters);
/* Asks the processor for a cell that is looked at soon; 0 = none. */
void cell_prefetch(const struct cell_store *store, uint32_t cell);
