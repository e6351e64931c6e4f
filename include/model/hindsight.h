/* What can still be said of a day long ago from what is stored now: people's sets of days reach back only so far. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/evaluation.h"

/* The first day from which the sets of days of everybody in the team are whole; INT32_MIN when nothing of them was ever
 * forgotten. set_days: days that sets had room for when they were stored. */
int32_t hindsight_sets_from(const struct shard *shard, const struct team *team, int32_t set_days);

/* Can the measure be worked out as of `day` with sets of days that are whole from sets_from on? */
bool hindsight_is_kept(enum measure measure, int32_t day, int32_t sets_from);
/* Can health, diagnoses and verdict? */
bool hindsight_is_judged(int32_t day, int32_t sets_from);

/* Makes the measures of the 28d and own records that cannot be worked out unknown without a word, and the indicators that
 * rest on them unknown; health goes where hindsight_is_judged() does not hold. */
void hindsight_strip(struct evaluation *evaluation, int32_t sets_from);
