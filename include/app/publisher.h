/* Changed teams go to Redis: the oldest change first, a team about once a second, never at the cost of reading. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "app/owned.h"
#include "app/store.h"
#include "base/histogram.h"
#include "io/redis_store.h"

struct publisher;

struct publisher_settings {
    struct redis_store *redis; /* borrowed */
    struct store *store;       /* is shown the measures; borrowed */
    const char *definitions;   /* borrowed; config_definitions() */
    struct owned *const *owned;
    int32_t partitions;
    const char *const *topics;
    int topic_count;
    bool notes_gauges; /* metrics_per_team */
};

/* Registers its scripts with the store: before the loop runs. */
struct publisher *publisher_new(const struct publisher_settings *settings);
/* After the store is freed: no answer comes any more. */
void publisher_free(struct publisher *publisher);

/* Sends what is due, for some milliseconds at most. share: part of the time (0 to 1) that it may take, counted over a
 * second. True when there may be more to send at once. A partition whose epoch Redis refuses is published no more until
 * a checkpoint tells whose it is. */
bool publisher_run(struct publisher *publisher, int64_t now_us, double share);

/* Why Redis, which answers, takes nothing of some partition: it is tried again every few seconds. NULL: it takes it. */
const char *publisher_refusal(const struct publisher *publisher);

/* The partition is being given up: answers to come mean nothing to it. */
void publisher_forget(struct publisher *publisher, int32_t partition);

struct publisher_counts {
    uint64_t teams;  /* sent */
    uint64_t failed; /* to be sent again */
    uint64_t claims;
    int64_t cpu_us;
    struct histogram delay;       /* from Kafka's time of the first change to Redis' answer */
    struct histogram event_delay; /* the same from its event time */
};
const struct publisher_counts *publisher_counts(const struct publisher *publisher);
