/* What PostgreSQL's views for analysts say of one team on its last closed day: what explain and team tell people. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "model/words.h"

/* Of the team itself. Diagnosis is words divided by blanks; what is unknown or held back is absent. */
enum team_column {
    TEAM_DAY,
    TEAM_SUPPRESSED, /* "t": too few people for anything to be shown */
    TEAM_STATE,
    TEAM_VERDICT,
    TEAM_HEALTH, /* whole numbers */
    TEAM_LO,
    TEAM_HI,
    TEAM_N,
    TEAM_LIMIT,   /* the component that holds health down most */
    TEAM_BECAUSE, /* why health is unknown */
    TEAM_DIAGNOSIS,
    TEAM_CHANGED_WORK, /* the three indicators in this order */
    TEAM_TRACEABLE,
    TEAM_REPRODUCES,
    TEAM_COLUMNS
};

enum team_figure_column {
    FIGURE_NAME,
    FIGURE_ESTIMATE, /* absent = unknown, and then FIGURE_BECAUSE says why */
    FIGURE_LO,
    FIGURE_HI,
    FIGURE_N,
    FIGURE_BECAUSE,
    FIGURE_OVER_90_DAYS, /* "t"; else of 28 days or of days of its own */
    FIGURE_COLUMNS
};

enum team_alarm_column { ALARM_KIND, ALARM_OPENED, ALARM_SENTENCE, ALARM_COLUMNS };

/* Then what a figure has: one row a measure of each redesign, the latest redesign first. */
enum team_redesign_column {
    REDESIGN_DAY,
    REDESIGN_WORKFLOW,
    REDESIGN_LABEL,
    REDESIGN_JUDGED, /* the day as of which */
    REDESIGN_FINAL,  /* "t": it is judged no more */
    REDESIGN_COLUMNS
};

/* A zeroed struct is empty. */
struct team_answers {
    struct strbuf rows, figures, alarms, redesigns;
    struct text columns[TEAM_COLUMNS]; /* of the team; borrowed from rows */
};

void team_answers_done(struct team_answers *answers);

/* UP_EINVAL: nothing is known of such a team; else as pg_session_open() and pg_session_ask(). */
int team_answers_read(struct team_answers *answers, const char *connection, const char *team,
                      struct up_err *err);
/* The same as one JSON document with a line end: {"team": {...}, "figures": [...], "alarms": [...],
 * "redesigns": [...]}. */
int team_answers_read_json(struct strbuf *ret_json, const char *connection, const char *team,
                           struct up_err *err);

/* The row of a measure, which stays borrowed; false: there is none. */
bool team_answers_figure(const struct team_answers *answers, struct text name, bool over_90_days,
                         struct text ret_columns[static FIGURE_COLUMNS]);

/* Moves *list behind its first word, which is borrowed; false: it has none. Blanks divide them. */
bool team_answers_next_word(struct text *list, struct text *ret_word);

/* NULL where nothing is known by that name. */
const struct word *team_answers_word(enum word_set set, struct text name);
/* Of an indicator, e.g. TEAM_TRACEABLE; never NULL. */
const struct word *team_answers_indicator(int column);
const struct word *team_answers_presence(const struct team_answers *answers, int column);

/* "0.123", "yes": the estimate of a known figure, into a text of 64 bytes. */
enum { TEAM_NUMBER_BYTES = 64 };
const char *team_answers_number(const struct text columns[static FIGURE_COLUMNS], int column,
                                char text[static TEAM_NUMBER_BYTES]);
