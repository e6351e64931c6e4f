/* One round of the daemon, always in the same order:
 *
 *   dead letters -> drain, decode, apply -> events of Kafka -> rebalance -> clocks -> day closes -> forgetting
 *   -> checkpoints -> publish -> status, watchdog
 *
 * Callbacks of the loop only note readiness; what takes time is here, each part with a bound. */
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon_priv.h"
#include "io/service.h"

enum {
    /* Short: what is on its way to PostgreSQL goes out a socket's buffer a turn. */
    DRAIN_US = 3000,
    CLOSE_US = 5000,
    CLOSE_TEAMS = 1, /* between two looks at the clock: of one many days may be due */
    FORGET_RECORDS_IDLE = 2000,
    FORGET_MESSAGES_PER_RECORD = 2,
    WAIT_MS = 50,
    PUBLISH_WAIT_MS = 20,
    PAUSE_AFTER_US = 30000000,
    FORGET_US = 50000,
    CLOCKWORK_US = 200000,
    LAG_US = 500000,
    STATUS_US = 1000000,
    EXTEND_MS = 60000,
    LAG_BEHIND = 50000,
    GIVE_BACK_US = 60000000,
};

/* ---- reading ---------------------------------------------------------------------------------------------------- */

/* Reading stops while too much is not in PostgreSQL yet; who does not poll for long must say so by a pause. */
static void watch_unsaved(struct daemon *daemon, int64_t now_us)
{
    size_t unsaved = store_unsaved_bytes(daemon->store);
    size_t most = (size_t)daemon->config->unsaved_bytes;
    bool was_full = daemon->is_full;
    daemon->is_full = unsaved > (was_full ? most / 4 * 3 : most);
    if (daemon->is_full && !was_full) {
        daemon->full_since_us = now_us;
        log_event(LOG_LEVEL_WARN, "reading_waits", "unsaved_bytes=%zu why=\"PostgreSQL is behind\"", unsaved);
    }
    if (daemon->is_full && !daemon->is_paused && now_us - daemon->full_since_us > PAUSE_AFTER_US) {
        kafka_source_pause_all(daemon->source, KAFKA_PAUSE_FULL);
        daemon->is_paused = true;
    }
    if (!daemon->is_full && was_full) {
        log_recovered("reading_waits");
        log_event(LOG_LEVEL_INFO, "reading_goes_on", "unsaved_bytes=%zu", unsaved);
    }
    if (!daemon->is_full && daemon->is_paused) {
        kafka_source_resume_all(daemon->source, KAFKA_PAUSE_FULL);
        daemon->is_paused = false;
    }
}

static void read_messages(struct daemon *daemon, int64_t now_us)
{
    watch_unsaved(daemon, now_us);
    daemon->has_more = false;
    bool is_reading = daemon->assignment.state != ASSIGNMENT_GIVING && (!daemon->is_full || daemon->is_paused);
    if (is_reading != daemon->is_watching) {
        /* What is not drained stays ready: waiting for it would be no wait. */
        loop_watch_change(daemon->source_watch, is_reading, false);
        daemon->is_watching = is_reading;
    }
    if (!is_reading)
        return;
    enum pipeline_end end = pipeline_run(daemon->pipeline, clock_wall_ms(), now_us + DRAIN_US);
    daemon->has_more = end == PIPELINE_MORE || end == PIPELINE_KEPT;
    daemon->has_kept = end == PIPELINE_KEPT;
    if ((end == PIPELINE_BLOCKED) == daemon->is_blocked)
        return;
    daemon->is_blocked = end == PIPELINE_BLOCKED;
    if (!daemon->is_blocked)
        log_recovered("reading_waits");
    if (daemon->is_blocked)
        log_event(LOG_LEVEL_WARN, "reading_waits", "why=\"dead letters are not acknowledged\" err=\"%s\"",
                  dead_letters_trouble(daemon->letters));
    else
        log_event(LOG_LEVEL_INFO, "reading_goes_on", "why=\"dead letters are acknowledged\"");
}

