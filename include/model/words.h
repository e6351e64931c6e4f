/* What a person reads in place of a word of uptake: states, verdicts, diagnoses, alarms, reasons. */
#pragma once

#include <stddef.h>

enum word_set {
    WORD_state,
    WORD_verdict,
    WORD_indicator,
    WORD_component,
    WORD_diagnosis,
    WORD_alarm,
    WORD_because,
    WORD_SETS
};

struct word {
    enum word_set set;
    const char *name;     /* as in SQL and Redis */
    const char *label;    /* a few words */
    const char *sentence; /* whole; of a reason why a figure is unknown: what to send */
    const char *measures; /* to look at with it, divided by blanks; "" = none */
};

/* All of them, set by set; static. */
const struct word *words_list(size_t *ret_count);
/* NULL = not in this set. */
const struct word *words_find(enum word_set set, const char *name);
/* "state" ... "because". */
const char *words_set_name(enum word_set set);
