/* How long things took. */
#include "base/histogram.h"

const int64_t histogram_bounds_us[HISTOGRAM_BOUNDS] = {
    100,   250,    500,    1000,   2500,    5000,    10000,   25000,
    50000, 100000, 250000, 500000, 1000000, 1500000, 2500000, 5000000, 10000000,
    60000000, 600000000, 3600000000, 86400000000,
};

void histogram_add(struct histogram *histogram, int64_t duration_us)
{
    if (duration_us < 0)
        duration_us = 0;
    int bucket = 0;
    while (bucket < HISTOGRAM_BOUNDS && duration_us > histogram_bounds_us[bucket])
        bucket++;
    histogram->buckets[bucket]++;
    histogram->count++;
    histogram->sum_us += (uint64_t)duration_us;
    if ((uint64_t)duration_us > histogram->max_us)
        histogram->max_us = (uint64_t)duration_us;
}

void histogram_join(struct histogram *histogram, const struct histogram *other)
{
    for (int i = 0; i <= HISTOGRAM_BOUNDS; i++)
        histogram->buckets[i] += other->buckets[i];
    histogram->count += other->count;
    histogram->sum_us += other->sum_us;
    if (other->max_us > histogram->max_us)
        histogram->max_us = other->max_us;
}