static void gap_at_runtime(struct daemon *daemon, const struct kafka_event *event)
{
    struct owned *owned = daemon->owned[event->partition];
    struct kafka_range range = {.topic = event->topic, .partition = event->partition};
    struct up_err err;
    enum { TIMEOUT_MS = 5000 };
    if (owned == NULL || owned->state != OWNED_LIVE)
        return;
    struct owned_topic *topic = &owned->topics[event->topic];
    /* Where the log begins and ends is not known: the next fetch asks again. */
    if (kafka_source_query_ranges(daemon->source, &range, 1, TIMEOUT_MS, &err) != UP_OK)
        log_event(LOG_LEVEL_WARN, "offsets_not_known", "err=\"%s\"", err.text);
    else if (!assignment_check_offset(daemon, owned, &range))
        return;
    if (kafka_source_seek(daemon->source, event->topic, event->partition, topic->next_offset, &err) != UP_OK)
        log_event(LOG_LEVEL_WARN, "seek_failed", "err=\"%s\"", err.text);
}

static void note_event(struct daemon *daemon, const struct kafka_event *event)
{
    struct owned *owned = event->partition >= 0 && event->partition < daemon->partitions
                              ? daemon->owned[event->partition]
                              : NULL;
    switch (event->kind) {
    case KAFKA_EVENT_END:
        if (owned != NULL && owned->state == OWNED_LIVE)
            clockwork_note_end(owned, event->topic);
        break;
    case KAFKA_EVENT_OUT_OF_RANGE:
        gap_at_runtime(daemon, event);
        break;
    case KAFKA_EVENT_HOLE:
        log_event(LOG_LEVEL_INFO, "offsets_missing", "topic=%s partition=%d from=%lld to=%lld",
                  daemon->config->topics.items[event->topic], event->partition, (long long)event->offset,
                  (long long)event->to);
        break;
    case KAFKA_EVENT_DOWN:
        log_event(LOG_LEVEL_WARN, "kafka_down", "err=\"%s\"", event->text);
        break;
    case KAFKA_EVENT_UP:
        log_recovered("kafka_down");
        log_event(LOG_LEVEL_INFO, "kafka_up", "%s", event->text);
        break;
    case KAFKA_EVENT_REFUSED:
    case KAFKA_EVENT_TOPIC_GONE:
    case KAFKA_EVENT_LATE_POLL:
    case KAFKA_EVENT_TROUBLE:
        log_event(LOG_LEVEL_WARN, "kafka_trouble", "partition=%d err=\"%s\"", event->partition, event->text);
        break;
    case KAFKA_EVENT_FATAL:
        log_event(LOG_LEVEL_ERROR, "kafka_fatal", "err=\"%s\"", event->text);
        daemon_end(daemon, EXIT_CODE_FAULT);
        break;
    }
}

static void read_events(struct daemon *daemon)
{
    struct kafka_event event;
    while (kafka_source_next_event(daemon->source, &event))
        note_event(daemon, &event);
}

/* ---- time, days, memory ------------------------------------------------------------------------------------------- */

static void run_clockwork(struct daemon *daemon, int64_t now_us)
{
    if (now_us - daemon->clockwork_us < CLOCKWORK_US)
        return;
    daemon->clockwork_us = now_us;
    const struct clockwork_settings settings = {.idle_after_ms = daemon->config->idle_after_ms,
                                                .align_window_ms = daemon->config->align_window_ms,
                                                .max_clock_skew_ms = daemon->config->settings.max_clock_skew_ms};
    const struct store_status *store = store_status(daemon->store);
    const struct clockwork_now now = {.mono_us = now_us,
                                      .wall_ms = clock_wall_ms(),
                                      .skew_ms = store->skew_ms,
                                      .is_skew_known = store->is_skew_known,
                                      .is_reading = daemon->is_watching && !daemon->is_paused && !daemon->is_blocked};
    for (int32_t p = 0; p < daemon->partitions; p++) {
        struct owned *owned = daemon->owned[p];
        if (owned != NULL && owned->state == OWNED_LIVE &&
            clockwork_run(owned, daemon->source, &settings, &now))
            store_save(daemon->store, owned);
    }
}

