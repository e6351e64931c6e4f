/* What the files about PostgreSQL share; only they see libpq. */
#pragma once

#include <libpq-fe.h>
#include <stdbool.h>

#include "base/err.h"

enum { PG_OPTIONS_MAX = 64, PG_CONNECT_TIMEOUT_MS = 10000, PG_SERVER_VERSION_MIN = 150000 };

/* The parsed parts of a connection string, with our own defaults where it says nothing. */
struct pg_options {
    int count;
    char *keywords[PG_OPTIONS_MAX + 1]; /* as libpq wants them: NULL ends the list */
    char *values[PG_OPTIONS_MAX + 1];
};

/* reads_only: a server or session that cannot write will do too, unless conninfo says otherwise. UP_EINVAL
 * where the text is not a connection string; the error never repeats it, it may hold a password. */
int pg_options_init(struct pg_options *options, const char *conninfo, const char *application_name,
                    bool reads_only, struct up_err *err);
void pg_options_done(struct pg_options *options);
/* NULL when it is not there. */
const char *pg_options_get(const struct pg_options *options, const char *keyword);
/* Replaces or adds; both texts are copied. */
void pg_options_set(struct pg_options *options, const char *keyword, const char *value);

/* Why a connection could not be made: UP_EAUTH, UP_ETRUST, UP_EINVAL (no such database), UP_ECONN. Never with
 * a password. */
int pg_fail_connect(PGconn *connection, struct up_err *err);
/* UP_EVERSION where the server is older than we need. */
int pg_check_server(PGconn *connection, struct up_err *err);
/* What the server said against a statement. The code tells what to do: UP_EAGAIN (try again),
 * UP_ECONFLICT (fenced), UP_EINVAL, UP_EAUTH, UP_EVERSION (the schema is not there), UP_EIO
 * (anything else). */
int pg_fail_result(const PGresult *result, struct up_err *err);

/* As PQconnectStartParams() wants them. */
static inline PGconn *pg_options_connect(const struct pg_options *options)
{
    return PQconnectStartParams((const char *const *)options->keywords,
                                (const char *const *)options->values, 0);
}
