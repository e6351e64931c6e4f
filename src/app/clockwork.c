/* When a topic is idle, when the wall clock moves a watermark, and which topic must wait for another. */
#include "app/clockwork.h"

#include <stdlib.h>

void clockwork_note_end(struct owned *owned, uint16_t topic)
{
    owned->topics[topic].is_at_end = true;
}

/* Silence is only silence while the broker answers that there is no more: an outage is none. */
static bool broker_has_no_more(const struct kafka_source *source, const struct owned *owned, uint16_t topic,
                           int64_t since_us)
{
    struct kafka_progress progress;
    return kafka_source_progress(source, topic, owned->partition, &progress) && progress.answered_us >= since_us &&
           progress.lag == 0;
}

/* Silence begins anew: what came meanwhile was not taken. */
static void forget_silence(struct owned *owned, int64_t now_us)
{
    for (int t = 0; t < owned->shard->topic_count; t++)
        owned->topics[t].last_accepted_us = now_us;
}

static void find_idle(struct owned *owned, const struct kafka_source *source, int64_t idle_after_us, int64_t now_us)
{
    for (int t = 0; t < owned->shard->topic_count; t++) {
        const struct owned_topic *topic = &owned->topics[t];
        if (owned->shard->topics[t].idle || !topic->is_at_end || now_us - topic->last_accepted_us < idle_after_us)
            continue;
        if (broker_has_no_more(source, owned, (uint16_t)t, now_us - idle_after_us))
            shard_set_idle(owned->shard, t, true);
    }
}

/* How far the topic is ahead of where the partition stands; without a watermark, of its own first event. */
static int64_t lead_ms(struct owned *owned, int topic)
{
    const struct shard *shard = owned->shard;
    int64_t greatest_ms = shard->topics[topic].greatest_ms;
    if (greatest_ms < 0)
        return 0;
    if (shard->watermark_ms >= 0)
        return greatest_ms - shard->watermark_ms;
    if (owned->topics[topic].first_ms < 0)
        owned->topics[topic].first_ms = greatest_ms;
    return greatest_ms - owned->topics[topic].first_ms;
}

static bool another_is_behind(const struct shard *shard, int topic)
{
    for (int t = 0; t < shard->topic_count; t++) {
        if (t != topic && !shard->topics[t].idle && shard->topics[t].greatest_ms < shard->topics[topic].greatest_ms)
            return true;
    }
    return false;
}

static void align(struct owned *owned, struct kafka_source *source, int64_t align_window_ms)
{
    for (int t = 0; t < owned->shard->topic_count; t++) {
        struct owned_topic *topic = &owned->topics[t];
        int64_t lead = lead_ms(owned, t);
        bool behind = another_is_behind(owned->shard, t);
        if (!topic->is_ahead && behind && lead > align_window_ms) {
            topic->is_ahead = true;
            kafka_source_pause(source, (uint16_t)t, owned->partition, KAFKA_PAUSE_AHEAD);
        } else if (topic->is_ahead && (!behind || lead <= align_window_ms / 2)) {
            topic->is_ahead = false;
            kafka_source_resume(source, (uint16_t)t, owned->partition, KAFKA_PAUSE_AHEAD);
        }
    }
}

bool clockwork_run(struct owned *owned, struct kafka_source *source, const struct clockwork_settings *settings,
                   const struct clockwork_now *now)
{
    struct shard *shard = owned->shard;
    int64_t idle_after_us = settings->idle_after_ms * 1000;
    if (now->is_reading)
        find_idle(owned, source, idle_after_us, now->mono_us);
    else
        forget_silence(owned, now->mono_us);
    if (shard->topic_count > 1)
        align(owned, source, settings->align_window_ms);
    bool is_clock_trusted = now->is_skew_known && llabs(now->skew_ms) <= settings->max_clock_skew_ms;
    if (!shard_all_idle(shard) || shard->watermark_ms < 0 || !is_clock_trusted)
        return false;
    shard_advance(shard, now->wall_ms);
    if (now->mono_us - owned->followed_us < idle_after_us)
        return false;
    owned->followed_us = now->mono_us;
    return true;
}
