/* What the headers of a message say about the event: events.md, the two modes. */
#pragma once

#include <stdbool.h>

#include "base/text.h"
#include "codec/message.h"

/* The required attributes, in the order in which they are looked at. */
enum envelope_attribute {
    ENVELOPE_SPECVERSION,
    ENVELOPE_ID,
    ENVELOPE_SOURCE,
    ENVELOPE_TYPE,
    ENVELOPE_TIME,
    ENVELOPE_ATTRIBUTES
};

/* Is the event in binary mode? If so, fills ret_attributes (of ENVELOPE_ATTRIBUTES texts, borrowed
 * from the message; length 0 = absent or empty). */
bool event_headers_read(const struct message *message, struct text *ret_attributes);
