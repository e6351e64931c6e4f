/* What importers share: records come in, events come out, and what could not become one is counted with its reason. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "codec/event_decode.h"
#include "codec/json_reader.h"
#include "codec/json_write.h"
#include "ctl/teams_file.h"
#include "model/event.h"

enum import_reason {
#define REASON(NAME, name, is_mistake, sentence) IMPORT_##NAME,
#include "ctl/import_reason.def"
#undef REASON
    IMPORT_REASONS
};

/* "not_json", and what that means as a sentence. */
const char *import_reason_name(enum import_reason reason);
const char *import_reason_sentence(enum import_reason reason);
bool import_reason_is_mistake(enum import_reason reason);

/* What the user says of all records. Borrowed, all of it. */
struct import_options {
    const char *team;               /* of those of whom nothing else says one; NULL = none */
    const struct teams_file *teams; /* NULL = none */
    const char *workflow;           /* of decisions, where the format has none of its own */
    const char *team_attribute;     /* of OpenTelemetry */
    const char *account_home;       /* of xAPI; NULL = any */
    const char *const *verbs;       /* of xAPI, more that mean completion */
    size_t verb_count;
    bool parts; /* of courses count too */
};

/* How often, and where first. */
struct import_count {
    enum import_reason reason;
    char field[64]; /* "" = none */
    uint64_t count;
    const char *file; /* as given to import_open() */
    uint64_t line;
};

enum { IMPORT_COUNTS_MAX = 96 };

/* Takes an event, a line of JSON without its end; borrowed for the call. */
typedef void import_take(void *owner, int64_t time_ms, struct text line);

/* Set up by import_init(); the counts are for everybody to read, the rest is its own. */
struct import {
    const struct import_options *options;
    uint64_t files, records, events, mistakes, left_out;
    struct import_count counts[IMPORT_COUNTS_MAX]; /* in the order of their first */
    size_t count;
    uint64_t uncounted; /* beyond IMPORT_COUNTS_MAX */
    uint64_t homes; /* accounts read by their name alone whose home page is not the first one's */

    import_take *take;
    void *owner;
    const char *file;
    uint64_t line;
    uint64_t first_home;
    struct decoder *decoder; /* every event must get past it */
    struct strbuf text;
    struct strbuf identity;
    char id[17];
};

void import_init(struct import *import, const struct import_options *options, import_take *take,
                 void *owner);
void import_done(struct import *import);

/* The records that follow are in this file (borrowed while counts are read), and begin in this
 * line. */
void import_open(struct import *import, const char *file);
void import_at(struct import *import, uint64_t line);

/* One more record is looked at, or one more part of it that is a record of its own. */
void import_begin(struct import *import);
/* It, or something in it, became no event. `field` says where the reason lies; it is copied, and
 * never a value. */
void import_leave(struct import *import, enum import_reason reason, const char *field);

struct import_member {
    const char *name;
    struct json_value value; /* a text, number or truth; what is absent or null is left out */
};

/* What an event is to say. */
struct import_event {
    enum event_type type;
    const char *source;
    struct text id; /* not empty; with `source` and `time` it names the event for ever */
    int64_t time_ms;
    struct text user;    /* as the record has it; absent = an event without one */
    struct text team_of; /* of an event without a user: whose team it is of; may be absent */
    struct text team;    /* as the record has it; absent = by the user, or as --team says */
    const struct import_member *members;
    size_t member_count;
};

/* Hands the event over, its user renamed and its team found as the options say. Where the daemon
 * would refuse it, or no team is known, it is left with the reason, and false returned. */
bool import_emit(struct import *import, const struct import_event *event);

/* An id out of what makes a record what it is: the same parts in the same order give the same id. */
void import_id_begin(struct import *import, const char *kind);
void import_id_add(struct import *import, struct text part);
struct text import_id_end(struct import *import); /* until the next one */

/* ---- values ---------------------------------------------------------------------------------- */

/* The member of this name, JSON_ABSENT where it is not there or null. */
struct json_value import_find(const struct json_value *object, const char *name);
/* Of one that is no text: absent. */
struct text import_find_text(const struct json_value *object, const char *name);
/* Of one that is no number: 0. */
double import_find_number(const struct json_value *object, const char *name);
bool import_find_true(const struct json_value *object, const char *name);

/* The beginning of a day "2025-05-12", or of the day in a time: when something happened of which only
 * the day is known, in UTC. Later it might not have come yet. */
bool import_read_day(struct text text, int64_t *ret_time_ms);

struct json_value import_text(struct text text);
struct json_value import_word(const char *word);

/* ---- formats --------------------------------------------------------------------------------- */

/* A format whose records are JSON. */
struct import_format {
    const char *name;
    const char *const *containers; /* as json_split has them */
    void (*map)(struct import *import, const struct json_value *record);
};

extern const struct import_format import_copilot;
extern const struct import_format import_claude_code;
extern const struct import_format import_xapi;
