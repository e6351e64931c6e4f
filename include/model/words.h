/* What a person reads in place of a word of uptake: states, verdicts, reasons, headings, notes. */
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
    WORD_presence,
    WORD_claim,
    WORD_better,
    WORD_group,
    WORD_window,
    WORD_section,
    WORD_comparison,
    WORD_advice,
    WORD_note,
    WORD_SETS
};

struct word {
    enum word_set set;
    const char *name;     /* as in SQL and Redis */
    const char *label;    /* a few words; "" of a note */
    const char *sentence; /* whole; of a reason why a figure is unknown: what to send; "" = none */
    const char *measures; /* to look at with it, divided by blanks; "" = none */
};

/* All of them, set by set; static. */
const struct word *words_list(size_t *ret_count);
/* NULL = not in this set. */
const struct word *words_find(enum word_set set, const char *name);
/* "state" ... "note". */
const char *words_set_name(enum word_set set);
