/* Asks Kafka whether we may write to a topic, without leaving anything there: for commands. */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "io/kafka_config.h"

/* The largest record that is sent only to ask. */
enum { KAFKA_PERMIT_BYTES_MAX = 16777216 };

/* Sends a record that is one byte larger than topic_bytes_max, the topic's max.message.bytes. Kafka looks at the right
 * first, and then refuses it for its size: nothing is stored. 0: we may write; UP_EAUTH: we may not; UP_ECONN: no
 * answer; UP_EINVAL: a property is wrong, or the topic takes so much that one does not ask; UP_ECORRUPT: it was taken
 * all the same, so there is now a record of zeros. */
int kafka_permit_write(const struct kafka_client *client, const char *topic,
                       int64_t topic_bytes_max, int timeout_ms, struct up_err *err);
