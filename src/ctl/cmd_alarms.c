/* uptakectl alarms: what would have fired with another false-alarm rate, from the frozen history. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/day_text.h"
#include "codec/json_write.h"
#include "ctl/command.h"
#include "ctl/alarm_rerun.h"
#include "ctl/row_text.h"
#include "ctl/screen_text.h"
#include "io/pg_session.h"
#include "model/settings.h"

enum { DAY_COLUMNS = 8, FIRED_COLUMNS = 4, NOT_OPEN = INT32_MIN };

/* In portions: the history of an organisation does not fit into one answer. */
static const char begin[] =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; DECLARE days NO SCROLL CURSOR FOR "
    "SELECT h.partition, h.team, h.day - date '1970-01-01', h.x_relapsing, h.x_bypassing, "
    "h.x_over_trust, h.teams, h.redesigns FROM uptake.health h WHERE h.teams IS NOT NULL "
    "ORDER BY h.partition, h.team, h.day";
static const char fetch[] = "FETCH 20000 FROM days";

/* Those that opened on a day that can be replayed. */
static const char fired_query[] =
    "SELECT a.partition, a.team, a.kind, a.opened - date '1970-01-01' FROM uptake.alert a "
    "JOIN uptake.health h ON h.partition = a.partition AND h.team = a.team AND h.day = a.opened "
    "WHERE a.kind IN ('bypassing', 'over_trust', 'relapsing') AND h.teams IS NOT NULL "
    "ORDER BY a.partition, a.team, a.opened, a.kind";

struct fired {
    struct text partition, team, kind;
    int32_t opened;
    bool would; /* have fired with the other rate, too */
};

struct replay_run {
    double rate;
    bool json;
    struct alarms *alarms; /* of the team at hand */
    char partition[16];
    char team[512];
    int32_t opened[ALARM_KINDS]; /* day, or NOT_OPEN */
    int64_t days, alarms_count;
    double bound; /* false alarms expected at most */
    struct strbuf fired_rows;
    struct fired *fired; /* borrows from fired_rows */
    size_t fired_count, fired_capacity;
};

/* ---- values ------------------------------------------------------------------------------- */

static double number(struct text text)
{
    char digits[64];
    (void)snprintf(digits, sizeof digits, "%.*s", (int)text.length, text.bytes);
    return strtod(digits, NULL);
}

static struct estimate share(struct text text)
{
    return text.length == 0 ? estimate_unknown() : estimate_point(number(text), 1);
}

/* ---- what is said ------------------------------------------------------------------------- */

static void put_day(struct json_write *json, const char *name, int32_t day)
{
    json_write_name(json, name);
    if (day == NOT_OPEN) {
        json_write_null(json);
        return;
    }
    struct strbuf text = {.length = 0};
    day_text_add_iso(&text, day);
    json_write_word(json, strbuf_text(&text));
    strbuf_done(&text);
}

static void print_json(struct text team, struct text kind, int32_t opened, int32_t resolved,
                       bool would, bool did)
{
    struct strbuf out = {.length = 0};
    struct json_write json = {.out = &out};
    json_write_begin_object(&json);
    json_write_name(&json, "team");
    json_write_text(&json, team);
    json_write_name(&json, "kind");
    json_write_text(&json, kind);
    put_day(&json, "opened", opened);
    put_day(&json, "resolved", resolved);
    json_write_name(&json, "would_fire");
    json_write_bool(&json, would);
    json_write_name(&json, "fired");
    json_write_bool(&json, did);
    json_write_end_object(&json);
    strbuf_add_char(&out, '\n');
    screen_text_print_json(stdout, &out);
    strbuf_done(&out);
}

static void print_line(struct text team, struct text kind, int32_t opened, bool would, bool did)
{
    struct strbuf out = {.length = 0};
    day_text_add_iso(&out, opened);
    strbuf_add_format(&out, "  %-10.*s  ", (int)kind.length, kind.bytes);
    screen_text_add(&out, team, SCREEN_TEXT_WHOLE);
    strbuf_add_format(&out, "  %s",
                      !would ? "fired, would not have"
                      : did  ? "fired, would have too"
                             : "would have fired");
    puts(strbuf_text(&out));
    strbuf_done(&out);
}

static void say(const struct replay_run *run, struct text team, struct text kind, int32_t opened,
                int32_t resolved, bool would, bool did)
{
    if (run->json)
        print_json(team, kind, opened, resolved, would, did);
    else
        print_line(team, kind, opened, would, did);
}

/* ---- replaying ---------------------------------------------------------------------------- */

static bool did_fire(struct replay_run *run, struct text kind, int32_t opened)
{
    for (size_t i = 0; i < run->fired_count; i++) {
        struct fired *fired = &run->fired[i];
        if (fired->opened == opened && text_equal(fired->kind, kind) &&
            text_equal(fired->team, text_of(run->team)) &&
            text_equal(fired->partition, text_of(run->partition))) {
            fired->would = true;
            return true;
        }
    }
    return false;
}

static void close_alarm(struct replay_run *run, int kind, int32_t resolved)
{
    struct text name = text_of(evaluation_alarm_name((enum alarm_kind)kind));
    int32_t opened = run->opened[kind];
    bool did = did_fire(run, name, opened);
    say(run, text_of(run->team), name, opened, resolved, true, did);
    run->opened[kind] = NOT_OPEN;
    run->alarms_count++;
}

static void end_team(struct replay_run *run)
{
    for (int kind = 0; kind < ALARM_KINDS; kind++) {
        if (run->opened[kind] != NOT_OPEN)
            close_alarm(run, kind, NOT_OPEN);
    }
    alarms_free(run->alarms);
    run->alarms = alarms_new();
}

