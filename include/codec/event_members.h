/* Reads the members of one event's `data`, each by the rule of events.md for what it is. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "codec/event_schema.h"
#include "codec/json_reader.h"
#include "model/event.h"

enum { EVENT_TEXT_BYTES_MAX = 128 };

/* What came, by number of the member. Each function below returns false and notes the member when
 * it is wrong; a member that is missing or null is wrong only in those called event_members_need_…,
 * and else leaves *ret_… as "absent" (0, or an empty text). */
struct event_members {
    const struct event_schema *schema;
    const struct json_names *names;
    const struct json_value *values;
    const char *wrong; /* static */
};

/* Notes the member; false. */
static inline bool event_members_refuse(struct event_members *members, uint32_t member)
{
    members->wrong = members->names->texts[member];
    return false;
}

/* Missing, or null. */
static inline bool event_members_absent(const struct event_members *members, uint32_t member)
{
    return members->values[member].kind <= JSON_NULL;
}

/* Is there one of U+0000-1F and U+007F-9F in a text of the reader? */
bool event_members_has_control(struct text text);

/* 1 to 128 bytes without control characters. */
static inline bool event_members_text(struct event_members *members, uint32_t member,
                                      struct text *ret_text)
{
    const struct json_value *value = &members->values[member];
    *ret_text = (struct text){0};
    if (event_members_absent(members, member))
        return true;
    if (value->kind != JSON_STRING || value->text.length == 0 ||
        value->text.length > EVENT_TEXT_BYTES_MAX || event_members_has_control(value->text))
        return event_members_refuse(members, member);
    *ret_text = value->text;
    return true;
}

static inline bool event_members_need_text(struct event_members *members, uint32_t member,
                                           struct text *ret_text)
{
    return event_members_text(members, member, ret_text) &&
           (ret_text->length > 0 || event_members_refuse(members, member));
}

/* One of a set of words, as its number from 1. */
static inline bool event_members_word(struct event_members *members, uint32_t member,
                                      enum word_set set, uint32_t *ret_word)
{
    const struct json_value *value = &members->values[member];
    *ret_word = 0;
    if (event_members_absent(members, member))
        return true;
    if (value->kind != JSON_STRING)
        return event_members_refuse(members, member);
    uint32_t found =
        json_names_find(&members->schema->words[set], value->text.bytes, value->text.length);
    if (found == JSON_NAMES_NONE)
        return event_members_refuse(members, member);
    *ret_word = found + 1;
    return true;
}

static inline bool event_members_need_word(struct event_members *members, uint32_t member,
                                           enum word_set set, uint32_t *ret_word)
{
    return event_members_word(members, member, set, ret_word) &&
           (*ret_word > 0 || event_members_refuse(members, member));
}

static inline bool event_members_answer(struct event_members *members, uint32_t member,
                                        enum answer *ret_answer)
{
    enum json_kind kind = members->values[member].kind;
    *ret_answer = kind == JSON_TRUE ? ANSWER_YES : kind == JSON_FALSE ? ANSWER_NO : ANSWER_ABSENT;
    return kind <= JSON_TRUE || event_members_refuse(members, member);
}

/* Any text; what is not one of the reasons reads as REASON_OTHER. */
bool event_members_reason(struct event_members *members, uint32_t member,
                          enum reason_class *ret_reason);

/* A number above 0 and at most `most`, times `scale`, rounded half up, at least 1. */
bool event_members_amount(struct event_members *members, uint32_t member, double most, double scale,
                          uint64_t *ret_amount);

/* A number from 0 to 1 in units of 1e-4, rounded half up. */
bool event_members_quality(struct event_members *members, uint32_t member, bool *ret_given,
                           uint16_t *ret_quality);

/* 1, 2, 3, 4 or 5. */
bool event_members_need_score(struct event_members *members, uint32_t member, uint8_t *ret_score);
