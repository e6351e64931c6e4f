/* Makes and removes topics and records on the tests' Kafka, through librdkafka's admin API. */
#include "support/kafka_admin.h"

#include <librdkafka/rdkafka.h>
#include <string.h>

#include "base/clock.h"
#include "base/panic.h"

#define TOPICS_MAX 64
#define TEXT_MAX 256
#define POLL_MS 20

/* One client, the queue of its answers and the time at which patience ends. */
struct session {
    rd_kafka_t *client;
    rd_kafka_queue_t *queue;
    int64_t deadline_us;
    struct up_err *err;
};

static int session_left_ms(const struct session *session)
{
    int64_t left_us = session->deadline_us - clock_mono_us();
    return left_us > 0 ? (int)(left_us / 1000) + 1 : 0;
}

static int session_init(
    struct session *session, const char *brokers, int timeout_ms, struct up_err *err)
{
    char text[TEXT_MAX];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();

    *session =
        (struct session){.deadline_us = clock_mono_us() + (int64_t)timeout_ms * 1000, .err = err};
    if (rd_kafka_conf_set(conf, "bootstrap.servers", brokers, text, sizeof text) !=
        RD_KAFKA_CONF_OK) {
        rd_kafka_conf_destroy(conf);
        return up_fail(err, UP_EINVAL, "bootstrap.servers: %s", text);
    }
    session->client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    if (session->client == NULL) {
        rd_kafka_conf_destroy(conf);
        return up_fail(err, UP_EINVAL, "librdkafka: %s", text);
    }
    session->queue = rd_kafka_queue_new(session->client);
    return 0;
}

static void session_done(struct session *session)
{
    if (session->client == NULL)
        return;
    rd_kafka_queue_destroy(session->queue);
    rd_kafka_destroy(session->client);
}

/* Waits for the answer to one admin request. Returns 0 and the event, which the caller destroys. */
static int session_take_answer(struct session *session, rd_kafka_event_t **ret_event)
{
    rd_kafka_event_t *event = rd_kafka_queue_poll(session->queue, session_left_ms(session));
    if (event == NULL)
        return up_fail(session->err, UP_EAGAIN, "Kafka did not answer in time");
    if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        int code = up_fail(session->err, UP_ECONN, "Kafka: %s", rd_kafka_event_error_string(event));
        rd_kafka_event_destroy(event);
        return code;
    }
    *ret_event = event;
    return 0;
}

/* The first failed topic of an answer becomes the error. */
static int check_topics(
    struct session *session, const rd_kafka_topic_result_t **results, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[i]);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
            return up_fail(session->err,
                code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS ? UP_ECONFLICT : UP_EINVAL,
                "topic %s: %s", rd_kafka_topic_result_name(results[i]), rd_kafka_err2str(code));
    }
    return 0;
}

/* Number of partitions of `topic` that have a leader, 0 without such a topic. */
static int session_count_led(struct session *session, const char *topic, int *ret_count)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t code =
        rd_kafka_metadata(session->client, 1, NULL, &metadata, session_left_ms(session));
    int led = 0;

    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return up_fail(session->err, UP_ECONN, "Kafka's topics: %s", rd_kafka_err2str(code));
    for (int t = 0; t < metadata->topic_cnt; t++) {
        if (strcmp(metadata->topics[t].topic, topic) != 0)
            continue;
        for (int p = 0; p < metadata->topics[t].partition_cnt; p++)
            led += metadata->topics[t].partitions[p].leader >= 0;
    }
    rd_kafka_metadata_destroy(metadata);
    *ret_count = led;
    return 0;
}

static void session_pause(struct session *session)
{
    rd_kafka_event_destroy(rd_kafka_queue_poll(session->queue, POLL_MS));
}

/* The controller has answered; the broker learns of it a moment later. */
static int session_await_led(struct session *session, const char *topic, int wanted)
{
    for (;;) {
        int count;
        int code = session_count_led(session, topic, &count);
        if (code != 0)
            return code;
        if (count == wanted)
            return 0;
        if (session_left_ms(session) == 0)
            return up_fail(session->err, UP_EAGAIN, "topic %s has %d led partitions, not %d", topic,
                count, wanted);
        session_pause(session);
    }
}

