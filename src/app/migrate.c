/* Brings the schema of the database to the version of this program. */
#include "app/migrate.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/strbuf.h"
#include "codec/glossary.h"
#include "codec/migrations.h"
#include "io/pg_session.h"

/* The key of the lock is arbitrary, but the same in every version. */
#define LOCK "SELECT pg_advisory_lock(7265489138256317251)"
#define UNLOCK "SELECT pg_advisory_unlock(7265489138256317251)"

static int read_version(struct pg_session *session, int *ret_version, struct up_err *err)
{
    struct strbuf text = {0};
    int code = pg_session_ask(session, "SELECT to_regclass('uptake.schema_version')", &text, err);
    int version = 0;
    if (code == UP_OK && text.length > 1) {
        code = pg_session_ask(
            session, "SELECT coalesce(max(version), 0) FROM uptake.schema_version", &text, err);
        if (code == UP_OK)
            version = (int)strtol(strbuf_text(&text), NULL, 10);
    }
    strbuf_done(&text);
    if (code == UP_OK)
        *ret_version = version;
    return code;
}

static int apply(struct pg_session *session, const struct migration *migration, struct up_err *err)
{
    struct strbuf script = {0};
    strbuf_add_format(&script, "BEGIN;\n%s\n", migration->sql);
    strbuf_add_format(
        &script, "INSERT INTO uptake.schema_version (version, name) VALUES (%d, '%s');\nCOMMIT;",
        migration->version, migration->name);
    int code = pg_session_run(session, strbuf_text(&script), err);
    strbuf_done(&script);
    if (code != UP_OK) {
        (void)pg_session_run(session, "ROLLBACK", NULL);
        return up_fail_context(err, "migration %d (%s)", migration->version, migration->name);
    }
    log_event(LOG_LEVEL_INFO, "migrated", "version=%d name=\"%s\"", migration->version,
              migration->name);
    return UP_OK;
}

/* Reads the version and refuses one that this program does not know. */
static int read_known_version(struct pg_session *session, int *ret_version, struct up_err *err)
{
    int stored = 0;
    int code = read_version(session, &stored, err);
    if (code != UP_OK)
        return code;
    if (stored > migrations_version())
        return up_fail(err, UP_EVERSION,
                       "the schema in PostgreSQL is version %d, this program knows %d: it is too "
                       "old, install a newer one",
                       stored, migrations_version());
    *ret_version = stored;
    return UP_OK;
}

static int apply_missing(struct pg_session *session, int *ret_applied, struct up_err *err)
{
    int stored = 0;
    int code = read_known_version(session, &stored, err);
    if (code != UP_OK)
        return code;
    size_t count;
    const struct migration *migrations = migrations_list(&count);
    int applied = 0;
    for (size_t i = 0; i < count; i++) {
        if (migrations[i].version <= stored)
            continue;
        code = apply(session, &migrations[i], err);
        if (code != UP_OK)
            return code;
        applied++;
    }
    *ret_applied = applied;
    return UP_OK;
}

/* What is missing of indexes that a migration made for no month yet (ON ONLY), a month a line. A month at a time is
 * locked against writing, for as long as it takes to read it; those that have closed are not written anyway. Left in
 * the middle it is gone on with the next time. */
static const char missing_indexes_sql[] =
    "SELECT format('CREATE INDEX IF NOT EXISTS %I ON uptake.%I %s', made.name, month.relname, "
    "substring(pg_get_indexdef(i.indexrelid) FROM ' (USING .*)$')), "
    "format('ALTER INDEX uptake.%I ATTACH PARTITION uptake.%I', x.relname, made.name) "
    "FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_inherits h ON h.inhparent = i.indrelid "
    "JOIN pg_class month ON month.oid = h.inhrelid, "
    "format('%s_of_%s', x.relname, right(month.relname, 6)) made (name) "
    "WHERE x.relnamespace = 'uptake'::regnamespace AND x.relkind = 'I' AND NOT i.indisunique AND NOT EXISTS ("
    "SELECT FROM pg_inherits a JOIN pg_index own ON own.indexrelid = a.inhrelid "
    "WHERE a.inhparent = i.indexrelid AND own.indrelid = month.oid) "
    "ORDER BY x.relname, month.relname DESC";

static int index_months(struct pg_session *session, struct up_err *err)
{
    struct strbuf rows = {0};
    int code = pg_session_ask(session, missing_indexes_sql, &rows, err);
    /* Each statement is a transaction of its own: none waits for a lock while it holds another's. */
    char *at = rows.length > 0 ? rows.data : NULL;
    while (code == UP_OK && at != NULL && at < rows.data + rows.length) {
        size_t length = strcspn(at, "\t\n");
        at[length] = '\0';
        code = pg_session_run(session, at, err);
        at += length + 1;
    }
    strbuf_done(&rows);
    return code;
}

/* A measure needs no migration of its own to be explained. */
static int explain_measures(struct pg_session *session, struct up_err *err)
{
    struct strbuf statement = {0};
    glossary_write_sql(&statement);
    int code = pg_session_run(session, strbuf_text(&statement), err);
    strbuf_done(&statement);
    return code;
}

static void noticed(void *arg, const char *text)
{
    (void)arg;
    log_event(LOG_LEVEL_WARN, "migration_notice", "text=\"%s\"", text);
}

int migrate_run(const char *conninfo, int *ret_applied, struct up_err *err)
{
    struct pg_session *session = pg_session_open(conninfo, "uptaked --migrate", noticed, NULL, err);
    if (session == NULL)
        return err == NULL ? UP_ECONN : err->code;
    int code = pg_session_run(session, "SET client_min_messages = warning; " LOCK, err);
    if (code == UP_OK) {
        code = apply_missing(session, ret_applied, err);
        if (code == UP_OK)
            code = index_months(session, err);
        if (code == UP_OK)
            code = explain_measures(session, err);
        (void)pg_session_run(session, UNLOCK, NULL);
    }
    pg_session_close(session);
    return code;
}

int migrate_check(const char *conninfo, struct up_err *err)
{
    struct pg_session *session = pg_session_open(conninfo, "uptaked", NULL, NULL, err);
    if (session == NULL)
        return err == NULL ? UP_ECONN : err->code;
    int stored = 0;
    int code = read_known_version(session, &stored, err);
    pg_session_close(session);
    if (code == UP_OK && stored < migrations_version())
        return up_fail(err, UP_EVERSION,
                       "the schema in PostgreSQL is version %d, this program needs %d: run uptaked "
                       "--migrate, or set "
                       "auto_migrate = yes",
                       stored, migrations_version());
    return code;
}
