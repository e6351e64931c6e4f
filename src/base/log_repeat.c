/* Which faults were told already. */
#include "base/log_repeat.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"

enum { EVERY_US = 60 * 1000 * 1000, QUIET_US = 300 * 1000 * 1000 };

/* Numbers in errors are ports, times and counts: they do not make another fault. */
static void print_without_digits(const char *text, struct strbuf *ret_text)
{
    for (const char *c = text; *c != '\0'; c++) {
        bool is_digit = *c >= '0' && *c <= '9';
        if (!is_digit)
            strbuf_add_char(ret_text, *c);
        else if (c == text || c[-1] < '0' || c[-1] > '9')
            strbuf_add_char(ret_text, '#');
    }
}

static uint64_t hash_of(const struct log_record *record)
{
    struct strbuf text = {0};
    const char *err = NULL;
    strbuf_add_format(&text, "%s ", record->event);
    for (size_t i = 0; i < record->field_count; i++) {
        if (strcmp(record->fields[i].key, "err") == 0)
            err = record->fields[i].value;
    }
    if (err != NULL)
        print_without_digits(err, &text);
    else
        log_print(record, &text);
    uint64_t hash = hash_xx64(text.data, text.length);
    strbuf_done(&text);
    return hash != 0 ? hash : 1;
}

/* That of the fault, or the one that was not heard for longest. */
static struct log_repeat *find(struct log_repeats *repeats, uint64_t hash)
{
    struct log_repeat *oldest = &repeats->entries[0];
    for (size_t i = 0; i < LOG_REPEATS; i++) {
        struct log_repeat *entry = &repeats->entries[i];
        if (entry->hash == hash)
            return entry;
        if (entry->last_us < oldest->last_us)
            oldest = entry;
    }
    return oldest;
}

bool log_repeats_take(struct log_repeats *repeats, const struct log_record *record, int64_t now_us, uint64_t *ret_hidden)
{
    uint64_t hash = hash_of(record);
    struct log_repeat *entry = find(repeats, hash);
    if (entry->hash != hash) {
        *entry = (struct log_repeat){.hash = hash, .first_us = now_us, .told_us = now_us};
        (void)snprintf(entry->event, sizeof entry->event, "%s", record->event);
    }
    entry->times++;
    entry->last_us = now_us;
    if (entry->times > 1 && now_us - entry->told_us < EVERY_US) {
        entry->hidden++;
        return false;
    }
    *ret_hidden = entry->hidden;
    entry->hidden = 0;
    entry->told_us = now_us;
    return true;
}

uint64_t log_repeats_forget(struct log_repeats *repeats, const char *event, int64_t *ret_first_us)
{
    uint64_t times = 0;
    for (size_t i = 0; i < LOG_REPEATS; i++) {
        struct log_repeat *entry = &repeats->entries[i];
        if (entry->hash == 0 || strcmp(entry->event, event) != 0)
            continue;
        if (times == 0 || entry->first_us < *ret_first_us)
            *ret_first_us = entry->first_us;
        times += entry->times;
        *entry = (struct log_repeat){0};
    }
    return times;
}

bool log_repeats_subside(struct log_repeats *repeats, int64_t now_us, struct log_repeat *ret_repeat)
{
    for (size_t i = 0; i < LOG_REPEATS; i++) {
        struct log_repeat *entry = &repeats->entries[i];
        if (entry->hash == 0 || now_us - entry->last_us < QUIET_US)
            continue;
        *ret_repeat = *entry;
        *entry = (struct log_repeat){0};
        return true;
    }
    return false;
}
