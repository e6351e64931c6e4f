/* How long things took: counts in fixed buckets and their sum, in microseconds. */
#pragma once

#include <stdint.h>

/* Buckets end at 100, 250, 500 us, 1, 2.5, 5, ... ms up to 10 s, and at 1.5 s, within which a change is to be seen; then at
 * 1 and 10 minutes, 1 hour and 1 day; the last one has no end. */
enum { HISTOGRAM_BOUNDS = 21 };

/* The upper ends, in microseconds, ascending; a value equal to one is inside it. */
extern const int64_t histogram_bounds_us[HISTOGRAM_BOUNDS];

/* A zeroed struct is empty. Invariant: count = sum of the buckets. */
struct histogram {
    uint64_t buckets[HISTOGRAM_BOUNDS + 1];
    uint64_t count;
    uint64_t sum_us;
    uint64_t max_us;
};

/* A negative duration counts as 0. */
void histogram_add(struct histogram *histogram, int64_t duration_us);
/* Adds all of the other. */
void histogram_join(struct histogram *histogram, const struct histogram *other);
