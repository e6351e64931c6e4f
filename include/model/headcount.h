/* Who belongs to a team's headcount on a day. measures.md, Adoption. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/person.h"

/* Who has no `person` event belongs to it for so many days from a day of work on. */
enum { HEADCOUNT_WORK_DAYS = 28 };

/* Does the person belong to the headcount of `day`, as far as is known now? day_set_days: length of
 * the person's sets. */
bool headcount_has(const struct person *person, int32_t day_set_days, int32_t day);

/* On how many of the days first ... last? */
int32_t headcount_count_days(const struct person *person, int32_t day_set_days, int32_t first,
                             int32_t last);
