/* Reads a topic from a time on to the end that it had when asked, without joining a group: for commands, never in the
 * daemon's loop. */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "codec/message.h"
#include "io/kafka_config.h"

struct kafka_scan;

struct kafka_scan_settings {
    struct kafka_client client;
    const char *topic;
    int64_t
        from_ms; /* begins with the first message of this timestamp of Kafka or a later one: what lies before it is
                        earlier, what follows need not be later; <= 0: from the earliest */
    int timeout_ms; /* so long the brokers may take to answer, or a message to come */
};

/* Asks where to begin and where the end is. UP_EINVAL: a property is wrong, or there is no such topic; UP_EAUTH;
 * UP_ECONN. */
int kafka_scan_new(const struct kafka_scan_settings *settings, struct kafka_scan **ret_scan,
                   struct up_err *err);
/* NULL is fine. */
void kafka_scan_free(struct kafka_scan *scan);

int32_t kafka_scan_partitions(const struct kafka_scan *scan);

/* Begins the partition at this offset at the earliest. Before kafka_scan_start(). */
void kafka_scan_skip(struct kafka_scan *scan, int32_t partition, int64_t offset);

/* Begins, or begins anew: the same messages once more. UP_EIO. */
int kafka_scan_start(struct kafka_scan *scan, struct up_err *err);

/* 1: *ret_message is the next one, of each partition in order, borrowed until the next call; its `topic` is 0. 0: that
 * were all. UP_EAGAIN: none within wait_ms, *err is not filled. UP_ECONN: none within timeout_ms; UP_EAUTH. */
int kafka_scan_next(struct kafka_scan *scan, int wait_ms, struct message *ret_message,
                    struct up_err *err);

/* How much of it was read, 0 to 1. */
double kafka_scan_share(const struct kafka_scan *scan);
