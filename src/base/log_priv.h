/* What the files of the log share. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>

#include "base/log.h"

enum { LOG_ROOM_BYTES = 3072 };

/* A record with room for what it points to. */
struct log_made {
    struct log_record record;
    struct log_field fields[LOG_FIELDS_MAX];
    char room[LOG_ROOM_BYTES];
    size_t used;
};

/* Takes the format and its arguments apart; what does not fit is cut off. */
__attribute__((format(printf, 4, 0))) void log_make(struct log_made *made, enum log_level level, const char *event,
                                                    const char *format, va_list args);
/* Adds a field with a number. */
void log_made_add(struct log_made *made, const char *key, uint64_t value);
