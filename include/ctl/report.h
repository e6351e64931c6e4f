/* What a report says, whatever its format: pages of sections, sections of blocks. Made of facts, written by writers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "codec/text_arena.h"
#include "model/measure.h"
#include "model/words.h"

/* A figure as it is shown. What is not `value.known` has `because`, or was not worked out. Texts are never NULL. */
struct report_figure {
    const char *name;   /* of the measure, of a component of health, of a kind of advice; "health" */
    const char *title;  /* as people write it */
    const char *says;   /* a sentence; "" = none */
    const char *unit;   /* as in the registry; "share" of a component */
    const char *window; /* "1d" ... "own"; "" = none */
    struct text workflow;
    bool of_workflow; /* of this workflow, which may have no name; else of all the work */
    struct estimate value;
    bool has_n;
    const struct word *because;      /* NULL = not worked out */
    const struct measure_info *info; /* NULL = no measure of the registry */
    const struct word *claim;        /* NULL = makes none */
    double threshold;                /* NAN = none */
    const double *weeks;             /* REPORT_WEEKS of them, the oldest first, NAN = unknown; NULL = none */
};

enum { REPORT_WEEKS = 26, REPORT_ALERT_KINDS_MAX = 16 };

/* Something that is named, with what is said of it and the figures it rests on. */
struct report_entry {
    const char *name;  /* the word, e.g. "relapsing"; "" = none */
    struct text title; /* a name that somebody gave, or a label */
    const char *note;  /* a few words beside the title; "" = none */
    struct text sentence;
    const char *more;     /* a further sentence; "" = none */
    const char *presence; /* of a sign: present, absent, unknown; "" = no sign */
    int32_t since;        /* day; INT32_MIN = none */
    struct report_figure *figures;
    size_t figure_count;
};

struct report_point {
    int32_t day;
    double value, lo, hi; /* NAN = unknown */
};

enum report_mark_kind { REPORT_ALARM, REPORT_REDESIGN, REPORT_TRAINING, REPORT_RULES };

/* Something that happened, to mark a history with. */
struct report_mark {
    enum report_mark_kind kind;
    int32_t day;
    int32_t until;        /* of an alarm: day it was resolved, INT32_MAX = open */
    struct text what;     /* kind of alarm; label; definitions */
    struct text workflow; /* of a redesign */
    double sessions, people;
};

struct report_history {
    struct report_point *points; /* a day each, in order */
    size_t point_count;
    struct report_mark *marks;
    size_t mark_count;
};

/* A team in the overview. */
struct report_team_row {
    struct text team;
    size_t page; /* number of its page, from 1 */
    int32_t day;
    bool is_suppressed;
    const struct word *state, *verdict; /* NULL = unknown */
    const char *detail;                 /* which signs the verdict hangs on; "" = none */
    const char *presence[3];            /* changed_work, traceable, reproduces */
    struct report_figure health;
    const struct word *diagnosis[REPORT_ALERT_KINDS_MAX], *alarms[REPORT_ALERT_KINDS_MAX];
    size_t diagnosis_count, alarm_count;
};

enum report_block_kind {
    REPORT_TEXT,
    REPORT_HEADLINE, /* one figure, large */
    REPORT_FIGURES,  /* a list of them, short */
    REPORT_MEASURES, /* a table of them, each with what it says */
    REPORT_COUNTS,   /* plain numbers */
    REPORT_ENTRIES,
    REPORT_GRID,   /* entries as rows, their figures as columns */
    REPORT_MATRIX, /* four entries: advice right and wrong, accepted, then overridden */
    REPORT_HISTORY,
    REPORT_CURVE, /* figures over days after a training */
    REPORT_TEAMS,
};

enum report_style { REPORT_PLAIN, REPORT_LEAD, REPORT_FINE, REPORT_NOTICE };

struct report_block {
    enum report_block_kind kind;
    const char *name; /* stable, single within its section */
    const char *title;
    bool is_repeat; /* its figures stand elsewhere on the page, too */
    enum report_style style;
    const char *text;
    struct report_figure *figures;
    size_t figure_count;
    struct report_entry *entries;
    size_t entry_count;
    struct report_history history;
    struct report_team_row *teams;
    size_t team_count;
};

struct report_section {
    const char *name; /* stable: of the set `section` */
    const char *title;
    const char *intro; /* "" = none */
    struct report_block *blocks;
    size_t block_count, block_capacity;
};

/* Owns all that its blocks hold; names are copies. */
struct report_page {
    size_t number;    /* 0 = all teams, else from 1 on */
    struct text team; /* absent: all teams */
    int32_t day;      /* as of its close */
    const struct word *state;
    bool is_suppressed;
    const char *lead; /* what is said first; state in front of it */
    struct text definitions;
    struct report_section *sections;
    size_t section_count, section_capacity;
    struct text_arena texts;
    void **arrays;
    size_t array_count, array_capacity;
};

void report_page_done(struct report_page *page);
/* Empty, to be filled; valid until the next. */
struct report_section *report_page_add_section(struct report_page *page, const char *name);
/* Empty, of that kind; valid until the next of its section. */
struct report_block *report_section_add(struct report_section *section, enum report_block_kind kind, const char *name);
/* A paragraph; `text` is kept as it is. "" adds nothing. */
void report_section_add_text(struct report_section *section, const char *name, enum report_style style,
                             const char *text);
/* `count` zeroed elements that live as long as the page; NULL for none. */
void *report_page_array(struct report_page *page, size_t count, size_t size);
/* A copy that lives as long as the page; texts longer than an arena takes are cut at a character. */
struct text report_page_copy(struct report_page *page, struct text text);
const char *report_page_copy_text(struct report_page *page, struct text text);
const char *report_page_format(struct report_page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
