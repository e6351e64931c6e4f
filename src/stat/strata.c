/* Differences of proportions over strata: never pooled raw. */
#include "stat/strata.h"

#include <math.h>

#include "base/panic.h"
#include "stat/interval.h"

static bool is_used(const struct stratum_counts *s)
{
    UP_ASSERT(s->k1 >= 0 && s->k1 <= s->n1);
    UP_ASSERT(s->k0 >= 0 && s->k0 <= s->n0);
    return s->n1 >= 1 && s->n0 >= 1;
}

static double weight(const struct stratum_counts *s)
{
    double n1 = (double)s->n1;
    double n0 = (double)s->n0;
    return n1 * n0 / (n1 + n0);
}

/* One group over all strata, as it is summed up. */
struct group {
    double p;
    double spread; /* sum of w^2/n: the effective size is its inverse */
    double n;
    bool always; /* every trial was a success */
};

static void group_add(struct group *group, double w, int64_t k, int64_t n)
{
    group->p += w * (double)k / (double)n;
    group->spread += w * w / (double)n;
    group->n += (double)n;
    group->always = group->always && k == n;
}

static struct estimate group_estimate(const struct group *group)
{
    /* Exactly 1, whatever the rounding of the weights, so that the upper limit is 1 as well. */
    double p = group->always ? 1 : group->p;
    struct limits limits = interval_wilson_limits(p, 1 / group->spread);
    return estimate_interval(p, limits.lo, limits.hi, group->n);
}

struct estimate strata_mh_difference(const struct stratum_counts *strata, size_t count)
{
    double total = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_used(&strata[i]))
            total += weight(&strata[i]);
    }
    if (total <= 0)
        return estimate_unknown();
    struct group one = {.always = true};
    struct group zero = {.always = true};
    for (size_t i = 0; i < count; i++) {
        const struct stratum_counts *s = &strata[i];
        if (!is_used(s))
            continue;
        double w = weight(s) / total;
        group_add(&one, w, s->k1, s->n1);
        group_add(&zero, w, s->k0, s->n0);
    }
    struct estimate difference =
        interval_square_and_add(group_estimate(&one), group_estimate(&zero));
    return estimate_clip(difference, -1, 1);
}

enum flag strata_simpson(const struct stratum_counts *strata, size_t count)
{
    struct stratum_counts all = {0};
    for (size_t i = 0; i < count; i++) {
        all.k1 += strata[i].k1;
        all.n1 += strata[i].n1;
        all.k0 += strata[i].k0;
        all.n0 += strata[i].n0;
    }
    struct estimate crude = interval_newcombe(all.k1, all.n1, all.k0, all.n0);
    struct estimate lift = strata_mh_difference(strata, count);
    if (!crude.known || !lift.known)
        return FLAG_UNKNOWN;
    bool opposite = fmin(crude.value, lift.value) < -1e-9 && fmax(crude.value, lift.value) > 1e-9;
    return flag_of(opposite && (estimate_excludes_zero(crude) || estimate_excludes_zero(lift)));
}
