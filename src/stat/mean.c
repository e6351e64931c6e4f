/* Means and differences of means, from exact integer sums. */
#include "stat/mean.h"

#include <math.h>
#include <stdbool.h>

#include "base/panic.h"
#include "stat/special.h"

/* n >= 2 values reduced to doubles. */
struct moments {
    double n;
    double mean;
    double variance;
};

/* False where no values have these sums: one of them has wrapped around. The variance comes from a
 * 128-bit difference: no digit cancels. The extended divisions round once more at most. */
static bool sample_moments(const struct mean_sums *sums, int64_t scale, struct moments *ret_moments)
{
    UP_ASSERT(sums->n >= 2);
    UP_ASSERT(scale >= 1);
    up_i128 n = sums->n;
    up_i128 deviation = n * sums->squares - (up_i128)sums->total * sums->total;
    if (deviation < 0)
        return false;
    double unit = (double)scale;
    double whole = (double)((long double)deviation / (long double)(n * (n - 1)));
    *ret_moments = (struct moments){
        .n = (double)sums->n,
        .mean = (double)((long double)sums->total / ((long double)n * (long double)scale)),
        .variance = whole / (unit * unit),
    };
    return true;
}

/* Means have few and whole degrees of freedom, and every evaluation of a team asks for twenty: what was once worked
 * out is remembered. */
static double t_975(double df)
{
    enum { REMEMBERED = 128 };
    static double remembered[REMEMBERED];
    size_t whole = df < REMEMBERED ? (size_t)df : 0;
    if (whole == 0 || (double)whole != df)
        return special_t_quantile(0.975, df);
    if (remembered[whole] <= 0)
        remembered[whole] = special_t_quantile(0.975, df);
    return remembered[whole];
}

struct estimate mean_student(const struct mean_sums *sums, int64_t scale, double variance_min)
{
    struct moments m;
    if (sums->n < 2 || !sample_moments(sums, scale, &m))
        return estimate_unknown();
    double half = t_975(m.n - 1) * sqrt(fmax(m.variance, variance_min) / m.n);
    return estimate_interval(m.mean, m.mean - half, m.mean + half, m.n);
}

/* Sum of w (mean1 - mean0) over strata, as it grows. */
struct weighted {
    double weights;
    double sum;
    double variance;
    double spread; /* the denominator of Satterthwaite's degrees of freedom */
    double n;
};

static void weighted_add(struct weighted *to, const struct moments *one, const struct moments *zero,
                         double w)
{
    double a = w * w * one->variance / one->n;
    double b = w * w * zero->variance / zero->n;
    to->weights += w;
    to->sum += w * (one->mean - zero->mean);
    to->variance += a + b;
    to->spread += a * a / (one->n - 1) + b * b / (zero->n - 1);
    to->n += one->n + zero->n;
}

static double weighted_half_width(const struct weighted *of)
{
    return t_975(of->variance * of->variance / of->spread) * sqrt(of->variance);
}

static bool is_used(const struct mean_stratum *stratum)
{
    return stratum->one.n >= 2 && stratum->zero.n >= 2;
}

struct estimate mean_difference(const struct mean_stratum *strata, size_t count, int64_t scale)
{
    struct weighted all = {0};
    for (size_t i = 0; i < count; i++) {
        if (!is_used(&strata[i]))
            continue;
        struct moments one, zero;
        if (!sample_moments(&strata[i].one, scale, &one) ||
            !sample_moments(&strata[i].zero, scale, &zero))
            return estimate_unknown();
        weighted_add(&all, &one, &zero, one.n * zero.n / (one.n + zero.n));
    }
    if (all.spread <= 0)
        return estimate_unknown();
    double d = all.sum / all.weights;
    double half = weighted_half_width(&all) / all.weights;
    return estimate_interval(d, d - half, d + half, all.n);
}

struct estimate mean_welch(const struct mean_sums *one, const struct mean_sums *zero, int64_t scale)
{
    const struct mean_stratum stratum = {*one, *zero};
    return mean_difference(&stratum, 1, scale);
}

struct estimate mean_freed_hours(const struct mean_stratum *strata, size_t count, int64_t scale)
{
    const double hour_s = 3600;
    struct weighted all = {0};
    for (size_t i = 0; i < count; i++) {
        if (!is_used(&strata[i]))
            continue;
        struct moments one, zero;
        if (!sample_moments(&strata[i].one, scale, &one) ||
            !sample_moments(&strata[i].zero, scale, &zero))
            return estimate_unknown();
        weighted_add(&all, &one, &zero, one.n);
    }
    if (all.spread <= 0)
        return estimate_unknown();
    double half = weighted_half_width(&all);
    return estimate_interval(-all.sum / hour_s, (-all.sum - half) / hour_s,
                             (half - all.sum) / hour_s, all.n);
}
