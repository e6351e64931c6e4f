/* Appropriate reliance on advice: judgement, signal detection, shares corrected for scoring. */
#include "stat/reliance.h"

#include <math.h>

#include "base/panic.h"
#include "stat/interval.h"
#include "stat/special.h"
#include "stat/wide.h"

static double count_scored(const struct reliance_counts *s)
{
    return (double)(s->ca + s->wa + s->co + s->wo);
}

struct estimate reliance_judgement(const struct reliance_counts *scored)
{
    struct estimate j =
        interval_newcombe(scored->co, scored->co + scored->wa, scored->wo, scored->wo + scored->ca);
    if (!j.known)
        return j;
    return estimate_interval((1 + j.value) / 2, (1 + j.lo) / 2, (1 + j.hi) / 2, j.n);
}

/* ---- signal detection ----------------------------------------------------------------------- */

/* A corrected rate on the normal scale and its variance there. */
struct normal_rate {
    double z;
    double variance;
};

static struct normal_rate normal_rate(int64_t k, int64_t rest)
{
    double size = (double)(k + rest + 1);
    double p = ((double)k + 0.5) / size;
    double z = special_normal_quantile(p);
    double density = special_normal_density(z);
    return (struct normal_rate){z, p * (1 - p) / (size * (density * density))};
}

/* Both rates on the normal scale, with the half width of the interval of their difference. */
struct signal {
    double hit;
    double alarm;
    double half;
};

static struct signal detect_signal(const struct reliance_counts *scored)
{
    struct normal_rate hit = normal_rate(scored->co, scored->wa);
    struct normal_rate alarm = normal_rate(scored->wo, scored->ca);
    return (struct signal){hit.z, alarm.z, ESTIMATE_Z95 * sqrt(hit.variance + alarm.variance)};
}

struct estimate reliance_d_prime(const struct reliance_counts *scored)
{
    double n = count_scored(scored);
    if (n <= 0)
        return estimate_unknown();
    struct signal signal = detect_signal(scored);
    double d = signal.hit - signal.alarm;
    return estimate_interval(d, d - signal.half, d + signal.half, n);
}

struct estimate reliance_criterion(const struct reliance_counts *scored)
{
    double n = count_scored(scored);
    if (n <= 0)
        return estimate_unknown();
    struct signal signal = detect_signal(scored);
    double c = -(signal.hit + signal.alarm) / 2;
    return estimate_interval(c, c - signal.half / 2, c + signal.half / 2, n);
}

/* ---- corrected for who was scored ----------------------------------------------------------- */

/* One group: its size, how many of it were scored, how many of these are marked. */
struct side {
    int64_t size;
    int64_t scored;
    int64_t marked;
};

/* A term of the logit with its limits; lo is meaningless where nothing is marked. */
struct term {
    double value;
    double lo;
    double hi;
};

static struct term log_share(const struct side *side)
{
    double k = (double)side->marked;
    double m = (double)side->scored;
    struct limits limits = interval_wilson_limits(k / m, m);
    return (struct term){log((k + 0.5) / (m + 1)), log(limits.lo), log(limits.hi)};
}

static struct term logit_size(double size1, double size0)
{
    double n = size1 + size0;
    struct limits first = interval_wilson_limits(size1 / n, n);
    struct limits second = interval_wilson_limits(size0 / n, n);
    return (struct term){log(size1 / size0), log(first.lo / second.hi), log(first.hi / second.lo)};
}

static double norm(double a, double b, double c)
{
    return sqrt(a * a + b * b + c * c);
}

static double expit(double x)
{
    return 1 / (1 + exp(-x));
}

/* The share of side 1 among the marked of both, had everybody been scored. */
static struct estimate adjusted(const struct side *one, const struct side *zero)
{
    UP_ASSERT(one->marked <= one->scored && one->scored <= one->size);
    UP_ASSERT(zero->marked <= zero->scored && zero->scored <= zero->size);
    if (one->scored == 0 || zero->scored == 0 || one->marked + zero->marked == 0)
        return estimate_unknown();
    double size1 = (double)one->size;
    double size0 = (double)zero->size;
    double a = size1 * (double)one->marked / (double)one->scored;
    double b = size0 * (double)zero->marked / (double)zero->scored;
    struct term g = logit_size(size1, size0);
    struct term u = log_share(one);
    struct term v = log_share(zero);
    double centre = g.value + u.value - v.value;
    double lo = 0;
    if (one->marked > 0)
        lo = expit(centre - norm(g.value - g.lo, u.value - u.lo, v.hi - v.value));
    double hi = 1;
    if (zero->marked > 0)
        hi = expit(centre + norm(g.hi - g.value, u.hi - u.value, v.value - v.lo));
    return estimate_interval(a / (a + b), lo, hi, size1 + size0);
}

struct estimate reliance_over_adjusted(int64_t accepted, int64_t overridden,
                                       const struct reliance_counts *scored)
{
    const struct side one = {accepted, scored->ca + scored->wa, scored->wa};
    const struct side zero = {overridden, scored->co + scored->wo, scored->co};
    return adjusted(&one, &zero);
}

struct estimate reliance_under_adjusted(int64_t accepted, int64_t overridden,
                                        const struct reliance_counts *scored)
{
    const struct side one = {overridden, scored->co + scored->wo, scored->wo};
    const struct side zero = {accepted, scored->ca + scored->wa, scored->ca};
    return adjusted(&one, &zero);
}

enum flag reliance_verification_bias(int64_t accepted, int64_t overridden,
                                     const struct reliance_counts *scored)
{
    int64_t a = scored->ca + scored->wa;
    int64_t v = scored->co + scored->wo;
    struct estimate difference = interval_newcombe(a, accepted, v, overridden);
    if (!difference.known)
        return FLAG_UNKNOWN;
    /* In whole numbers, so that a difference of exactly 0.2 is on the same side everywhere. */
    up_i128 gap = (up_i128)a * overridden - (up_i128)v * accepted;
    up_i128 limit = (up_i128)accepted * overridden;
    return flag_of(estimate_excludes_zero(difference) && (5 * gap > limit || -5 * gap > limit));
}
