/* uptakectl history: how a measure of a team moved, as it was frozen day by day, with a plot. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/json_write.h"
#include "ctl/command.h"
#include "ctl/daily_figures.h"
#include "ctl/measure_name.h"
#include "ctl/row_text.h"
#include "ctl/screen_text.h"
#include "ctl/terminal.h"
#include "io/pg_session.h"

enum column { DAY, ESTIMATE, LO, HI, N, BECAUSE, DEFINITIONS, COLUMNS };

enum { DAYS_DEFAULT = 182, DAYS_MOST = 36525, NAME_INDENT = 2, DIGITS = 64 };

/* A day without the figure is there, too: its estimate is nothing. $3: days up to the last. */
static const char query[] =
    "SELECT h.day, m.estimate, m.lo, m.hi, m.n, m.because, h.definitions "
    "FROM uptake.team_health_daily h LEFT JOIN " DAILY_FIGURES " ON m.measure = $2::text "
    "WHERE h.team = $1::text AND h.day > (SELECT l.day FROM uptake.team_health l "
    "WHERE l.team = $1::text) - $3::integer ORDER BY h.day";

/* What a plot begins and ends with, and how many days each of its bars stands for. */
struct scale {
    double least, most;
    size_t days_per_bar;
};

struct history {
    const char *team, *measure;
    struct strbuf rows;
    size_t days;
};

static bool is_health(const char *name)
{
    return strcmp(name, "health") == 0;
}

/* NAN = unknown. */
static double number(struct text text)
{
    char digits[DIGITS];
    if (text.length == 0)
        return (double)NAN;
    (void)snprintf(digits, sizeof digits, "%.*s", (int)text.length, text.bytes);
    return strtod(digits, NULL);
}

/* ---- the plot ----------------------------------------------------------------------------- */

/* From 0 to the greatest that there can be; where there is no such, from the least to the greatest
 * that was seen. */
static struct scale find_scale(const struct history *history)
{
    const struct measure_info *info = measure_name_find(text_of(history->measure));
    struct scale scale = {.least = (double)INFINITY, .most = -(double)INFINITY};
    struct text columns[COLUMNS];
    for (size_t at = 0; row_text_next(&history->rows, &at, columns, COLUMNS);) {
        scale.least = fmin(scale.least, number(columns[ESTIMATE]));
        scale.most = fmax(scale.most, number(columns[ESTIMATE]));
    }
    if (info == NULL || (info->least >= 0 && isfinite(info->most))) {
        scale.least = 0;
        scale.most = info == NULL ? 100 : info->most;
    }
    size_t room = (size_t)terminal_width(stdout) - NAME_INDENT;
    scale.days_per_bar = history->days / room + (history->days % room != 0);
    if (scale.days_per_bar == 0)
        scale.days_per_bar = 1;
    return scale;
}

static void print_bar(const struct scale *scale, double value)
{
    double span = scale->most - scale->least;
    double share = span > 0 ? (value - scale->least) / span : 0.5;
    fputs(terminal_bar(isnan(value) ? value : share), stdout);
}

/* A bar is the last known figure of its days; where definitions change it ends early. */
static void print_plot(const struct history *history, const struct scale *scale)
{
    struct text columns[COLUMNS];
    struct text definitions = {.length = 0};
    double value = (double)NAN;
    size_t days = 0;
    printf("%*s", NAME_INDENT, "");
    for (size_t at = 0; row_text_next(&history->rows, &at, columns, COLUMNS);) {
        bool changes = definitions.length > 0 && !text_equal(definitions, columns[DEFINITIONS]);
        if (days == scale->days_per_bar || (changes && days > 0)) {
            print_bar(scale, value);
            value = (double)NAN;
            days = 0;
        }
        if (changes)
            fputs("|", stdout);
        definitions = columns[DEFINITIONS];
        double estimate = number(columns[ESTIMATE]);
        value = isnan(estimate) ? value : estimate;
        days++;
    }
    if (days > 0)
        print_bar(scale, value);
    fputs("\n", stdout);
}

/* ---- the figures -------------------------------------------------------------------------- */

static void print_figure(const struct text columns[static COLUMNS])
{
    printf("  %.*s  ", (int)columns[DAY].length, columns[DAY].bytes);
    if (columns[ESTIMATE].length == 0) {
        printf("unknown: %.*s\n", (int)columns[BECAUSE].length, columns[BECAUSE].bytes);
        return;
    }
    printf("%.4g", number(columns[ESTIMATE]));
    if (columns[LO].length > 0 && columns[HI].length > 0)
        printf("  %.4g to %.4g", number(columns[LO]), number(columns[HI]));
    if (columns[N].length > 0)
        printf("  n %.4g", number(columns[N]));
    fputs("\n", stdout);
}

/* One day a week, counted back from the last, and each from which on definitions are others. */
static void print_figures(const struct history *history)
{
    struct text columns[COLUMNS];
    struct text definitions = {.length = 0};
    size_t left = history->days;
    for (size_t at = 0; row_text_next(&history->rows, &at, columns, COLUMNS);) {
        bool changes = definitions.length > 0 && !text_equal(definitions, columns[DEFINITIONS]);
        if (changes)
            printf("  | from here on definitions %.*s: not to be compared with what is above\n",
                   (int)columns[DEFINITIONS].length, columns[DEFINITIONS].bytes);
        definitions = columns[DEFINITIONS];
        left--;
        if (changes || left % 7 == 0)
            print_figure(columns);
    }
}

