/* What Kafka's record format says around the value of a message. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* True when the value stands in a record of the format of Kafka 0.11 (v2) that has no headers; false
 * when it has some, is of an older format, or is empty. Looks at the length in front of the value
 * and, where that proves the format, at the number of headers behind it: the value must lie where it
 * was received, with at least 4 bytes in front of it. */
bool kafka_record_has_no_headers(const void *value, size_t length);
