/* What the headers of a message say about the event. */
#include "codec/event_headers.h"

#include <stddef.h>
#include <strings.h>

#include "codec/json_reader.h"

/* Of a repeated header the last counts; a null and what is not UTF-8 are absent. */
static const struct message_header *find(const struct message *message, const char *name)
{
    for (uint32_t i = message->header_count; i > 0; i--) {
        const struct message_header *header = &message->headers[i - 1];
        if (!text_equal(header->name, text_of(name)))
            continue;
        bool usable =
            header->value != NULL && json_reader_is_utf8(header->value, header->value_length);
        return usable ? header : NULL;
    }
    return NULL;
}

bool event_headers_read(const struct message *message, struct text *ret_attributes)
{
    static const char structured[] = "application/cloudevents";
    static const char *const names[ENVELOPE_ATTRIBUTES] = {"ce_specversion", "ce_id", "ce_source",
                                                           "ce_type", "ce_time"};
    const size_t prefix = sizeof structured - 1;
    const struct message_header *type = find(message, "content-type");
    if (type != NULL && type->value_length >= prefix &&
        strncasecmp(type->value, structured, prefix) == 0)
        return false;
    if (find(message, names[ENVELOPE_SPECVERSION]) == NULL)
        return false;
    for (int i = 0; i < ENVELOPE_ATTRIBUTES; i++) {
        const struct message_header *header = find(message, names[i]);
        ret_attributes[i] = (struct text){0};
        if (header != NULL)
            ret_attributes[i] =
                (struct text){.bytes = header->value, .length = header->value_length};
    }
    return true;
}