/* A broker lists a partition a moment before it serves it. */
static int session_await_served(struct session *session, const struct kafka_admin_topic *topic)
{
    int code = session_await_led(session, topic->name, topic->partitions);

    for (int p = 0; p < topic->partitions && code == 0; p++) {
        int64_t first, next;
        while (rd_kafka_query_watermark_offsets(session->client, topic->name, p, &first, &next,
                   session_left_ms(session)) != RD_KAFKA_RESP_ERR_NO_ERROR) {
            if (session_left_ms(session) == 0)
                return up_fail(session->err, UP_EAGAIN, "%s [%d] is not served", topic->name, p);
            session_pause(session);
        }
    }
    return code;
}

static int add_settings(
    struct session *session, rd_kafka_NewTopic_t *topic, const char *const *settings)
{
    for (size_t i = 0; settings != NULL && settings[i] != NULL; i += 2) {
        UP_ASSERT(settings[i + 1] != NULL);
        if (rd_kafka_NewTopic_set_config(topic, settings[i], settings[i + 1]) !=
            RD_KAFKA_RESP_ERR_NO_ERROR)
            return up_fail(session->err, UP_EINVAL, "topic setting %s", settings[i]);
    }
    return 0;
}

static int session_create(
    struct session *session, const struct kafka_admin_topic *topics, size_t count)
{
    rd_kafka_NewTopic_t *requests[TOPICS_MAX];
    rd_kafka_event_t *event;
    char text[TEXT_MAX];
    size_t made = 0;
    int code = 0;

    for (; made < count && code == 0; made++) {
        const struct kafka_admin_topic *topic = &topics[made];
        requests[made] =
            rd_kafka_NewTopic_new(topic->name, topic->partitions, 1, text, sizeof text);
        if (requests[made] == NULL) {
            code = up_fail(session->err, UP_EINVAL, "topic %s: %s", topic->name, text);
            break;
        }
        code = add_settings(session, requests[made], topic->settings);
    }
    if (code == 0) {
        rd_kafka_CreateTopics(session->client, requests, count, NULL, session->queue);
        code = session_take_answer(session, &event);
    }
    rd_kafka_NewTopic_destroy_array(requests, made);
    if (code != 0)
        return code;

    size_t answered;
    const rd_kafka_topic_result_t **results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &answered);
    code = check_topics(session, results, answered);
    rd_kafka_event_destroy(event);
    for (size_t i = 0; i < count && code == 0; i++)
        code = session_await_served(session, &topics[i]);
    return code;
}

int kafka_admin_create_topics(const char *brokers, const struct kafka_admin_topic *topics,
    size_t count, int timeout_ms, struct up_err *err)
{
    struct session session;
    UP_ASSERT(count > 0 && count <= TOPICS_MAX);
    int code = session_init(&session, brokers, timeout_ms, err);
    if (code == 0)
        code = session_create(&session, topics, count);
    session_done(&session);
    return code;
}

static int session_delete(struct session *session, const char *topic)
{
    rd_kafka_event_t *event;
    rd_kafka_DeleteTopic_t *request = rd_kafka_DeleteTopic_new(topic);
    size_t answered;

    rd_kafka_DeleteTopics(session->client, &request, 1, NULL, session->queue);
    rd_kafka_DeleteTopic_destroy(request);
    int code = session_take_answer(session, &event);
    if (code != 0)
        return code;
    const rd_kafka_topic_result_t **results =
        rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &answered);
    code = check_topics(session, results, answered);
    rd_kafka_event_destroy(event);
    return code != 0 ? code : session_await_led(session, topic, 0);
}

int kafka_admin_delete_topic(
    const char *brokers, const char *topic, int timeout_ms, struct up_err *err)
{
    struct session session;
    int code = session_init(&session, brokers, timeout_ms, err);
    if (code == 0)
        code = session_delete(&session, topic);
    session_done(&session);
    return code;
}

