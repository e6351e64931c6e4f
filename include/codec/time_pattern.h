/* Times as other programs write them, by a pattern like that of strptime(3), without any locale. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* What stands for what: %Y year (4 digits); %m %d %H %M %S month, day, hour, minute, second (1 or 2
 * digits); %I hour of 12 with %p AM or PM; %b month by the first three letters of its English name,
 * or all of them; %f digits of a second's fraction; %z Z, +hh:mm or +hhmm; %% a percent sign; a
 * blank any number of blanks; anything else itself. */

/* Is every directive one of these, and do they name a day? *ret_has_zone: there is a %z. */
bool time_pattern_check(const char *pattern, bool *ret_has_zone);

/* Reads a whole text. zone_min: how far local time is ahead of UTC where the pattern has no %z.
 * Without an hour it is noon. False when the text does not follow the pattern or names no instant
 * from 1970 on. */
bool time_pattern_parse(const char *pattern, struct text text, int32_t zone_min,
                        int64_t *ret_time_ms);

/* "+02:00", "-0530" or "Z" as minutes. */
bool time_pattern_zone(struct text text, int32_t *ret_zone_min);
