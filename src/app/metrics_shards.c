/* Metrics of partitions and topics. */
#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "daemon_priv.h"
#include "metrics_priv.h"

/* NAN: there is none. */
typedef double per_shard(const struct owned *owned);

static struct text number_text(char buffer[static 16], int64_t number)
{
    (void)snprintf(buffer, 16, "%lld", (long long)number);
    return text_of(buffer);
}

static bool is_shown(const struct owned *owned)
{
    return owned != NULL && owned->shard != NULL && (owned->state == OWNED_LIVE || owned->state == OWNED_READY);
}

static void write_per_shard(struct openmetrics *metrics, const struct daemon *daemon, const char *name,
                            enum openmetrics_type type, const char *unit, const char *help, per_shard *value)
{
    openmetrics_family(metrics, name, type, unit, help);
    for (int32_t p = 0; p < daemon->partitions; p++) {
        char partition[16];
        if (!is_shown(daemon->owned[p]) || isnan(value(daemon->owned[p])))
            continue;
        openmetrics_label(metrics, "partition", number_text(partition, p));
        openmetrics_sample(metrics, value(daemon->owned[p]));
    }
}

static double shard_epoch(const struct owned *owned)
{
    return (double)owned->epoch;
}

static double shard_watermark_s(const struct owned *owned)
{
    return owned->shard->watermark_ms < 0 ? (double)NAN : (double)owned->shard->watermark_ms / 1000;
}

static double shard_delay_s(const struct owned *owned)
{
    return owned->shard->watermark_ms < 0 ? (double)NAN : (double)(clock_wall_ms() - owned->shard->watermark_ms) / 1000;
}

static double shard_accepted(const struct owned *owned)
{
    return (double)owned->shard->accepted;
}

static double shard_teams(const struct owned *owned)
{
    return (double)owned->shard->team_count;
}

static double shard_people(const struct owned *owned)
{
    return owned->shard->persons.used;
}

static double shard_tasks(const struct owned *owned)
{
    return owned->shard->tasks.used;
}

static double shard_cells(const struct owned *owned)
{
    return cell_store_count(&owned->shard->cells);
}

static double shard_task_bytes(const struct owned *owned)
{
    return (double)(pool_bytes(&owned->shard->tasks) + index_bytes(&owned->shard->task_index));
}

static double shard_people_bytes(const struct owned *owned)
{
    return (double)(pool_bytes(&owned->shard->persons) + index_bytes(&owned->shard->person_index));
}

static double shard_cell_bytes(const struct owned *owned)
{
    return (double)cell_store_bytes(&owned->shard->cells);
}

static double shard_unpublished(const struct owned *owned)
{
    return (double)owned->shard->changed_count;
}

static void write_all_shards(struct openmetrics *metrics, const struct daemon *daemon)
{
    write_per_shard(metrics, daemon, "uptake_shard_epoch", OPENMETRICS_GAUGE, NULL,
                    "Epoch under which this instance owns the partition.", shard_epoch);
    write_per_shard(metrics, daemon, "uptake_watermark_timestamp_seconds", OPENMETRICS_GAUGE, "seconds",
                    "Event time up to which the partition is read.", shard_watermark_s);
    write_per_shard(metrics, daemon, "uptake_watermark_delay_seconds", OPENMETRICS_GAUGE, "seconds",
                    "How far the watermark is behind the clock.", shard_delay_s);
    write_per_shard(metrics, daemon, "uptake_events_accepted", OPENMETRICS_COUNTER, NULL,
                    "Events taken, duplicates included.", shard_accepted);
    write_per_shard(metrics, daemon, "uptake_teams", OPENMETRICS_GAUGE, NULL, "Teams of the partition.", shard_teams);
    write_per_shard(metrics, daemon, "uptake_people", OPENMETRICS_GAUGE, NULL,
                    "Pairs of team and person of the partition.", shard_people);
    write_per_shard(metrics, daemon, "uptake_open_tasks", OPENMETRICS_GAUGE, NULL,
                    "Tasks that still wait for events within join_window.", shard_tasks);
    write_per_shard(metrics, daemon, "uptake_cells", OPENMETRICS_GAUGE, NULL, "Cells in memory.", shard_cells);
    write_per_shard(metrics, daemon, "uptake_open_task_bytes", OPENMETRICS_GAUGE, "bytes",
                    "Memory of open tasks and their index.", shard_task_bytes);
    write_per_shard(metrics, daemon, "uptake_people_bytes", OPENMETRICS_GAUGE, "bytes",
                    "Memory of people and their index, without their weeks and lists.", shard_people_bytes);
    write_per_shard(metrics, daemon, "uptake_cell_bytes", OPENMETRICS_GAUGE, "bytes", "Memory of cells.",
                    shard_cell_bytes);
    write_per_shard(metrics, daemon, "uptake_teams_unpublished", OPENMETRICS_GAUGE, NULL,
                    "Teams whose change is not in Redis yet.", shard_unpublished);
}

