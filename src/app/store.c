/* PostgreSQL as the daemon uses it. */
#include "app/store.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/alarm_log.h"
#include "app/connection.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/pg_array.h"
#include "codec/pg_sql.h"
#include "codec/pseudonym.h"
#include "store_priv.h"

enum {
    SILENCE_MS = 60000,
    IDLE_TRANSACTION_MS = 60000,
    RETENTION_EVERY_US = 1800 * 1000 * 1000,
};

/* ---- connections ------------------------------------------------------------------------------------------------- */

void store_note_fault(struct store *store, enum exit_code code, const struct up_err *err)
{
    if (store->fault != EXIT_CODE_OK)
        return;
    store->fault = code;
    store->fault_err = *err;
}

static void saver_changed(void *arg, enum pg_state state, const struct up_err *err)
{
    struct store *store = arg;
    bool is_up = state == PG_IDLE || state == PG_BUSY;
    if (is_up && !store->status.is_up) {
        log_recovered("postgresql_down");
        log_event(LOG_LEVEL_INFO, "postgresql_up", "%s", "");
    } else if (!is_up && err != NULL && err->code != UP_OK) {
        store->status.last_error = *err;
        log_event(LOG_LEVEL_WARN, "postgresql_down", "err=\"%s\"", err->text);
    }
    store->status.is_up = is_up;
    if (!is_up && err != NULL && err->code == UP_EAUTH)
        store_note_fault(store, EXIT_CODE_REFUSED, err);
}

static void loader_changed(void *arg, enum pg_state state, const struct up_err *err)
{
    (void)arg, (void)state, (void)err;
}

static struct pg_conn *connect_to(struct store *store, const char *conninfo, int64_t statement_ms,
                                  pg_conn_on_state *changed, struct up_err *err)
{
    const struct pg_conn_settings settings = {.conninfo = conninfo,
                                              .application_name = store->instance,
                                              .statement_timeout_ms = statement_ms,
                                              .lock_timeout_ms = STORE_LOCK_MS,
                                              .idle_transaction_timeout_ms = IDLE_TRANSACTION_MS,
                                              .silence_max_ms = 2 * SILENCE_MS,
                                              .seed = (uint64_t)clock_wall_ms(),
                                              .now_us = clock_mono_us};
    return pg_conn_new(store->settings.loop, store->resolver, &settings, changed, store, err);
}

static void name_instance(struct store *store)
{
    const char *name = store->settings.config->instance;
    char host[256] = "";
    if (name[0] == '\0' && gethostname(host, sizeof host - 1) == 0)
        (void)snprintf(store->instance, sizeof store->instance, "uptaked/%s:%d", host, (int)getpid());
    else
        (void)snprintf(store->instance, sizeof store->instance, "uptaked/%s", name);
}

struct store *store_new(const struct store_settings *settings, struct up_err *err)
{
    struct store *store = mem_alloc(sizeof *store);
    struct strbuf conninfo = {0};
    store->settings = *settings;
    store->saving = -1;
    store->status.last_saved_us = clock_mono_us();
    store->held = mem_alloc_array((size_t)settings->partitions, sizeof *store->held);
    store->evaluation = mem_alloc(sizeof *store->evaluation);
    store->fingerprint = pseudonym_fingerprint(settings->config->pseudonym_key.bytes);
    name_instance(store);
    connection_text(settings->config, &conninfo);
    store->resolver = resolver_new(settings->loop, err);
    bool is_open = store->resolver != NULL;
    if (is_open)
        is_open = (store->saver = connect_to(store, strbuf_text(&conninfo), SILENCE_MS, saver_changed, err)) != NULL;
    /* A COPY of a large table takes as long as it takes. */
    for (int i = 0; i < STORE_LOADERS && is_open; i++)
        is_open = (store->loaders[i] = connect_to(store, strbuf_text(&conninfo), 0, loader_changed, err)) != NULL;
    connection_wipe(&conninfo);
    if (!is_open) {
        store_free(store);
        return NULL;
    }
    return store;
}

void store_free(struct store *store)
{
    if (store == NULL)
        return;
    for (int32_t p = 0; p < store->settings.partitions; p++)
        store_drop(store, p);
    pg_conn_free(store->saver);
    for (int i = 0; i < STORE_LOADERS; i++)
        pg_conn_free(store->loaders[i]);
    resolver_free(store->resolver);
    pg_image_done(&store->chore);
    mem_free(store->held);
    mem_free(store->evaluation);
    mem_free(store);
}

struct pg_conn *store_lend_loader(struct store *store)
{
    for (int i = 0; i < STORE_LOADERS; i++) {
        if (!store->is_lent[i] && pg_conn_state(store->loaders[i]) == PG_IDLE) {
            store->is_lent[i] = true;
            return store->loaders[i];
        }
    }
    return NULL;
}

