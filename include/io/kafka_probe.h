/* Looks at topics of Kafka without joining a group, and waits for the answers: for commands, never in the daemon's loop. */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "io/kafka_config.h"

struct kafka_probe;

/* UP_EINVAL names the property that is wrong. Nothing is connected yet. */
int kafka_probe_new(const struct kafka_client *client, struct kafka_probe **ret_probe, struct up_err *err);
/* NULL is fine. */
void kafka_probe_free(struct kafka_probe *probe);

/* The library's version. */
const char *kafka_probe_version(void);

/* The newest version of the Fetch request that all brokers speak that were connected so far, which tells how new they
 * are; -1 = not known. */
int kafka_probe_fetch_version(const struct kafka_probe *probe);

/* Adds "host:port" of each broker, each with a line end; *ret_round_trip_us is how long a question took
 * that has a connection. UP_ECONN. */
int kafka_probe_brokers(struct kafka_probe *probe, int timeout_ms, struct strbuf *ret_brokers, int64_t *ret_round_trip_us,
                        struct up_err *err);

/* Adds one "name=value" line for each property of the topic. UP_EAUTH: not permitted to look; UP_ECONN. */
int kafka_probe_topic_config(struct kafka_probe *probe, const char *topic, int timeout_ms, struct strbuf *ret_lines,
                             struct up_err *err);

/* One of the newest messages of a partition. Borrowed for the call; key.bytes NULL = it has none. */
struct kafka_probe_message {
    int32_t partition;
    struct text key;
    int64_t timestamp_ms; /* -1 = none */
};
typedef void kafka_probe_take(void *arg, const struct kafka_probe_message *message);

/* Hands over up to `newest` of the newest messages of each of the topic's partitions 0 ... partitions - 1.
 * UP_ECONN: not all were read in time; UP_EAUTH: not permitted to read. */
int kafka_probe_sample(struct kafka_probe *probe, const char *topic, int32_t partitions, int64_t newest, int timeout_ms,
                       kafka_probe_take *take, void *arg, struct up_err *err);
