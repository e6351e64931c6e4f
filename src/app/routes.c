/* What the HTTP server answers: /metrics, /healthz, /readyz. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "codec/openmetrics.h"
#include "daemon_priv.h"

/* ---- health ------------------------------------------------------------------------------------------------------- */

static void answer_alive(void *arg, const struct http_request *request, struct http_answer *answer)
{
    (void)arg, (void)request;
    answer->content_type = "text/plain; charset=utf-8";
    strbuf_add_text(&answer->body, "alive\n");
}

static void add_reason(struct strbuf *body, const char *name, bool holds, bool *all)
{
    strbuf_add_format(body, "%s\"%s\":%s", body->length > 1 ? "," : "", name, holds ? "true" : "false");
    *all &= holds;
}

static void answer_ready(void *arg, const struct http_request *request, struct http_answer *answer)
{
    const struct daemon *daemon = arg;
    (void)request;
    bool all = true;
    answer->content_type = "application/json";
    strbuf_add_char(&answer->body, '{');
    add_reason(&answer->body, "assigned", daemon->assignment.state == ASSIGNMENT_LIVE, &all);
    add_reason(&answer->body, "postgresql", store_status(daemon->store)->is_up, &all);
    add_reason(&answer->body, "redis", redis_store_status(daemon->redis)->is_up, &all);
    add_reason(&answer->body, "reading", !daemon->is_full, &all);
    add_reason(&answer->body, "dead_letters", dead_letters_trouble(daemon->letters)[0] == '\0', &all);
    add_reason(&answer->body, "not_stopping", !daemon->is_stopping, &all);
    strbuf_add_text(&answer->body, "}\n");
    if (!all)
        answer->status = 503;
}

/* ---- metrics ------------------------------------------------------------------------------------------------------ */

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

