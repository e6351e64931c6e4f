/* Where top has its figures from: daemons and PostgreSQL, asked again and again on the loop. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ctl/top_daemons.h"
#include "ctl/top_teams.h"

struct loop;
struct top_feed;

struct top_feed_settings {
    struct loop *loop;
    const char *conninfo;    /* of PostgreSQL; copied */
    const char *const *urls; /* of daemons, without a path; borrowed */
    size_t url_count;
    int64_t interval_ms;
    void (*changed)(void *arg); /* there is something new; NULL = nobody wants to know */
    void *arg;
};

/* What is known now, borrowed. Times are of the clock that only runs forward. */
struct top_figures {
    const struct top_daemon *daemons;
    size_t daemon_count;
    struct top_teams *teams; /* the last that were read; how they are shown is the reader's */
    int64_t teams_us;        /* when; 0 = never */
    struct up_err teams_err; /* why they are older than they should be; UP_OK = they are not */
};

/* Begins to ask. NULL and *err: UP_EINVAL what is given is no connection string, UP_EIO. */
struct top_feed *top_feed_new(const struct top_feed_settings *settings, struct up_err *err);
void top_feed_free(struct top_feed *feed);

const struct top_figures *top_feed_figures(const struct top_feed *feed);

/* Has everybody answered or failed, and are rates known of those who answer? */
bool top_feed_is_whole(const struct top_feed *feed);
