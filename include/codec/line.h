/* One line of a file of events: a plain event, or an object that says how Kafka would have handed
 * it over. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"
#include "codec/event_decode.h"
#include "codec/message.h"
#include "model/event.h"

struct line_reader;

/* Everything is borrowed from the bytes read and from the reader, until its next line. */
struct line {
    struct message message; /* offset, timestamp and number of the topic are 0 */
    struct text topic;      /* "uptake" for a plain event */
    bool plain;             /* the line is a structured event; its key is its team */
    bool has_partition;     /* message.partition is what the line says (-1 when that is no partition
                               number) */
};

struct line_reader *line_reader_new(void);
void line_reader_free(struct line_reader *reader);

/* Reads one line, with or without its line end. It is {"topic", "key", "headers", "value",
 * "partition"} when it is an object with `topic` and without `specversion`: `headers` an object of
 * texts, `key` and `value` texts, or `key_b64` and `value_b64` for bytes; null or absent = empty.
 * Anything else is a plain event, whatever it holds. Fails (UP_EINVAL) when key or value is neither
 * a text nor base64. */
int line_read(struct line_reader *reader, const void *bytes, size_t length, struct line *ret_line,
              struct up_err *err);

/* Decodes the line, having put it where the partitioner puts its key unless it says its partition
 * itself (a plain event without a readable team: partition 0). */
enum reject line_decode(struct decoder *decoder, struct line *line, struct event *ret_event,
                        struct text *ret_detail);
