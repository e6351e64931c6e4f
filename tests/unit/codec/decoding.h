/* What tests of the decoder share: one decoder, messages by hand, checks with the event in the
 * failure. */
#pragma once

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "codec/event_decode.h"
#include "codec/event_headers.h"

enum { DECODING_PARTITIONS = 7, DECODING_EVENT_BYTES_MAX = 4096 };

static inline struct decoder *decoding_new(void)
{
    struct decoder_settings settings = {.max_event_bytes = DECODING_EVENT_BYTES_MAX,
                                        .partitions = DECODING_PARTITIONS,
                                        .partitioner = PARTITIONER_MURMUR2,
                                        .pseudonym_key = {1, 2, 3, 4, 5, 6, 7, 8, 9}};
    return decoder_new(&settings);
}

/* A message with this value, the key "red" and the partition of that. Static text is borrowed. */
static inline struct message decoding_message(struct decoder *decoder, const char *value)
{
    return (struct message){.partition = decoder_partition(decoder, "red", 3),
                            .key = "red",
                            .key_length = 3,
                            .value = value,
                            .value_length = (uint32_t)strlen(value)};
}

/* A structured event around this type and `data`, in a buffer that the next call uses again. */
static inline const char *decoding_wrap(const char *type, const char *data)
{
    static char text[DECODING_EVENT_BYTES_MAX + 1];
    (void)snprintf(
        text, sizeof text,
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"uptake.%s.v1\","
        "\"time\":\"2025-03-04T05:06:07.089Z\",\"data\":%s}",
        type, data);
    return text;
}

/* The reason that refuses the value, or "none". */
static inline const char *decoding_reason(struct decoder *decoder, const char *value,
                                          struct event *ret_event, struct text *ret_detail)
{
    struct message message = decoding_message(decoder, value);
    enum reject reject = decoder_decode(decoder, &message, ret_event, ret_detail);
    return reject == REJECT_NONE ? "none" : event_reject_name(reject);
}
