/* Results with AI against without, by workflow. measures.md, section of that name. */
#pragma once

#include "model/measure.h"
#include "model/windows.h"

/* The lifts, the same by lot, simpson, faster_but_worse and freed_hours over the days of `sums`. */
void results_measure(const struct window_sums *sums, struct record *record);
