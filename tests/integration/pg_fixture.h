/* For tests on a real PostgreSQL: a database of their own, asking it, a loop to wait in. */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/migrate.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/panic.h"
#include "io/loop.h"
#include "io/pg_session.h"

enum { PG_SKIPPED = 77, PG_WAIT_MS = 120000 };

struct pg_database {
    char conninfo[512];
    struct pg_session *session; /* to look into it */
};

/* Ends the program as skipped when no server was given. Only errors are logged. */
static inline void pg_require_server(void)
{
    log_configure(&(struct log_settings){.level = LOG_LEVEL_ERROR});
    if (getenv("UPTAKE_TEST_PG") == NULL) {
        (void)printf(
            "skipped: UPTAKE_TEST_PG is not set (tests/support/servers.sh run --postgres)\n");
        exit(PG_SKIPPED);
    }
}

static inline void pg_run(struct pg_session *session, const char *sql)
{
    struct up_err err = {0};
    if (pg_session_run(session, sql, &err) != UP_OK)
        fail_msg("%s: %s", sql, err.text);
}

/* The rows as text, for assert_string_equal(); valid until the next call. */
static inline const char *pg_ask(struct pg_session *session, const char *sql)
{
    static struct strbuf text;
    struct up_err err = {0};
    if (pg_session_ask(session, sql, &text, &err) != UP_OK)
        fail_msg("%s: %s", sql, err.text);
    return strbuf_text(&text);
}

static inline struct pg_session *pg_open(const char *conninfo)
{
    struct up_err err = {0};
    struct pg_session *session = pg_session_open(conninfo, "test", NULL, NULL, &err);
    if (session == NULL)
        fail_msg("%s", err.text);
    return session;
}

/* A fresh, empty database of the server; `suffix` tells several of one program apart. */
static inline void pg_database_init(struct pg_database *database, const char *suffix)
{
    char sql[256];
    char name[64];
    (void)snprintf(name, sizeof name, "test_%d_%s", (int)getpid(), suffix);
    struct pg_session *admin = pg_open(getenv("UPTAKE_TEST_PG"));
    (void)snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)", name);
    pg_run(admin, sql);
    (void)snprintf(sql, sizeof sql, "CREATE DATABASE %s", name);
    pg_run(admin, sql);
    pg_session_close(admin);
    int length = snprintf(database->conninfo, sizeof database->conninfo, "%s dbname=%s",
                          getenv("UPTAKE_TEST_PG"), name);
    UP_ASSERT(length > 0 && (size_t)length < sizeof database->conninfo);
    database->session = pg_open(database->conninfo);
}

static inline void pg_database_init_migrated(struct pg_database *database, const char *suffix)
{
    struct up_err err = {0};
    int applied = 0;
    pg_database_init(database, suffix);
    if (migrate_run(database->conninfo, &applied, &err) != UP_OK)
        fail_msg("%s", err.text);
}

static inline void pg_database_done(struct pg_database *database)
{
    char sql[256];
    (void)snprintf(sql, sizeof sql, "DROP DATABASE %s WITH (FORCE)",
                   strrchr(database->conninfo, '=') + 1);
    pg_session_close(database->session);
    struct pg_session *admin = pg_open(getenv("UPTAKE_TEST_PG"));
    pg_run(admin, sql);
    pg_session_close(admin);
}

/* Turns the loop until the condition holds. */
static inline void pg_run_until(struct loop *loop, bool (*holds)(void *), void *arg)
{
    int64_t deadline_us = clock_mono_us() + INT64_C(1000) * PG_WAIT_MS;
    while (!holds(arg)) {
        if (clock_mono_us() > deadline_us)
            fail_msg("waited for too long");
        loop_wait(loop, 20);
    }
}
