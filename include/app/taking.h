/* Takes a partition: becomes its owner in PostgreSQL and loads its shard, in one transaction. */
#pragma once

#include <stdint.h>

#include "app/claim.h"
#include "codec/task_pages.h"
#include "model/rows.h"
#include "model/settings.h"
#include "model/shard.h"

struct taking;

/* Everything is borrowed and must outlive the taking. */
struct taking_request {
    struct pg_conn *conn; /* ours alone until the taking is freed; without a statement_timeout */
    const struct settings *settings; /* of the shard */
    struct sink *outputs;            /* of the shard; may be NULL */
    int32_t partition;
    int32_t partitions; /* of every topic */
    const char *const *topics;
    int topic_count;
    const void *key_fingerprint; /* of the key of the pseudonyms; never the key */
    size_t key_fingerprint_bytes;
    const char *instance;
    int64_t least_epoch; /* the new epoch is greater; 0 = any */
    /* A session that holds partitions in a transaction and has waited so long for its instance is ended: the instance is
     * frozen, or its machine is, and would keep the partition from us for as long. */
    int64_t frozen_ms;
};

enum taking_step {
    TAKING_WAITING, /* for the connection, or for the next attempt */
    TAKING_CLAIMING,
    TAKING_LOADING,
    TAKING_COMMITTING,
    TAKING_DONE,
    TAKING_FAILED, /* what no retry heals: UP_EINVAL (other partition count, other key),
                      UP_ECORRUPT, UP_EVERSION, UP_EAUTH */
};

const char *taking_step_name(enum taking_step step);

struct taking *taking_new(const struct taking_request *request);
/* Not under way any more: a transaction is dropped. Frees the shard unless it was given away. NULL
 * is fine. */
void taking_free(struct taking *taking);

/* Carries on as far as is possible without waiting. now_us: a clock that only runs forward. */
enum taking_step taking_run(struct taking *taking, int64_t now_us);

/* Rows (tasks of segments count each) so far, and which table they come from. */
int64_t taking_rows(const struct taking *taking, const char **ret_table);
/* Why it failed, or why the last attempt did, and how many did so far. */
const struct up_err *taking_error(const struct taking *taking, int *ret_failures);

/* Of one that is done. */
struct taking_result {
    struct shard *shard; /* given away */
    struct claim claim;
    struct task_pages pages;
    int64_t next_offsets[TOPICS_MAX]; /* -1 = nothing was read yet */
    int64_t frozen_sessions;          /* ended on the way */
    int unknown_topics;               /* topics with a stored offset that are not read any more */
    uint32_t teams;                   /* of the organisation; the shard knows already */
    int64_t server_ms;                /* PostgreSQL's clock */
};
struct taking_result taking_give(struct taking *taking);
