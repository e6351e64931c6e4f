/* One line of a file of events. */
#include "codec/line.h"

#include "base/block.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "codec/base64.h"
#include "codec/json_reader.h"

enum { DEPTH_MAX = 500 }; /* of what stands around the event, which nobody reads */

enum member {
    MEMBER_TOPIC,
    MEMBER_KEY,
    MEMBER_KEY_B64,
    MEMBER_VALUE,
    MEMBER_VALUE_B64,
    MEMBER_HEADERS,
    MEMBER_PARTITION,
    MEMBER_SPECVERSION,
    MEMBERS
};
static const char *const member_names[MEMBERS] = {
    "topic", "key", "key_b64", "value", "value_b64", "headers", "partition", "specversion"};

struct line_reader {
    struct json_reader *json;
    struct json_names names;
    struct strbuf key, value; /* decoded from base64 */
    struct json_member *members;
    struct message_header *headers;
    size_t members_capacity, headers_capacity;
};

struct line_reader *line_reader_new(void)
{
    struct line_reader *reader = mem_alloc(sizeof *reader);
    reader->json = json_reader_new(DEPTH_MAX);
    json_names_init(&reader->names, member_names, MEMBERS);
    return reader;
}

void line_reader_free(struct line_reader *reader)
{
    if (reader == NULL)
        return;
    json_reader_free(reader->json);
    strbuf_done(&reader->key);
    strbuf_done(&reader->value);
    mem_free(reader->members);
    mem_free(reader->headers);
    mem_free(reader);
}

/* Do the bytes hold "topic" in its quotes? Most lines do not, and need not be read here. */
static bool mentions_topic(const char *bytes, size_t length)
{
    static const char wanted[] = "\"topic\"";
    const size_t size = sizeof wanted - 1;
    size_t at = 0;
    for (; at + size - 1 + sizeof(block) <= length; at += sizeof(block)) {
        block both = (block)(block_load(bytes + at) == '"') &
                     (block)(block_load(bytes + at + 1) == 't') &
                     (block)(block_load(bytes + at + size - 1) == '"');
        if (block_any(both) && memmem(bytes + at, sizeof(block) + size - 1, wanted, size) != NULL)
            return true;
    }
    return memmem(bytes + at, length - at, wanted, size) != NULL;
}

/* Bytes of one of two members: base64 if there is one, else a text; empty when both are absent. */
static bool read_bytes(const struct json_value *text, const struct json_value *encoded,
                       struct strbuf *buffer, struct text *ret_bytes)
{
    *ret_bytes = (struct text){.bytes = ""};
    if (encoded->kind > JSON_NULL) {
        strbuf_reset(buffer);
        if (encoded->kind != JSON_STRING || !base64_decode(encoded->text, buffer))
            return false;
        if (buffer->length > 0)
            *ret_bytes = (struct text){.bytes = buffer->data, .length = (uint32_t)buffer->length};
        return true;
    }
    if (text->kind > JSON_NULL && text->kind != JSON_STRING)
        return false;
    if (text->kind == JSON_STRING)
        *ret_bytes = text->text;
    return true;
}

/* What is not a text is a header without a value. */
static void read_headers(struct line_reader *reader, const struct json_value *object,
                         struct message *message)
{
    if (object->kind != JSON_OBJECT)
        return;
    size_t count = json_reader_list(object, NULL, 0);
    mem_reserve(&reader->members, &reader->members_capacity, count, sizeof reader->members[0]);
    mem_reserve(&reader->headers, &reader->headers_capacity, count, sizeof reader->headers[0]);
    (void)json_reader_list(object, reader->members, count);
    for (size_t i = 0; i < count; i++) {
        const struct json_member *member = &reader->members[i];
        struct message_header *header = &reader->headers[i];
        *header = (struct message_header){.name = member->name};
        if (member->value.kind == JSON_STRING) {
            header->value = member->value.text.bytes;
            header->value_length = member->value.text.length;
        }
    }
    message->header_count = (uint32_t)count;
    message->headers = reader->headers;
}

static int32_t read_partition(const struct json_value *value)
{
    bool usable = value->kind == JSON_NUMBER && value->number >= 0 && value->number <= INT32_MAX;
    int32_t partition = usable ? (int32_t)value->number : -1;
    return usable && (double)partition == value->number ? partition : -1;
}

static int read_wrapped(struct line_reader *reader, const struct json_value *values,
                        struct line *ret_line, struct up_err *err)
{
    struct line line = {.has_partition = values[MEMBER_PARTITION].kind > JSON_NULL};
    struct text key;
    struct text value;
    if (!read_bytes(&values[MEMBER_KEY], &values[MEMBER_KEY_B64], &reader->key, &key))
        return up_fail(err, UP_EINVAL, "the line's key is neither a text nor base64");
    if (!read_bytes(&values[MEMBER_VALUE], &values[MEMBER_VALUE_B64], &reader->value, &value))
        return up_fail(err, UP_EINVAL, "the line's value is neither a text nor base64");
    if (values[MEMBER_TOPIC].kind == JSON_STRING)
        line.topic = values[MEMBER_TOPIC].text;
    line.message.key = key.bytes;
    line.message.key_length = key.length;
    line.message.value = value.bytes;
    line.message.value_length = value.length;
    if (line.has_partition)
        line.message.partition = read_partition(&values[MEMBER_PARTITION]);
    read_headers(reader, &values[MEMBER_HEADERS], &line.message);
    *ret_line = line;
    return UP_OK;
}

int line_read(struct line_reader *reader, const void *bytes, size_t length, struct line *ret_line,
              struct up_err *err)
{
    const char *text = bytes;
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        length--;
    struct json_value root;
    struct json_value values[MEMBERS];
    if (mentions_topic(text, length) &&
        json_reader_parse(reader->json, text, length, &root) == NULL && root.kind == JSON_OBJECT) {
        (void)json_reader_pick(&root, &reader->names, values);
        if (values[MEMBER_TOPIC].kind != JSON_ABSENT &&
            values[MEMBER_SPECVERSION].kind == JSON_ABSENT)
            return read_wrapped(reader, values, ret_line, err);
    }
    *ret_line = (struct line){.topic = text_of("uptake"), .plain = true};
    ret_line->message.value = text;
    ret_line->message.value_length = (uint32_t)length;
    return UP_OK;
}

enum reject line_decode(struct decoder *decoder, struct line *line, struct event *ret_event,
                        struct text *ret_detail)
{
    struct message *message = &line->message;
    if (!line->plain) {
        if (!line->has_partition)
            message->partition = decoder_partition(decoder, message->key, message->key_length);
        return decoder_decode(decoder, message, ret_event, ret_detail);
    }
    enum reject reject = decoder_decode_unkeyed(decoder, message, ret_event, ret_detail);
    message->partition = 0;
    if (reject == REJECT_NONE)
        message->partition =
            decoder_partition(decoder, ret_event->team.bytes, ret_event->team.length);
    return reject;
}
