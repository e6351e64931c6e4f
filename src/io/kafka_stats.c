/* Reads librdkafka's statistics: when the leader of each partition was last heard, and a few figures. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "kafka_priv.h"

enum { DEPTH_MAX = 16 };

/* What is read of an object: the names in the order of these. */
enum { ROOT_BROKERS, ROOT_TOPICS, ROOT_SENT, ROOT_RECEIVED, ROOT_NAMES };
static const char *const root_names[ROOT_NAMES] = {"brokers", "topics", "tx_bytes", "rx_bytes"};

enum {
    BROKER_STATE,
    BROKER_SOURCE,
    BROKER_NODE,
    BROKER_SILENCE,
    BROKER_CONNECTS,
    BROKER_DISCONNECTS,
    BROKER_SEND_ERRORS,
    BROKER_RECEIVE_ERRORS,
    BROKER_TIMEOUTS,
    BROKER_ROUND_TRIP,
    BROKER_LEADS,
    BROKER_NAMES
};
static const char *const broker_names[BROKER_NAMES] = {"state",       "source", "nodeid", "rxidle",       "connects",
                                                       "disconnects", "txerrs", "rxerrs", "req_timeouts", "rtt",
                                                       "toppars"};

enum { LEAD_TOPIC, LEAD_PARTITION, LEAD_NAMES };
static const char *const lead_names[LEAD_NAMES] = {"topic", "partition"};

enum { QUEUE_MESSAGES, QUEUE_BYTES, QUEUE_NAMES };
static const char *const queue_names[QUEUE_NAMES] = {"fetchq_cnt", "fetchq_size"};

static const char *const average_name[] = {"avg"};
static const char *const partitions_name[] = {"partitions"};

/* Values of an object's members by their names; all JSON_ABSENT where it is none. */
static void pick(const struct json_value *object, const char *const *names, uint32_t count, struct json_value *ret_values)
{
    struct json_names set;
    memset(ret_values, 0, count * sizeof *ret_values);
    if (object->kind != JSON_OBJECT)
        return;
    json_names_init(&set, names, count);
    (void)json_reader_pick(object, &set, ret_values);
}

static double number_or(const struct json_value *value, double otherwise)
{
    return value->kind == JSON_NUMBER ? value->number : otherwise;
}

static uint64_t count_of(const struct json_value *value)
{
    double number = number_or(value, 0);
    return number > 0 ? (uint64_t)number : 0;
}

static bool is_text(const struct json_value *value, const char *text)
{
    return value->kind == JSON_STRING && text_equal(value->text, text_of(text));
}

typedef void on_member(struct kafka_source *source, const struct json_value *member, int64_t answered_us);

/* Calls for every member that is an object. */
static void for_each(struct kafka_source *source, const struct json_value *object, int64_t answered_us, on_member *call)
{
    if (object->kind != JSON_OBJECT)
        return;
    size_t count = json_reader_list(object, NULL, 0);
    struct json_member *members = mem_alloc_array(count + 1, sizeof *members);
    (void)json_reader_list(object, members, count);
    for (size_t i = 0; i < count; i++)
        call(source, &members[i].value, answered_us);
    mem_free(members);
}

/* A partition that a broker leads: it was heard of when the broker was. */
static void note_lead(struct kafka_source *source, const struct json_value *lead, int64_t answered_us)
{
    struct json_value values[LEAD_NAMES];
    pick(lead, lead_names, LEAD_NAMES, values);
    if (values[LEAD_TOPIC].kind != JSON_STRING)
        return;
    for (size_t i = 0; i < source->topic_count; i++) {
        if (!is_text(&values[LEAD_TOPIC], source->topics[i].name))
            continue;
        struct kafka_partition *partition =
            kafka_partition_of(source, i, (int32_t)number_or(&values[LEAD_PARTITION], -1));
        if (partition != NULL && partition->answered_us < answered_us)
            partition->answered_us = answered_us;
    }
}

static void note_broker(struct kafka_source *source, const struct json_value *broker, int64_t now_us)
{
    struct kafka_statistics *statistics = &source->statistics;
    struct json_value values[BROKER_NAMES], average;
    pick(broker, broker_names, BROKER_NAMES, values);
    statistics->connects += count_of(&values[BROKER_CONNECTS]);
    statistics->disconnects += count_of(&values[BROKER_DISCONNECTS]);
    statistics->errors += count_of(&values[BROKER_SEND_ERRORS]) + count_of(&values[BROKER_RECEIVE_ERRORS]);
    statistics->timeouts += count_of(&values[BROKER_TIMEOUTS]);
    double silent_us = number_or(&values[BROKER_SILENCE], -1);
    if (!is_text(&values[BROKER_STATE], "UP") || silent_us < 0)
        return;
    statistics->is_heard = true;
    /* An address of the configuration has no number until it proves to be a broker's; the coordinator has one and is counted
     * as the broker that it is. */
    statistics->brokers_up +=
        number_or(&values[BROKER_NODE], -1) >= 0 && !is_text(&values[BROKER_SOURCE], "logical");
    pick(&values[BROKER_ROUND_TRIP], average_name, 1, &average);
    statistics->round_trip_s = fmax(statistics->round_trip_s, number_or(&average, 0) / 1e6);
    for_each(source, &values[BROKER_LEADS], now_us - (int64_t)silent_us, note_lead);
}

static void note_queue(struct kafka_source *source, const struct json_value *partition, int64_t now_us)
{
    struct json_value values[QUEUE_NAMES];
    (void)now_us;
    pick(partition, queue_names, QUEUE_NAMES, values);
    source->statistics.queued_messages += count_of(&values[QUEUE_MESSAGES]);
    source->statistics.queued_bytes += count_of(&values[QUEUE_BYTES]);
}

static void note_topic(struct kafka_source *source, const struct json_value *topic, int64_t now_us)
{
    struct json_value partitions;
    pick(topic, partitions_name, 1, &partitions);
    for_each(source, &partitions, now_us, note_queue);
}

int kafka_stats_on_text(rd_kafka_t *rk, char *json, size_t length, void *opaque)
{
    (void)rk;
    struct kafka_source *source = opaque;
    struct json_value root, values[ROOT_NAMES];
    struct json_reader *reader = json_reader_new(DEPTH_MAX);
    if (json_reader_parse(reader, json, length, &root) == NULL) {
        pick(&root, root_names, ROOT_NAMES, values);
        source->statistics = (struct kafka_statistics){.sent_bytes = count_of(&values[ROOT_SENT]),
                                                       .received_bytes = count_of(&values[ROOT_RECEIVED])};
        for_each(source, &values[ROOT_BROKERS], source->now_us, note_broker);
        for_each(source, &values[ROOT_TOPICS], source->now_us, note_topic);
        if (source->is_down && source->statistics.is_heard)
            kafka_event_note_up(source);
    }
    json_reader_free(reader);
    return 0;
}

const struct kafka_statistics *kafka_source_statistics(const struct kafka_source *source)
{
    return &source->statistics;
}
