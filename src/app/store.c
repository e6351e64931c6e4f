/* PostgreSQL as the daemon uses it. */
#include "app/store.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/checkpoint.h"
#include "app/connection.h"
#include "app/taking.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/pg_array.h"
#include "codec/pg_outputs.h"
#include "codec/pg_sql.h"
#include "codec/pseudonym.h"
#include "io/pg_conn.h"
#include "io/resolver.h"

enum {
    LOADERS = 2,
    QUIET_US = 1000000,
    INSTANCE_BYTES = 320,
    SILENCE_MS = 60000,
    LOCK_MS = 30000,
    IDLE_TRANSACTION_MS = 60000,
    RETENTION_EVERY_US = 1800 * 1000 * 1000,
};

/* What a partition has here, from its taking to its drop. */
struct held {
    struct store *store;
    struct owned *owned; /* the daemon's */
    struct taking *taking;
    struct pg_conn *loader; /* lent to the taking or the look */
    struct checkpoint *checkpoint;
    struct pg_outputs *outputs;
    struct sink outputs_sink; /* of `outputs` */
    struct sink sink;         /* of the shard: outputs, and measures at a close */
    struct pg_gap *gaps;
    size_t gap_count, gap_capacity;
    int64_t saved_offsets[TOPICS_MAX]; /* next_offset as of the last cut */
    uint64_t letters;                  /* sent before the cut */
    int64_t cut_us;                    /* when the last cut was */
    bool is_due;
    bool has_moved; /* it is to be saved though nothing changed: the clock moved the watermark, or Redis doubts us */
    bool confirms;  /* the checkpoint under way tells whether it is ours */
    bool is_looking;
    int failures_seen; /* of the checkpoint under way */
    struct pg_image look;
    size_t look_call;
};

struct store {
    struct store_settings settings;
    struct resolver *resolver;
    struct pg_conn *saver;
    struct pg_conn *loaders[LOADERS];
    bool is_lent[LOADERS];
    struct held **held; /* by partition */
    int32_t saving;     /* partition whose checkpoint is under way; -1 = none */
    int32_t next;       /* partition that is looked at first */
    struct store_status status;
    enum exit_code fault;
    struct up_err fault_err;
    char instance[INSTANCE_BYTES];
    struct pseudonym fingerprint;
    uint32_t teams; /* of the organisation, as PostgreSQL last said */
    struct pg_image chore; /* months to drop */
    bool is_chore_sent;
    int64_t chore_us;
    struct evaluation *evaluation; /* room */
    bool is_behind;
};

/* ---- connections ------------------------------------------------------------------------------------------------- */

static void note_fault(struct store *store, enum exit_code code, const struct up_err *err)
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
    if (is_up && !store->status.is_up)
        log_event(LOG_LEVEL_INFO, "postgresql_up", "%s", "");
    else if (!is_up && err != NULL && err->code != UP_OK && store->status.is_up)
        log_event(LOG_LEVEL_WARN, "postgresql_down", "err=\"%s\"", err->text);
    store->status.is_up = is_up;
    if (!is_up && err != NULL && err->code == UP_EAUTH)
        note_fault(store, EXIT_CODE_REFUSED, err);
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
                                              .lock_timeout_ms = LOCK_MS,
                                              .idle_transaction_timeout_ms = IDLE_TRANSACTION_MS,
                                              .silence_max_ms = 2 * SILENCE_MS,
                                              .seed = (uint64_t)clock_wall_ms()};
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
    static const char purpose[] = "uptake key fingerprint";
    struct store *store = mem_alloc(sizeof *store);
    struct strbuf conninfo = {0};
    store->settings = *settings;
    store->saving = -1;
    store->held = mem_alloc_array((size_t)settings->partitions, sizeof *store->held);
    store->evaluation = mem_alloc(sizeof *store->evaluation);
    store->fingerprint = pseudonym_of(settings->config->pseudonym_key.bytes, purpose, sizeof purpose - 1);
    name_instance(store);
    connection_text(settings->config, &conninfo);
    store->resolver = resolver_new(settings->loop, err);
    bool is_open = store->resolver != NULL;
    if (is_open)
        is_open = (store->saver = connect_to(store, strbuf_text(&conninfo), SILENCE_MS, saver_changed, err)) != NULL;
    /* A COPY of a large table takes as long as it takes. */
    for (int i = 0; i < LOADERS && is_open; i++)
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
    for (int i = 0; i < LOADERS; i++)
        pg_conn_free(store->loaders[i]);
    resolver_free(store->resolver);
    pg_image_done(&store->chore);
    mem_free(store->held);
    mem_free(store->evaluation);
    mem_free(store);
}

