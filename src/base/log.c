/* One line an event on stderr. */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

enum { LINE_BYTES_MAX = 2048 };

static enum log_level wanted = LOG_LEVEL_INFO;
static int to_journal;

void log_configure(enum log_level level, int journal)
{
    wanted = level;
    to_journal = journal;
}

static const char *level_name(enum log_level level)
{
    switch (level) {
    case LOG_LEVEL_ERROR:
        return "error";
    case LOG_LEVEL_WARN:
        return "warn";
    case LOG_LEVEL_INFO:
        return "info";
    case LOG_LEVEL_DEBUG:
        return "debug";
    }
    return "error";
}

void log_event(enum log_level level, const char *event, const char *format, ...)
{
    if (level > wanted)
        return;
    int saved = errno;
    char line[LINE_BYTES_MAX];
    int used = 0;
    if (to_journal) {
        used = snprintf(line, sizeof line, "<%d>event=%s ", (int)level, event);
    } else {
        long long ms = clock_wall_ms();
        used = snprintf(line, sizeof line, "ts=%lld.%03lld level=%s event=%s ", ms / 1000, ms % 1000, level_name(level),
                        event);
    }
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line + used, sizeof line - (size_t)used - 1, format, args);
    va_end(args);
    size_t length = strnlen(line, sizeof line - 2);
    while (length > 0 && line[length - 1] == ' ')
        length--;
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = ' ';
    }
    line[length++] = '\n';
    /* A line that cannot be written has nowhere else to go. */
    (void)!write(STDERR_FILENO, line, length);
    errno = saved;
}
