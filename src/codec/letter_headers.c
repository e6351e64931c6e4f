/* The headers by which a dead letter says why it was refused and where it came from. */
#include "codec/letter_headers.h"

#include <stddef.h>

const char *const letter_header_names[LETTER_HEADERS] = {
    [LETTER_REASON] = "uptake_reason",       [LETTER_DETAIL] = "uptake_detail",
    [LETTER_TOPIC] = "uptake_topic",         [LETTER_PARTITION] = "uptake_partition",
    [LETTER_OFFSET] = "uptake_offset",       [LETTER_TIMESTAMP] = "uptake_timestamp",
    [LETTER_TRUNCATED] = "uptake_truncated",
};

static enum letter_header find_name(struct text name)
{
    int header = 0;
    while (header < LETTER_HEADERS && !text_equal(name, text_of(letter_header_names[header])))
        header++;
    return (enum letter_header)header;
}

static struct text value_of(const struct message_header *header)
{
    return header != NULL ? (struct text){.bytes = header->value, .length = header->value_length}
                          : (struct text){0};
}

/* Digits alone, below `most`. */
static bool read_number(const struct message_header *header, int64_t most, int64_t *ret_number)
{
    struct text text = value_of(header);
    int64_t number = 0;
    for (uint32_t i = 0; i < text.length; i++) {
        int digit = text.bytes[i] - '0';
        if (digit < 0 || digit > 9 || number > (most - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *ret_number = number;
    return text.length > 0;
}

bool letter_headers_read(const struct message *letter, struct letter_origin *ret_origin)
{
    const struct message_header *own[LETTER_HEADERS] = {NULL};
    uint32_t count = letter->header_count;
    /* Ours are the last ones, each once: what stands before them came with the message. */
    for (; count > 0; count--) {
        enum letter_header header = find_name(letter->headers[count - 1].name);
        if (header == LETTER_HEADERS || own[header] != NULL)
            break;
        own[header] = &letter->headers[count - 1];
    }
    int64_t partition, offset, timestamp_ms;
    if (own[LETTER_REASON] == NULL || value_of(own[LETTER_TOPIC]).length == 0 ||
        !read_number(own[LETTER_PARTITION], INT32_MAX, &partition) ||
        !read_number(own[LETTER_OFFSET], INT64_MAX, &offset))
        return false;
    *ret_origin = (struct letter_origin){
        .reason = value_of(own[LETTER_REASON]),
        .detail = value_of(own[LETTER_DETAIL]),
        .topic = value_of(own[LETTER_TOPIC]),
        .partition = (int32_t)partition,
        .offset = offset,
        .timestamp_ms =
            read_number(own[LETTER_TIMESTAMP], INT64_MAX, &timestamp_ms) ? timestamp_ms : -1,
        .is_truncated = own[LETTER_TRUNCATED] != NULL,
        .header_count = count,
    };
    return true;
}
