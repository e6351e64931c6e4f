/* One line an event on stderr. */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log_repeat.h"
#include "log_priv.h"

static struct log_settings wanted = {.level = LOG_LEVEL_INFO};
static struct log_repeats repeats;

void log_configure(const struct log_settings *settings)
{
    wanted = *settings;
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

static void write_line(const struct log_record *record)
{
    struct strbuf line = {0};
    long long ms = clock_wall_ms();
    if (wanted.format == LOG_FORMAT_JSON) {
        strbuf_add_format(&line, "{\"ts\":%lld.%03lld,\"level\":\"%s\",", ms / 1000, ms % 1000, level_name(record->level));
        log_print_json(record, &line);
        strbuf_add_char(&line, '}');
    } else {
        strbuf_add_format(&line, "ts=%lld.%03lld level=%s ", ms / 1000, ms % 1000, level_name(record->level));
        log_print(record, &line);
    }
    strbuf_add_char(&line, '\n');
    /* A line that cannot be written has nowhere else to go. */
    (void)!write(STDERR_FILENO, line.data, line.length);
    strbuf_done(&line);
}

static void tell(const struct log_record *record)
{
    if (record->level > wanted.level)
        return;
    if (wanted.sink == NULL || !wanted.sink(record))
        write_line(record);
}

void log_event(enum log_level level, const char *event, const char *format, ...)
{
    if (level > wanted.level && level > LOG_LEVEL_WARN)
        return;
    int saved = errno;
    struct log_made made;
    va_list args;
    va_start(args, format);
    log_make(&made, level, event, format, args);
    va_end(args);
    uint64_t hidden = 0;
    if (level > LOG_LEVEL_WARN || log_repeats_take(&repeats, &made.record, clock_mono_us(), &hidden)) {
        if (hidden > 0)
            log_made_add(&made, "repeated", hidden);
        tell(&made.record);
    }
    errno = saved;
}

void log_recovered(const char *event)
{
    int64_t first_us = 0;
    uint64_t times = log_repeats_forget(&repeats, event, &first_us);
    if (times > 0)
        log_event(LOG_LEVEL_INFO, "recovered", "of=%s times=%llu after_s=%lld", event, (unsigned long long)times,
                  (long long)((clock_mono_us() - first_us) / 1000000));
}

void log_tick(int64_t now_us)
{
    struct log_repeat over;
    while (log_repeats_subside(&repeats, now_us, &over)) {
        if (over.hidden > 0)
            log_event(LOG_LEVEL_INFO, "subsided", "of=%s times=%llu repeated=%llu", over.event,
                      (unsigned long long)over.times, (unsigned long long)over.hidden);
    }
}
