/* How long to wait before the next attempt: twice as long each time, with jitter so that not all
 * come at once. */
#pragma once

#include <stdint.h>

struct backoff {
    int64_t first_ms;
    int64_t most_ms;
    int64_t ceiling_ms; /* of the next wait; first_ms <= ceiling_ms <= most_ms */
    uint64_t random;
};

/* 1 <= first_ms <= most_ms. The same seed gives the same waits; instances should have different
 * ones. */
void backoff_init(struct backoff *backoff, int64_t first_ms, int64_t most_ms, uint64_t seed);

/* The next wait: evenly spread over the upper half of a ceiling that starts at first_ms and doubles
 * up to most_ms. */
int64_t backoff_next_ms(struct backoff *backoff);

/* An attempt has succeeded: the next wait is a first one again. */
void backoff_reset(struct backoff *backoff);
