/* Cells, packed into records whose counts are as wide as the widest needs. */
#include "model/cell.h"

#include <string.h>

#include "base/panic.h"

/* A record: next (4 bytes), arm and dirty bit (1), sums (8 each), counts (width bytes each). No padding, so values
 * are moved with memcpy. The first four bytes are the pool's while the record is free. */
enum { NEXT_AT = 0, MARK_AT = 4, SUMS_AT = 5, MARK_DIRTY = 0x80, WIDTHS = 4 };
enum { HANDLE_BITS = 30 };

enum count_slot {
#define COUNTER(name, help) COUNT_##name,
#define SUM(name, help)
#include "model/counters.def"
#undef COUNTER
#undef SUM
    COUNTS
};

enum sum_slot {
#define COUNTER(name, help)
#define SUM(name, help) SUM_##name,
#include "model/counters.def"
#undef COUNTER
#undef SUM
    SUMS
};

#define COUNTS_AT (SUMS_AT + 8U * SUMS)

struct slot {
    bool is_sum;
    uint8_t at;
};

static const struct slot slots[COUNTERS] = {
#define COUNTER(name, help) [COUNTER_##name] = {false, COUNT_##name},
#define SUM(name, help) [COUNTER_##name] = {true, SUM_##name},
#include "model/counters.def"
#undef COUNTER
#undef SUM
};

_Static_assert(COUNTERS <= 64, "amounts.counts has a bit for each counter");
_Static_assert((int)SUMS == (int)CELL_SUMS && (int)COUNTS == (int)CELL_COUNTS,
               "totals have a place for each counter");

const char *cell_arm_name(enum arm arm)
{
    static const char *const names[ARMS] = {"ai",          "ai_random", "none",
                                            "none_random", "bypass",    "bypass_random"};
    UP_ASSERT(arm < ARMS);
    return names[arm];
}

const char *cell_counter_name(enum counter counter)
{
    static const char *const names[COUNTERS] = {
#define COUNTER(name, help) #name,
#define SUM(name, help) #name,
#include "model/counters.def"
#undef COUNTER
#undef SUM
    };
    UP_ASSERT(counter < COUNTERS);
    return names[counter];
}

const char *cell_counter_help(enum counter counter)
{
    static const char *const helps[COUNTERS] = {
#define COUNTER(name, help) help,
#define SUM(name, help) help,
#include "model/counters.def"
#undef COUNTER
#undef SUM
    };
    UP_ASSERT(counter < COUNTERS);
    return helps[counter];
}

bool cell_counter_is_sum(enum counter counter)
{
    return slots[counter].is_sum;
}

void cell_store_init(struct cell_store *store)
{
    for (uint32_t i = 0; i < WIDTHS; i++)
        pool_init(&store->widths[i], COUNTS_AT + ((uint32_t)COUNTS << i));
}

void cell_store_done(struct cell_store *store)
{
    for (uint32_t i = 0; i < WIDTHS; i++)
        pool_done(&store->widths[i]);
}

size_t cell_store_bytes(const struct cell_store *store)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < WIDTHS; i++)
        bytes += pool_bytes(&store->widths[i]);
    return bytes;
}

uint32_t cell_store_count(const struct cell_store *store)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < WIDTHS; i++)
        count += store->widths[i].used;
    return count;
}

static inline uint32_t width_class(uint32_t cell)
{
    return cell >> HANDLE_BITS;
}

static inline uint8_t *record_of(const struct cell_store *store, uint32_t cell)
{
    return pool_at(&store->widths[width_class(cell)], cell & ((1U << HANDLE_BITS) - 1));
}

static uint32_t take(struct cell_store *store, uint32_t class)
{
    uint32_t handle = pool_take(&store->widths[class]);
    UP_ASSERT(handle >> HANDLE_BITS == 0);
    return handle | class << HANDLE_BITS;
}

uint32_t cell_new(struct cell_store *store, enum arm arm)
{
    uint32_t cell = take(store, 0);
    record_of(store, cell)[MARK_AT] = (uint8_t)arm;
    return cell;
}

void cell_free(struct cell_store *store, uint32_t cell)
{
    pool_give(&store->widths[width_class(cell)], cell & ((1U << HANDLE_BITS) - 1));
}

uint32_t cell_next(const struct cell_store *store, uint32_t cell)
{
    uint32_t next;
    memcpy(&next, record_of(store, cell) + NEXT_AT, sizeof next);
    return next;
}

void cell_set_next(struct cell_store *store, uint32_t cell, uint32_t next)
{
    memcpy(record_of(store, cell) + NEXT_AT, &next, sizeof next);
}

enum arm cell_arm(const struct cell_store *store, uint32_t cell)
{
    return (enum arm)(record_of(store, cell)[MARK_AT] & 0x7f);
}