void store_return_loader(struct held *held)
{
    for (int i = 0; i < STORE_LOADERS; i++) {
        if (held->loader != NULL && held->store->loaders[i] == held->loader)
            held->store->is_lent[i] = false;
    }
    held->loader = NULL;
}

/* ---- what is held of a partition ----------------------------------------------------------------------------------- */

static uint32_t own_teams(const struct store *store)
{
    size_t teams = 0;
    for (int32_t p = 0; p < store->settings.partitions; p++) {
        const struct owned *owned = store->settings.owned[p];
        teams += owned != NULL && owned->shard != NULL ? owned->shard->team_count : 0;
    }
    return (uint32_t)teams;
}

/* A's number of teams for days that open from now on: what PostgreSQL said, or what we see where that is more. */
void store_tell_teams(struct store *store)
{
    uint32_t own = own_teams(store);
    uint32_t teams = store->teams > own ? store->teams : own;
    for (int32_t p = 0; p < store->settings.partitions; p++) {
        struct owned *owned = store->settings.owned[p];
        if (owned != NULL && owned->shard != NULL)
            owned->shard->teams_in_organisation = teams > 0 ? teams : 1;
    }
}

/* A day closed for a team. Where it is the last that is open its measures are stored in every window: now, or while reading
 * lags as soon as it has caught up, for they would be overwritten many times before. */
static void day_closed(void *arg, const struct shard *shard, const struct team *team,
                       const struct evaluation *evaluation)
{
    struct held *held = arg;
    held->outputs_sink.closed(held->outputs_sink.arg, shard, team, evaluation);
    alarm_log_team(shard, team, evaluation);
    struct owned_team *state = owned_team(held->owned, (size_t)(team - shard->teams));
    state->measured_us = 0;
    if (evaluation->day < shard->calendar.last_opened || held->store->is_behind)
        return;
    state->measured_us = clock_mono_us();
    struct evaluation *all = held->store->evaluation;
    evaluation_make(shard, team, evaluation->day, EVALUATION_ALL_WINDOWS, all);
    pg_outputs_add_measures(held->outputs, shard, team, all);
    store_want_rows(held, (size_t)(team - shard->teams), evaluation->day, ROWS_BY_WORKFLOW);
}

static void silence_changed(void *arg, const struct shard *shard, int32_t day, bool begins)
{
    struct held *held = arg;
    held->outputs_sink.silence(held->outputs_sink.arg, shard, day, begins);
    alarm_log_silence(shard, day, begins);
}

static void hold(struct store *store, struct owned *owned)
{
    struct held *held = mem_alloc(sizeof *held);
    held->store = store;
    held->owned = owned;
    held->outputs = pg_outputs_new(owned->partition, config_definitions(store->settings.config));
    pg_outputs_tell(held->outputs, store->settings.receivers->names, store->settings.receivers->count);
    held->outputs_sink = pg_outputs_sink(held->outputs);
    held->sink = (struct sink){.arg = held, .closed = day_closed, .silence = silence_changed};
    store->held[owned->partition] = held;
}

void store_take(struct store *store, struct owned *owned)
{
    if (store->held[owned->partition] == NULL)
        hold(store, owned);
    /* A parked one has its shard; whether it may go on is asked first. */
    owned->state = OWNED_TAKING;
}

void store_drop(struct store *store, int32_t partition)
{
    struct held *held = store->held[partition];
    if (held != NULL) {
        store_drop_state(held);
        pg_outputs_free(held->outputs);
        pg_image_done(&held->look);
        mem_free(held->gaps);
        mem_free(held);
        store->held[partition] = NULL;
    }
    owned_free(store->settings.owned[partition]);
    store->settings.owned[partition] = NULL;
}

void store_note_clock(struct store *store, int64_t server_ms)
{
    if (server_ms < 0)
        return;
    store->status.skew_ms = server_ms - clock_wall_ms();
    store->status.is_skew_known = true;
}

/* ---- chores ---------------------------------------------------------------------------------------------------------- */

static void months_dropped(void *arg, const struct pg_answer *answer)
{
    struct store *store = arg;
    store->is_chore_sent = false;
    if (answer->outcome != PG_DONE)
        log_event(LOG_LEVEL_WARN, "months_not_dropped", "err=\"%s\"", answer->err.text);
}

