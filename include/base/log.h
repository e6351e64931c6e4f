/* One line an event on stderr: `level=warn event=flush_failed partition=3 attempt=2 err="..."`. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARN = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

enum log_format { LOG_FORMAT_LOGFMT, LOG_FORMAT_JSON };

enum { LOG_FIELDS_MAX = 24 };

/* UTF-8 without control characters; of texts that come from elsewhere what is neither is replaced. */
struct log_field {
    const char *key;
    const char *value;
};

/* What is told of one event; borrowed for the duration of the sink. */
struct log_record {
    enum log_level level;
    const char *event;
    const struct log_field *fields;
    size_t field_count;
};

/* Takes a record in place of stderr; false: it could not, so stderr gets it. */
typedef bool log_sink(const struct log_record *record);

struct log_settings {
    enum log_level level; /* less important records are dropped */
    enum log_format format;
    log_sink *sink; /* NULL = stderr */
};

/* The standard: info, logfmt, stderr. */
void log_configure(const struct log_settings *settings);

/* Tells of an event; `format` gives the fields, `key=value` with a blank between them, values with one in double quotes:
 * `"partition=%d err=\"%s\""`. What the arguments hold is escaped. Only d i u x c s f and their lengths; no width. Keeps
 * errno; from one thread. Never give it the name of a user, teacher or task, a secret or a payload.
 *
 * Warnings and errors that repeat collapse: those of the same event whose `err` (without one: all fields) differs in digits
 * only are told once, then once a minute with the number of those that were not (`repeated`). */
void log_event(enum log_level level, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The fault of that event is over: tells so (`recovered of=...`) if it was ever told, with how often it came. */
void log_recovered(const char *event);

/* To be called now and then: tells of faults that came repeatedly and were not heard for five minutes (`subsided`). */
void log_tick(int64_t now_us);

/* Adds the record as logfmt, without time and level. */
void log_print(const struct log_record *record, struct strbuf *ret_text);
/* The same as the members of a JSON object, without its braces. */
void log_print_json(const struct log_record *record, struct strbuf *ret_text);
