/* The teams that top shows: as they were read, in which order, and which of them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "codec/text_arena.h"

/* What the table has, from left to right. */
enum top_column {
    TOP_TEAM,
    TOP_HEALTH,
    TOP_LIMITS,
    TOP_STATE,
    TOP_VERDICT,
    TOP_ALARMS,
    TOP_DIAGNOSIS,
    TOP_COLUMNS
};

/* What PostgreSQL gives of a team, in this order, each as text and NULL where it is not known: see
 * top_teams_sql. Words of a list are divided by blanks. */
enum top_field {
    TOP_FIELD_TEAM,
    TOP_FIELD_DAY,
    TOP_FIELD_SUPPRESSED,
    TOP_FIELD_HEALTH,
    TOP_FIELD_LO,
    TOP_FIELD_HI,
    TOP_FIELD_N,
    TOP_FIELD_STATE,
    TOP_FIELD_VERDICT,
    TOP_FIELD_DIAGNOSIS,
    TOP_FIELD_ALARMS,
    TOP_FIELDS
};

/* One row a team, out of the views for analysts. */
extern const char top_teams_sql[];

struct top_team {
    struct text fields[TOP_FIELDS]; /* absent = not known */
    double health, lo, hi;          /* NAN = unknown, or held back */
    bool is_suppressed;
    size_t alarms, diagnoses; /* how many */
};

/* A zeroed struct has no teams. */
struct top_teams {
    struct top_team *items;
    size_t count, capacity;
    struct text_arena texts;
    const struct top_team **shown; /* those that pass the filter, in their order */
    size_t shown_count, shown_capacity;
};

struct top_order {
    enum top_column column;
    bool reverse;
};

void top_teams_done(struct top_teams *teams);
/* Forgets all. */
void top_teams_reset(struct top_teams *teams);
/* Copies the fields. */
void top_teams_add(struct top_teams *teams, const struct text fields[static TOP_FIELDS]);

/* Fills `shown`: those in which the filter is found, in their name, state, verdict, diagnosis or
 * alarms, whatever its case; an absent one is in all. What wants to be looked at comes first: the
 * lowest health, the most alarms. What is not known comes last. Teams that are alike are ordered by
 * name. */
void top_teams_show(struct top_teams *teams, struct top_order order, struct text filter);

/* "team", "health" ... */
const char *top_column_name(enum top_column column);
/* False: there is none of that name to sort by. */
bool top_column_find(const char *name, enum top_column *ret_column);

/* What a person reads in place of a word of the field, which may be a list. */
struct strbuf;
void top_team_add_words(struct strbuf *out, const struct top_team *team, enum top_field field);
/* The day as of which most is said: the last of any team. Absent where there is no team. */
struct text top_teams_day(const struct top_teams *teams);
