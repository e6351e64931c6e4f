/* Tells receivers of alerts what the outbox holds, at least once, and never at the cost of anything else. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "app/config.h"
#include "app/owned.h"
#include "app/receivers.h"
#include "app/store.h"
#include "io/loop.h"
#include "io/redis_store.h"

struct delivery_desk;

/* All borrowed. */
struct delivery_desk_settings {
    const struct config *config;
    const struct receivers *receivers;
    struct loop *loop;
    struct store *store; /* knows which partitions are ours */
    struct redis_store *redis;
    struct owned *const *owned;
    int32_t partitions;
};

/* Registers its script with the Redis store: before the loop runs. NULL and *err: the connection to PostgreSQL or libcurl
 * cannot begin. */
struct delivery_desk *delivery_desk_new(const struct delivery_desk_settings *settings,
                                        struct up_err *err);
/* After the Redis store is freed: no answer comes any more. NULL is fine. */
void delivery_desk_free(struct delivery_desk *desk);

/* Carries on; never waits. now_us: clock_mono_us(). */
void delivery_desk_run(struct delivery_desk *desk, int64_t now_us);

struct delivery_counts {
    uint64_t sent;     /* events that the receiver took */
    uint64_t failed;   /* attempts that failed */
    uint64_t repeated; /* open alerts told again */
    int64_t
        waiting; /* events of our partitions that the receiver has not taken; -1 = not known yet */
    int64_t oldest_ms; /* for how long the oldest waits, but for those that are held back */
    bool is_failing;   /* the last attempt failed */
};
/* Of a receiver by its number. */
const struct delivery_counts *delivery_desk_counts(const struct delivery_desk *desk,
                                                   size_t receiver);
