/* One message to one event, or to the first reason that refuses it. */
#include "codec/event_decode.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/panic.h"
#include "base/secrecy.h"
#include "base/strbuf.h"
#include "codec/event_form.h"
#include "codec/event_headers.h"
#include "codec/event_schema.h"
#include "codec/json_reader.h"
#include "codec/rfc3339.h"
#include "codec/text_arena.h"

enum { DEPTH_MAX = 16 };
enum { BEYOND = 24 }; /* bytes that may be read or written past the end of a text */

struct decoder {
    struct decoder_settings settings;
    struct event_schema schema;
    struct event_form *form;
    struct json_reader *reader;
    struct text_arena arena;
    struct strbuf value;      /* of the message, where one may read past its end */
    struct strbuf identity;   /* source, newline, id */
    struct strbuf task;       /* team, newline, task */
    struct strbuf attributes; /* of the headers, where one may read past their ends as with texts of
                                 the reader */
};

/* A message that is being read. */
struct reading {
    struct event_values values;
    struct event_form_text text;
    bool is_parsed; /* its form was not known: the members of its type are still to be picked */
};

struct decoder *decoder_new(const struct decoder_settings *settings)
{
    UP_ASSERT(settings->partitions >= 1);
    struct decoder *decoder = mem_alloc(sizeof *decoder);
    secrecy_lock(decoder->settings.pseudonym_key, sizeof decoder->settings.pseudonym_key);
    decoder->settings = *settings;
    decoder->reader = json_reader_new(DEPTH_MAX);
    event_schema_init(&decoder->schema);
    decoder->form = event_form_new(&decoder->schema);
    return decoder;
}

void decoder_free(struct decoder *decoder)
{
    if (decoder == NULL)
        return;
    pseudonym_wipe_key(decoder->settings.pseudonym_key);
    event_form_free(decoder->form);
    json_reader_free(decoder->reader);
    text_arena_done(&decoder->arena);
    strbuf_done(&decoder->value);
    strbuf_done(&decoder->identity);
    strbuf_done(&decoder->task);
    strbuf_done(&decoder->attributes);
    mem_free(decoder);
}

void decoder_reset(struct decoder *decoder)
{
    text_arena_reset(&decoder->arena);
}

int32_t decoder_partition(const struct decoder *decoder, const void *key, size_t length)
{
    const struct decoder_settings *settings = &decoder->settings;
    return partitioner_partition(settings->partitioner, key, length, settings->partitions);
}

static enum reject refuse(enum reject reject, const char *detail, struct text *ret_detail)
{
    *ret_detail = text_of(detail);
    return reject;
}

/* The members of a structured event; what is no object has none. */
static enum reject pick_envelope(const struct decoder *decoder, const struct json_value *root,
                                 struct event_values *ret_values, struct text *ret_detail)
{
    const struct json_names *names = &decoder->schema.envelope;
    if (root->kind != JSON_OBJECT)
        return refuse(REJECT_ENVELOPE, "not an object", ret_detail);
    uint32_t twice = json_reader_pick(root, names, ret_values->at);
    if (twice != 0)
        return refuse(REJECT_MALFORMED, names->texts[__builtin_ctz(twice)], ret_detail);
    return REJECT_NONE;
}

/* Puts attributes of the headers where they may be read as those of the reader. */
static void put_attributes(struct decoder *decoder, const struct text *attributes,
                           struct event_values *ret_values)
{
    size_t needed = 0;
    for (int i = 0; i < ENVELOPE_ATTRIBUTES; i++)
        needed += (size_t)attributes[i].length + BEYOND;
    strbuf_reset(&decoder->attributes);
    char *to = strbuf_room(&decoder->attributes, needed);
    memset(to, 0, needed);
    for (int i = 0; i < ENVELOPE_ATTRIBUTES; i++) {
        struct text attribute = {.bytes = to, .length = attributes[i].length};
        if (attribute.length > 0)
            memcpy(to, attributes[i].bytes, attribute.length);
        ret_values->at[i] = (struct json_value){.kind = JSON_STRING, .text = attribute};
        to += attribute.length + BEYOND;
    }
}

