/* uptakectl alerts: alarms that opened, what they say, who took them up. */
#include <stdio.h>

#include "codec/alert_json.h"
#include "ctl/command.h"
#include "ctl/row_text.h"
#include "ctl/screen_text.h"
#include "ctl/terminal.h"
#include "io/pg_session.h"

static const char query[] =
    "SELECT " ALERT_JSON_COLUMNS " FROM uptake.alert_history a "
    "WHERE ($1::text IS NULL OR a.team = $1) AND (NOT $2::boolean OR a.resolved IS NULL) "
    "ORDER BY a.opened DESC, a.name";

static void print_text(struct text text)
{
    screen_text_print(stdout, text, SCREEN_TEXT_WHOLE);
}

static void print_part(const char *before, struct text text)
{
    if (text.length == 0)
        return;
    fputs(before, stdout);
    print_text(text);
}

static void print_alert(const struct alert *alert, bool colour)
{
    bool open = alert->resolved.length == 0;
    fputs(colour && open ? "\033[1m" : "", stdout);
    print_text(alert->id);
    fputs(colour && open ? "\033[0m" : "", stdout);
    fputs(open ? "  open" : "", stdout);
    print_part("  resolved ", alert->resolved);
    print_part("  ", alert->audience);
    print_part("  for ", alert->owner);
    print_part("\n    ", alert->sentence);
    if (alert->acknowledged_at.length > 0) {
        print_part("\n    acknowledged ", alert->acknowledged_at);
        print_part(" by ", alert->acknowledged_by);
        print_part(": ", alert->note);
    }
    fputs("\n", stdout);
}

static void print_alerts(const struct strbuf *rows)
{
    bool colour = terminal_has_colour(stdout);
    struct text columns[ALERT_COLUMNS];
    for (size_t at = 0; row_text_next(rows, &at, columns, ALERT_COLUMNS);) {
        struct alert alert = alert_json_read(columns);
        print_alert(&alert, colour);
    }
}

static void print_json(const struct strbuf *rows)
{
    struct strbuf out = {.length = 0};
    struct json_write json = {.out = &out};
    struct text columns[ALERT_COLUMNS];
    json_write_begin_array(&json);
    for (size_t at = 0; row_text_next(rows, &at, columns, ALERT_COLUMNS);) {
        struct alert alert = alert_json_read(columns);
        strbuf_add_char(&out, '\n');
        alert_json_write(&alert, &json);
    }
    json_write_end_array(&json);
    strbuf_add_char(&out, '\n');
    screen_text_print_json(stdout, &out);
    strbuf_done(&out);
}

static int run_alerts(int argc, char **argv)
{
    const char *connection = "";
    const char *team = NULL;
    bool open = false;
    bool json = false;
    const struct option_spec specs[] = {
        {"postgresql", "CONNECTION", OPTION_TEXT, &connection, 0, 0,
         "libpq's connection string (PG* variables)"},
        {"team", "TEAM", OPTION_TEXT, &team, 0, 0, "of this team only"},
        {"open", "", OPTION_FLAG, &open, 0, 0, "only those that are not resolved"},
        {"json", "", OPTION_FLAG, &json, 0, 0, "everything, as every receiver gets it"},
    };
    int operands;
    int end = command_read(&cmd_alerts, specs, sizeof specs / sizeof specs[0], argc, argv, 0, 0,
                           &operands);
    if (end != COMMAND_GO_ON)
        return end;
    struct up_err err;
    struct strbuf rows = {.length = 0};
    struct pg_session *session = pg_session_open_reader(connection, "uptakectl", &err);
    if (session == NULL)
        return command_fail(&err);
    const char *const values[] = {team, open ? "true" : "false"};
    int code = pg_session_ask_with(session, query, values, 2, &rows, &err);
    if (code == UP_OK && json)
        print_json(&rows);
    else if (code == UP_OK)
        print_alerts(&rows);
    strbuf_done(&rows);
    pg_session_close(session);
    return code == UP_OK ? COMMAND_OK : command_fail(&err);
}

const struct command cmd_alerts = {
    .name = "alerts",
    .synopsis = "[OPTION...]",
    .summary = "Show the alarms, what they say, and who took them up",
    .about =
        "The latest first. Read from the views for analysts; figures that fewer than min_group\n"
        "people stand behind are in none of them.\n"
        "\n"
        "Examples:\n"
        "  uptakectl alerts --open\n"
        "  uptakectl alerts --team north --json | jq -r '.[].sentence'\n",
    .run = run_alerts,
};
