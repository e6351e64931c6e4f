/* Brings the schema of the database to the version of this program, forward only. */
#pragma once

#include "base/err.h"

/* Applies what is missing, each migration in a transaction of its own, under an advisory lock, so
 * that several may try at the same time, and explains this program's measures there
 * (uptake.glossary). Blocks. *ret_applied: how many were applied. Errors: as
 * pg_session_open(); UP_EVERSION when the schema is newer than this program; a migration's own. */
int migrate_run(const char *conninfo, int *ret_applied, struct up_err *err);

/* Is the schema the one of this program? Errors: as pg_session_open(); UP_EVERSION when it is
 * older, newer or not there. Blocks. */
int migrate_check(const char *conninfo, struct up_err *err);
