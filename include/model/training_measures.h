/* Is training durable, does it reproduce itself? measures.md, Training. */
#pragma once

#include <stdbool.h>

#include "model/people.h"

/* completions, training_hours of a rolling window. */
void training_measure(const struct people *people, enum window window, struct record *record);

/* trained, embedded_share, durability_14, _28, _180, reproduction, kept_using, changed_work.
 * manual_work: the team has a Manual task on day - 89 ... day; without one the feed reports AI use
 * only, and nobody can be seen to be absent. */
void training_measure_own(const struct people *people, bool manual_work, struct record *record);
