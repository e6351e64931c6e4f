/* One message as it was read, before anybody looked inside. */
#pragma once

#include <stdint.h>

#include "base/text.h"

struct message_header {
    struct text name;
    const void *value; /* NULL = null */
    uint32_t value_length;
};

/* Everything is borrowed from whoever read it, until the batch it belongs to is released. */
struct message {
    uint16_t topic; /* number of the topic in `topics =` */
    int32_t partition;
    int64_t offset;
    int64_t timestamp_ms; /* Kafka's timestamp, -1 = none; no measure uses it */
    const void *key;      /* NULL = no key */
    uint32_t key_length;
    const void *value; /* NULL = tombstone */
    uint32_t value_length;
    uint32_t header_count;
    const struct message_header *headers; /* in their order; of a repeated name the last counts */
};
