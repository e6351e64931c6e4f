/* What importers share: records come in, events come out, and what could not become one is counted with its reason. */
#include "ctl/import.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "codec/day_text.h"
#include "codec/message.h"
#include "codec/rfc3339.h"

enum { EVENT_BYTES_MAX = 65536, DAY_BYTES = 10 };

static const struct {
    const char *name, *sentence;
    bool is_mistake;
} reasons[IMPORT_REASONS] = {
#define REASON(NAME, name, is_mistake, sentence) {#name, sentence, is_mistake},
#include "ctl/import_reason.def"
#undef REASON
};

const char *import_reason_name(enum import_reason reason)
{
    return reasons[reason].name;
}

const char *import_reason_sentence(enum import_reason reason)
{
    return reasons[reason].sentence;
}

bool import_reason_is_mistake(enum import_reason reason)
{
    return reasons[reason].is_mistake;
}

void import_init(struct import *import, const struct import_options *options, import_take *take,
                 void *owner)
{
    *import = (struct import){.options = options, .take = take, .owner = owner};
    import->decoder = decoder_new(
        &(struct decoder_settings){.max_event_bytes = EVENT_BYTES_MAX, .partitions = 1});
}

void import_done(struct import *import)
{
    decoder_free(import->decoder);
    strbuf_done(&import->text);
    strbuf_done(&import->identity);
}

void import_open(struct import *import, const char *file)
{
    import->files++;
    import->file = file;
    import->line = 0;
}

void import_at(struct import *import, uint64_t line)
{
    import->line = line;
}

/* ---- counts ---------------------------------------------------------------------------------- */

void import_begin(struct import *import)
{
    import->records++;
}

void import_leave(struct import *import, enum import_reason reason, const char *field)
{
    uint64_t *sum = reasons[reason].is_mistake ? &import->mistakes : &import->left_out;
    ++*sum;
    for (size_t i = 0; i < import->count; i++) {
        struct import_count *count = &import->counts[i];
        if (count->reason == reason && strncmp(count->field, field, sizeof count->field - 1) == 0) {
            count->count++;
            return;
        }
    }
    if (import->count == IMPORT_COUNTS_MAX) {
        import->uncounted++;
        return;
    }
    struct import_count *count = &import->counts[import->count++];
    *count = (struct import_count){
        .reason = reason, .count = 1, .file = import->file, .line = import->line};
    (void)snprintf(count->field, sizeof count->field, "%s", field);
}

/* ---- events ---------------------------------------------------------------------------------- */

/* Whom events call what, and where they belong: what the file of teams says, else as it came. */
struct place {
    struct text team, user;
};

static struct place find_place(const struct import *import, const struct import_event *event)
{
    const struct import_options *options = import->options;
    struct place place = {.team = event->team, .user = event->user};
    struct text whose = event->user.length > 0 ? event->user : event->team_of, name = {0};
    if (whose.length > 0 && options->teams != NULL &&
        teams_file_find(options->teams, whose, event_day(event->time_ms), &place.team, &name)) {
        place.user = event->user.length > 0 ? name : event->user;
        return place;
    }
    if (place.team.length == 0 && options->team != NULL)
        place.team = text_of(options->team);
    return place;
}

static void write_value(struct json_write *json, const struct json_value *value)
{
    switch (value->kind) {
    case JSON_STRING:
        json_write_text(json, value->text);
        break;
    case JSON_NUMBER:
        json_write_number(json, value->number);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        json_write_bool(json, value->kind == JSON_TRUE);
        break;
    case JSON_ABSENT:
    case JSON_NULL:
    case JSON_ARRAY:
    case JSON_OBJECT:
        json_write_null(json);
    }
}

static void write_named(struct json_write *json, const char *name, struct text value)
{
    json_write_name(json, name);
    json_write_text(json, value);
}

/* A teacher is a person too, and may have another name in events. */
static struct json_value rename_teacher(const struct import *import,
                                        const struct import_event *event,
                                        const struct import_member *member)
{
    struct json_value value = member->value;
    struct text team, name;
    if (strcmp(member->name, "teacher") == 0 && value.kind == JSON_STRING &&
        import->options->teams != NULL &&
        teams_file_find(import->options->teams, value.text, event_day(event->time_ms), &team,
                        &name))
        value.text = name;
    return value;
}

