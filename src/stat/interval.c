/* Intervals of proportions, their differences and rates. */
#include "stat/interval.h"

#include <math.h>

#include "base/panic.h"
#include "stat/special.h"

struct limits interval_wilson_limits(double p, double n)
{
    UP_ASSERT(n > 0);
    const double z = ESTIMATE_Z95;
    const double z2 = z * z;
    double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
    double half = z / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    return (struct limits){
        .lo = p <= 0 ? 0 : fmax(0, centre - half),
        .hi = p >= 1 ? 1 : fmin(1, centre + half),
    };
}

struct estimate interval_wilson(int64_t k, int64_t n)
{
    UP_ASSERT(k >= 0);
    UP_ASSERT(k <= n);
    if (n == 0)
        return estimate_unknown();
    double p = (double)k / (double)n;
    struct limits limits = interval_wilson_limits(p, (double)n);
    return estimate_interval(p, limits.lo, limits.hi, (double)n);
}

static double hypotenuse(double a, double b)
{
    return sqrt(a * a + b * b);
}

struct estimate interval_square_and_add(struct estimate a, struct estimate b)
{
    if (!a.known || !b.known)
        return estimate_unknown();
    UP_ASSERT(a.has_interval && b.has_interval);
    double d = a.value - b.value;
    double fall = hypotenuse(a.value - a.lo, b.hi - b.value);
    double rise = hypotenuse(a.hi - a.value, b.value - b.lo);
    return estimate_interval(d, d - fall, d + rise, a.n + b.n);
}

struct estimate interval_newcombe(int64_t k1, int64_t n1, int64_t k0, int64_t n0)
{
    struct estimate difference =
        interval_square_and_add(interval_wilson(k1, n1), interval_wilson(k0, n0));
    return estimate_clip(difference, -1, 1);
}

/* Limits of the mean of a Poisson variable that was k. */
struct poisson_limits {
    double lo, hi;
};

static struct poisson_limits work_out_limits(int64_t k)
{
    double events = (double)k;
    return (struct poisson_limits){
        .lo = k == 0 ? 0 : special_chi2_quantile(0.025, 2 * events) / 2,
        .hi = special_chi2_quantile(0.975, 2 * events + 2) / 2,
    };
}

/* Counts of people and capabilities are small, and asked for at every evaluation: what was once worked out is
 * remembered. */
static struct poisson_limits limits_of(int64_t k)
{
    enum { REMEMBERED = 256 };
    static struct poisson_limits remembered[REMEMBERED];
    if (k >= REMEMBERED)
        return work_out_limits(k);
    if (remembered[k].hi <= 0)
        remembered[k] = work_out_limits(k);
    return remembered[k];
}

struct estimate interval_garwood(int64_t k, double exposure)
{
    UP_ASSERT(k >= 0);
    UP_ASSERT(exposure >= 0);
    if (exposure <= 0)
        return estimate_unknown();
    struct poisson_limits limits = limits_of(k);
    return estimate_interval((double)k / exposure, limits.lo / exposure, limits.hi / exposure, exposure);
}

struct estimate interval_exp(struct estimate e)
{
    if (!e.known)
        return e;
    return estimate_interval(exp(e.value), exp(e.lo), exp(e.hi), e.n);
}