/* A slice of the day closes that are due; false while there are more. */
static bool close_days(struct daemon *daemon, int64_t until_us)
{
    bool all_closed = true;
    for (int32_t p = 0; p < daemon->partitions; p++) {
        struct owned *owned = daemon->owned[p];
        if (owned == NULL || owned->state != OWNED_LIVE)
            continue;
        bool closed = false;
        while (!closed && clock_mono_us() < until_us)
            closed = shard_close_slice(owned->shard, CLOSE_TEAMS);
        all_closed &= closed;
    }
    return all_closed;
}

static void forget(struct daemon *daemon, int64_t now_us)
{
    if (now_us - daemon->forget_us < FORGET_US)
        return;
    daemon->forget_us = now_us;
    uint64_t messages = pipeline_messages(daemon->pipeline);
    size_t records = (size_t)(messages - daemon->forgotten_for) / FORGET_MESSAGES_PER_RECORD + FORGET_RECORDS_IDLE;
    daemon->forgotten_for = messages;
    if (daemon->assignment.count > 0)
        records /= (size_t)daemon->assignment.count;
    for (int32_t p = 0; p < daemon->partitions; p++) {
        if (daemon->owned[p] != NULL && daemon->owned[p]->state == OWNED_LIVE)
            shard_forget_slice(daemon->owned[p]->shard, records);
    }
}

/* ---- publishing, status ------------------------------------------------------------------------------------------- */

static void look_at_lag(struct daemon *daemon, int64_t now_us)
{
    if (now_us - daemon->lag_us < LAG_US)
        return;
    daemon->lag_us = now_us;
    int64_t lag = -1;
    for (int32_t p = 0; p < daemon->partitions; p++) {
        for (size_t t = 0; t < daemon->config->topics.count && daemon->owned[p] != NULL; t++) {
            struct kafka_progress progress;
            if (kafka_source_progress(daemon->source, (uint16_t)t, p, &progress) && progress.lag >= 0)
                lag = (lag < 0 ? 0 : lag) + progress.lag;
        }
    }
    daemon->lag = lag;
}

/* What was read while behind is to be safe before figures are made of it: for one interval more, at most. */
static void judge_behind(struct daemon *daemon, int64_t now_us)
{
    /* What is not known yet counts as far behind: a start has much to read. */
    bool is_lagging = daemon->lag < 0 || daemon->lag > LAG_BEHIND;
    if (is_lagging)
        daemon->lagged_us = now_us;
    daemon->is_behind =
        is_lagging || (daemon->is_behind &&
                       store_unsaved_bytes(daemon->store) > (size_t)daemon->config->checkpoint_bytes / 2 &&
                       now_us - daemon->lagged_us < daemon->config->checkpoint_interval_ms * 1000);
}

/* A backlog leaves hundreds of MiB behind where librdkafka's thread had its messages. */
static void give_memory_back(struct daemon *daemon, bool was_behind, int64_t now_us)
{
    if (!was_behind || daemon->is_behind || now_us - daemon->gave_back_us < GIVE_BACK_US)
        return;
    daemon->gave_back_us = now_us;
    mem_give_back();
}

static const char *doing(const struct daemon *daemon)
{
    if (daemon->is_stopping)
        return "stopping";
    if (daemon->is_full)
        return "waiting for PostgreSQL";
    switch (daemon->assignment.state) {
    case ASSIGNMENT_NONE:
        return "waiting for the group";
    case ASSIGNMENT_TAKING:
        return "loading";
    case ASSIGNMENT_LIVE:
        return daemon->assignment.count > 0 ? "reading" : "standing by";
    case ASSIGNMENT_GIVING:
        return "saving";
    }
    return "";
}

