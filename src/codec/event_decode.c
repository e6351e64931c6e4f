/* One message to one event, or to the first reason that refuses it. */
#include "codec/event_decode.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/panic.h"
#include "base/secrecy.h"
#include "base/strbuf.h"
#include "codec/event_headers.h"
#include "codec/event_schema.h"
#include "codec/json_reader.h"
#include "codec/rfc3339.h"
#include "codec/text_arena.h"

enum { DEPTH_MAX = 16, ENVELOPE_DATA = ENVELOPE_ATTRIBUTES, ENVELOPE_MEMBERS };
enum { BEYOND = 24 }; /* bytes that may be read or written past the end of a text */

static const char *const envelope_members[ENVELOPE_MEMBERS] = {"specversion", "id",   "source",
                                                               "type",        "time", "data"};

struct decoder {
    struct decoder_settings settings;
    struct json_reader *reader;
    struct json_names envelope;
    struct event_schema schema;
    struct text_arena arena;
    struct strbuf identity;   /* source, newline, id */
    struct strbuf task;       /* team, newline, task */
    struct strbuf attributes; /* of the headers, where one may read past their ends as with texts of
                                 the reader */
};

/* The attributes that every event must have, and what it is about. */
struct envelope {
    struct text attributes[ENVELOPE_ATTRIBUTES]; /* length 0 = not a text, or none */
    struct json_value data;
};

struct decoder *decoder_new(const struct decoder_settings *settings)
{
    UP_ASSERT(settings->partitions >= 1);
    struct decoder *decoder = mem_alloc(sizeof *decoder);
    secrecy_lock(decoder->settings.pseudonym_key, sizeof decoder->settings.pseudonym_key);
    decoder->settings = *settings;
    decoder->reader = json_reader_new(DEPTH_MAX);
    json_names_init(&decoder->envelope, envelope_members, ENVELOPE_MEMBERS);
    event_schema_init(&decoder->schema);
    return decoder;
}

void decoder_free(struct decoder *decoder)
{
    if (decoder == NULL)
        return;
    pseudonym_wipe_key(decoder->settings.pseudonym_key);
    json_reader_free(decoder->reader);
    text_arena_done(&decoder->arena);
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

/* The envelope of a structured event; what is no object has no attributes. */
static enum reject read_structured(struct decoder *decoder, const struct json_value *root,
                                   struct envelope *envelope, struct text *ret_detail)
{
    struct json_value values[ENVELOPE_MEMBERS];
    if (root->kind != JSON_OBJECT)
        return refuse(REJECT_ENVELOPE, "not an object", ret_detail);
    uint32_t twice = json_reader_pick(root, &decoder->envelope, values);
    if (twice != 0)
        return refuse(REJECT_MALFORMED, envelope_members[__builtin_ctz(twice)], ret_detail);
    for (int i = 0; i < ENVELOPE_ATTRIBUTES; i++) {
        bool usable = values[i].kind == JSON_STRING;
        envelope->attributes[i] = usable ? values[i].text : (struct text){0};
    }
    envelope->data = values[ENVELOPE_DATA];
    return REJECT_NONE;
}

/* Moves attributes of the headers to where they may be read as those of the reader. */
static void move_attributes(struct decoder *decoder, struct envelope *envelope)
{
    size_t needed = 0;
    for (int i = 0; i < ENVELOPE_ATTRIBUTES; i++)
        needed += (size_t)envelope->attributes[i].length + BEYOND;
    strbuf_reset(&decoder->attributes);
    char *to = strbuf_room(&decoder->attributes, needed);
    memset(to, 0, needed);
    for (int i = 0; i < ENVELOPE_ATTRIBUTES; i++) {
        struct text *attribute = &envelope->attributes[i];
        if (attribute->length > 0)
            memcpy(to, attribute->bytes, attribute->length);
        attribute->bytes = to;
        to += attribute->length + BEYOND;
    }
}

static enum reject read_envelope(struct decoder *decoder, const struct message *message,
                                 struct envelope *envelope, struct text *ret_detail)
{
    if (message->value == NULL || message->value_length == 0)
        return refuse(REJECT_MALFORMED, "empty", ret_detail);
    if (message->value_length > decoder->settings.max_event_bytes)
        return refuse(REJECT_MALFORMED, "too long", ret_detail);
    struct json_value root;
    const char *broken =
        json_reader_parse(decoder->reader, message->value, message->value_length, &root);
    if (broken != NULL)
        return refuse(REJECT_MALFORMED, broken, ret_detail);
    if (message->header_count == 0 || !event_headers_read(message, envelope->attributes))
        return read_structured(decoder, &root, envelope, ret_detail);
    move_attributes(decoder, envelope);
    envelope->data = root;
    return REJECT_NONE;
}

static enum reject check_envelope(const struct envelope *envelope, int64_t *ret_time_ms,
                                  struct text *ret_detail)
{
    for (int i = 0; i < ENVELOPE_ATTRIBUTES; i++) {
        if (envelope->attributes[i].length == 0)
            return refuse(REJECT_ENVELOPE, envelope_members[i], ret_detail);
    }
    struct text version = envelope->attributes[ENVELOPE_SPECVERSION];
    if (version.length != 3 || memcmp(version.bytes, "1.0", 3) != 0)
        return refuse(REJECT_ENVELOPE, envelope_members[ENVELOPE_SPECVERSION], ret_detail);
    if (!rfc3339_parse(envelope->attributes[ENVELOPE_TIME], ret_time_ms))
        return refuse(REJECT_ENVELOPE, envelope_members[ENVELOPE_TIME], ret_detail);
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
    struct envelope envelope;
    enum reject reject = read_envelope(decoder, message, &envelope, ret_detail);
    if (reject != REJECT_NONE)
        return reject;
    reject = check_envelope(&envelope, &event->key.time_ms, ret_detail);
    if (reject != REJECT_NONE)
        return reject;
    event->type = event_schema_type(&decoder->schema, envelope.attributes[ENVELOPE_TYPE]);
    if (event->type == EVENT_TYPES)
        return refuse(REJECT_UNKNOWN_TYPE, envelope_members[ENVELOPE_TYPE], ret_detail);
    reject = event_schema_read(&decoder->schema, &envelope.data, event, names, ret_detail);
    if (reject != REJECT_NONE)
        return reject;
    join(&decoder->identity, envelope.attributes[ENVELOPE_SOURCE],
         envelope.attributes[ENVELOPE_ID]);
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
