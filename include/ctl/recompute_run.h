/* Closed days evaluated anew from what PostgreSQL holds now, while the daemon goes on. */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "model/settings.h"

struct pg_session;

struct recompute_options {
    struct pg_session *reader; /* in a transaction of its own, which is a snapshot and changes nothing */
    struct pg_session *writer;
    const struct settings *settings; /* the daemon's */
    const char *definitions;
    int32_t from, to; /* days */
    bool quiet;       /* shows no progress */
};

struct recompute_result {
    int64_t rows;
    int32_t from, to;       /* days that were recomputed; from > to: none */
    int32_t complete_from;  /* first day of which everything could be, for all teams */
};

/* Writes uptake.health_hindsight. Days that have not closed, and those of whose windows the cells are dropped, are left
 * out. Rows that were written before an error stay. */
int recompute_run(const struct recompute_options *options, struct recompute_result *ret_result, struct up_err *err);