static struct pg_conn *lend_loader(struct store *store)
{
    for (int i = 0; i < LOADERS; i++) {
        if (!store->is_lent[i] && pg_conn_state(store->loaders[i]) == PG_IDLE) {
            store->is_lent[i] = true;
            return store->loaders[i];
        }
    }
    return NULL;
}

static void return_loader(struct held *held)
{
    for (int i = 0; i < LOADERS; i++) {
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
static void tell_teams(struct store *store)
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
    struct owned_team *state = owned_team(held->owned, (size_t)(team - shard->teams));
    state->measured_us = 0;
    if (evaluation->day < shard->calendar.last_opened || held->store->is_behind)
        return;
    state->measured_us = clock_mono_us();
    struct evaluation *all = held->store->evaluation;
    evaluation_make(shard, team, evaluation->day, EVALUATION_ALL_WINDOWS, all);
    pg_outputs_add_measures(held->outputs, shard, team, all);
}

static struct held *hold(struct store *store, struct owned *owned)
{
    struct held *held = mem_alloc(sizeof *held);
    held->store = store;
    held->owned = owned;
    held->outputs = pg_outputs_new(owned->partition, config_definitions(store->settings.config));
    held->outputs_sink = pg_outputs_sink(held->outputs);
    held->sink = (struct sink){.arg = held, .closed = day_closed};
    store->held[owned->partition] = held;
    return held;
}

/* The epoch is at least the present time, so that Redis does not take a database that was made anew, or restored, for a
 * former owner. */
static void begin_taking(struct held *held)
{
    struct store *store = held->store;
    held->loader = lend_loader(store);
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
                                           .least_epoch = clock_wall_ms()};
    held->taking = taking_new(&request);
}

static void drop_state(struct held *held)
{
    taking_free(held->taking);
    held->taking = NULL;
    if (held->is_looking)
        pg_conn_reset(held->loader);
    held->is_looking = false;
    return_loader(held);
    if (held->store->saving == held->owned->partition)
        held->store->saving = -1;
    checkpoint_free(held->checkpoint);
    held->checkpoint = NULL;
}

void store_take(struct store *store, struct owned *owned)
{
    struct held *held = store->held[owned->partition];
    if (held == NULL)
        held = hold(store, owned);
    /* A parked one has its shard; whether it may go on is asked first. */
    owned->state = OWNED_TAKING;
    if (owned->shard == NULL)
        begin_taking(held);
}

void store_drop(struct store *store, int32_t partition)
{
    struct held *held = store->held[partition];
    if (held != NULL) {
        drop_state(held);
        pg_outputs_free(held->outputs);
        pg_image_done(&held->look);
        mem_free(held->gaps);
        mem_free(held);
        store->held[partition] = NULL;
    }
    owned_free(store->settings.owned[partition]);
    store->settings.owned[partition] = NULL;
}

/* ---- taking -------------------------------------------------------------------------------------------------------- */

static void note_clock(struct store *store, int64_t server_ms)
{
    if (server_ms < 0)
        return;
    store->status.skew_ms = server_ms - clock_wall_ms();
    store->status.is_skew_known = true;
}

