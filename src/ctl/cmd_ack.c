/* uptakectl ack: says that somebody has taken up an alarm. */
#include <stdio.h>
#include <string.h>

#include "ctl/command.h"
#include "io/pg_session.h"

/* As uptake.bound_acknowledgement() has them. */
enum { BY_BYTES_MAX = 200, NOTE_BYTES_MAX = 4000 };

/* The last who takes it up counts. */
static const char statement[] =
    "UPDATE uptake.alert SET acknowledged_at = now(), acknowledged_by = $2, note = $3 "
    "WHERE id = (SELECT id FROM uptake.alert_history WHERE name = $1) RETURNING id";

static bool has_control(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    }
    return false;
}

static int acknowledge(const char *connection, const char *id, const char *by, const char *note)
{
    struct up_err err;
    struct strbuf rows = {.length = 0};
    struct pg_session *session = pg_session_open(connection, "uptakectl", NULL, NULL, &err);
    if (session == NULL)
        return command_fail(&err);
    const char *const values[] = {id, by, note};
    int code = pg_session_ask_with(session, statement, values, 3, &rows, &err);
    if (code == UP_OK && rows.length == 0)
        code =
            up_fail(&err, UP_EINVAL, "there is no alarm '%s'; `uptakectl alerts` lists them", id);
    strbuf_done(&rows);
    pg_session_close(session);
    if (code != UP_OK)
        return command_fail(&err);
    printf("%s is acknowledged by %s\n", id, by);
    return COMMAND_OK;
}

static int run_ack(int argc, char **argv)
{
    const char *connection = "";
    const char *by = NULL;
    const char *note = NULL;
    const struct option_spec specs[] = {
        {"postgresql", "CONNECTION", OPTION_TEXT, &connection, 0, 0,
         "libpq's connection string (PG* variables), of a writer"},
        {"by", "NAME", OPTION_TEXT, &by, 0, 0, "who takes it up"},
        {"note", "TEXT", OPTION_TEXT, &note, 0, 0, "what is being done about it"},
    };
    int operands;
    int end =
        command_read(&cmd_ack, specs, sizeof specs / sizeof specs[0], argc, argv, 1, 1, &operands);
    if (end != COMMAND_GO_ON)
        return end;
    if (by == NULL || *by == '\0')
        return command_refuse(&cmd_ack, "ack: --by NAME is missing");
    if (has_control(by) || (note != NULL && has_control(note)))
        return command_refuse(&cmd_ack, "ack: names and notes have neither tabs nor line ends");
    if (strlen(by) > BY_BYTES_MAX || (note != NULL && strlen(note) > NOTE_BYTES_MAX))
        return command_refuse(&cmd_ack, "ack: a name has %d bytes at most, a note %d", BY_BYTES_MAX,
                              NOTE_BYTES_MAX);
    return acknowledge(connection, argv[1], by, note);
}

const struct command cmd_ack = {
    .name = "ack",
    .synopsis = "[OPTION...] ID",
    .summary = "Say that somebody has taken up an alarm",
    .about =
        "ID is what `uptakectl alerts` shows first: team, kind and day. Whoever is told of the\n"
        "alarm reads name and note, so name nobody that it is about.\n"
        "\n"
        "Example:\n"
        "  uptakectl ack north/relapsing/2025-05-30 --by desk --note 'meeting on Monday'\n",
    .run = run_ack,
};
