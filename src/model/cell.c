/* Cells, packed into records whose counts are as wide as the widest needs. */
#include "model/cell.h"

#include <string.h>

#include "base/block.h"
#include "base/narrow.h"
#include "base/panic.h"

/* A record: next (4 bytes), arm and dirty bit (1), sums (8 each), counts (width bytes each). No padding, so values
 * are moved with memcpy. The first four bytes are the pool's while the record is free. */
enum { NEXT_AT = 0, MARK_AT = 4, SUMS_AT = 5, MARK_DIRTY = 0x80, WIDTHS = 4 };
enum { HANDLE_BITS = 30 };

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

_Static_assert(CELL_COUNTS <= 64, "amounts.counts has a bit for each count");
_Static_assert((int)SUMS == (int)CELL_SUMS, "totals have a place for each sum");

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
        pool_init(&store->widths[i], COUNTS_AT + ((uint32_t)CELL_COUNTS << i));
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

static inline uint32_t record_number(uint32_t cell)
{
    return cell & ((1U << HANDLE_BITS) - 1);
}

static inline uint8_t *record_of(const struct cell_store *store, uint32_t cell)
{
    return pool_at(&store->widths[width_class(cell)], record_number(cell));
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
    pool_give(&store->widths[width_class(cell)], record_number(cell));
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
    return narrow_read(record + COUNTS_AT + ((size_t)at << class), 1U << class);
}

static inline void write_count(uint8_t *record, uint32_t class, uint32_t at, int64_t value)
{
    narrow_write(record + COUNTS_AT + ((size_t)at << class), 1U << class, value);
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
    while (value > narrow_max(1U << wider))
        wider++;
    uint32_t grown = take(store, wider);
    const uint8_t *from = record_of(store, cell);
    uint8_t *to = record_of(store, grown);
    memcpy(to, from, COUNTS_AT);
    for (uint32_t i = 0; i < CELL_COUNTS; i++)
        write_count(to, wider, i, read_count(from, class, i));
    cell_free(store, cell);
    return grown;
}

static inline uint32_t add_count(struct cell_store *store, uint32_t cell, uint32_t at, int64_t amount)
{
    uint32_t class = width_class(cell);
    uint8_t *record = record_of(store, cell);
    int64_t value = read_count(record, class, at) + amount;
    UP_ASSERT(value >= 0);
    if (value > narrow_max(1U << class)) {
        cell = widen(store, cell, value);
        class = width_class(cell);
        record = record_of(store, cell);
    }
    write_count(record, class, at, value);
    return cell;
}

/* Bytes of 255 where the lowest 16 bits are set, in their order. */
static inline block bytes_of_bits(uint64_t bits)
{
    const uint64_t every_byte = UINT64_C(0x0101010101010101), places = UINT64_C(0x8040201008040201);
    block spread = block_of_words((bits & 0xff) * every_byte, (bits >> 8 & 0xff) * every_byte);
    return (block)((spread & block_of_words(places, places)) != 0);
}

static inline block add_to_block(block counts, uint64_t gained, uint64_t lost, block *bad)
{
    block more = bytes_of_bits(gained), less = bytes_of_bits(lost);
    *bad |= (more & (block)(counts == UINT8_MAX)) | (less & (block)(counts == 0));
    return counts - more + less;
}

static inline void put_block(uint8_t *to, block counts)
{
    memcpy(to, &counts, sizeof counts);
}

/* Adds 1 to every count whose bit is set in `gained`, takes 1 from those of `lost`, 16 at once. False, and nothing is
 * changed, where one would be no byte any more. */
static inline bool add_to_bytes(uint8_t *counts, uint64_t gained, uint64_t lost)
{
    enum { STEP = sizeof(block), END_AT = CELL_COUNTS - STEP };
    _Static_assert((int)CELL_COUNTS > 2 * (int)STEP && (int)CELL_COUNTS <= 3 * (int)STEP, "three blocks hold all counts");
    const uint64_t at_end = UINT64_MAX << 2 * STEP;
    block bad = {0};
    block first = add_to_block(block_load(counts), gained, lost, &bad);
    block second = add_to_block(block_load(counts + STEP), gained >> STEP, lost >> STEP, &bad);
    block end = add_to_block(block_load(counts + END_AT), (gained & at_end) >> END_AT, (lost & at_end) >> END_AT, &bad);
    if (block_any(bad))
        return false;
    /* The end overlaps the second, which knows better. */
    put_block(counts + END_AT, end);
    put_block(counts + STEP, second);
    put_block(counts, first);
    return true;
}

static inline void change_sum(uint8_t *record, uint32_t at, int64_t gained, int64_t lost)
{
    if (gained != lost)
        add_sum(record, at, cell_wrap_subtract(gained, lost));
}

uint32_t cell_apply(struct cell_store *store, uint32_t cell, const struct amounts *gained, const struct amounts *lost)
{
    uint64_t more = gained->counts & ~lost->counts, less = lost->counts & ~gained->counts;
    uint8_t *record = record_of(store, cell);
    if (width_class(cell) != 0 || !add_to_bytes(record + COUNTS_AT, more, less)) {
        for (uint64_t left = more; left != 0; left &= left - 1)
            cell = add_count(store, cell, (uint32_t)__builtin_ctzll(left), 1);
        for (uint64_t left = less; left != 0; left &= left - 1)
            cell = add_count(store, cell, (uint32_t)__builtin_ctzll(left), -1);
        record = record_of(store, cell);
    }
    change_sum(record, SUM_quality_sum, gained->quality_sum, lost->quality_sum);
    change_sum(record, SUM_quality_sq, gained->quality_sq, lost->quality_sq);
    change_sum(record, SUM_cycle_ln, gained->cycle_ln, lost->cycle_ln);
    change_sum(record, SUM_cycle_ln_sq, gained->cycle_ln_sq, lost->cycle_ln_sq);
    change_sum(record, SUM_effort_s10, gained->effort_s10, lost->effort_s10);
    change_sum(record, SUM_effort_sq, gained->effort_sq, lost->effort_sq);
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
    static const enum counter counted[CELL_COUNTS] = {
#define COUNTER(name, help) COUNTER_##name,
#define SUM(name, help)
#include "model/counters.def"
#undef COUNTER
#undef SUM
    };
    for (uint64_t left = amounts->counts; left != 0; left &= left - 1)
        counters->at[counted[__builtin_ctzll(left)]] += sign;
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
    enum { VECTOR = 16, WHOLE = CELL_COUNTS / VECTOR * VECTOR };
    for (size_t i = 0; i < SUMS; i++) {
        uint64_t value;
        memcpy(&value, record + SUMS_AT + i * sizeof value, sizeof value);
        total->sums[i] += value;
    }
    for (size_t i = 0; i < WHOLE; i++)
        total->counts[i] += record[COUNTS_AT + i];
    for (size_t i = WHOLE; i < CELL_COUNTS; i++)
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
    if (cell != 0)
        pool_prefetch(&store->widths[width_class(cell)], record_number(cell));
}
