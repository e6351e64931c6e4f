/* One line an event on stderr: `level=warn event=flush_failed partition=3 attempt=2 err="..."`. */
#pragma once

enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARN = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

/* Lines above `level` are dropped. `journal`: begin each line with the journal's <N> prefix and no time. */
void log_configure(enum log_level level, int journal);

/* Writes one line; `format` gives the fields (key=value, texts in double quotes). Control characters become
 * blanks. Keeps errno. Never give it the name of a user, teacher or task, a secret or a payload. */
void log_event(enum log_level level, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
