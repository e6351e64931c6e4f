/* What the files of the daemon share: everything that lives as long as it does. */
#pragma once

#include "app/clockwork.h"
#include "app/config.h"
#include "app/delivery_desk.h"
#include "app/exit_code.h"
#include "app/owned.h"
#include "app/page.h"
#include "app/pipeline.h"
#include "app/publisher.h"
#include "app/store.h"
#include "base/histogram.h"
#include "io/dead_letters.h"
#include "io/http.h"
#include "io/kafka_source.h"
#include "io/loop.h"
#include "io/redis_store.h"

enum assignment_state {
    ASSIGNMENT_NONE,
    ASSIGNMENT_TAKING, /* shards are being loaded */
    ASSIGNMENT_LIVE,
    ASSIGNMENT_GIVING, /* revoked: what is unsaved is being saved */
};

struct assignment {
    enum assignment_state state;
    int64_t since_us;
    int32_t count; /* partitions of it */
    int64_t orphaned_us; /* when one of it turned out to be another's; 0 = none did */
};

struct daemon {
    const struct config *config;
    struct config *reloaded; /* the same, for those who may change it */
    const struct config_source *config_source;
    struct loop *loop;
    struct kafka_source *source;
    struct dead_letters *letters;
    struct decoder *decoder;
    struct pipeline *pipeline;
    struct redis_tls *redis_tls; /* NULL = in the clear */
    struct redis_store *redis;
    struct publisher *publisher;
    struct store *store;
    struct receivers receivers;
    struct delivery_desk *desk;
    struct page *page;
    struct http *http;      /* NULL = not wanted */
    struct http *http_unix; /* NULL = not wanted */
    struct loop_watch *source_watch, *letters_watch;

    struct owned **owned; /* by partition */
    int32_t partitions;
    struct assignment assignment;

    bool is_ready;    /* once an assignment was loaded, an empty one too */
    bool is_stopping; /* a signal asked for it, or daemon_stop() */
    int stop_signals;
    enum exit_code stop_code;
    int64_t stop_by_us;  /* what is not saved by then is read again */
    int64_t close_by_us; /* the group is left by then */
    bool is_done;
    enum exit_code exit_code;

    bool has_more;     /* the last drain left messages */
    bool has_kept;     /* of those that it took */
    bool is_watching;  /* the source's descriptor ends a wait */
    bool is_blocked;   /* reading waits for dead letters to be acknowledged */
    bool is_full;      /* reading waits for PostgreSQL */
    int64_t full_since_us;
    bool is_paused; /* for that reason */
    int64_t lag;    /* messages not read yet, as last looked; -1 = not known */
    int64_t lag_us; /* when that was */
    bool is_behind;    /* with reading, or with saving what was read then */
    int64_t lagged_us; /* when reading was last behind */
    int64_t gave_back_us; /* when memory was last given back to the system */
    int64_t clockwork_us;
    int64_t forget_us;
    int64_t status_us;
    int64_t watchdog_us, watchdog_every_us; /* 0 = nobody watches */
    int64_t watched_us;
    bool is_redis_up, is_redis_missed;

    struct histogram turn_time;
    int64_t began_us;
    int64_t close_cpu_us, forget_cpu_us, publish_cpu_us;
    uint64_t forgotten_for; /* messages for which the sweep was already done */
    uint64_t fenced;
};

/* Ends the daemon with this code once; the first one counts. */
void daemon_end(struct daemon *daemon, enum exit_code code);
/* What the configuration says of the log is in force. */
void daemon_configure_log(const struct config *config);
/* http_hosts as the HTTP server takes it. */
const char *daemon_hosts(const struct config *config);

/* Saves all, gives everything back, then ends with this code; the first one counts. */
void daemon_stop(struct daemon *daemon, enum exit_code code);
/* Carries a stop on. */
void stopping_run(struct daemon *daemon, int64_t now_us);
/* How long leaving the group may take. */
int stopping_close_ms(const struct daemon *daemon);
/* SIGTERM and SIGINT stop; before, they end the process as they do any. */
void stopping_catch_signals(struct daemon *daemon);

/* SIGHUP reloads the configuration, SIGUSR1 logs a summary. */
void signals_catch(struct daemon *daemon);

/* Tells when servers go and come back. */
void watch_run(struct daemon *daemon, int64_t now_us);

/* Takes the newest rebalance and carries the assignment on: taking, live, giving. */
void assignment_run(struct daemon *daemon, int64_t now_us);
/* Is the offset one that the log can go on from? Where messages are gone the gap is recorded and skipped; false where the
 * offset is beyond the end: the daemon ends. */
bool assignment_check_offset(struct daemon *daemon, struct owned *owned, const struct kafka_range *range);
/* Saves all and gives everything back; true when that is done. */
bool assignment_give_all(struct daemon *daemon, int64_t now_us);

/* One round of all phases. Returns how long the next wait may be, ms. */
int64_t turn_run(struct daemon *daemon);

/* The page /metrics. */
void metrics_answer(void *arg, const struct http_request *request, struct http_answer *answer);
/* The pages of the HTTP server. */
void routes_add(struct daemon *daemon, struct http *http);