bool cell_dirty(const struct cell_store *store, uint32_t cell)
{
    return (record_of(store, cell)[MARK_AT] & MARK_DIRTY) != 0;
}

void cell_set_dirty(struct cell_store *store, uint32_t cell, bool dirty)
{
    uint8_t *mark = record_of(store, cell) + MARK_AT;
    *mark = (uint8_t)((*mark & 0x7f) | (dirty ? MARK_DIRTY : 0));
}

static inline int64_t read_count(const uint8_t *record, uint32_t class, uint32_t at)
{
    const uint8_t *place = record + COUNTS_AT + ((size_t)at << class);
    switch (class) {
    case 0:
        return *place;
    case 1: {
        uint16_t value;
        memcpy(&value, place, sizeof value);
        return value;
    }
    case 2: {
        uint32_t value;
        memcpy(&value, place, sizeof value);
        return value;
    }
    default: {
        int64_t value;
        memcpy(&value, place, sizeof value);
        return value;
    }
    }
}

static inline void write_count(uint8_t *record, uint32_t class, uint32_t at, int64_t value)
{
    uint8_t *place = record + COUNTS_AT + ((size_t)at << class);
    switch (class) {
    case 0:
        *place = (uint8_t)value;
        break;
    case 1: {
        uint16_t narrow = (uint16_t)value;
        memcpy(place, &narrow, sizeof narrow);
        break;
    }
    case 2: {
        uint32_t narrow = (uint32_t)value;
        memcpy(place, &narrow, sizeof narrow);
        break;
    }
    default:
        memcpy(place, &value, sizeof value);
        break;
    }
}

static inline int64_t read_sum(const uint8_t *record, uint32_t at)
{
    int64_t value;
    memcpy(&value, record + SUMS_AT + (size_t)at * 8, sizeof value);
    return value;
}

static inline void add_sum(uint8_t *record, uint32_t at, int64_t amount)
{
    int64_t value = cell_wrap_add(read_sum(record, at), amount);
    memcpy(record + SUMS_AT + (size_t)at * 8, &value, sizeof value);
}

static inline int64_t count_max(uint32_t class)
{
    static const int64_t greatest[WIDTHS] = {UINT8_MAX, UINT16_MAX, UINT32_MAX, INT64_MAX};
    return greatest[class];
}

int64_t cell_get(const struct cell_store *store, uint32_t cell, enum counter counter)
{
    const uint8_t *record = record_of(store, cell);
    struct slot slot = slots[counter];
    return slot.is_sum ? read_sum(record, slot.at) : read_count(record, width_class(cell), slot.at);
}

static void add_record(const uint8_t *record, uint32_t class, struct counters *counters)
{
    for (int c = 0; c < COUNTERS; c++) {
        int64_t value = slots[c].is_sum ? read_sum(record, slots[c].at)
                                        : read_count(record, class, slots[c].at);
        counters->at[c] = cell_wrap_add(counters->at[c], value);
    }
}

void cell_add_to(const struct cell_store *store, uint32_t cell, struct counters *counters)
{
    add_record(record_of(store, cell), width_class(cell), counters);
}

void cell_read(const struct cell_store *store, uint32_t cell, struct counters *ret_counters)
{
    *ret_counters = (struct counters){{0}};
    cell_add_to(store, cell, ret_counters);
}

/* The same cell in a record whose counts are wide enough for `value`. */
static uint32_t widen(struct cell_store *store, uint32_t cell, int64_t value)
{
    uint32_t class = width_class(cell);
    uint32_t wider = class + 1;
    while (value > count_max(wider))
        wider++;
    uint32_t grown = take(store, wider);
    const uint8_t *from = record_of(store, cell);
    uint8_t *to = record_of(store, grown);
    memcpy(to, from, COUNTS_AT);
    for (uint32_t i = 0; i < COUNTS; i++)
        write_count(to, wider, i, read_count(from, class, i));
    cell_free(store, cell);
    return grown;
}

static uint32_t add_count(struct cell_store *store, uint32_t cell, uint32_t at, int64_t amount)
{
    uint8_t *record = record_of(store, cell);
    int64_t value = read_count(record, width_class(cell), at) + amount;
    UP_ASSERT(value >= 0);
    if (value > count_max(width_class(cell))) {
        cell = widen(store, cell, value);
        record = record_of(store, cell);
    }
    write_count(record, width_class(cell), at, value);
    return cell;
}

