/* What people are told of events: a table of all members, of types and of reasons to refuse. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "codec/event_schema.h"
#include "model/event.h"

struct event_guide_member {
    enum event_type type;
    const char *name;
    bool is_required;
    enum word_set words; /* WORD_SETS: any value of `values` */
    const char *values;
    const char *example; /* JSON */
    const char *help;    /* a few words; `words` in backticks are values */
};

/* By type, in the order in which the decoder looks at them. */
extern const struct event_guide_member event_guide_members[];
extern const size_t event_guide_member_count;

/* One line: what an event of the type says, and when one is refused. */
const char *event_guide_type(enum event_type type);
const char *event_guide_reject(enum reject reject);
