/* Reads a topic of the tests' Kafka from its first record to its present end. */
#pragma once

#include <stdio.h>

#include "base/err.h"

/* Writes one line of JSON for each record: {"partition": n, "offset": n, "key_b64": "...",
 * "value_b64": "...", "headers_b64": {"name": "...", ...}}; null for what is not there. Of each
 * partition in order. Header names are plain words. Waits at most timeout_ms; 0 or a negative code
 * with *err filled. */
int kafka_read_topic(
    const char *brokers, const char *topic, int timeout_ms, FILE *out, struct up_err *err);
