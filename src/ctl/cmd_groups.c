/* uptakectl groups: makes PostgreSQL know which group a team belongs to, and when, as a file says it. */
#include <stdlib.h>
#include <string.h>

#include "ctl/command.h"
#include "ctl/groups_file.h"
#include "ctl/screen_text.h"
#include "io/pg_session.h"

/* What changed, and what is worth a look. */
struct changes {
    long removed, added, rows;
    struct strbuf unheard; /* teams without events, a line each */
};

static int ask_number(struct pg_session *session, const char *sql, long *ret_number, struct up_err *err)
{
    struct strbuf text = {0};
    int code = pg_session_ask(session, sql, &text, err);
    if (code == UP_OK)
        *ret_number = strtol(strbuf_text(&text), NULL, 10);
    strbuf_done(&text);
    return code;
}

/* The rows of the file as something to select from. Quotes are doubled, which is all that a literal needs while
 * standard_conforming_strings is on. */
static void add_rows(struct strbuf *sql, const struct strbuf *json)
{
    strbuf_add_text(sql, "jsonb_to_recordset('");
    for (size_t i = 0; i < json->length; i++) {
        if (json->data[i] == '\'')
            strbuf_add_char(sql, '\'');
        strbuf_add_char(sql, json->data[i]);
    }
    strbuf_add_text(sql, "') AS f (team text, grp text, valid_from date, valid_to date)");
}

/* Removes what the file has not, adds what it has: the same file again changes nothing. */
static int replace_rows(struct pg_session *session, const struct strbuf *json, struct changes *ret_changes,
                        struct up_err *err)
{
    static const char same_row[] = " WHERE f.team = g.team AND f.grp = g.grp AND f.valid_from = g.valid_from AND "
                                   "f.valid_to IS NOT DISTINCT FROM g.valid_to";
    struct strbuf sql = {0};
    strbuf_add_text(&sql, "WITH gone AS (DELETE FROM uptake.team_group g WHERE NOT EXISTS (SELECT FROM ");
    add_rows(&sql, json);
    strbuf_add_format(&sql, "%s) RETURNING 1) SELECT count(*) FROM gone", same_row);
    int code = ask_number(session, strbuf_text(&sql), &ret_changes->removed, err);
    strbuf_reset(&sql);
    strbuf_add_text(&sql, "WITH came AS (INSERT INTO uptake.team_group (team, grp, valid_from, valid_to) SELECT f.* FROM ");
    add_rows(&sql, json);
    strbuf_add_format(&sql, " WHERE NOT EXISTS (SELECT FROM uptake.team_group g%s) RETURNING 1) SELECT count(*) FROM came",
                      same_row);
    if (code == UP_OK)
        code = ask_number(session, strbuf_text(&sql), &ret_changes->added, err);
    strbuf_done(&sql);
    if (code == UP_OK)
        code = ask_number(session, "SELECT count(*) FROM uptake.team_group", &ret_changes->rows, err);
    if (code == UP_OK)
        code = pg_session_ask(session,
                              "SELECT DISTINCT g.team FROM uptake.team_group g WHERE NOT EXISTS "
                              "(SELECT FROM uptake.team t WHERE t.team = g.team) ORDER BY 1",
                              &ret_changes->unheard, err);
    return code;
}

static int load(const char *connection, const struct groups_file *file, bool dry_run, struct changes *ret_changes,
                struct up_err *err)
{
    struct pg_session *session = pg_session_open(connection, "uptakectl", NULL, NULL, err);
    if (session == NULL)
        return err->code;
    /* Whoever loads at the same time waits; readers do not. */
    int code = pg_session_run(session, "BEGIN", err);
    if (code == UP_OK)
        code = pg_session_run(session, "SET LOCAL standard_conforming_strings = on;"
                                       "LOCK TABLE uptake.team_group IN SHARE ROW EXCLUSIVE MODE", err);
    if (code == UP_OK)
        code = replace_rows(session, &file->json, ret_changes, err);
    if (code == UP_OK)
        code = pg_session_run(session, dry_run ? "ROLLBACK" : "COMMIT", err);
    pg_session_close(session);
    return code;
}

static void print_changes(struct changes *changes, bool dry_run)
{
    printf("%ld rows: %ld added, %ld removed, %ld unchanged%s\n", changes->rows, changes->added, changes->removed,
           changes->rows - changes->added, dry_run ? " (dry run: nothing was changed)" : "");
    const char *end;
    for (const char *team = strbuf_text(&changes->unheard); (end = strchr(team, '\n')) != NULL; team = end + 1) {
        fputs("nothing is known yet of team '", stderr);
        screen_text_print(stderr, (struct text){team, (uint32_t)(end - team)}, SCREEN_TEXT_WHOLE);
        fputs("'\n", stderr);
    }
}

static int run_groups(int argc, char **argv)
{
    const char *connection = "";
    bool dry_run = false;
    const struct option_spec specs[] = {
        {"postgresql", "CONNECTION", OPTION_TEXT, &connection, 0, 0, "libpq's connection string (PG* variables)"},
        {"dry-run", "", OPTION_FLAG, &dry_run, 0, 0, "only say what would change"},
    };
    int operands;
    int end = command_read(&cmd_groups, specs, sizeof specs / sizeof specs[0], argc, argv, 1, 1, &operands);
    if (end != COMMAND_GO_ON)
        return end;
    struct up_err err;
    struct groups_file file;
    struct changes changes = {.rows = 0};
    int code = groups_file_read(argv[1], &file, &err);
    if (code == UP_OK && file.mistakes > 0) {
        fputs(strbuf_text(&file.messages), stderr);
        code = up_fail(&err, UP_EINVAL, "%s has %zu mistake%s: nothing was changed", argv[1], file.mistakes,
                       file.mistakes == 1 ? "" : "s");
    } else if (code == UP_OK) {
        code = load(connection, &file, dry_run, &changes, &err);
    }
    if (code == UP_OK)
        print_changes(&changes, dry_run);
    strbuf_done(&changes.unheard);
    groups_file_done(&file);
    return code == UP_OK ? COMMAND_OK : command_fail(&err);
}

const struct command cmd_groups = {
    .name = "groups",
    .synopsis = "[OPTION...] FILE",
    .summary = "Load which department or other group each team belongs to, and when",
    .about = "FILE is CSV (RFC 4180, UTF-8; - is the standard input). Its first line names the columns: team, grp,\n"
             "valid_from, valid_to. A team belongs to a group from valid_from until the day before valid_to; without\n"
             "valid_to it still does. It may be in several groups at once, in each only once at a time.\n"
             "\n"
             "FILE is the whole truth: what it does not have is removed, in one transaction. The same file again\n"
             "changes nothing. All mistakes are printed at once, with file and line, and then nothing is changed.\n"
             "The user must be in the role uptake_writer, or own the schema.\n"
             "\n"
             "Examples:\n"
             "  uptakectl groups --dry-run --postgresql 'host=db dbname=uptake user=uptake' groups.csv\n"
             "  printf 'team,grp,valid_from,valid_to\\nclaims-north,claims,2025-01-01,\\n' | uptakectl groups -\n",
    .run = run_groups,
};
