/* Intervals of proportions, their differences and rates. */
#pragma once

#include <stdint.h>

#include "stat/estimate.h"

struct limits {
    double lo;
    double hi;
};

/* Wilson (1927) score limits at 95 % of a proportion p seen in n > 0 trials, no continuity
 * correction, inside [0, 1]; n may be an effective (not whole) size. p = 0 has lo exactly 0, p = 1
 * has hi exactly 1. */
struct limits interval_wilson_limits(double p, double n);

/* The proportion k/n, 0 <= k <= n, with Wilson's limits; unknown with n = 0. */
struct estimate interval_wilson(int64_t k, int64_t n);

/* MOVER (Zou and Donner 2008), "square and add": a - b of two independent estimates that have
 * intervals; n adds up. Unknown while a or b is. */
struct estimate interval_square_and_add(struct estimate a, struct estimate b);

/* Newcombe (1998) method 10: k1/n1 - k0/n0 by squaring and adding two Wilson intervals, limits
 * inside [-1, 1]. */
struct estimate interval_newcombe(int64_t k1, int64_t n1, int64_t k0, int64_t n0);

/* Exact Poisson limits (Garwood 1936) of the rate k/exposure, k >= 0, exposure >= 0; n = the
 * exposure. Unknown with exposure 0; k = 0 has lo = 0. */
struct estimate interval_garwood(int64_t k, double exposure);

/* exp of value and limits (a ratio from a difference of logarithms). */
struct estimate interval_exp(struct estimate e);
