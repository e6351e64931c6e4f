/* uptakectl teams: every team's health, state, verdict and diagnosis, read back from PostgreSQL. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/command.h"
#include "ctl/screen_text.h"
#include "ctl/terminal.h"
#include "io/pg_session.h"

enum { COLUMNS = 9, NAME_WIDTH = 22 };

enum column { TEAM, HEALTH, LO, HI, STATE, VERDICT, DIAGNOSIS, ALARMS, PLOT };

/* One row a team; the plot is the health of each of the last 26 weeks, the oldest first. */
static const char query[] =
    "SELECT h.team, round(h.health::numeric), round(h.lo::numeric), round(h.hi::numeric),"
    "       CASE WHEN h.is_suppressed THEN 'suppressed' ELSE h.state END, h.verdict,"
    "       array_to_string(h.diagnosis, ' '), array_to_string(h.alarms, ' '),"
    "       (SELECT string_agg(coalesce(round(p.health::numeric)::text, '-'), ',' ORDER BY w DESC)"
    "          FROM generate_series(0, 25) w"
    "          LEFT JOIN uptake.team_health_daily p ON p.team = h.team AND p.day = h.day - 7 * w)"
    "  FROM uptake.team_health h ORDER BY h.health DESC NULLS LAST, h.team";

static const char query_json[] =
    "SELECT coalesce(json_agg(to_json(h) ORDER BY h.health DESC NULLS LAST, h.team), '[]') FROM uptake.team_health h";

/* Cuts a row into its columns in place; returns where the next row begins. */
static char *cut_row(char *row, char *columns[static COLUMNS])
{
    char *end = strchr(row, '\n');
    if (end != NULL)
        *end = '\0';
    for (int i = 0; i < COLUMNS; i++) {
        static char nothing[] = "";
        columns[i] = row == NULL ? nothing : row;
        char *tab = row == NULL ? NULL : strchr(row, '\t');
        if (tab != NULL)
            *tab = '\0';
        row = tab == NULL ? NULL : tab + 1;
    }
    return end == NULL ? NULL : end + 1;
}

/* Values 0 to 100 as bars; a dot where there is none. */
static void print_plot(const char *values)
{
    for (const char *value = values; value != NULL;) {
        const char *comma = strchr(value, ',');
        bool known = *value != '-' && *value != '\0';
        fputs(terminal_bar(known ? strtod(value, NULL) / 100 : (double)NAN), stdout);
        value = comma == NULL ? NULL : comma + 1;
    }
}

static void print_row(char *columns[static COLUMNS])
{
    char limits[32] = "";
    if (columns[HEALTH][0] != '\0')
        (void)snprintf(limits, sizeof limits, "%s to %s", columns[LO], columns[HI]);
    struct text team = text_of(columns[TEAM]);
    screen_text_print(stdout, team, screen_text_columns(team) > NAME_WIDTH ? SCREEN_TEXT_WHOLE : NAME_WIDTH);
    printf(" %6s %-10s ", columns[HEALTH][0] == '\0' ? "-" : columns[HEALTH], limits);
    print_plot(columns[PLOT]);
    printf("  %-11s %-21s %s%s%s\n", columns[STATE], columns[VERDICT], columns[DIAGNOSIS],
           columns[ALARMS][0] == '\0' ? "" : "  ! ", columns[ALARMS]);
}

static void print_table(struct strbuf *rows)
{
    bool colour = terminal_has_colour(stdout);
    printf("%s%-22s %6s %-10s %-26s  %-11s %-21s %s%s\n", colour ? "\033[1m" : "", "team", "health", "95 %",
           "health of 26 weeks", "state", "verdict", "diagnosis  ! open alarms", colour ? "\033[0m" : "");
    (void)strbuf_text(rows);
    char *columns[COLUMNS];
    for (char *row = rows->data; row != NULL && *row != '\0';) {
        row = cut_row(row, columns);
        print_row(columns);
    }
}

static int run_teams(int argc, char **argv)
{
    const char *connection = "";
    bool json = false;
    const struct option_spec specs[] = {
        {"postgresql", "CONNECTION", OPTION_TEXT, &connection, 0, 0, "libpq's connection string (PG* variables)"},
        {"json", "", OPTION_FLAG, &json, 0, 0, "everything that is known of each team, as JSON"},
    };
    int operands;
    int end = command_read(&cmd_teams, specs, sizeof specs / sizeof specs[0], argc, argv, 0, 0, &operands);
    if (end != COMMAND_GO_ON)
        return end;
    struct up_err err;
    struct strbuf rows = {0};
    struct pg_session *session = pg_session_open_reader(connection, "uptakectl", &err);
    if (session == NULL)
        return command_fail(&err);
    int code = pg_session_ask(session, json ? query_json : query, &rows, &err);
    if (code == UP_OK && json)
        screen_text_print_json(stdout, &rows);
    else if (code == UP_OK)
        print_table(&rows);
    strbuf_done(&rows);
    pg_session_close(session);
    return code == UP_OK ? COMMAND_OK : command_fail(&err);
}

const struct command cmd_teams = {
    .name = "teams",
    .synopsis = "[OPTION...]",
    .summary = "Show every team's health, state, verdict and diagnosis",
    .about = "Read from the views for analysts: figures of fewer than min_group people are suppressed.\n"
             "\n"
             "Examples:\n"
             "  uptakectl teams --postgresql 'host=db dbname=uptake user=analyst'\n"
             "  uptakectl teams --json | jq '.[] | select(.verdict == \"theatre\") | .team'\n",
    .run = run_teams,
};
