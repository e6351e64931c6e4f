/* What /metrics says; names and units as Prometheus has them. */
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/version.h"
#include "daemon_priv.h"
#include "metrics_priv.h"

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
    /* Who has nothing to save and never had, as a standby, is not late. */
    bool is_idle = store->checkpoints == 0 && store_unsaved_bytes(daemon->store) == 0;
    double age_s = is_idle ? 0 : (double)(clock_mono_us() - store->last_saved_us) / 1e6;
    write_one(metrics, "uptake_checkpoint_age_seconds", OPENMETRICS_GAUGE, "seconds",
              "Time since the last checkpoint was committed, at first since the start.", age_s);
    write_histogram(metrics, "uptake_checkpoint_seconds", "From the cut to the answer.", &store->checkpoint_time);
    write_histogram(metrics, "uptake_checkpoint_cut_seconds", "How long a cut held up the loop.", &store->cut_time);
    write_histogram(metrics, "uptake_commit_delay_seconds",
                    "From Kafka's timestamp of the first message of a checkpoint to its commit.", &store->kafka_delay);
    write_histogram(metrics, "uptake_event_commit_delay_seconds",
                    "From event time of the first message of a checkpoint to its commit.", &store->event_delay);
    struct pg_conn_counts counts;
    store_round_trips(daemon->store, &counts);
    write_histogram(metrics, "uptake_postgresql_round_trip_seconds",
                    "From a transaction or COPY to the end of its answer.", &counts.round_trip);
    write_one(metrics, "uptake_postgresql_errors", OPENMETRICS_COUNTER, NULL,
              "Transactions that the server refused, or whose answer was lost.", (double)(counts.failed + counts.lost));
    write_one(metrics, "uptake_postgresql_connections_lost", OPENMETRICS_COUNTER, NULL,
              "Connections that were lost or could not be made.", (double)counts.losses);
    write_one(metrics, "uptake_messages_missed", OPENMETRICS_COUNTER, NULL,
              "Messages that Kafka removed before they were read; uptake.gap says which.", (double)store->missed);
    write_one(metrics, "uptake_checkpoint_refused", OPENMETRICS_GAUGE, NULL,
              "1 while PostgreSQL refuses a checkpoint, and will again until somebody corrects the cause.",
              store->refused.code != UP_OK);
}

static void write_redis(struct openmetrics *metrics, const struct daemon *daemon)
{
    const struct redis_store_status *redis = redis_store_status(daemon->redis);
    const struct publisher_counts *publisher = publisher_counts(daemon->publisher);
    write_one(metrics, "uptake_redis_up", OPENMETRICS_GAUGE, NULL,
              "1 while every slot of Redis is served and takes what is published.",
              redis->is_up && publisher_refusal(daemon->publisher) == NULL);
    write_one(metrics, "uptake_redis_errors", OPENMETRICS_COUNTER, NULL, "Commands that were not carried out.",
              (double)redis->errors);
    write_one(metrics, "uptake_teams_published", OPENMETRICS_COUNTER, NULL, "Publications of a team.",
              (double)publisher->teams);
    write_histogram(metrics, "uptake_redis_round_trip_seconds", "Round trips to Redis.", &redis->round_trip);
    write_histogram(metrics, "uptake_publish_delay_seconds",
                    "From Kafka's timestamp of the first change of a team to Redis' answer.", &publisher->delay);
    write_histogram(metrics, "uptake_event_publish_delay_seconds",
                    "From event time of the first change of a team to Redis' answer.", &publisher->event_delay);
    write_one(metrics, "uptake_redis_connections_lost", OPENMETRICS_COUNTER, NULL,
              "Connections that were lost or could not be made.", (double)redis->reconnects);
}

static void write_kafka(struct openmetrics *metrics, const struct daemon *daemon)
{
    const struct kafka_statistics *kafka = kafka_source_statistics(daemon->source);
    write_one(metrics, "uptake_kafka_brokers_up", OPENMETRICS_GAUGE, NULL, "Brokers of the cluster that are connected.",
              kafka->brokers_up);
    write_one(metrics, "uptake_kafka_round_trip_seconds", OPENMETRICS_GAUGE, "seconds",
              "Average round trip to a broker, of the slowest.", kafka->round_trip_s);
    write_one(metrics, "uptake_kafka_connects", OPENMETRICS_COUNTER, NULL, "Connections made to brokers.",
              (double)kafka->connects);
    write_one(metrics, "uptake_kafka_disconnects", OPENMETRICS_COUNTER, NULL, "Connections to brokers that ended.",
              (double)kafka->disconnects);
    write_one(metrics, "uptake_kafka_request_errors", OPENMETRICS_COUNTER, NULL,
              "Requests that could not be sent, and answers that could not be read.", (double)kafka->errors);
    write_one(metrics, "uptake_kafka_request_timeouts", OPENMETRICS_COUNTER, NULL, "Requests without an answer in time.",
              (double)kafka->timeouts);
    write_one(metrics, "uptake_kafka_received_bytes", OPENMETRICS_COUNTER, "bytes", "Bytes from brokers.",
              (double)kafka->received_bytes);
    write_one(metrics, "uptake_kafka_sent_bytes", OPENMETRICS_COUNTER, "bytes", "Bytes to brokers.",
              (double)kafka->sent_bytes);
    write_one(metrics, "uptake_kafka_queued_messages", OPENMETRICS_GAUGE, NULL, "Messages fetched ahead.",
              (double)kafka->queued_messages);
    write_one(metrics, "uptake_kafka_queued_bytes", OPENMETRICS_GAUGE, "bytes", "Bytes fetched ahead.",
              (double)kafka->queued_bytes);
    write_one(metrics, "uptake_kafka_commit_errors", OPENMETRICS_COUNTER, NULL,
              "Offsets that Kafka did not take; only tools that show the lag read them.",
              (double)kafka_source_counts(daemon->source)->commits_failed);
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
    write_one(metrics, "process_start_time_seconds", OPENMETRICS_GAUGE, "seconds", "When it started, seconds since 1970.",
              (double)(clock_wall_ms() - (clock_mono_us() - daemon->began_us) / 1000) / 1000);
    openmetrics_family(metrics, "uptake_build_info", OPENMETRICS_GAUGE, NULL,
                       "1, with the program's version and the definitions that figures carry.");
    openmetrics_label(metrics, "version", text_of(UPTAKE_VERSION));
    openmetrics_label(metrics, "definitions", text_of(config_definitions(daemon->config)));
    openmetrics_sample(metrics, 1);
}

void metrics_answer(void *arg, const struct http_request *request, struct http_answer *answer)
{
    const struct daemon *daemon = arg;
    enum openmetrics_format format = openmetrics_choose(http_request_header(request, "Accept"));
    struct openmetrics metrics = {.out = &answer->body, .format = format};
    answer->content_type = openmetrics_content_type(format);
    write_process(&metrics, daemon);
    metrics_write_shards(&metrics, daemon);
    write_times(&metrics, daemon);
    write_store(&metrics, daemon);
    write_redis(&metrics, daemon);
    write_kafka(&metrics, daemon);
    metrics_write_delivery(&metrics, daemon);
    metrics_write_teams(&metrics, daemon);
    openmetrics_end(&metrics);
}
