/* The time of an event: RFC 3339 with an offset. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* Milliseconds since 1970, >= 0; what is finer is cut off. `T` and `Z` in either case; `:60` reads
 * as the next second. False when the text is no such time, names an instant that does not exist, or
 * is earlier than 1970. */
bool rfc3339_parse(struct text text, int64_t *ret_time_ms);
