/* Means and differences of means, from exact integer sums. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "stat/estimate.h"
#include "stat/wide.h"

/* Count, sum and sum of squares of whole numbers, exact; a zeroed struct has no values. |total|
 * below 2^63 and |n * squares| below 2^127. Where no values can have these sums, since one of them
 * has wrapped around (n * squares < total^2), all that is made of them is unknown. */
struct mean_sums {
    int64_t n;
    int64_t total;
    up_i128 squares;
};

/* Both sides of one stratum (a workflow). */
struct mean_stratum {
    struct mean_sums one;
    struct mean_sums zero;
};

/* The mean of values in units of 1/scale, with Student's t limits at 95 % from the sample variance
 * or, where that is smaller, variance_min (in squared whole units). Unknown while n < 2. */
struct estimate mean_student(const struct mean_sums *sums, int64_t scale, double variance_min);

/* mean1 - mean0, weighted over the strata with n >= 2 on both sides by n1 n0/N; Student's t limits
 * with Satterthwaite's degrees of freedom; n = all values used. Unknown without such a stratum and
 * while all variances are 0. Sums run in the order of the array. One stratum gives Welch's
 * interval. */
struct estimate mean_difference(const struct mean_stratum *strata, size_t count, int64_t scale);

/* Welch's interval of mean(one) - mean(zero): mean_difference of one stratum. */
struct estimate mean_welch(const struct mean_sums *one, const struct mean_sums *zero,
                           int64_t scale);

/* The hours that the n1 tasks of side one took less than they would have at mean0: sum of n1 (mean0
 * - mean1) over the strata as above, with values in units of 1/scale seconds. */
struct estimate mean_freed_hours(const struct mean_stratum *strata, size_t count, int64_t scale);
