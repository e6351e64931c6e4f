/* The headers by which a dead letter says why it was refused and where it came from. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "codec/message.h"

/* In the order in which they stand behind the original headers. */
enum letter_header {
    LETTER_REASON,
    LETTER_DETAIL,
    LETTER_TOPIC,
    LETTER_PARTITION,
    LETTER_OFFSET,
    LETTER_TIMESTAMP, /* Kafka's, in ms since 1970; -1 = the message had none */
    LETTER_TRUNCATED, /* only where the value was left out: its length in bytes */
    LETTER_HEADERS
};

/* e.g. "uptake_reason". */
extern const char *const letter_header_names[LETTER_HEADERS];

/* What a letter says of the message that was refused. Texts are borrowed from the letter. */
struct letter_origin {
    struct text reason, detail, topic;
    int32_t partition;
    int64_t offset;
    int64_t timestamp_ms;  /* -1 = none, or not said: letters of earlier releases do not have it */
    bool is_truncated;     /* value, perhaps key and headers were left out */
    uint32_t header_count; /* the letter's first ones are the message's own */
};

/* False when this is no dead letter of ours: reason, topic, partition or offset is not said. */
bool letter_headers_read(const struct message *letter, struct letter_origin *ret_origin);
