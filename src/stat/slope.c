/* The trend of a short series, and whether a team has reached a plateau. */
#include "stat/slope.h"

#include <math.h>

#include "base/panic.h"
#include "stat/interval.h"

/* z of a 90 % interval: the standard normal 95 % quantile. */
static const double Z90 = 1.6448536269514722;

enum { PAIRS_MAX = SLOPE_POINTS_MAX * (SLOPE_POINTS_MAX - 1) / 2 };

static void insert_sorted(double *sorted, size_t count, double value)
{
    size_t i = count;
    for (; i > 0 && sorted[i - 1] > value; i--)
        sorted[i] = sorted[i - 1];
    sorted[i] = value;
}

struct estimate slope_theil_sen(const double *y, size_t count)
{
    UP_ASSERT(count <= SLOPE_POINTS_MAX);
    if (count < 2)
        return estimate_unknown();
    double slopes[PAIRS_MAX];
    size_t pairs = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++)
            insert_sorted(slopes, pairs++, (y[j] - y[i]) / (double)(j - i));
    }
    double n = (double)count;
    double all = (double)pairs;
    double reach = Z90 * sqrt(n * (n - 1) * (2 * n + 5) / 18);
    /* nearbyint rounds halves to even. */
    double lo = fmax(nearbyint((all - reach) / 2) - 1, 0);
    double hi = fmin(nearbyint((all + reach) / 2), all - 1);
    size_t middle = pairs / 2;
    double median = pairs % 2 == 1 ? slopes[middle] : (slopes[middle - 1] + slopes[middle]) / 2;
    return estimate_interval(median, slopes[(size_t)lo], slopes[(size_t)hi], n);
}

bool slope_is_plateau(const struct slope_week weeks[SLOPE_PLATEAU_WEEKS])
{
    double shares[SLOPE_PLATEAU_WEEKS];
    int64_t practising = 0;
    int64_t headcount = 0;
    for (size_t i = 0; i < SLOPE_PLATEAU_WEEKS; i++) {
        UP_ASSERT(weeks[i].headcount > 0);
        practising += weeks[i].practising;
        headcount += weeks[i].headcount;
        shares[i] = (double)weeks[i].practising / (double)weeks[i].headcount;
    }
    bool few = interval_wilson(practising, headcount).hi < 0.6;
    return few && slope_theil_sen(shares, SLOPE_PLATEAU_WEEKS).lo <= 0;
}