static void write_events(struct openmetrics *metrics, const struct daemon *daemon)
{
    openmetrics_family(metrics, "uptake_events", OPENMETRICS_COUNTER, NULL,
                       "Events applied since the start by type, duplicates included.");
    for (int type = 0; type < EVENT_TYPES; type++) {
        openmetrics_label(metrics, "type", text_of(event_type_word((enum event_type)type)));
        openmetrics_sample_count(metrics, pipeline_events(daemon->pipeline, (enum event_type)type));
    }
}

static void write_rejects(struct openmetrics *metrics, const struct daemon *daemon)
{
    openmetrics_family(metrics, "uptake_events_rejected", OPENMETRICS_COUNTER, NULL,
                       "Messages refused since the start by reason; they are in the dead-letter topic.");
    for (int r = 0; r < REJECT_REASONS; r++) {
        openmetrics_label(metrics, "reason", text_of(event_reject_name((enum reject)r)));
        openmetrics_sample_count(metrics, pipeline_rejects(daemon->pipeline, (enum reject)r));
    }
}

typedef bool per_topic(const struct daemon *daemon, const struct owned *owned, uint16_t topic, double *ret_value);

static bool topic_offset(const struct daemon *daemon, const struct owned *owned, uint16_t topic, double *ret_value)
{
    (void)daemon;
    *ret_value = (double)owned->topics[topic].next_offset;
    return owned->topics[topic].next_offset >= 0;
}

static bool topic_lag(const struct daemon *daemon, const struct owned *owned, uint16_t topic, double *ret_value)
{
    struct kafka_progress progress;
    if (!kafka_source_progress(daemon->source, topic, owned->partition, &progress) || progress.lag < 0)
        return false;
    *ret_value = (double)progress.lag;
    return true;
}

static void write_topics(struct openmetrics *metrics, const struct daemon *daemon, const char *name, const char *help,
                         per_topic *value_of)
{
    openmetrics_family(metrics, name, OPENMETRICS_GAUGE, NULL, help);
    for (int32_t p = 0; p < daemon->partitions; p++) {
        for (size_t t = 0; t < daemon->config->topics.count && is_shown(daemon->owned[p]); t++) {
            char partition[16];
            double value;
            if (!value_of(daemon, daemon->owned[p], (uint16_t)t, &value))
                continue;
            openmetrics_label(metrics, "topic", text_of(daemon->config->topics.items[t]));
            openmetrics_label(metrics, "partition", number_text(partition, p));
            openmetrics_sample(metrics, value);
        }
    }
}

void metrics_write_shards(struct openmetrics *metrics, const struct daemon *daemon)
{
    write_topics(metrics, daemon, "uptake_next_offset", "Offset of the next message to read.", topic_offset);
    write_topics(metrics, daemon, "uptake_lag_events", "Messages that are not read yet.", topic_lag);
    write_events(metrics, daemon);
    write_rejects(metrics, daemon);
    write_all_shards(metrics, daemon);
}
