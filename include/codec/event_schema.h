/* The table of events.md: which members each type has, and what they may say. */
#pragma once

#include <stdint.h>

#include "base/text.h"
#include "codec/event_headers.h"
#include "codec/json_names.h"
#include "codec/json_reader.h"
#include "model/event.h"

/* Closed sets of words that a member may be one of. */
enum word_set {
    WORDS_ASSIST,
    WORDS_KIND,
    WORDS_ASSIGNMENT,
    WORDS_REASON,
    WORDS_ACTION,
    WORDS_DECIDED_BY,
    WORDS_SAID_BY,
    WORDS_FORMAT,
    WORDS_STATUS,
    WORDS_QUESTION,
    WORD_SETS
};

/* The members of a structured event: its attributes, and `data`. */
enum { ENVELOPE_DATA = ENVELOPE_ATTRIBUTES, ENVELOPE_MEMBERS };

/* Where the values of an event are: those of the envelope by enum envelope_attribute and ENVELOPE_DATA, those of its
 * type's members by their number, and behind either a place for what nobody reads. */
enum {
    EVENT_VALUE_OTHER = ENVELOPE_MEMBERS,
    EVENT_VALUE_DATA,
    EVENT_VALUE_DATA_OTHER = EVENT_VALUE_DATA + JSON_NAMES_MAX,
    EVENT_VALUES
};

/* What an event says before anybody asks whether it may. JSON_ABSENT: there is no such member. */
struct event_values {
    struct json_value at[EVENT_VALUES];
};

struct event_schema {
    struct json_names envelope;
    struct json_names types;
    struct json_names members[EVENT_TYPES];
    struct json_names words[WORD_SETS];
};

/* The names that must not leave the decoder; length 0 = absent. */
struct event_names {
    struct text user, teacher, task;
};

/* Needs no x_done. */
void event_schema_init(struct event_schema *schema);

/* The type of this name (24 bytes must be readable), or EVENT_TYPES. */
enum event_type event_schema_type(const struct event_schema *schema, struct text name);

/* Fills the values of the type's members from the value of `data`. Returns REJECT_NONE, or REJECT_SCHEMA
 * where that is no object, REJECT_MALFORMED where a member comes twice, and says which in *ret_detail. */
enum reject event_schema_pick(const struct event_schema *schema, enum event_type type,
                              struct event_values *values, struct text *ret_detail);

/* Reads the members of an event whose event->type is set into the team, has_user, has_task and the
 * part of that type; texts and *ret_names are borrowed from the values. Returns REJECT_NONE, or
 * REJECT_SCHEMA and the member that is wrong in *ret_detail; then the event is half filled. */
enum reject event_schema_read(const struct event_schema *schema, const struct event_values *values,
                              struct event *event, struct event_names *ret_names,
                              struct text *ret_detail);