static void take_text(struct decoder *decoder, const struct message *message,
                      struct reading *reading)
{
    strbuf_reset(&decoder->value);
    char *bytes = strbuf_room(&decoder->value, (size_t)message->value_length + EVENT_FORM_PADDING);
    memcpy(bytes, message->value, message->value_length);
    memset(bytes + message->value_length, 0, EVENT_FORM_PADDING);
    reading->text = (struct event_form_text){
        .bytes = bytes, .length = message->value_length, .data_of = EVENT_TYPES};
}

static enum reject parse(struct decoder *decoder, bool is_structured, struct reading *reading,
                         struct text *ret_detail)
{
    struct json_value root;
    const char *broken =
        json_reader_parse(decoder->reader, reading->text.bytes, reading->text.length, &root);
    if (broken != NULL)
        return refuse(REJECT_MALFORMED, broken, ret_detail);
    reading->is_parsed = true;
    if (is_structured)
        return pick_envelope(decoder, &root, &reading->values, ret_detail);
    reading->values.at[ENVELOPE_DATA] = root;
    return REJECT_NONE;
}

/* All values, but those of the type's members where the form is not known. */
static enum reject read_values(struct decoder *decoder, const struct message *message,
                               struct reading *reading, struct text *ret_detail)
{
    if (message->value == NULL || message->value_length == 0)
        return refuse(REJECT_MALFORMED, "empty", ret_detail);
    if (message->value_length > decoder->settings.max_event_bytes)
        return refuse(REJECT_MALFORMED, "too long", ret_detail);
    take_text(decoder, message, reading);
    struct text attributes[ENVELOPE_ATTRIBUTES];
    bool is_structured = message->header_count == 0 || !event_headers_read(message, attributes);
    bool may_have_form = is_structured;
    if (!is_structured) {
        put_attributes(decoder, attributes, &reading->values);
        reading->text.data_of =
            event_schema_type(&decoder->schema, reading->values.at[ENVELOPE_TYPE].text);
        may_have_form = reading->text.data_of != EVENT_TYPES;
    }
    reading->is_parsed = false;
    if (may_have_form && event_form_read(decoder->form, &reading->text, &reading->values))
        return REJECT_NONE;
    return parse(decoder, is_structured, reading, ret_detail);
}

static enum reject check_envelope(const struct decoder *decoder, const struct event_values *values,
                                  int64_t *ret_time_ms, struct text *ret_detail)
{
    const char *const *names = decoder->schema.envelope.texts;
    for (int i = 0; i < ENVELOPE_ATTRIBUTES; i++) {
        if (values->at[i].kind != JSON_STRING || values->at[i].text.length == 0)
            return refuse(REJECT_ENVELOPE, names[i], ret_detail);
    }
    struct text version = values->at[ENVELOPE_SPECVERSION].text;
    if (version.length != 3 || memcmp(version.bytes, "1.0", 3) != 0)
        return refuse(REJECT_ENVELOPE, names[ENVELOPE_SPECVERSION], ret_detail);
    if (!rfc3339_parse(values->at[ENVELOPE_TIME].text, ret_time_ms))
        return refuse(REJECT_ENVELOPE, names[ENVELOPE_TIME], ret_detail);
    return REJECT_NONE;
}

static void join(struct strbuf *buffer, struct text first, struct text second)
{
    size_t length = (size_t)first.length + 1 + second.length;
    strbuf_reset(buffer);
    char *at = strbuf_room(buffer, length + BEYOND);
    json_reader_copy(at, first);
    at[first.length] = '\n';
    json_reader_copy(at + first.length + 1, second);
    buffer->length = length;
}

