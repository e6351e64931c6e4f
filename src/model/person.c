/* A person's sets of days as rings of bits, and counters by epoch week as wide as they need to be. */
#include "model/person.h"

#include <string.h>

#include "base/mem.h"
#include "base/narrow.h"
#include "base/panic.h"

enum { WEEKS_STEP = 4, WEEKS_MAX = (1 << 24) - 1 };

/* ---- sets of days ------------------------------------------------------------------------------------------- */

uint32_t person_bytes(int32_t day_set_days)
{
    UP_ASSERT(day_set_days > 0 && day_set_days % 64 == 0);
    return (uint32_t)sizeof(struct person) + DAY_SETS * ((uint32_t)day_set_days / 8);
}

static inline uint64_t *set_words(struct person *person, int32_t day_set_days, enum day_set set)
{
    return person->day_sets + (size_t)set * (size_t)(day_set_days / 64);
}

/* Makes room for a newer day: the days that fall out of the rings are forgotten. */
static void slide_sets(struct person *person, int32_t day_set_days, int32_t day)
{
    int64_t ahead = (int64_t)day - person->sets_newest;
    if (person->sets_newest == INT32_MIN || ahead >= day_set_days) {
        memset(person->day_sets, 0, DAY_SETS * ((size_t)day_set_days / 8));
    } else {
        for (int32_t d = person->sets_newest + 1; d <= day; d++) {
            int32_t at = d % day_set_days;
            for (int set = 0; set < DAY_SETS; set++)
                set_words(person, day_set_days, (enum day_set)set)[at / 64] &= ~(UINT64_C(1) << (at % 64));
        }
    }
    person->sets_newest = day;
}

void person_prefetch(const struct person *person, int32_t day_set_days, int32_t day)
{
    size_t word = (size_t)(day % day_set_days) / 64;
    __builtin_prefetch(person);
    __builtin_prefetch(&person->next_in_team);
    for (size_t set = 0; set < DAY_SETS; set++)
        __builtin_prefetch(&person->day_sets[set * (size_t)(day_set_days / 64) + word]);
}

bool person_add_day(struct person *person, int32_t day_set_days, enum day_set set, int32_t day)
{
    if (person->sets_newest == INT32_MIN || day > person->sets_newest)
        slide_sets(person, day_set_days, day);
    else if (day <= person->sets_newest - day_set_days)
        return false;
    int32_t at = day % day_set_days;
    uint64_t *word = set_words(person, day_set_days, set) + at / 64;
    uint64_t bit = UINT64_C(1) << (at % 64);
    if (*word & bit)
        return false;
    *word |= bit;
    return true;
}

/* Counts at most `enough` days of first ... last. */
static int32_t count_days(const struct person *person, int32_t day_set_days, enum day_set set, int32_t first,
                          int32_t last, int32_t enough)
{
    if (person->sets_newest == INT32_MIN)
        return 0;
    if (first <= person->sets_newest - day_set_days)
        first = person->sets_newest - day_set_days + 1;
    if (first < 0)
        first = 0;
    if (last > person->sets_newest)
        last = person->sets_newest;
    const uint64_t *words = person->day_sets + (size_t)set * (size_t)(day_set_days / 64);
    int32_t count = 0;
    int32_t left = last - first + 1;
    int32_t at = first % day_set_days;
    while (left > 0 && count < enough) {
        int32_t bits = 64 - at % 64;
        if (bits > left)
            bits = left;
        uint64_t mask = (bits == 64 ? ~UINT64_C(0) : (UINT64_C(1) << bits) - 1) << (at % 64);
        count += __builtin_popcountll(words[at / 64] & mask);
        left -= bits;
        at = (at + bits) % day_set_days;
    }
    return count;
}

bool person_has_day(const struct person *person, int32_t day_set_days, enum day_set set, int32_t day)
{
    return count_days(person, day_set_days, set, day, day, 1) > 0;
}

int32_t person_count_days(const struct person *person, int32_t day_set_days, enum day_set set, int32_t first,
                          int32_t last)
{
    return count_days(person, day_set_days, set, first, last, INT32_MAX);
}

bool person_has_any_day(const struct person *person, int32_t day_set_days, enum day_set set, int32_t first,
                        int32_t last)
{
    return count_days(person, day_set_days, set, first, last, 1) > 0;
}

/* ---- counters by week --------------------------------------------------------------------------------------- */

static inline uint8_t *week_place(const struct person_weeks *weeks, int32_t week, int counter)
{
    size_t at = (size_t)(week - weeks->first_week) * WEEK_COUNTERS + (size_t)counter;
    return weeks->counts + at * weeks->width;
}

