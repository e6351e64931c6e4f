/* Lengths of time as ISO 8601 writes them: P1DT2H30M. */
#pragma once

#include <stdbool.h>

#include "base/text.h"

/* Weeks, days (of 24 hours), hours, minutes and seconds, the last of which may have a fraction
 * behind a point or a comma. Years and months have no length of their own: false, as for what is no
 * duration. */
bool iso_duration_parse(struct text text, double *ret_seconds);