/* All checks that only look at the value and the headers. */
static enum reject read_event(struct decoder *decoder, const struct message *message,
                              struct event *event, struct event_names *names,
                              struct text *ret_detail)
{
    const struct event_schema *schema = &decoder->schema;
    struct reading reading;
    struct event_values *values = &reading.values;
    enum reject reject = read_values(decoder, message, &reading, ret_detail);
    if (reject == REJECT_NONE)
        reject = check_envelope(decoder, values, &event->key.time_ms, ret_detail);
    if (reject != REJECT_NONE)
        return reject;
    event->type = event_schema_type(schema, values->at[ENVELOPE_TYPE].text);
    if (event->type == EVENT_TYPES)
        return refuse(REJECT_UNKNOWN_TYPE, schema->envelope.texts[ENVELOPE_TYPE], ret_detail);
    if (reading.is_parsed)
        reject = event_schema_pick(schema, event->type, values, ret_detail);
    if (reject == REJECT_NONE)
        reject = event_schema_read(schema, values, event, names, ret_detail);
    if (reject != REJECT_NONE)
        return reject;
    if (reading.is_parsed)
        event_form_learn(decoder->form, &reading.text, event->type);
    join(&decoder->identity, values->at[ENVELOPE_SOURCE].text, values->at[ENVELOPE_ID].text);
    if (event->has_task)
        join(&decoder->task, event->team, names->task);
    return REJECT_NONE;
}

static struct text keep(struct decoder *decoder, struct text text)
{
    if (text.length == 0)
        return (struct text){0};
    char *room = text_arena_room(&decoder->arena, text.length);
    json_reader_copy(room, text);
    return (struct text){.bytes = room, .length = text.length};
}

/* Moves what is borrowed from the reader to where it stays, and puts hashes in the place of names.
 */
static void settle(struct decoder *decoder, struct event *event, const struct event_names *names)
{
    const uint8_t *key = decoder->settings.pseudonym_key;
    event->user = (struct pseudonym){0};
    event->task = (struct task_id){0};
    if (event->has_user)
        event->user = pseudonym_of(key, names->user.bytes, names->user.length);
    event->key.hash = hash_xx64(decoder->identity.data, decoder->identity.length);
    if (event->has_task)
        event->task = pseudonym_of_task(key, decoder->task.data, decoder->task.length);
    event->team = keep(decoder, event->team);
    switch (event->type) {
    case EVENT_USAGE:
        event->usage.workflow = keep(decoder, event->usage.workflow);
        event->usage.capability = keep(decoder, event->usage.capability);
        break;
    case EVENT_TRAINING:
        event->training.program = keep(decoder, event->training.program);
        event->training.teacher = (struct pseudonym){0};
        event->training.has_teacher = names->teacher.length > 0;
        if (event->training.has_teacher)
            event->training.teacher =
                pseudonym_of(key, names->teacher.bytes, names->teacher.length);
        break;
    case EVENT_PERSON:
        event->person.level = keep(decoder, event->person.level);
        break;
    case EVENT_REDESIGN:
        event->redesign.workflow = keep(decoder, event->redesign.workflow);
        event->redesign.label = keep(decoder, event->redesign.label);
        break;
    case EVENT_OVERRIDE:
    case EVENT_OUTCOME:
    case EVENT_PULSE:
    case EVENT_TYPES:
        break;
    }
}

enum reject decoder_decode_unkeyed(struct decoder *decoder, const struct message *message,
                                   struct event *ret_event, struct text *ret_detail)
{
    struct event event;
    struct event_names names;
    enum reject reject = read_event(decoder, message, &event, &names, ret_detail);
    if (reject != REJECT_NONE)
        return reject;
    settle(decoder, &event, &names);
    *ret_event = event;
    return REJECT_NONE;
}

enum reject decoder_decode(struct decoder *decoder, const struct message *message,
                           struct event *ret_event, struct text *ret_detail)
{
    struct event event;
    struct event_names names;
    enum reject reject = read_event(decoder, message, &event, &names, ret_detail);
    if (reject != REJECT_NONE)
        return reject;
    struct text team = event.team;
    if (message->key == NULL)
        return refuse(REJECT_KEY, "none", ret_detail);
    if (message->key_length != team.length || memcmp(message->key, team.bytes, team.length) != 0)
        return refuse(REJECT_KEY, "not the team", ret_detail);
    if (message->partition != decoder_partition(decoder, team.bytes, team.length))
        return refuse(REJECT_MISROUTED, "partition", ret_detail);
    settle(decoder, &event, &names);
    *ret_event = event;
    return REJECT_NONE;
}
