/* The ten questions of the pulse. measures.md, Pulse. */
#pragma once

#include <stdint.h>

#include "model/people.h"
#include "stat/mean.h"

/* Of everybody's latest answer in first_day ... last_day: count, sum and squares, by question.
 * Returns how many people of the headcount gave any answer on these days. */
int32_t pulse_sum_answers(const struct people *people, int32_t first_day, int32_t last_day,
                          struct mean_sums ret_sums[QUESTIONS]);

/* The ten questions alone, of a rolling window: what the diagnosis reads of 90d. */
void pulse_measure_questions(const struct people *people, enum window window,
                             struct record *record);
/* The ten questions and pulse_response. */
void pulse_measure(const struct people *people, enum window window, struct record *record);