uint32_t cell_apply(struct cell_store *store, uint32_t cell, const struct amounts *amounts,
                    int sign)
{
    for (uint64_t left = amounts->counts; left != 0; left &= left - 1)
        cell = add_count(store, cell, slots[__builtin_ctzll(left)].at, sign);
    uint8_t *record = record_of(store, cell);
    add_sum(record, SUM_quality_sum, sign * amounts->quality_sum);
    add_sum(record, SUM_quality_sq, sign * amounts->quality_sq);
    add_sum(record, SUM_cycle_ln, sign * amounts->cycle_ln);
    add_sum(record, SUM_cycle_ln_sq, sign * amounts->cycle_ln_sq);
    add_sum(record, SUM_effort_s10, sign * amounts->effort_s10);
    add_sum(record, SUM_effort_sq, sign * amounts->effort_sq);
    return cell;
}

uint32_t cell_merge(struct cell_store *store, uint32_t cell, const struct counters *counters)
{
    for (uint32_t c = 0; c < COUNTERS; c++) {
        if (slots[c].is_sum)
            add_sum(record_of(store, cell), slots[c].at, counters->at[c]);
        else
            cell = add_count(store, cell, slots[c].at, counters->at[c]);
    }
    return cell;
}

static void add_to(struct counters *counters, enum counter counter, int64_t amount)
{
    counters->at[counter] = cell_wrap_add(counters->at[counter], amount);
}

void amounts_add_to(const struct amounts *amounts, int sign, struct counters *counters)
{
    for (uint64_t left = amounts->counts; left != 0; left &= left - 1)
        counters->at[__builtin_ctzll(left)] += sign;
    add_to(counters, COUNTER_quality_sum, sign * amounts->quality_sum);
    add_to(counters, COUNTER_quality_sq, sign * amounts->quality_sq);
    add_to(counters, COUNTER_cycle_ln, sign * amounts->cycle_ln);
    add_to(counters, COUNTER_cycle_ln_sq, sign * amounts->cycle_ln_sq);
    add_to(counters, COUNTER_effort_s10, sign * amounts->effort_s10);
    add_to(counters, COUNTER_effort_sq, sign * amounts->effort_sq);
}

/* ---- sums over many cells ------------------------------------------------------------------- */

/* Whole vectors first, and a function of its own: gcc vectorises only loops that leave nothing
 * over, and forgets `restrict` where it inlines. */
__attribute__((noinline)) static void add_narrow(const uint8_t *restrict record,
                                                 struct cell_narrow_total *restrict total)
{
    enum { VECTOR = 16, WHOLE = COUNTS / VECTOR * VECTOR };
    for (size_t i = 0; i < SUMS; i++) {
        uint64_t value;
        memcpy(&value, record + SUMS_AT + i * sizeof value, sizeof value);
        total->sums[i] += value;
    }
    for (size_t i = 0; i < WHOLE; i++)
        total->counts[i] += record[COUNTS_AT + i];
    for (size_t i = WHOLE; i < COUNTS; i++)
        total->counts[i] += record[COUNTS_AT + i];
}

static void add_to_totals(struct cell_totals *totals, const uint8_t *record, uint32_t class)
{
    uint32_t arm = record[MARK_AT] & 0x7f;
    uint32_t *arms = class == 0 ? &totals->narrow_arms : &totals->wide_arms;
    bool first = (*arms & 1U << arm) == 0;
    *arms |= 1U << arm;
    if (class == 0) {
        if (first)
            totals->narrow[arm] = (struct cell_narrow_total){.counts = {0}};
        add_narrow(record, &totals->narrow[arm]);
    } else {
        if (first)
            totals->wide[arm] = (struct counters){{0}};
        add_record(record, class, &totals->wide[arm]);
    }
}

void cell_totals_add(struct cell_totals *totals, const struct cell_store *store, uint32_t first)
{
    uint32_t next;
    for (uint32_t cell = first; cell != 0; cell = next) {
        const uint8_t *record = record_of(store, cell);
        add_to_totals(totals, record, width_class(cell));
        memcpy(&next, record + NEXT_AT, sizeof next);
    }
}

void cell_totals_add_to(const struct cell_totals *totals, enum arm arm, struct counters *counters)
{
    if ((totals->narrow_arms & 1U << arm) != 0) {
        const struct cell_narrow_total *total = &totals->narrow[arm];
#define COUNTER(name, help) add_to(counters, COUNTER_##name, total->counts[COUNT_##name]);
#define SUM(name, help) add_to(counters, COUNTER_##name, (int64_t)total->sums[SUM_##name]);
#include "model/counters.def"
#undef COUNTER
#undef SUM
    }
    for (int c = 0; (totals->wide_arms & 1U << arm) != 0 && c < COUNTERS; c++)
        add_to(counters, (enum counter)c, totals->wide[arm].at[c]);
}

void cell_prefetch(const struct cell_store *store, uint32_t cell)
{
    if (cell == 0)
        return;
    const uint8_t *record = record_of(store, cell);
    __builtin_prefetch(record);
    __builtin_prefetch(record + COUNTS_AT);
    __builtin_prefetch(record + COUNTS_AT + COUNTS - 1);
}
