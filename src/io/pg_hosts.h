/* The hosts of a connection string, with their names resolved before libpq sees them. */
#pragma once

#include <stdbool.h>

#include "io/resolver.h"
#include "pg_priv.h"

struct pg_hosts;

/* err is NULL when `hostaddr` and its fellows are set in the options; else why a name has no
 * address. */
typedef void pg_hosts_on_ready(void *arg, const struct up_err *err);

/* resolver and options are borrowed. */
struct pg_hosts *pg_hosts_new(struct resolver *resolver, struct pg_options *options,
                              pg_hosts_on_ready *ready, void *arg);
void pg_hosts_free(struct pg_hosts *hosts);

/* Asks for what is to be asked. True: nothing is, go on at once; `ready` is not called then. */
bool pg_hosts_resolve(struct pg_hosts *hosts);
/* No answer is wanted any more. */
void pg_hosts_cancel(struct pg_hosts *hosts);