static void write_shards(struct openmetrics *metrics, const struct daemon *daemon)
{
    write_per_shard(metrics, daemon, "uptake_shard_epoch", OPENMETRICS_GAUGE, NULL,
                    "Epoch under which this instance owns the partition.", shard_epoch);
    write_per_shard(metrics, daemon, "uptake_watermark_timestamp_seconds", OPENMETRICS_GAUGE, "seconds",
                    "Event time up to which the partition is read.", shard_watermark_s);
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

static void write_rejects(struct openmetrics *metrics, const struct daemon *daemon)
{
    openmetrics_family(metrics, "uptake_events_rejected", OPENMETRICS_COUNTER, NULL,
                       "Messages refused by reason; they are in the dead-letter topic.");
    for (int r = 0; r < REJECT_REASONS; r++) {
        uint64_t count = 0;
        for (int32_t p = 0; p < daemon->partitions; p++)
            count += is_shown(daemon->owned[p]) ? (uint64_t)daemon->owned[p]->shard->rejected[r] : 0;
        openmetrics_label(metrics, "reason", text_of(event_reject_name((enum reject)r)));
        openmetrics_sample_count(metrics, count);
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

static void write_one(struct openmetrics *metrics, const char *name, enum openmetrics_type type, const char *unit,
                      const char *help, double value)
{
    openmetrics_family(metrics, name, type, unit, help);
    openmetrics_sample(metrics, value);
}

static void write_histogram(struct openmetrics *metrics, const char *name, const char *help,
                            const struct histogram *histogram)
{
    openmetrics_family(metrics, name, OPENMETRICS_HISTOGRAM, "seconds", help);
    openmetrics_sample_histogram(metrics, histogram);
}

static void write_times(struct openmetrics *metrics, const struct daemon *daemon)
{
    const struct pipeline_times *pipeline = pipeline_times(daemon->pipeline);
    const struct {
        const char *phase;
        int64_t us;
    } phases[] = {{"drain", pipeline->drain_us},
                  {"decode", pipeline->decode_us},
                  {"apply", pipeline->apply_us},
                  {"close", daemon->close_cpu_us},
                  {"forget", daemon->forget_cpu_us},
                  {"cut", store_status(daemon->store)->cut_cpu_us},
                  {"publish", daemon->publish_cpu_us}};
    openmetrics_family(metrics, "uptake_loop_cpu_seconds", OPENMETRICS_COUNTER, "seconds",
                       "Processor time of the loop's thread by phase.");
    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
        openmetrics_label(metrics, "phase", text_of(phases[i].phase));
        openmetrics_sample(metrics, (double)phases[i].us / 1e6);
    }
    write_histogram(metrics, "uptake_loop_turn_seconds", "How long a turn of the loop took.", &daemon->turn_time);
}

static void write_store(struct openmetrics *metrics, const struct daemon *daemon)
{
    const struct store_status *store = store_status(daemon->store);
    write_one(metrics, "uptake_postgresql_up", OPENMETRICS_GAUGE, NULL, "1 while PostgreSQL is connected.", store->is_up);
    write_one(metrics, "uptake_checkpoints", OPENMETRICS_COUNTER, NULL, "Checkpoints committed.",
              (double)store->checkpoints);
    write_one(metrics, "uptake_rows_loaded", OPENMETRICS_COUNTER, NULL, "Rows read from PostgreSQL to take partitions.",
              (double)store->rows_loaded);
    write_one(metrics, "uptake_checkpoint_errors", OPENMETRICS_COUNTER, NULL,
              "Checkpoints that failed and were repeated.", (double)store->errors);
    write_one(metrics, "uptake_checkpoint_written_bytes", OPENMETRICS_COUNTER, "bytes", "Bytes of all checkpoints.",
              (double)store->checkpoint_bytes);
    write_one(metrics, "uptake_unsaved_bytes", OPENMETRICS_GAUGE, "bytes", "Changes that are not in PostgreSQL yet.",
              (double)store_unsaved_bytes(daemon->store));
    double age_s = store->last_saved_us > 0 ? (double)(clock_mono_us() - store->last_saved_us) / 1e6 : 0;
    write_one(metrics, "uptake_checkpoint_age_seconds", OPENMETRICS_GAUGE, "seconds",
              "Time since the last checkpoint was committed.", age_s);
    write_histogram(metrics, "uptake_checkpoint_seconds", "From the cut to the answer.", &store->checkpoint_time);
    write_histogram(metrics, "uptake_checkpoint_cut_seconds", "How long a cut held up the loop.", &store->cut_time);
}

static void write_redis(struct openmetrics *metrics, const struct daemon *daemon)
{
    const struct redis_store_status *redis = redis_store_status(daemon->redis);
    const struct publisher_counts *publisher = publisher_counts(daemon->publisher);
    write_one(metrics, "uptake_redis_up", OPENMETRICS_GAUGE, NULL, "1 while every slot of Redis is served.", redis->is_up);
    write_one(metrics, "uptake_redis_errors", OPENMETRICS_COUNTER, NULL, "Commands that were not carried out.",
              (double)redis->errors);
    write_one(metrics, "uptake_teams_published", OPENMETRICS_COUNTER, NULL, "Publications of a team.",
              (double)publisher->teams);
    write_histogram(metrics, "uptake_redis_round_trip_seconds", "Round trips to Redis.", &redis->round_trip);
    write_histogram(metrics, "uptake_publish_delay_seconds",
                    "From Kafka's timestamp of the oldest change of a team to Redis' answer.", &publisher->delay);
}

static double resident_bytes(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%*d %ld", &pages) != 1)
        pages = 0;
    (void)fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static void write_process(struct openmetrics *metrics, const struct daemon *daemon)
{
    write_one(metrics, "uptake_shards", OPENMETRICS_GAUGE, NULL, "Partitions that this instance has.",
              daemon->assignment.state == ASSIGNMENT_LIVE ? daemon->assignment.count : 0);
    write_one(metrics, "uptake_rebalances", OPENMETRICS_COUNTER, NULL, "Rebalances of the consumer group.",
              (double)kafka_source_counts(daemon->source)->rebalances);
    write_one(metrics, "uptake_partitions_fenced", OPENMETRICS_COUNTER, NULL,
              "Partitions that another instance had taken.", (double)daemon->fenced);
    write_one(metrics, "uptake_messages_read", OPENMETRICS_COUNTER, NULL, "Messages applied or refused.",
              (double)pipeline_messages(daemon->pipeline));
    write_one(metrics, "uptake_dead_letters_sent", OPENMETRICS_COUNTER, NULL, "Dead letters handed to Kafka.",
              (double)dead_letters_sent(daemon->letters));
    write_one(metrics, "uptake_dead_letters_acknowledged", OPENMETRICS_COUNTER, NULL, "Dead letters that are safe there.",
              (double)dead_letters_acknowledged(daemon->letters));
    write_one(metrics, "process_resident_memory_bytes", OPENMETRICS_GAUGE, "bytes", "Resident memory.", resident_bytes());
}

static void answer_metrics(void *arg, const struct http_request *request, struct http_answer *answer)
{
    const struct daemon *daemon = arg;
    enum openmetrics_format format = openmetrics_choose(http_request_header(request, "Accept"));
    struct openmetrics metrics = {.out = &answer->body, .format = format};
    answer->content_type = openmetrics_content_type(format);
    write_process(&metrics, daemon);
    write_topics(&metrics, daemon, "uptake_next_offset", "Offset of the next message to read.", topic_offset);
    write_topics(&metrics, daemon, "uptake_lag_events", "Messages that are not read yet.", topic_lag);
    write_rejects(&metrics, daemon);
    write_shards(&metrics, daemon);
    write_times(&metrics, daemon);
    write_store(&metrics, daemon);
    write_redis(&metrics, daemon);
    openmetrics_end(&metrics);
}

void routes_add(struct daemon *daemon, struct http *http)
{
    http_route(http, "/metrics", answer_metrics, daemon);
    http_route(http, "/healthz", answer_alive, daemon);
    http_route(http, "/readyz", answer_ready, daemon);
}
