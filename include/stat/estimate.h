/* The measure quadruple (estimate, limits, trials) that all of stat returns, and the flag. */
#pragma once

#include <math.h>
#include <stdbool.h>

/* z of every 95 % interval: the standard normal 97.5 % quantile. */
#define ESTIMATE_Z95 1.959963984540054

/* Unless `known`, nothing else means anything; unless `has_interval`, lo and hi do not. n counts
 * the trials of a proportion, the values of a mean, both sides of a comparison, or is the exposure
 * of a rate: a double because person-years are not whole (whole numbers are exact below 2^53). */
struct estimate {
    bool known;
    bool has_interval;
    double value;
    double lo;
    double hi;
    double n;
};

/* A yes or no that can be unknown. */
enum flag {
    FLAG_UNKNOWN,
    FLAG_FALSE,
    FLAG_TRUE,
};

static inline struct estimate estimate_unknown(void)
{
    return (struct estimate){.known = false};
}

static inline struct estimate estimate_interval(double value, double lo, double hi, double n)
{
    return (struct estimate){
        .known = true, .has_interval = true, .value = value, .lo = lo, .hi = hi, .n = n};
}

static inline struct estimate estimate_point(double value, double n)
{
    return (struct estimate){.known = true, .value = value, .n = n};
}

/* The same with its limits (never its value) held inside [lo, hi]; an unknown one stays unknown. */
static inline struct estimate estimate_clip(struct estimate e, double lo, double hi)
{
    if (e.known && e.has_interval) {
        e.lo = fmax(lo, e.lo);
        e.hi = fmin(hi, e.hi);
    }
    return e;
}

/* Is it known that the true value is not 0? */
static inline bool estimate_excludes_zero(struct estimate e)
{
    return e.known && e.has_interval && (e.lo > 0 || e.hi < 0);
}

static inline enum flag flag_of(bool holds)
{
    return holds ? FLAG_TRUE : FLAG_FALSE;
}