static void write_data(struct import *import, struct json_write *json,
                       const struct import_event *event, const struct place *place)
{
    json_write_begin_object(json);
    write_named(json, "team", place->team);
    if (place->user.length > 0)
        write_named(json, "user", place->user);
    for (size_t i = 0; i < event->member_count; i++) {
        struct json_value value = rename_teacher(import, event, &event->members[i]);
        if (value.kind <= JSON_NULL)
            continue;
        json_write_name(json, event->members[i].name);
        write_value(json, &value);
    }
    json_write_end_object(json);
}

static void write_event(struct import *import, const struct import_event *event,
                        const struct place *place)
{
    struct strbuf time = {0};
    struct json_write json = {.out = &import->text};
    strbuf_reset(&import->text);
    day_text_add_time(&time, event->time_ms);
    json_write_begin_object(&json);
    write_named(&json, "specversion", text_of("1.0"));
    write_named(&json, "type", text_of(event_type_name(event->type)));
    write_named(&json, "source", text_of(event->source));
    write_named(&json, "id", event->id);
    write_named(&json, "time", text_of(strbuf_text(&time)));
    json_write_name(&json, "data");
    write_data(import, &json, event, place);
    json_write_end_object(&json);
    strbuf_done(&time);
}

/* Would the daemon take it? */
static bool is_taken(struct import *import)
{
    const struct message message = {.value = import->text.data,
                                    .value_length = (uint32_t)import->text.length};
    struct event event;
    struct text detail = {0};
    enum reject reject = decoder_decode_unkeyed(import->decoder, &message, &event, &detail);
    if (reject != REJECT_NONE) {
        char field[64];
        (void)snprintf(field, sizeof field, "%.*s", (int)detail.length,
                       detail.length > 0 ? detail.bytes : "");
        import_leave(import, IMPORT_REFUSED, field);
    }
    decoder_reset(import->decoder);
    return reject == REJECT_NONE;
}

bool import_emit(struct import *import, const struct import_event *event)
{
    struct place place = find_place(import, event);
    if (place.team.length == 0) {
        import_leave(import, IMPORT_NO_TEAM, "team");
        return false;
    }
    write_event(import, event, &place);
    if (!is_taken(import))
        return false;
    import->events++;
    import->take(import->owner, event->time_ms,
                 (struct text){import->text.data, (uint32_t)import->text.length});
    return true;
}

void import_id_begin(struct import *import, const char *kind)
{
    strbuf_reset(&import->identity);
    import_id_add(import, text_of(kind));
}

void import_id_add(struct import *import, struct text part)
{
    /* The length first, so that no two lists of parts are the same bytes. */
    strbuf_add_format(&import->identity, "%u:", part.length);
    strbuf_add(&import->identity, part.bytes, part.length);
}

struct text import_id_end(struct import *import)
{
    uint64_t hash = hash_xx64(import->identity.data, import->identity.length);
    (void)snprintf(import->id, sizeof import->id, "%016llx", (unsigned long long)hash);
    return text_of(import->id);
}

/* ---- values ---------------------------------------------------------------------------------- */

struct json_value import_find(const struct json_value *object, const char *name)
{
    struct json_value value = json_reader_member(object, text_of(name));
    if (value.kind == JSON_NULL)
        value.kind = JSON_ABSENT;
    return value;
}

struct text import_find_text(const struct json_value *object, const char *name)
{
    struct json_value value = import_find(object, name);
    return value.kind == JSON_STRING ? value.text : (struct text){0};
}

double import_find_number(const struct json_value *object, const char *name)
{
    struct json_value value = import_find(object, name);
    return value.kind == JSON_NUMBER ? value.number : 0;
}

bool import_find_true(const struct json_value *object, const char *name)
{
    return import_find(object, name).kind == JSON_TRUE;
}

bool import_read_day(struct text text, int64_t *ret_time_ms)
{
    char time[DAY_BYTES + 16];
    if (text.length != DAY_BYTES && (text.length <= DAY_BYTES || text.bytes[DAY_BYTES] != 'T'))
        return false;
    (void)snprintf(time, sizeof time, "%.*sT00:00:00Z", DAY_BYTES, text.bytes);
    return rfc3339_parse(text_of(time), ret_time_ms);
}

struct json_value import_text(struct text text)
{
    return (struct json_value){.kind = text.length > 0 ? JSON_STRING : JSON_ABSENT, .text = text};
}

struct json_value import_word(const char *word)
{
    return import_text(text_of(word));
}
