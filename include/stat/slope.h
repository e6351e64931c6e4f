/* The trend of a short series, and whether a team has reached a plateau. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "stat/estimate.h"

enum {
    SLOPE_POINTS_MAX = 16,
    SLOPE_PLATEAU_WEEKS = 8,
};

/* Theil-Sen: the median of the slopes of all pairs of points y at x = 0, 1, 2 ..., with its 90 %
 * interval (Sen 1968, Kendall variance sigma^2 = n(n-1)(2n+5)/18 without ties correction): of the N
 * sorted slopes, counted from 0, lo is number round((N - z sigma)/2) - 1 and hi is number round((N
 * + z sigma)/2), held inside the list. n = count, at most SLOPE_POINTS_MAX; unknown below 2. */
struct estimate slope_theil_sen(const double *y, size_t count);

/* One week: people practising of the headcount; 0 <= practising <= headcount, headcount > 0. */
struct slope_week {
    int64_t practising;
    int64_t headcount;
};

/* Are few practising (Wilson's upper limit over all eight weeks below 0.6), and can no growth be
 * shown (lower limit of the slope of the share at most 0)? */
bool slope_is_plateau(const struct slope_week weeks[SLOPE_PLATEAU_WEEKS]);
