/* Partitions are taken and loaded, or go on where they were parked. */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store_priv.h"

/* The epoch is at least the present time, so that Redis does not take a database that was made anew, or restored, for a
 * former owner. */
static void begin_taking(struct held *held)
{
    struct store *store = held->store;
    held->loader = store_lend_loader(store);
    if (held->loader == NULL)
        return;
    const struct taking_request request = {.conn = held->loader,
                                           .settings = &store->settings.config->settings,
                                           .outputs = &held->sink,
                                           .partition = held->owned->partition,
                                           .partitions = store->settings.partitions,
                                           .topics = store->settings.topics,
                                           .topic_count = store->settings.topic_count,
                                           .key_fingerprint = &store->fingerprint,
                                           .key_fingerprint_bytes = sizeof store->fingerprint,
                                           .instance = store->instance,
                                           .least_epoch = clock_wall_ms(),
                                           .frozen_ms = STORE_LOCK_MS};
    held->taking = taking_new(&request);
    held->taking_failures = 0;
}

void store_drop_state(struct held *held)
{
    taking_free(held->taking);
    held->taking = NULL;
    if (held->is_looking)
        pg_conn_reset(held->loader);
    held->is_looking = false;
    store_return_loader(held);
    if (held->store->saving == held->owned->partition)
        held->store->saving = -1;
    checkpoint_free(held->checkpoint);
    held->checkpoint = NULL;
    store_forget_rows(held);
}

/* ---- taking -------------------------------------------------------------------------------------------------------- */

static void taken(struct held *held)
{
    struct store *store = held->store;
    struct owned *owned = held->owned;
    const char *table;
    store->status.rows_loaded += (uint64_t)taking_rows(held->taking, &table);
    struct taking_result result = taking_give(held->taking);
    taking_free(held->taking);
    held->taking = NULL;
    store_return_loader(held);
    owned->shard = result.shard;
    owned->epoch = result.claim.epoch;
    for (int t = 0; t < store->settings.topic_count; t++)
        owned->topics[t].next_offset = held->saved_offsets[t] = result.next_offsets[t];
    held->checkpoint = checkpoint_new(store->saver, &result.claim, &result.pages);
    held->cut_us = clock_mono_us();
    if (result.shard->teams_in_organisation > store->teams)
        store->teams = result.shard->teams_in_organisation;
    store_note_clock(store, result.server_ms);
    store_tell_teams(store);
    owned->state = OWNED_READY;
    log_recovered("partition_waits");
    if (result.frozen_sessions > 0)
        log_event(LOG_LEVEL_WARN, "frozen_session_ended",
                  "partition=%d sessions=%lld why=\"an instance holds partitions in PostgreSQL and does not go on\"",
                  owned->partition, (long long)result.frozen_sessions);
    if (result.unknown_topics > 0)
        log_event(LOG_LEVEL_WARN, "topics_not_read",
                  "partition=%d topics=%d why=\"they were read once: what they brought stays, what they bring is left out\"",
                  owned->partition, result.unknown_topics);
    log_event(LOG_LEVEL_INFO, "partition_taken", "partition=%d epoch=%lld teams=%zu people=%u open_tasks=%u",
              owned->partition, (long long)owned->epoch, owned->shard->team_count, owned->shard->persons.used,
              owned->shard->tasks.used);
}

static enum exit_code fault_of(const struct up_err *err)
{
    switch (err->code) {
    case UP_EAUTH:
        return EXIT_CODE_REFUSED;
    case UP_EVERSION:
        return EXIT_CODE_SCHEMA;
    default:
        return EXIT_CODE_STATE;
    }
}

static void run_loading(struct held *held, int64_t now_us)
{
    if (held->taking == NULL) {
        begin_taking(held);
        return;
    }
    enum taking_step step = taking_run(held->taking, now_us);
    if (step == TAKING_DONE) {
        taken(held);
        return;
    }
    int failures = 0;
    const struct up_err *err = taking_error(held->taking, &failures);
    if (step == TAKING_FAILED)
        store_note_fault(held->store, fault_of(err), err);
    else if (failures > held->taking_failures)
        log_event(LOG_LEVEL_WARN, "partition_waits", "partition=%d attempt=%d err=\"%s\"", held->owned->partition, failures,
                  err->text);
    held->taking_failures = failures;
}

/* ---- parked ---------------------------------------------------------------------------------------------------------- */

static void looked(void *arg, const struct pg_answer *answer)
{
    struct held *held = arg;
    held->is_looking = false;
    store_return_loader(held);
    if (answer->outcome != PG_DONE)
        return;
    if (claim_judge(checkpoint_claim(held->checkpoint), answer, held->look_call) == CLAIM_UNCHANGED) {
        held->owned->state = OWNED_READY;
        held->cut_us = clock_mono_us();
        shard_touch_all(held->owned->shard);
        log_event(LOG_LEVEL_INFO, "partition_goes_on", "partition=%d", held->owned->partition);
        return;
    }
    store_drop_state(held);
    shard_free(held->owned->shard);
    held->owned->shard = NULL;
    /* Teams have other numbers when they are loaded. */
    held->owned->team_count = 0;
    for (int t = 0; t < held->store->settings.topic_count; t++)
        held->owned->topics[t].first_ms = -1;
}

/* Did anybody take the partition while it was parked? */
static void run_look(struct held *held)
{
    if (held->is_looking)
        return;
    held->loader = store_lend_loader(held->store);
    if (held->loader == NULL)
        return;
    pg_image_done(&held->look);
    claim_add_look(checkpoint_claim(held->checkpoint), &held->look, &held->look_call);
    held->is_looking = pg_conn_send(held->loader, &held->look, looked, held) == UP_OK;
    if (!held->is_looking)
        store_return_loader(held);
}

void store_run_taking(struct held *held, int64_t now_us)
{
    if (held->owned->shard == NULL)
        run_loading(held, now_us);
    else
        run_look(held);
}
