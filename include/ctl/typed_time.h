/* A moment as it is typed on a command line: an instant (RFC 3339), or a day (UTC). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Which moment of a day is meant. */
enum typed_time_edge {
    TYPED_TIME_BEGIN,
    TYPED_TIME_END /* the day is within: where the next one begins */
};

/* Milliseconds since 1970; false where it is neither, or of before 1970. */
bool typed_time_read(const char *text, enum typed_time_edge edge, int64_t *ret_time_ms);
