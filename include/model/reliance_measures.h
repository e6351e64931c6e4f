/* Appropriate reliance: when advice was used, when overridden. measures.md, that section. */
#pragma once

#include <stdint.h>

#include "model/measure.h"
#include "model/windows.h"
#include "stat/estimate.h"

/* The twenty measures of reliance over the days of `sums`. In workflows where nobody decides
 * silence is not consent: there accepted, overridden and what was scored count as 0. */
void reliance_measure(const struct window_sums *sums, struct record *record);

/* autonomy_unearned from the AI pools of the last 28 days and of the 28 days before them; too_new
 * is a reason or none; `month` has the measures of 28 days. */
void reliance_measure_autonomy(const struct counters *now, const struct counters *before,
                               const struct record *month, uint32_t too_new, struct record *own);

/* over_reliance or under_reliance as a diagnosis reads it: the adjusted one where verification_bias
 * holds and it is known. */
struct estimate reliance_trusted_over(const struct record *record);
struct estimate reliance_trusted_under(const struct record *record);