static int64_t read_week_counter(const struct person_weeks *weeks, int32_t week, int counter)
{
    return narrow_read(week_place(weeks, week, counter), weeks->width);
}

static void widen_weeks(struct person_weeks *weeks, int64_t value)
{
    uint8_t width = weeks->width;
    while (value > narrow_max(width))
        width = (uint8_t)(2 * width);
    struct person_weeks grown = *weeks;
    grown.width = width;
    grown.counts = mem_alloc_array(weeks->length, (size_t)WEEK_COUNTERS * width);
    for (int32_t week = weeks->first_week; week < weeks->first_week + weeks->length; week++) {
        for (int c = 0; c < WEEK_COUNTERS; c++) {
            int64_t old = read_week_counter(weeks, week, c);
            narrow_write(week_place(&grown, week, c), width, old);
        }
    }
    mem_free(weeks->counts);
    *weeks = grown;
}

/* Holds weeks first ... first + length - 1 from now on; they include all that are held. */
static void resize_weeks(struct person_weeks *weeks, int32_t first, int32_t length)
{
    UP_ASSERT(length <= WEEKS_MAX);
    size_t row = (size_t)WEEK_COUNTERS * weeks->width;
    uint8_t *counts = mem_alloc_array((size_t)length, row);
    if (weeks->length > 0)
        memcpy(counts + (size_t)(weeks->first_week - first) * row, weeks->counts, weeks->length * row);
    mem_free(weeks->counts);
    weeks->counts = counts;
    weeks->first_week = first;
    weeks->length = (uint32_t)length & WEEKS_MAX;
}

static bool weeks_hold(const struct person_weeks *weeks, int32_t week)
{
    return week >= weeks->first_week && week < weeks->first_week + weeks->length;
}

/* Makes the week one that is held. */
static void reach_week(struct person *person, int32_t week, int32_t week_min)
{
    struct person_weeks *weeks = &person->weeks;
    if (weeks->length == 0) {
        *weeks = (struct person_weeks){.width = 1, .dirty_first = INT32_MAX, .dirty_last = INT32_MIN};
        resize_weeks(weeks, week, WEEKS_STEP);
        return;
    }
    if (week < weeks->first_week) {
        resize_weeks(weeks, week, weeks->length + (weeks->first_week - week));
        return;
    }
    person_forget_weeks(person, week_min);
    if (weeks->length == 0) {
        reach_week(person, week, week_min);
        return;
    }
    int32_t needed = week - weeks->first_week + 1;
    if (needed > weeks->length)
        resize_weeks(weeks, weeks->first_week, (needed + WEEKS_STEP - 1) / WEEKS_STEP * WEEKS_STEP);
}

static void add_first_score(struct person *person, int32_t week, int counter, int64_t amount)
{
    int32_t at = person->first_ai == DAY_NEVER ? -1 : week - person->first_ai / 7;
    if (at < 0 || at >= FIRST_WEEKS || counter < WEEK_CA)
        return;
    int64_t value = person->first_scores[at][counter - WEEK_CA] + amount;
    UP_ASSERT(value >= 0 && value <= UINT32_MAX);
    person->first_scores[at][counter - WEEK_CA] = (uint32_t)value;
}

/* Holds the week, which is about to change; false where memory has forgotten it or would. */
static inline bool hold_week(struct person *person, int32_t week, int32_t week_min)
{
    struct person_weeks *weeks = &person->weeks;
    if (!weeks_hold(weeks, week)) {
        if (week < week_min)
            return false;
        reach_week(person, week, week_min);
    }
    if (week < weeks->dirty_first)
        weeks->dirty_first = week;
    if (week > weeks->dirty_last)
        weeks->dirty_last = week;
    return true;
}

static inline void add_to_week(struct person *person, int32_t week, bool is_held, int counter, int64_t amount)
{
    struct person_weeks *weeks = &person->weeks;
    if (!is_held) {
        add_first_score(person, week, counter, amount);
        return;
    }
    int64_t value = read_week_counter(weeks, week, counter) + amount;
    UP_ASSERT(value >= 0);
    if (value > narrow_max(weeks->width))
        widen_weeks(weeks, value);
    narrow_write(week_place(weeks, week, counter), weeks->width, value);
}

bool person_add_week(struct person *person, int32_t week, const struct week_counters *counters, int32_t week_min)
{
    bool is_held = hold_week(person, week, week_min);
    for (int c = 0; c < WEEK_COUNTERS; c++)
        add_to_week(person, week, is_held, c, counters->at[c]);
    return is_held;
}

