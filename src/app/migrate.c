/* Brings the schema of the database to the version of this program. */
#include "app/migrate.h"

#include <stdlib.h>

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