static void taken(struct held *held)
{
    struct store *store = held->store;
    struct owned *owned = held->owned;
    const char *table;
    store->status.rows_loaded += (uint64_t)taking_rows(held->taking, &table);
    struct taking_result result = taking_give(held->taking);
    taking_free(held->taking);
    held->taking = NULL;
    return_loader(held);
    owned->shard = result.shard;
    owned->epoch = result.claim.epoch;
    for (int t = 0; t < store->settings.topic_count; t++)
        owned->topics[t].next_offset = held->saved_offsets[t] = result.next_offsets[t];
    held->checkpoint = checkpoint_new(store->saver, &result.claim, &result.pages);
    held->cut_us = clock_mono_us();
    if (result.shard->teams_in_organisation > store->teams)
        store->teams = result.shard->teams_in_organisation;
    note_clock(store, result.server_ms);
    tell_teams(store);
    owned->state = OWNED_READY;
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

static void run_taking(struct held *held, int64_t now_us)
{
    if (held->taking == NULL) {
        begin_taking(held);
        return;
    }
    int failures = 0;
    enum taking_step step = taking_run(held->taking, now_us);
    if (step == TAKING_DONE)
        taken(held);
    else if (step == TAKING_FAILED)
        note_fault(held->store, fault_of(taking_error(held->taking, &failures)),
                   taking_error(held->taking, &failures));
}

/* ---- parked ---------------------------------------------------------------------------------------------------------- */

static void looked(void *arg, const struct pg_answer *answer)
{
    struct held *held = arg;
    held->is_looking = false;
    return_loader(held);
    if (answer->outcome != PG_DONE)
        return;
    if (claim_judge(checkpoint_claim(held->checkpoint), answer, held->look_call) == CLAIM_UNCHANGED) {
        held->owned->state = OWNED_READY;
        held->cut_us = clock_mono_us();
        shard_touch_all(held->owned->shard);
        log_event(LOG_LEVEL_INFO, "partition_goes_on", "partition=%d", held->owned->partition);
        return;
    }
    drop_state(held);
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
    held->loader = lend_loader(held->store);
    if (held->loader == NULL)
        return;
    pg_image_done(&held->look);
    claim_add_look(checkpoint_claim(held->checkpoint), &held->look, &held->look_call);
    held->is_looking = pg_conn_send(held->loader, &held->look, looked, held) == UP_OK;
    if (!held->is_looking)
        return_loader(held);
}

/* ---- saving ---------------------------------------------------------------------------------------------------------- */

static bool has_changes(const struct held *held)
{
    const struct owned *owned = held->owned;
    for (int t = 0; t < held->store->settings.topic_count; t++) {
        if (owned->topics[t].next_offset != held->saved_offsets[t])
            return true;
    }
    return held->gap_count > 0 || pg_outputs_bytes(held->outputs) > 0 || shard_unsaved_bytes(owned->shard) > 0;
}

static size_t changed_bytes(const struct held *held)
{
    return shard_unsaved_bytes(held->owned->shard) + pg_outputs_bytes(held->outputs);
}

static bool can_be_cut(const struct held *held)
{
    return held != NULL && held->owned->state == OWNED_LIVE && held->checkpoint != NULL &&
           (has_changes(held) || held->has_moved);
}

/* Nothing came for a while: what is unsaved need not wait for more. */
static bool is_quiet(const struct held *held, int64_t now_us)
{
    for (int t = 0; t < held->store->settings.topic_count; t++) {
        if (now_us - held->owned->topics[t].last_accepted_us < QUIET_US)
            return false;
    }
    return now_us - held->cut_us >= QUIET_US;
}

static bool is_due(const struct held *held, int64_t now_us)
{
    const struct config *config = held->store->settings.config;
    return can_be_cut(held) && (held->is_due || is_quiet(held, now_us) ||
                                now_us - held->cut_us >= config->checkpoint_interval_ms * 1000);
}

static void cut(struct held *held, int64_t now_us)
{
    struct store *store = held->store;
    int64_t began_us = clock_cpu_us();
    for (int t = 0; t < store->settings.topic_count; t++)
        held->saved_offsets[t] = held->owned->topics[t].next_offset;
    const struct checkpoint_extent extent = {.topics = store->settings.topics,
                                             .next_offsets = held->saved_offsets,
                                             .outputs = held->outputs,
                                             .gaps = held->gaps,
                                             .gap_count = held->gap_count};
    checkpoint_cut(held->checkpoint, held->owned->shard, &extent);
    held->gap_count = 0;
    held->letters = dead_letters_sent(store->settings.letters);
    held->cut_us = now_us;
    held->is_due = held->has_moved = false;
    held->confirms = held->owned->is_doubted;
    store->saving = held->owned->partition;
    store->status.checkpoint_bytes += checkpoint_bytes(held->checkpoint);
    store->status.cut_cpu_us += clock_cpu_us() - began_us;
    histogram_add(&store->status.cut_time, clock_mono_us() - now_us);
}

static void saved(struct held *held, int64_t now_us)
{
    struct store *store = held->store;
    const struct checkpoint_result *result = checkpoint_result(held->checkpoint);
    struct kafka_position positions[TOPICS_MAX];
    size_t count = 0;
    for (int t = 0; t < store->settings.topic_count; t++) {
        if (result->next_offsets[t] >= 0)
            positions[count++] = (struct kafka_position){
                .topic = (uint16_t)t, .partition = held->owned->partition, .offset = result->next_offsets[t]};
    }
    if (held->owned->state == OWNED_LIVE)
        kafka_source_commit(store->settings.source, positions, count);
    if (result->teams > 0)
        store->teams = result->teams;
    note_clock(store, result->server_ms);
    tell_teams(store);
    if (held->confirms) {
        held->owned->is_doubted = false;
        held->owned->is_confirmed = true;
    }
    store->status.checkpoints++;
    store->status.last_saved_us = now_us;
    histogram_add(&store->status.checkpoint_time, now_us - held->cut_us);
    checkpoint_clear(held->checkpoint);
    store->saving = -1;
}

/* Each complaint once a cut, the repeated ones counted. */
static void note_failures(struct held *held, int before)
{
    int failures = 0;
    const struct up_err *err = checkpoint_error(held->checkpoint, &failures);
    if (failures <= before)
        return;
    held->store->status.errors++;
    log_event(failures == 1 ? LOG_LEVEL_WARN : LOG_LEVEL_DEBUG, "checkpoint_repeated", "partition=%d attempt=%d err=\"%s\"",
              held->owned->partition, failures, err->text);
}

static void run_saving(struct store *store, int64_t now_us)
{
    struct held *held = store->held[store->saving];
    int before = held->failures_seen;
    bool acknowledged = dead_letters_acknowledged(store->settings.letters) >= held->letters;
    enum checkpoint_step step = checkpoint_run(held->checkpoint, acknowledged, now_us);
    note_failures(held, before);
    (void)checkpoint_error(held->checkpoint, &held->failures_seen);
    if (step == CHECKPOINT_SAVED) {
        saved(held, now_us);
    } else if (step == CHECKPOINT_FENCED) {
        store->saving = -1;
        held->owned->state = OWNED_FENCED;
        log_event(LOG_LEVEL_WARN, "partition_fenced", "partition=%d by=postgresql", held->owned->partition);
    }
}

/* The shard with the most changes, when all shards together have more than is to wait for the interval. */
static struct held *find_largest(struct store *store)
{
    struct held *largest = NULL;
    size_t most = 0, total = 0;
    for (int32_t p = 0; p < store->settings.partitions; p++) {
        if (!can_be_cut(store->held[p]))
            continue;
        size_t bytes = changed_bytes(store->held[p]);
        total += bytes;
        if (bytes > most) {
            most = bytes;
            largest = store->held[p];
        }
    }
    return total >= (size_t)store->settings.config->checkpoint_bytes ? largest : NULL;
}

static void start_due(struct store *store, int64_t now_us)
{
    int32_t partitions = store->settings.partitions;
    for (int32_t i = 0; i < partitions; i++) {
        int32_t p = (store->next + i) % partitions;
        if (store->held[p] == NULL || !is_due(store->held[p], now_us))
            continue;
        cut(store->held[p], now_us);
        store->next = (p + 1) % partitions;
        return;
    }
    struct held *largest = find_largest(store);
    if (largest != NULL)
        cut(largest, now_us);
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
        if (held == NULL || held->owned->state != OWNED_TAKING)
            continue;
        if (held->owned->shard == NULL)
            run_taking(held, now_us);
        else
            run_look(held);
    }
    if (store->saving >= 0)
        run_saving(store, now_us);
    if (store->saving < 0) {
        start_due(store, now_us);
        if (store->saving >= 0)
            run_saving(store, now_us);
    }
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
           !has_changes(held);
}

