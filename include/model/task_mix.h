/* What cells say about work and evidence: shares of AI, bypass, kinds; how far the mix moved. */
#pragma once

#include <stdint.h>

#include "model/measure.h"
#include "model/windows.h"

/* The mix that later days are held against: that of the 28 days from the team's earliest cell. */
struct task_mix_baseline {
    int32_t last_day; /* INT32_MIN while the team has no cell */
    int64_t kinds[KINDS];
};

/* Of the workflows of `sums`, in the team's days; what memory has forgotten of them is in the
 * workflows. */
struct task_mix_baseline task_mix_look_back(const struct window_sums *sums);

/* ai_share, manual_share, bypass_rate, reasons, layered_share, nonroutine_share, mix_shift,
 * nonroutine_share_gain, outcome_share, kind_share, self_scored over the days of `sums`. */
void task_mix_measure(const struct window_sums *sums, const struct task_mix_baseline *baseline,
                      struct record *record);