bool person_count_week(struct person *person, int32_t week, uint32_t gained, uint32_t lost, int32_t week_min)
{
    bool is_held = hold_week(person, week, week_min);
    for (uint32_t left = gained; left != 0; left &= left - 1)
        add_to_week(person, week, is_held, __builtin_ctz(left), 1);
    for (uint32_t left = lost; left != 0; left &= left - 1)
        add_to_week(person, week, is_held, __builtin_ctz(left), -1);
    return is_held;
}

void person_read_week(const struct person *person, int32_t week, struct week_counters *ret_counters)
{
    *ret_counters = (struct week_counters){{0}};
    if (!weeks_hold(&person->weeks, week))
        return;
    for (int c = 0; c < WEEK_COUNTERS; c++)
        ret_counters->at[c] = read_week_counter(&person->weeks, week, c);
}

/* Rows of one byte a counter. Half of the bytes of a word are added at once, each into 16 bits: no
 * more than 257 rows fit. */
static void add_narrow_rows(const uint8_t *rows, int32_t count, struct week_counters *sums)
{
    const uint64_t every_other = UINT64_C(0x00ff00ff00ff00ff);
    uint64_t even = 0, odd = 0;
    uint32_t rest[WEEK_COUNTERS - 8] = {0};
    for (int32_t i = 0; i < count; i++, rows += WEEK_COUNTERS) {
        uint64_t word;
        memcpy(&word, rows, sizeof word);
        even += word & every_other;
        odd += word >> 8 & every_other;
        for (int c = 8; c < WEEK_COUNTERS; c++)
            rest[c - 8] += rows[c];
    }
    for (int c = 0; c < 8; c++)
        sums->at[c] += (int64_t)((c % 2 == 0 ? even : odd) >> 8 * (c - c % 2) & UINT16_MAX);
    for (int c = 8; c < WEEK_COUNTERS; c++)
        sums->at[c] += rest[c - 8];
}

/* Weeks that are held. One byte a counter is the rule, and worth a loop of its own: every evaluation sums these. */
static void add_weeks(const struct person_weeks *weeks, int32_t first, int32_t last, struct week_counters *sums)
{
    enum { ROWS_MAX = 256 };
    if (weeks->width == 1) {
        for (int32_t week = first; week <= last; week += ROWS_MAX) {
            int32_t left = last - week + 1;
            add_narrow_rows(week_place(weeks, week, 0), left < ROWS_MAX ? left : ROWS_MAX, sums);
        }
        return;
    }
    for (int32_t week = first; week <= last; week++) {
        for (int c = 0; c < WEEK_COUNTERS; c++)
            sums->at[c] += read_week_counter(weeks, week, c);
    }
}

void person_sum_weeks(const struct person *person, int32_t first_week, int32_t last_week,
                      struct week_counters *sums)
{
    const struct person_weeks *weeks = &person->weeks;
    if (person->first_ai != DAY_NEVER) {
        int32_t start = person->first_ai / 7;
        for (int32_t i = 0; i < FIRST_WEEKS; i++) {
            int32_t week = start + i;
            if (week < first_week || week > last_week || weeks_hold(weeks, week))
                continue;
            for (int s = 0; s < FIRST_SCORES; s++)
                sums->at[WEEK_CA + s] += person->first_scores[i][s];
        }
    }
    int32_t last = weeks->first_week + weeks->length - 1;
    add_weeks(weeks, first_week > weeks->first_week ? first_week : weeks->first_week,
              last < last_week ? last : last_week, sums);
}

void person_forget_weeks(struct person *person, int32_t week_min)
{
    struct person_weeks *weeks = &person->weeks;
    int32_t end = weeks->first_week + weeks->length;
    int32_t keep_from = week_min < end ? week_min : end;
    if (weeks->dirty_first < keep_from)
        keep_from = weeks->dirty_first;
    if (weeks->length == 0 || keep_from <= weeks->first_week)
        return;
    for (int32_t week = weeks->first_week; week < keep_from; week++) {
        struct week_counters counters;
        person_read_week(person, week, &counters);
        for (int c = 0; c < WEEK_COUNTERS; c++)
            add_first_score(person, week, c, counters.at[c]);
    }
    size_t row = (size_t)WEEK_COUNTERS * weeks->width;
    int32_t left = end - keep_from;
    if (left == 0) {
        person_done(person);
        return;
    }
    memmove(weeks->counts, weeks->counts + (size_t)(keep_from - weeks->first_week) * row, (size_t)left * row);
    weeks->counts = mem_resize_array(weeks->counts, (size_t)left, row);
    weeks->first_week = keep_from;
    weeks->length = (uint32_t)left & WEEKS_MAX;
}

void person_done(struct person *person)
{
    mem_free(person->weeks.counts);
    person->weeks = (struct person_weeks){.width = 1, .dirty_first = INT32_MAX, .dirty_last = INT32_MIN};
}
