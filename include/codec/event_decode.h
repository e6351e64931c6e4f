/* One message to one event, or to the first reason that refuses it: events.md, What makes an event
 * invalid. */
#pragma once

#include <stdint.h>

#include "base/text.h"
#include "codec/message.h"
#include "codec/partitioner.h"
#include "codec/pseudonym.h"
#include "model/event.h"

struct decoder;

struct decoder_settings {
    uint32_t max_event_bytes;
    int32_t partitions; /* of each topic, >= 1 */
    enum partitioner partitioner;
    uint8_t pseudonym_key[PSEUDONYM_KEY_BYTES];
};

/* The settings are copied; the key is overwritten by decoder_free(). */
struct decoder *decoder_new(const struct decoder_settings *settings);
void decoder_free(struct decoder *decoder);

/* Judges a message, but for `too_late` and `future`, which hang on clocks. REJECT_NONE fills
 * *ret_event; its texts live until decoder_reset() and need neither the message nor the decoder's
 * next call. Else *ret_detail says in a static text what is wrong, most often the name of the
 * member; never a name or value out of the event. */
enum reject decoder_decode(struct decoder *decoder, const struct message *message,
                           struct event *ret_event, struct text *ret_detail);

/* The same for an event that has no key and no partition of its own, as in a file: its key is its
 * team, so that it is never refused for `key` or `misrouted`. */
enum reject decoder_decode_unkeyed(struct decoder *decoder, const struct message *message,
                                   struct event *ret_event, struct text *ret_detail);

/* The partition in which a key belongs. */
int32_t decoder_partition(const struct decoder *decoder, const void *key, size_t length);

/* Forgets the texts of all events decoded so far; called once a batch. */
void decoder_reset(struct decoder *decoder);
