/* Which faults were told already, so that one that repeats is told once a minute. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"

enum { LOG_REPEATS = 64, LOG_REPEAT_EVENT_BYTES = 48 };

/* A fault that was told. */
struct log_repeat {
    uint64_t hash; /* of what makes it the same; 0 = none */
    char event[LOG_REPEAT_EVENT_BYTES];
    int64_t first_us, last_us, told_us;
    uint64_t times;  /* in all */
    uint64_t hidden; /* since it was last told */
};

/* A zeroed struct is empty. With more different faults than it has room for the one is forgotten that was not heard for
 * longest. */
struct log_repeats {
    struct log_repeat entries[LOG_REPEATS];
};

/* Is the record to be told? Then *ret_hidden is how many before it were not. The same are those of one event whose `err`
 * (without one: all fields) differs in digits only. now_us: a clock that only runs forward. */
bool log_repeats_take(struct log_repeats *repeats, const struct log_record *record, int64_t now_us, uint64_t *ret_hidden);

/* Forgets all of that event. Returns how often they came; *ret_first_us is when the first did. */
uint64_t log_repeats_forget(struct log_repeats *repeats, const char *event, int64_t *ret_first_us);

/* Forgets one that was not heard for five minutes, and writes it to *ret_repeat; false when there is none. */
bool log_repeats_subside(struct log_repeats *repeats, int64_t now_us, struct log_repeat *ret_repeat);
