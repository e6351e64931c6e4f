/* What top says of the daemons: figures out of /metrics and /readyz, the last of who answers no more. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "base/text.h"

enum top_readiness { TOP_READINESS_UNKNOWN, TOP_READY, TOP_NOT_READY };

/* NAN = not known. */
struct top_load {
    double shards, lag, delay_s, checkpoint_age_s;
    double events_per_s, rejects_per_s;
};

/* One that is asked. Times are of the clock that only runs forward. */
struct top_daemon {
    const char *url; /* without a path; borrowed */
    struct top_load load;
    double events, rejects; /* counted since its start; NAN = no page yet */
    int pages;              /* so many were read; rates take two */
    int64_t read_us;        /* when the last was; 0 = never */
    bool answers;           /* the last time it was asked */
    struct up_err err;      /* why not */
    enum top_readiness readiness;
    struct strbuf reasons; /* why it is not ready */
};

/* A daemon that was not asked yet. */
void top_daemon_init(struct top_daemon *daemon, const char *url);
void top_daemon_done(struct top_daemon *daemon);

/* A page of /metrics. Rates are over the time since the page before; after a restart unknown once. */
void top_daemon_take_metrics(struct top_daemon *daemon, struct text page, int64_t now_us);
/* What /readyz says. Anything but its document leaves the readiness unknown. */
void top_daemon_take_readiness(struct top_daemon *daemon, struct text document);
/* It did not answer: figures stay as they were. */
void top_daemon_take_failure(struct top_daemon *daemon, const struct up_err *err);

/* Sums, and the worst delay and age, of all daemons that answer: another may have the partitions of
 * one that does not. Of the last figures where none answers. What no daemon knows is NAN. */
struct top_load top_daemons_sum(const struct top_daemon *daemons, size_t count);