static void take_day(struct replay_run *run, const struct text columns[static DAY_COLUMNS])
{
    if (!text_equal(columns[1], text_of(run->team)) ||
        !text_equal(columns[0], text_of(run->partition))) {
        end_team(run);
        (void)snprintf(run->partition, sizeof run->partition, "%.*s", (int)columns[0].length,
                       columns[0].bytes);
        (void)snprintf(run->team, sizeof run->team, "%.*s", (int)columns[1].length,
                       columns[1].bytes);
    }
    const struct alarm_rerun_day day = {.day = (int32_t)number(columns[2]),
                                   .x_relapsing = share(columns[3]),
                                   .x_bypassing = share(columns[4]),
                                   .x_over_trust = share(columns[5]),
                                   .teams = (uint32_t)number(columns[6]),
                                   .redesigns = (int32_t)number(columns[7])};
    struct alarm_step step = alarm_rerun_step(run->alarms, &day, run->rate);
    int known = day.x_relapsing.known + day.x_bypassing.known + day.x_over_trust.known;
    run->days++;
    run->bound += known / step.threshold;
    for (int kind = 0; kind < ALARM_KINDS; kind++) {
        if ((step.opened >> kind & 1U) != 0)
            run->opened[kind] = day.day;
        if ((step.resolved >> kind & 1U) != 0)
            close_alarm(run, kind, day.day);
    }
}

static int replay_days(struct replay_run *run, struct pg_session *session, struct up_err *err)
{
    struct strbuf rows = {.length = 0};
    struct text columns[DAY_COLUMNS];
    int code = pg_session_run(session, begin, err);
    while (code == UP_OK && (code = pg_session_ask(session, fetch, &rows, err)) == UP_OK &&
           rows.length > 0) {
        for (size_t at = 0; row_text_next(&rows, &at, columns, DAY_COLUMNS);)
            take_day(run, columns);
    }
    strbuf_done(&rows);
    return code;
}

static int read_fired(struct replay_run *run, struct pg_session *session, struct up_err *err)
{
    struct text columns[FIRED_COLUMNS];
    int code = pg_session_ask(session, fired_query, &run->fired_rows, err);
    if (code != UP_OK)
        return code;
    for (size_t at = 0; row_text_next(&run->fired_rows, &at, columns, FIRED_COLUMNS);) {
        mem_reserve(&run->fired, &run->fired_capacity, run->fired_count + 1, sizeof *run->fired);
        run->fired[run->fired_count++] = (struct fired){.partition = columns[0],
                                                        .team = columns[1],
                                                        .kind = columns[2],
                                                        .opened = (int32_t)number(columns[3])};
    }
    return UP_OK;
}

static void end_run(struct replay_run *run)
{
    end_team(run);
    for (size_t i = 0; i < run->fired_count; i++) {
        const struct fired *fired = &run->fired[i];
        if (!fired->would)
            say(run, fired->team, fired->kind, fired->opened, NOT_OPEN, false, true);
    }
    fprintf(stderr,
            "%lld days of teams: %lld alarms would have opened, %zu did; with %g false alarms a "
            "year and kind at most %.3g of them are expected to be false\n",
            (long long)run->days, (long long)run->alarms_count, run->fired_count, run->rate,
            run->bound);
}

static int replay(struct replay_run *run, const char *connection)
{
    struct up_err err;
    struct pg_session *session = pg_session_open_reader(connection, "uptakectl", &err);
    if (session == NULL)
        return command_fail(&err);
    run->alarms = alarms_new();
    for (int kind = 0; kind < ALARM_KINDS; kind++)
        run->opened[kind] = NOT_OPEN;
    int code = read_fired(run, session, &err);
    if (code == UP_OK)
        code = replay_days(run, session, &err);
    if (code == UP_OK)
        end_run(run);
    alarms_free(run->alarms);
    mem_free(run->fired);
    strbuf_done(&run->fired_rows);
    pg_session_close(session);
    return code == UP_OK ? COMMAND_OK : command_fail(&err);
}

static int run_alarms(int argc, char **argv)
{
    struct settings settings;
    settings_default(&settings);
    const char *connection = "";
    bool would_have = false;
    struct replay_run run = {.rate = settings.false_alarms_per_year};
    const struct option_spec specs[] = {
        {"would-have", "", OPTION_FLAG, &would_have, 0, 0,
         "replay the frozen history with another setting"},
        {"false-alarms-per-year", "X", OPTION_REAL, &run.rate, 1e-6, 1e9,
         "of each kind in the whole organisation (4)"},
        {"postgresql", "CONNECTION", OPTION_TEXT, &connection, 0, 0,
         "libpq's connection string (PG* variables), of a writer"},
        {"json", "", OPTION_FLAG, &run.json, 0, 0, "one JSON object a line"},
    };
    int operands;
    int end = command_read(&cmd_alarms, specs, sizeof specs / sizeof specs[0], argc, argv, 0, 0,
                           &operands);
    if (end != COMMAND_GO_ON)
        return end;
    if (!would_have)
        return command_refuse(&cmd_alarms,
                              "alarms: say --would-have; `uptakectl alerts` shows what did fire");
    return replay(&run, connection);
}

const struct command cmd_alarms = {
    .name = "alarms",
    .synopsis = "--would-have [OPTION...]",
    .summary = "Say what would have fired with another false-alarm rate",
    .about =
        "Runs relapsing, bypassing and over_trust again over what they saw at each close that is\n"
        "still stored, with the number of teams of those days. The other alarms have no such\n"
        "setting. Where old months were dropped the detectors begin with the first that is left.\n"
        "\n"
        "Example:\n"
        "  uptakectl alarms --would-have --false-alarms-per-year 12\n",
    .run = run_alarms,
};
