/* The registry of measures: one row each, from which names, units and help reach every surface. measures.md, Glossary. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "stat/estimate.h"

enum window { WINDOW_1D, WINDOW_7D, WINDOW_28D, WINDOW_90D, WINDOW_OWN, WINDOWS };

enum measure {
#define MEASURE(name, kind, unit, least, most, better, where, days, source, function, help, cannot_show, see, citation) \
    MEASURE_##name,
#include "model/measures.def"
#undef MEASURE
    MEASURES
};

enum measure_kind { KIND_ESTIMATE, KIND_FLAG, KIND_COUNT }; /* a count has neither interval nor n and is always known */
enum measure_better { BETTER_MORE, BETTER_LESS, BETTER_NEITHER };
/* In the four rolling windows, in `own`, or once per redesign. */
enum measure_where { WHERE_WINDOWS, WHERE_OWN, WHERE_REDESIGN };
/* Made of cells (then there per workflow too), of people, of trainings, of the pulse. */
enum measure_source { SOURCE_CELLS, SOURCE_PEOPLE, SOURCE_TRAINING, SOURCE_PULSE };

struct measure_info {
    const char *name;
    enum measure_kind kind;
    const char *unit;
    double least, most; /* no figure lies beyond; infinite = without bound */
    enum measure_better better;
    enum measure_where where;
    const char *days; /* of its own; "" = those of the window */
    enum measure_source source;
    const char *function;    /* of this layer, which works it out */
    const char *help;        /* one line: what it says */
    const char *cannot_show; /* what it does not say */
    const char *see;         /* measures to show beside it, divided by blanks; "" = none */
    const char *citation;    /* "" = own definition */
};

const struct measure_info *measure_info(enum measure measure);
/* "1d" ... "own", and its days (0 for own). */
const char *measure_window_name(enum window window);
int32_t measure_window_days(enum window window);

/* Why a measure is unknown, in the order in which it is looked for: measures.md, Unknown, and why. */
enum because {
    BECAUSE_NONE, /* it is known */
    BECAUSE_NO_PEOPLE,
    BECAUSE_NO_TRAINING,
    BECAUSE_NO_SURVEY,
    BECAUSE_TOO_NEW,
    BECAUSE_NO_WORK,
    BECAUSE_NO_DECISIONS,
    BECAUSE_NO_REASONS,
    BECAUSE_NO_OUTCOMES,
    BECAUSE_NO_TRUTH,
    BECAUSE_NO_KIND,
    BECAUSE_NO_COMPARISON,
    BECAUSE_TOO_FEW,
    BECAUSE_SUPPRESSED,
    BECAUSES
};
const char *measure_because_name(enum because because);

/* The measures of one window. A flag is an estimate with value 0 or 1, a count one with value only. What does not
 * belong to the window is unknown with BECAUSE_NONE. */
struct record {
    struct estimate values[MEASURES];
    uint8_t because[MEASURES];
};