static void print_history(const struct history *history)
{
    bool colour = terminal_has_colour(stdout);
    const struct measure_info *info = measure_name_find(text_of(history->measure));
    struct scale scale = find_scale(history);
    fputs(colour ? "\033[1m" : "", stdout);
    screen_text_print(stdout, text_of(history->team), SCREEN_TEXT_WHOLE);
    printf(": %s%s\n", history->measure, colour ? "\033[0m" : "");
    printf("  %s\n\n", info == NULL ? "health, 0 to 100" : info->help);
    print_plot(history, &scale);
    if (scale.least <= scale.most)
        printf("  %zu %s a bar, from %.4g to %.4g; a dot is unknown\n", scale.days_per_bar,
               scale.days_per_bar == 1 ? "day" : "days", scale.least, scale.most);
    fputs("\n", stdout);
    print_figures(history);
}

/* ---- JSON --------------------------------------------------------------------------------- */

static void put_member(struct json_write *json, const char *name, struct text value, bool is_number)
{
    json_write_name(json, name);
    if (value.length == 0)
        json_write_null(json);
    else if (is_number)
        json_write_raw(json, value);
    else
        json_write_text(json, value);
}

static void print_json(const struct history *history)
{
    static const char *const names[COLUMNS] = {"day", "estimate", "lo",         "hi",
                                               "n",   "because",  "definitions"};
    struct strbuf out = {.length = 0};
    struct json_write json = {.out = &out};
    struct text columns[COLUMNS];
    json_write_begin_object(&json);
    put_member(&json, "team", text_of(history->team), false);
    put_member(&json, "measure", text_of(history->measure), false);
    json_write_name(&json, "days");
    json_write_begin_array(&json);
    for (size_t at = 0; row_text_next(&history->rows, &at, columns, COLUMNS);) {
        strbuf_add_char(&out, '\n');
        json_write_begin_object(&json);
        for (int i = 0; i < COLUMNS; i++)
            put_member(&json, names[i], columns[i], i >= ESTIMATE && i <= N);
        json_write_end_object(&json);
    }
    json_write_end_array(&json);
    json_write_end_object(&json);
    strbuf_add_char(&out, '\n');
    screen_text_print_json(stdout, &out);
    strbuf_done(&out);
}

/* ---- the command -------------------------------------------------------------------------- */

static int read_history(struct history *history, const char *connection, int64_t days,
                        struct up_err *err)
{
    struct pg_session *session = pg_session_open_reader(connection, "uptakectl", err);
    if (session == NULL)
        return err->code;
    char count[DIGITS];
    (void)snprintf(count, sizeof count, "%lld", (long long)days);
    const char *const values[] = {history->team, history->measure, count};
    int code = pg_session_ask_with(session, query, values, 3, &history->rows, err);
    pg_session_close(session);
    struct text columns[COLUMNS];
    for (size_t at = 0; code == UP_OK && row_text_next(&history->rows, &at, columns, COLUMNS);)
        history->days++;
    if (code == UP_OK && history->days == 0)
        code = up_fail(err, UP_EINVAL,
                       "no day of a team '%s' has closed yet; `uptakectl teams` lists them",
                       history->team);
    return code;
}

static int run_history(int argc, char **argv)
{
    const char *connection = "";
    bool json = false;
    int64_t days = DAYS_DEFAULT;
    struct history history = {.measure = "health"};
    const struct option_spec specs[] = {
        {"measure", "NAME", OPTION_TEXT, &history.measure, 0, 0, "which one (health)"},
        {"days", "N", OPTION_WHOLE, &days, 1, DAYS_MOST, "so many up to the last (182)"},
        {"postgresql", "CONNECTION", OPTION_TEXT, &connection, 0, 0,
         "libpq's connection string (PG* variables)"},
        {"json", "", OPTION_FLAG, &json, 0, 0, "every day, as JSON"},
    };
    int operands;
    int end = command_read(&cmd_history, specs, sizeof specs / sizeof specs[0], argc, argv, 1, 1,
                           &operands);
    if (end != COMMAND_GO_ON)
        return end;
    history.team = argv[1];
    const struct measure_info *info = measure_name_find(text_of(history.measure));
    if (info == NULL && !is_health(history.measure))
        return command_refuse(&cmd_history, "'%s' is no measure; `uptakectl measures` lists them",
                              history.measure);
    if (info != NULL && info->where == WHERE_REDESIGN)
        return command_refuse(&cmd_history, "'%s' is of each redesign: it has no daily history",
                              history.measure);
    struct up_err err;
    int code = read_history(&history, connection, days, &err);
    if (code == UP_OK && json)
        print_json(&history);
    else if (code == UP_OK)
        print_history(&history);
    strbuf_done(&history.rows);
    return code == UP_OK ? COMMAND_OK : command_fail(&err);
}

const struct command cmd_history = {
    .name = "history",
    .synopsis = "[OPTION...] TEAM",
    .summary = "Show how a measure of a team moved, as it was frozen day by day",
    .about =
        "A plot, and under it the figure of each week with its interval (95 %). A bar `|` marks\n"
        "where the rules or an option changed: figures on both sides of it do not compare.\n"
        "Measures are those of 28 days, or of days of their own. Read from the views for\n"
        "analysts: figures of fewer than min_group people are suppressed.\n"
        "\n"
        "Examples:\n"
        "  uptakectl history north\n"
        "  uptakectl history north --measure judgement --days 90\n"
        "  uptakectl history north --json | jq '.days[] | select(.because)'\n",
    .run = run_history,
};
