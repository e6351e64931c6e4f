/* uptakectl export: the frozen history of all teams as tidy CSV, one figure a row. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "codec/day_text.h"
#include "ctl/command.h"
#include "ctl/daily_figures.h"
#include "ctl/typed_day.h"
#include "io/pg_session.h"

#define EXPORTED_DAYS                                                                              \
    "SELECT h.team, h.day, m.measure, m.estimate, m.lo, m.hi, m.n, m.because, h.definitions, "     \
    "NULL AS workflow, NULL::timestamptz AS redesigned "                                           \
    "FROM uptake.team_health_daily h, " DAILY_FIGURES
/* Of closed days as well. */
#define EXPORTED_REDESIGNS                                                                         \
    "SELECT team, as_of, measure, estimate, lo, hi, n, because, definitions, workflow, at "        \
    "FROM uptake.redesign_outcomes WHERE NOT provisional"

static int write_bytes(void *arg, const void *bytes, size_t length, struct up_err *err)
{
    if (fwrite(bytes, 1, length, arg) != length)
        return up_fail(err, UP_EIO, "the output could not be written: %s", strerror(errno));
    return UP_OK;
}

/* Days stand in the text, for COPY has no parameters. */
static void add_bound(struct strbuf *sql, const char *before, int32_t day)
{
    strbuf_add_text(sql, before);
    day_text_add_iso(sql, day);
    strbuf_add_char(sql, '\'');
}

static int export_days(const char *connection, const char *sql)
{
    struct up_err err;
    struct pg_session *session = pg_session_open_reader(connection, "uptakectl", &err);
    if (session == NULL)
        return command_fail(&err);
    int code = pg_session_copy(session, sql, write_bytes, stdout, &err);
    pg_session_close(session);
    return code == UP_OK ? COMMAND_OK : command_fail(&err);
}

/* Neither of these signs is ever in a JSON text: nothing gets quoted. */
static const char as_json[] = "(FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')";

static int run_export(int argc, char **argv)
{
    const char *connection = "";
    const char *from = NULL;
    const char *to = NULL;
    bool json = false;
    const struct option_spec specs[] = {
        {"from", "DAY", OPTION_TEXT, &from, 0, 0, "first day, YYYY-MM-DD (the first there is)"},
        {"to", "DAY", OPTION_TEXT, &to, 0, 0, "last day, YYYY-MM-DD (the last there is)"},
        {"postgresql", "CONNECTION", OPTION_TEXT, &connection, 0, 0,
         "libpq's connection string (PG* variables)"},
        {"json", "", OPTION_FLAG, &json, 0, 0, "one JSON object a line instead of CSV"},
    };
    int operands;
    int end = command_read(&cmd_export, specs, sizeof specs / sizeof specs[0], argc, argv, 0, 0,
                           &operands);
    if (end != COMMAND_GO_ON)
        return end;
    int32_t first = 0;
    int32_t last = 0;
    if (from != NULL && !typed_day_read(from, &first))
        return command_refuse(&cmd_export, "--from: '%s' is no day; write YYYY-MM-DD", from);
    if (to != NULL && !typed_day_read(to, &last))
        return command_refuse(&cmd_export, "--to: '%s' is no day; write YYYY-MM-DD", to);
    if (from != NULL && to != NULL && last < first)
        return command_refuse(&cmd_export, "--to is a day before --from");
    struct strbuf sql = {.length = 0};
    strbuf_add_text(&sql, json ? "COPY (SELECT row_to_json(f) FROM (" : "COPY (SELECT * FROM (");
    strbuf_add_text(&sql, EXPORTED_DAYS " UNION ALL " EXPORTED_REDESIGNS
                          ") f WHERE true");
    if (from != NULL)
        add_bound(&sql, " AND day >= '", first);
    if (to != NULL)
        add_bound(&sql, " AND day <= '", last);
    strbuf_add_text(&sql, " ORDER BY day, team, measure, workflow, redesigned) TO STDOUT ");
    strbuf_add_text(&sql, json ? as_json : "(FORMAT csv, HEADER)");
    int code = export_days(connection, strbuf_text(&sql));
    strbuf_done(&sql);
    return code;
}

const struct command cmd_export = {
    .name = "export",
    .synopsis = "[OPTION...]",
    .summary = "Write the frozen history of all teams as CSV",
    .about =
        "One line a team, closed day and measure, as it was known then: team, day, measure,\n"
        "estimate, lo, hi, n, because, definitions. What is unknown has no estimate but the word\n"
        "why; it is never 0. Figures with different definitions do not compare. What a redesign\n"
        "changed names it by workflow and redesigned (when it took effect), as of the last day that\n"
        "judged it. Read from the views for analysts: figures of fewer than min_group people are\n"
        "suppressed.\n"
        "\n"
        "Examples:\n"
        "  uptakectl export --from 2026-01-01 --to 2026-03-31 > quarter.csv\n"
        "  uptakectl export | gzip > all.csv.gz\n"
        "  uptakectl export --json | jq -c 'select(.measure == \"judgement\")'\n",
    .run = run_export,
};