static void say_status(struct daemon *daemon, int64_t now_us)
{
    if (now_us - daemon->status_us < STATUS_US)
        return;
    daemon->status_us = now_us;
    char status[128], lag[32] = "unknown";
    if (daemon->lag >= 0)
        (void)snprintf(lag, sizeof lag, "%lld", (long long)daemon->lag);
    (void)snprintf(status, sizeof status, "%d shards, lag %s, %s", daemon->assignment.count, lag,
                   doing(daemon));
    service_status(status);
    /* While turns complete nothing hangs: the group may take its time to assign, PostgreSQL to load. */
    if (!daemon->is_ready || daemon->assignment.state == ASSIGNMENT_TAKING)
        service_extend_timeout(EXTEND_MS);
}

/* By completed turns alone, but not by each: whoever reads it has more to do. */
static void feed_watchdog(struct daemon *daemon, int64_t now_us)
{
    if (daemon->watchdog_every_us == 0 || now_us - daemon->watchdog_us < daemon->watchdog_every_us)
        return;
    daemon->watchdog_us = now_us;
    service_feed_watchdog();
}

static bool anything_to_publish(const struct daemon *daemon)
{
    for (int32_t p = 0; p < daemon->partitions; p++) {
        const struct owned *owned = daemon->owned[p];
        if (owned != NULL && owned->state == OWNED_LIVE && owned->shard->changed_count > 0)
            return true;
    }
    return false;
}

/* The part of the time that publishing may take from reading; all of it while nothing waits to be read. */
static double publish_share(const struct daemon *daemon)
{
    if (daemon->is_behind)
        return daemon->config->publish_share_behind / 100.0;
    return daemon->has_more ? daemon->config->publish_share / 100.0 : 1;
}

int64_t turn_run(struct daemon *daemon)
{
    int64_t now_us = clock_mono_us();
    dead_letters_poll(daemon->letters, now_us);
    read_messages(daemon, now_us);
    /* What happened behind messages that are not applied yet must wait for them. */
    if (!daemon->is_blocked && !daemon->has_kept)
        read_events(daemon);
    assignment_run(daemon, clock_mono_us());
    /* What is given back is cut once more: nothing may change it after that. */
    bool is_giving = daemon->assignment.state == ASSIGNMENT_GIVING;
    if (!is_giving)
        run_clockwork(daemon, clock_mono_us());
    int64_t t0 = clock_cpu_us();
    bool closed = is_giving || close_days(daemon, clock_mono_us() + CLOSE_US);
    int64_t t1 = clock_cpu_us();
    if (!is_giving)
        forget(daemon, now_us);
    int64_t t2 = clock_cpu_us();
    store_run(daemon->store, clock_mono_us());
    int64_t t3 = clock_cpu_us();
    look_at_lag(daemon, now_us);
    bool was_behind = daemon->is_behind;
    judge_behind(daemon, now_us);
    give_memory_back(daemon, was_behind, now_us);
    if (!is_giving) {
        store_set_behind(daemon->store, daemon->is_behind);
        store_run_rows(daemon->store, clock_mono_us());
    }
    bool has_more_to_publish = publisher_run(daemon->publisher, clock_mono_us(), publish_share(daemon));
    if (!is_giving)
        delivery_desk_run(daemon->desk, clock_mono_us());
    daemon->close_cpu_us += t1 - t0;
    daemon->forget_cpu_us += t2 - t1;
    daemon->publish_cpu_us += clock_cpu_us() - t3;
    say_status(daemon, now_us);
    feed_watchdog(daemon, now_us);
    histogram_add(&daemon->turn_time, clock_mono_us() - now_us);
    if (daemon->has_more || has_more_to_publish || !closed)
        return 0;
    return anything_to_publish(daemon) ? PUBLISH_WAIT_MS : WAIT_MS;
}