void store_note_measures(struct store *store, struct owned *owned, struct team *team, struct evaluation *evaluation,
                         int64_t now_us)
{
    struct owned_team *state = owned_team(owned, (size_t)(team - owned->shard->teams));
    if (store->is_behind)
        return;
    int64_t interval_us = store->settings.config->measure_interval_ms * 1000;
    if (state->measured_us != 0 && now_us - state->measured_us < interval_us)
        return;
    state->measured_us = now_us;
    pg_outputs_add_measures(store->held[owned->partition]->outputs, owned->shard, team, evaluation);
}

void store_note_gap(struct store *store, struct owned *owned, uint16_t topic, int64_t from, int64_t to)
{
    struct held *held = store->held[owned->partition];
    mem_reserve(&held->gaps, &held->gap_capacity, held->gap_count + 1, sizeof *held->gaps);
    held->gaps[held->gap_count++] = (struct pg_gap){.topic = topic, .from_offset = from, .to_offset = to};
}

size_t store_unsaved_bytes(const struct store *store)
{
    size_t bytes = 0;
    for (int32_t p = 0; p < store->settings.partitions; p++) {
        const struct held *held = store->held[p];
        if (held == NULL || held->checkpoint == NULL || held->owned->state != OWNED_LIVE)
            continue;
        bytes += changed_bytes(held) + checkpoint_bytes(held->checkpoint);
    }
    return bytes;
}

enum exit_code store_fault(const struct store *store, struct up_err *ret_err)
{
    *ret_err = store->fault_err;
    return store->fault;
}

const struct store_status *store_status(const struct store *store)
{
    return &store->status;
}
