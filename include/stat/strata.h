/* Differences of proportions over strata: never pooled raw. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "stat/estimate.h"

/* Successes and trials of both groups in one stratum (a workflow); 0 <= k <= n. */
struct stratum_counts {
    int64_t k1;
    int64_t n1;
    int64_t k0;
    int64_t n0;
};

/* Mantel-Haenszel risk difference p1 - p0 over the strata in which both groups have trials, with
 * stratified Newcombe limits (Yan and Su 2010), inside [-1, 1]: group g has p_g = sum(w k/n) and
 * the effective size 1/sum(w^2/n) with the normalised weights n1 n0/N; the two Wilson intervals are
 * squared and added. One stratum gives Newcombe's. Unknown without one. Sums run in the order of
 * the array. */
struct estimate strata_mh_difference(const struct stratum_counts *strata, size_t count);

/* Do the crude difference (all strata pooled, Newcombe) and the stratified one have opposite signs
 * (within 1e-9 of 0 has none), while the interval of at least one of them excludes 0? Unknown while
 * either is. */
enum flag strata_simpson(const struct stratum_counts *strata, size_t count);
