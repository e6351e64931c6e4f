/* Makes and removes topics and records on the tests' Kafka, through librdkafka's admin API. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct kafka_admin_topic {
    const char *name;
    int partitions;
    /* Topic settings as key, value, key, value, ..., NULL; may be NULL. */
    const char *const *settings;
};

/* All functions connect to `brokers` ("host:port") anew, wait at most timeout_ms for the whole of
 * their work and return 0, or a negative code with *err (may be NULL) filled. */

/* Makes `count` (1..64) topics in one request and returns when every partition is served. One
 * that exists already is an error (UP_ECONFLICT). */
int kafka_admin_create_topics(const char *brokers, const struct kafka_admin_topic *topics,
    size_t count, int timeout_ms, struct up_err *err);

/* Gives the topic more partitions: `partitions` in all. */
int kafka_admin_grow_topic(
    const char *brokers, const char *topic, int partitions, int timeout_ms, struct up_err *err);

/* Returns when the broker no longer lists the topic. */
int kafka_admin_delete_topic(
    const char *brokers, const char *topic, int timeout_ms, struct up_err *err);

/* Removes the records before offset `before`, as retention would; -1 removes all there are. */
int kafka_admin_delete_records(const char *brokers, const char *topic, int32_t partition,
    int64_t before, int timeout_ms, struct up_err *err);

/* First offset that is still there, and the one the next record will get. */
int kafka_admin_query_offsets(const char *brokers, const char *topic, int32_t partition,
    int64_t *ret_first, int64_t *ret_next, int timeout_ms, struct up_err *err);

/* Number of partitions of `topic`; 0 when there is no such topic. */
int kafka_admin_count_partitions(const char *brokers, const char *topic, int *ret_partitions,
    int timeout_ms, struct up_err *err);