static int session_grow(struct session *session, const char *topic, int partitions)
{
    char text[TEXT_MAX];
    rd_kafka_event_t *event;
    rd_kafka_NewPartitions_t *request =
        rd_kafka_NewPartitions_new(topic, (size_t)partitions, text, sizeof text);
    size_t answered;

    if (request == NULL)
        return up_fail(session->err, UP_EINVAL, "topic %s: %s", topic, text);
    rd_kafka_CreatePartitions(session->client, &request, 1, NULL, session->queue);
    rd_kafka_NewPartitions_destroy(request);
    int code = session_take_answer(session, &event);
    if (code != 0)
        return code;
    const rd_kafka_topic_result_t **results = rd_kafka_CreatePartitions_result_topics(
        rd_kafka_event_CreatePartitions_result(event), &answered);
    code = check_topics(session, results, answered);
    rd_kafka_event_destroy(event);
    return code != 0 ? code : session_await_led(session, topic, partitions);
}

int kafka_admin_grow_topic(const char *brokers, const char *topic, int partitions, int timeout_ms,
    struct up_err *err)
{
    struct session session;
    int code = session_init(&session, brokers, timeout_ms, err);
    if (code == 0)
        code = session_grow(&session, topic, partitions);
    session_done(&session);
    return code;
}

static int session_delete_records(struct session *session, rd_kafka_topic_partition_list_t *offsets)
{
    rd_kafka_event_t *event;
    rd_kafka_DeleteRecords_t *request = rd_kafka_DeleteRecords_new(offsets);

    rd_kafka_DeleteRecords(session->client, &request, 1, NULL, session->queue);
    rd_kafka_DeleteRecords_destroy(request);
    int code = session_take_answer(session, &event);
    if (code != 0)
        return code;
    const rd_kafka_topic_partition_list_t *answer =
        rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event));
    for (int i = 0; i < answer->cnt && code == 0; i++)
        if (answer->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR)
            code = up_fail(session->err, UP_EINVAL, "%s [%d]: %s", answer->elems[i].topic,
                (int)answer->elems[i].partition, rd_kafka_err2str(answer->elems[i].err));
    rd_kafka_event_destroy(event);
    return code;
}

int kafka_admin_delete_records(const char *brokers, const char *topic, int32_t partition,
    int64_t before, int timeout_ms, struct up_err *err)
{
    struct session session;
    rd_kafka_topic_partition_list_t *offsets = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(offsets, topic, partition)->offset =
        before < 0 ? RD_KAFKA_OFFSET_END : before;
    int code = session_init(&session, brokers, timeout_ms, err);
    if (code == 0)
        code = session_delete_records(&session, offsets);
    session_done(&session);
    rd_kafka_topic_partition_list_destroy(offsets);
    return code;
}

int kafka_admin_query_offsets(const char *brokers, const char *topic, int32_t partition,
    int64_t *ret_first, int64_t *ret_next, int timeout_ms, struct up_err *err)
{
    struct session session;
    int64_t first, next;
    int code = session_init(&session, brokers, timeout_ms, err);
    if (code == 0) {
        rd_kafka_resp_err_t kafka_code = rd_kafka_query_watermark_offsets(
            session.client, topic, partition, &first, &next, session_left_ms(&session));
        if (kafka_code != RD_KAFKA_RESP_ERR_NO_ERROR)
            code = up_fail(
                err, UP_ECONN, "%s [%d]: %s", topic, (int)partition, rd_kafka_err2str(kafka_code));
    }
    session_done(&session);
    if (code != 0)
        return code;
    *ret_first = first;
    *ret_next = next;
    return 0;
}

int kafka_admin_count_partitions(
    const char *brokers, const char *topic, int *ret_partitions, int timeout_ms, struct up_err *err)
{
    struct session session;
    int code = session_init(&session, brokers, timeout_ms, err);
    if (code == 0)
        code = session_count_led(&session, topic, ret_partitions);
    session_done(&session);
    return code;
}
