/* A Kafka-protocol broker inside this process, for demonstrations and tests: librdkafka's mock
 * cluster.
 *
 * It keeps about 5 MiB (as sent, compressed) and 100,000 batches of each partition and forgets the
 * oldest without being asked: who sends must not be further ahead of the reader than that. No
 * replication, no transactions, no access control. Where the library is older than 2.3 a first
 * member waits 3 s for its group; a member that joins again may wait for nearly all of its
 * session.timeout.ms: give the readers a short one (3000, with heartbeat.interval.ms 200). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct mock_broker;

/* Starts `brokers` (1 to 10) on free ports of the loopback interface, each topic led by all of them
 * in turn. */
int mock_broker_new(int brokers, struct mock_broker **ret_mock, struct up_err *err);

/* NULL is fine. */
void mock_broker_free(struct mock_broker *mock);

/* host:port, separated by commas; lives as long as the cluster. */
const char *mock_broker_bootstrap(const struct mock_broker *mock);

/* UP_EINVAL if the topic exists. Others do not come into being by themselves only if nobody asks
 * for them. */
int mock_broker_create_topic(struct mock_broker *mock, const char *topic, int partitions,
                             struct up_err *err);

/* Delays every answer of all brokers. */
int mock_broker_set_delay(struct mock_broker *mock, int delay_ms, struct up_err *err);

/* Makes all brokers refuse, or accept, connections. */
int mock_broker_set_down(struct mock_broker *mock, bool is_down, struct up_err *err);

/* The next `times` requests of that kind (Kafka's ApiKey) are answered with Kafka's error `code`.
 */
void mock_broker_fail_requests(struct mock_broker *mock, int16_t api_key, int code, int times);
