/* Appropriate reliance on advice: judgement, signal detection, shares corrected for scoring. */
#pragma once

#include <stdint.h>

#include "stat/estimate.h"

/* Scored decisions: accepted a right advice, accepted a wrong one, overrode a wrong one, overrode a
 * right one. */
struct reliance_counts {
    int64_t ca;
    int64_t wa;
    int64_t co;
    int64_t wo;
};

/* `judgement`: balanced accuracy (1 + J)/2 of the accept/override choice, J = co/(co+wa) -
 * wo/(wo+ca), Newcombe's interval of J mapped likewise; n = all four. Unknown unless the advice was
 * wrong once and right once. */
struct estimate reliance_judgement(const struct reliance_counts *scored);

/* Signal detection with the log-linear correction (Hautus 1995); the signal is a wrong advice, H =
 * (co+.5)/(co+wa+1), F = (wo+.5)/(wo+ca+1). Normal limits; unknown without a scored decision. */
struct estimate reliance_d_prime(const struct reliance_counts *scored);
struct estimate reliance_criterion(const struct reliance_counts *scored);

/* Over-reliance (wa/(wa+co)) and under-reliance (wo/(wo+ca)) as they would be had every decision
 * been scored, when scoring may depend on the decision but not on who was right (Begg and Greenes
 * 1983). `accepted` >= ca + wa and `overridden` >= co + wo count all decisions, scored or not; n =
 * their sum. The limits square and add on the logit scale the distances of logit(accepted share),
 * ln(wa share), ln(co share) to their Wilson limits. */
struct estimate reliance_over_adjusted(int64_t accepted, int64_t overridden,
                                       const struct reliance_counts *scored);
struct estimate reliance_under_adjusted(int64_t accepted, int64_t overridden,
                                        const struct reliance_counts *scored);

/* Was it scored much more, or much less, often where the advice was accepted? Newcombe's interval
 * of the two scored shares excludes 0 and they differ by more than 0.2. Unknown while nothing was
 * accepted or nothing overridden. */
enum flag reliance_verification_bias(int64_t accepted, int64_t overridden,
                                     const struct reliance_counts *scored);
