/* The table of events.md: which members each type has, and what they may say. */
#pragma once

#include <stdint.h>

#include "base/text.h"
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

struct event_schema {
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

/* Reads `data` of an event whose event->type is set into the team, has_user, has_task and the part
 * of that type; texts and *ret_names are borrowed from the reader. Returns REJECT_NONE, or
 * REJECT_MALFORMED or REJECT_SCHEMA and the member that is wrong in *ret_detail; then the event is
 * half filled. */
enum reject event_schema_read(const struct event_schema *schema, const struct json_value *data,
                              struct event *event, struct event_names *ret_names,
                              struct text *ret_detail);
