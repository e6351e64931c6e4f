/* A day as it is typed on a command line. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Days since 1970 of YYYY-MM-DD; false where it is none, or of before 1970. */
bool typed_day_read(const char *text, int32_t *ret_day);