static void drop_old_months(struct store *store, int64_t now_us)
{
    if (store->chore_us == 0)
        store->chore_us = now_us;
    if (store->is_chore_sent || store->saving >= 0 || now_us - store->chore_us < RETENTION_EVERY_US ||
        pg_conn_state(store->saver) != PG_IDLE)
        return;
    store->chore_us = now_us;
    pg_image_done(&store->chore);
    struct pg_call *call = pg_image_add(&store->chore, &pg_sql_drop_old_months);
    call->values[0] = pg_value_i32((int32_t)store->settings.config->retention_months);
    store->is_chore_sent = pg_conn_send(store->saver, &store->chore, months_dropped, store) == UP_OK;
}

/* ---- what the daemon calls ------------------------------------------------------------------------------------------- */

void store_run(struct store *store, int64_t now_us)
{
    for (int32_t p = 0; p < store->settings.partitions; p++) {
        struct held *held = store->held[p];
        if (held != NULL && held->owned->state == OWNED_TAKING)
            store_run_taking(held, now_us);
    }
    store_run_saving(store, now_us);
    store_tell_teams(store);
    drop_old_months(store, now_us);
}

void store_set_behind(struct store *store, bool is_behind)
{
    store->is_behind = is_behind;
}

void store_save_all(struct store *store)
{
    for (int32_t p = 0; p < store->settings.partitions; p++) {
        if (store->held[p] != NULL)
            store->held[p]->is_due = true;
    }
}

void store_save(struct store *store, struct owned *owned)
{
    struct held *held = store->held[owned->partition];
    held->has_moved = held->is_due = true;
}

bool store_is_saved(const struct store *store, const struct owned *owned)
{
    const struct held *held = store->held[owned->partition];
    return held != NULL && held->checkpoint != NULL && checkpoint_step(held->checkpoint) == CHECKPOINT_NONE &&
           !store_has_changes(held);
}

void store_note_measures(struct store *store, struct owned *owned, struct team *team, struct evaluation *evaluation,
                         int64_t now_us)
{
    struct held *held = store->held[owned->partition];
    size_t number = (size_t)(team - owned->shard->teams);
    struct owned_team *state = owned_team(owned, number);
    int64_t interval_us = store->settings.config->measure_interval_ms * 1000;
    if (state->measured_us != 0 && now_us - state->measured_us < interval_us)
        return;
    if (store->is_behind) {
        /* A team that falls silent now is not published again when reading has caught up. */
        store_want_rows(held, number, evaluation->day, ROWS_ALL);
        return;
    }
    state->measured_us = now_us;
    pg_outputs_add_measures(held->outputs, owned->shard, team, evaluation);
    store_want_rows(held, number, evaluation->day, ROWS_BY_WORKFLOW);
}

void store_note_gap(struct store *store, struct owned *owned, uint16_t topic, int64_t from, int64_t to)
{
    struct held *held = store->held[owned->partition];
    mem_reserve(&held->gaps, &held->gap_capacity, held->gap_count + 1, sizeof *held->gaps);
    held->gaps[held->gap_count++] = (struct pg_gap){.topic = topic, .from_offset = from, .to_offset = to};
    store->status.missed += (uint64_t)(to - from);
}

bool store_claim(const struct store *store, int32_t partition, uint8_t ret_token[static CLAIM_BYTES])
{
    const struct held *held = store->held[partition];
    if (held == NULL || held->checkpoint == NULL || held->owned->state != OWNED_LIVE)
        return false;
    memcpy(ret_token, checkpoint_claim(held->checkpoint)->token, CLAIM_BYTES);
    return true;
}

const char *store_instance(const struct store *store)
{
    return store->instance;
}

size_t store_unsaved_bytes(const struct store *store)
{
    size_t bytes = 0;
    for (int32_t p = 0; p < store->settings.partitions; p++) {
        const struct held *held = store->held[p];
        if (held == NULL || held->checkpoint == NULL || held->owned->state != OWNED_LIVE)
            continue;
        bytes += store_changed_bytes(held) + checkpoint_bytes(held->checkpoint);
    }
    return bytes;
}

enum exit_code store_fault(const struct store *store, struct up_err *ret_err)
{
    *ret_err = store->fault_err;
    return store->fault;
}

static void add_counts(const struct pg_conn *conn, struct pg_conn_counts *counts)
{
    const struct pg_conn_counts *more = pg_conn_counts(conn);
    counts->answers += more->answers;
    counts->failed += more->failed;
    counts->lost += more->lost;
    counts->losses += more->losses;
    histogram_join(&counts->round_trip, &more->round_trip);
}

void store_round_trips(const struct store *store, struct pg_conn_counts *ret_counts)
{
    *ret_counts = (struct pg_conn_counts){0};
    add_counts(store->saver, ret_counts);
    for (int i = 0; i < STORE_LOADERS; i++)
        add_counts(store->loaders[i], ret_counts);
}

const struct store_status *store_status(const struct store *store)
{
    return &store->status;
}
