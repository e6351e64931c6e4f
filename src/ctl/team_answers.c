/* What PostgreSQL's views for analysts say of one team on its last closed day. */
#include "ctl/team_answers.h"

#include <stdio.h>
#include <stdlib.h>

#include "ctl/daily_figures.h"
#include "ctl/measure_name.h"
#include "ctl/row_text.h"
#include "io/pg_session.h"

static const char team_query[] =
    "SELECT h.day, h.is_suppressed, h.state, h.verdict, round(h.health::numeric), "
    "round(h.lo::numeric), round(h.hi::numeric), h.n, h.health_limit, m.because, "
    "array_to_string(h.diagnosis, ' '), h.changed_work, h.traceable, h.reproduces "
    "FROM uptake.team_health h JOIN " DAILY_FIGURES " ON m.measure = 'health' "
    "WHERE h.team = $1::text";

/* Those that the evaluation looks at: of 28 days or their own, answers to questions of 90 days. */
static const char figures_query[] =
    "SELECT m.*, false FROM uptake.team_health h, " DAILY_FIGURES " WHERE h.team = $1::text "
    "UNION ALL SELECT measure, estimate, lo, hi, n, because, true FROM uptake.team_measure "
    "WHERE team = $1::text AND workflow IS NULL AND win = '90d'";

static const char alarms_query[] = "SELECT kind, opened, sentence FROM uptake.alert_open "
                                   "WHERE team = $1::text ORDER BY opened, kind";

static const char redesigns_query[] =
    "SELECT day, workflow, label, as_of, is_final, measure, estimate, lo, hi, n, because "
    "FROM uptake.redesign_outcomes WHERE team = $1::text ORDER BY at DESC, workflow, measure";

static const char json_query[] =
    "SELECT json_build_object('team', to_jsonb(h), 'figures', (SELECT json_agg(m) "
    "FROM " DAILY_FIGURES "), 'alarms', (SELECT coalesce(json_agg(a ORDER BY opened, kind), '[]') "
    "FROM uptake.alert_open a WHERE a.team = h.team), 'redesigns', (SELECT "
    "coalesce(json_agg(to_jsonb(r) - 'team' ORDER BY at, workflow, measure), '[]') "
    "FROM uptake.redesign_outcomes r WHERE r.team = h.team)) "
    "FROM uptake.team_health h WHERE h.team = $1::text";

void team_answers_done(struct team_answers *answers)
{
    strbuf_done(&answers->rows);
    strbuf_done(&answers->figures);
    strbuf_done(&answers->alarms);
    strbuf_done(&answers->redesigns);
}

/* ---- asking -------------------------------------------------------------------------------- */

static int ask_team(struct pg_session *session, const char *query, const char *team,
                    struct strbuf *ret_rows, struct up_err *err)
{
    int code = pg_session_ask_with(session, query, &team, 1, ret_rows, err);
    if (code == UP_OK && ret_rows->length == 0)
        code = up_fail(err, UP_EINVAL,
                       "no day of a team '%s' has closed yet; `uptakectl teams` lists them", team);
    return code;
}

int team_answers_read(struct team_answers *answers, const char *connection, const char *team,
                      struct up_err *err)
{
    struct pg_session *session = pg_session_open_reader(connection, "uptakectl", err);
    if (session == NULL)
        return err->code;
    int code = ask_team(session, team_query, team, &answers->rows, err);
    if (code == UP_OK)
        code = pg_session_ask_with(session, figures_query, &team, 1, &answers->figures, err);
    if (code == UP_OK)
        code = pg_session_ask_with(session, alarms_query, &team, 1, &answers->alarms, err);
    if (code == UP_OK)
        code = pg_session_ask_with(session, redesigns_query, &team, 1, &answers->redesigns, err);
    size_t at = 0;
    if (code == UP_OK)
        (void)row_text_next(&answers->rows, &at, answers->columns, TEAM_COLUMNS);
    pg_session_close(session);
    return code;
}

int team_answers_read_json(struct strbuf *ret_json, const char *connection, const char *team,
                           struct up_err *err)
{
    struct pg_session *session = pg_session_open_reader(connection, "uptakectl", err);
    if (session == NULL)
        return err->code;
    int code = ask_team(session, json_query, team, ret_json, err);
    pg_session_close(session);
    return code;
}

/* ---- figures ------------------------------------------------------------------------------- */

bool team_answers_figure(const struct team_answers *answers, struct text name, bool over_90_days,
                         struct text ret_columns[static FIGURE_COLUMNS])
{
    for (size_t at = 0; row_text_next(&answers->figures, &at, ret_columns, FIGURE_COLUMNS);) {
        if (text_equal(ret_columns[FIGURE_NAME], name) &&
            text_equal(ret_columns[FIGURE_OVER_90_DAYS], text_of("t")) == over_90_days)
            return true;
    }
    return false;
}

const char *team_answers_number(const struct text columns[static FIGURE_COLUMNS], int column,
                                char text[static TEAM_NUMBER_BYTES])
{
    const struct measure_info *info = measure_name_find(columns[FIGURE_NAME]);
    if (info != NULL && info->kind == KIND_FLAG)
        return text_equal(columns[column], text_of("0")) ? "no" : "yes";
    (void)snprintf(text, TEAM_NUMBER_BYTES, "%.*s", (int)columns[column].length,
                   columns[column].bytes);
    double number = strtod(text, NULL);
    (void)snprintf(text, TEAM_NUMBER_BYTES, "%.3g", number);
    return text;
}

/* ---- words --------------------------------------------------------------------------------- */

bool team_answers_next_word(struct text *list, struct text *ret_word)
{
    if (list->length == 0)
        return false;
    const char *blank = memchr(list->bytes, ' ', list->length);
    uint32_t length = blank != NULL ? (uint32_t)(blank - list->bytes) : list->length;
    uint32_t passed = length + (blank != NULL);
    *ret_word = (struct text){list->bytes, length};
    *list = (struct text){list->bytes + passed, list->length - passed};
    return true;
}

const struct word *team_answers_word(enum word_set set, struct text name)
{
    char word[TEAM_NUMBER_BYTES];
    (void)snprintf(word, sizeof word, "%.*s", (int)name.length, name.bytes);
    return words_find(set, word);
}

const struct word *team_answers_indicator(int column)
{
    return words_find(WORD_indicator, column == TEAM_CHANGED_WORK ? "changed_work"
                                      : column == TEAM_TRACEABLE  ? "traceable"
                                                                  : "reproduces");
}

const struct word *team_answers_presence(const struct team_answers *answers, int column)
{
    const struct word *presence = team_answers_word(WORD_presence, answers->columns[column]);
    return presence != NULL ? presence : words_find(WORD_presence, "unknown");
}
