/* Sends records to Kafka. */
#include "io/kafka_producer.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/panic.h"
#include "kafka_priv.h"

enum { TEXT_MAX = 256, QUEUE_KBYTES = 65536, RECORD_PARTS_MAX = 8 };

struct kafka_producer {
    struct kafka_logger logger; /* first: kafka_config_log() */
    rd_kafka_t *rk;
    rd_kafka_queue_t *queue;
    int wake_fd;
    rd_kafka_topic_t **topics;
    size_t topic_count;
    kafka_delivered *delivered;
    void *delivered_owner;
    struct kafka_producer_counts counts;
    char trouble[TEXT_MAX];
};

static const struct kafka_setting settings_table[] = {
    {"client.id", "uptake", KAFKA_SETTING_DEFAULT},
    {"log.queue", "true", KAFKA_SETTING_FIXED},
    {"linger.ms", "5", KAFKA_SETTING_DEFAULT},
    {"request.required.acks", "-1", KAFKA_SETTING_FIXED},
    {"acks", "-1", KAFKA_SETTING_FIXED},
    {"enable.idempotence", NULL, KAFKA_SETTING_RESERVED},
    {"queue.buffering.max.kbytes", NULL, KAFKA_SETTING_RESERVED},
    {"queue.buffering.max.messages", NULL, KAFKA_SETTING_RESERVED},
    {"transactional.id", NULL, KAFKA_SETTING_RESERVED},
    {"partitioner", NULL, KAFKA_SETTING_RESERVED},
};

/* ---- deliveries ------------------------------------------------------------------------------ */

static uint16_t topic_of(const struct kafka_producer *producer, const rd_kafka_topic_t *handle)
{
    size_t topic = 0;
    while (topic + 1 < producer->topic_count && producer->topics[topic] != handle)
        topic++;
    return (uint16_t)topic;
}

static void note_trouble(struct kafka_producer *producer, const char *text)
{
    (void)snprintf(producer->trouble, sizeof producer->trouble, "%s", text);
}

/* Hands a failed record back whole. */
static void report_failed(struct kafka_producer *producer, const rd_kafka_message_t *raw,
                          struct kafka_record *record)
{
    enum kafka_delivery result = raw->err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE
                                     ? KAFKA_DELIVERY_TOO_LARGE
                                     : KAFKA_DELIVERY_FAILED;
    const char *text = rd_kafka_err2str(raw->err);
    note_trouble(producer, text);
    if (producer->delivered == NULL)
        return;
    struct message_header *headers = NULL;
    size_t capacity = 0;
    size_t count = kafka_headers_append(raw, &headers, &capacity, 0);
    record->key = raw->key;
    record->key_length = (uint32_t)raw->key_len;
    record->value = raw->payload;
    record->value_length = (uint32_t)raw->len;
    record->headers = headers;
    record->header_count = (uint32_t)count;
    producer->delivered(producer->delivered_owner, result, record, -1, text);
    mem_free(headers);
}

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *raw, void *opaque)
{
    (void)rk;
    struct kafka_producer *producer = opaque;
    rd_kafka_timestamp_type_t type;
    struct kafka_record record = {.topic = topic_of(producer, raw->rkt),
                                  .partition = raw->partition,
                                  .timestamp_ms = rd_kafka_message_timestamp(raw, &type),
                                  .token = (uintptr_t)raw->_private};
    if (raw->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        producer->counts.failed++;
        report_failed(producer, raw, &record);
        return;
    }
    producer->counts.delivered++;
    producer->trouble[0] = '\0';
    if (producer->delivered != NULL)
        producer->delivered(producer->delivered_owner, KAFKA_DELIVERED, &record, raw->offset, "");
}

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    char text[TEXT_MAX];
    if (code == RD_KAFKA_RESP_ERR__FATAL &&
        rd_kafka_fatal_error(rk, text, sizeof text) != RD_KAFKA_RESP_ERR_NO_ERROR)
        reason = text;
    note_trouble(opaque, reason != NULL ? reason : rd_kafka_err2name((rd_kafka_resp_err_t)code));
}

/* ---- making ---------------------------------------------------------------------------------- */

static int configure(const struct kafka_producer_settings *settings, rd_kafka_conf_t *conf,
                     struct up_err *err)
{
    char kbytes[16];
    (void)snprintf(kbytes, sizeof kbytes, "%d",
                   settings->queue_kbytes > 0 ? settings->queue_kbytes : QUEUE_KBYTES);
    const struct kafka_property ours[] = {
        {"queue.buffering.max.kbytes", kbytes},
        {"queue.buffering.max.messages", "1000000"},
        /* Idempotence has errors that only a new producer gets out of. */
        {"enable.idempotence", settings->keeps_trying ? "false" : "true"},
        {"partitioner", settings->partitioner},
        {"compression.type", settings->compression},
        {"message.timeout.ms", settings->keeps_trying ? "0" : NULL},
        /* A batch that is too large is refused whole. */
        {"batch.size", settings->keeps_trying ? "131072" : NULL},
    };
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        int code =
            ours[i].value != NULL ? kafka_config_set(conf, ours[i].name, ours[i].value, err) : 0;
        if (code != 0)
            return code;
    }
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set_error_cb(conf, on_error);
    return 0;
}

static int open_topics(struct kafka_producer *producer,
                       const struct kafka_producer_settings *settings, struct up_err *err)
{
    producer->topics = mem_alloc_array(settings->topic_count, sizeof(rd_kafka_topic_t *));
    producer->topic_count = settings->topic_count;
    for (size_t i = 0; i < settings->topic_count; i++) {
        producer->topics[i] = rd_kafka_topic_new(producer->rk, settings->topics[i], NULL);
        if (producer->topics[i] == NULL)
            return up_fail(err, UP_EINVAL, "topic %s: %s", settings->topics[i],
                           rd_kafka_err2str(rd_kafka_last_error()));
    }
    return 0;
}

int kafka_producer_new(const struct kafka_producer_settings *settings,
                       struct kafka_producer **ret_producer, struct up_err *err)
{
    UP_ASSERT(settings->topic_count > 0 && settings->topic_count <= UINT16_MAX);
    rd_kafka_conf_t *conf = NULL;
    int code = kafka_config_new(&settings->client, settings_table,
                                sizeof settings_table / sizeof settings_table[0], &conf, err);
    if (code != 0)
        return code;
    code = configure(settings, conf, err);
    if (code != 0) {
        rd_kafka_conf_destroy(conf);
        return code;
    }
    struct kafka_producer *producer = mem_alloc(sizeof *producer);
    producer->logger =
        (struct kafka_logger){.log = settings->client.log, .owner = settings->client.log_owner};
    producer->delivered = settings->delivered;
    producer->delivered_owner = settings->delivered_owner;
    rd_kafka_conf_set_opaque(conf, producer);
    char text[TEXT_MAX];
    producer->rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    if (producer->rk == NULL) {
        rd_kafka_conf_destroy(conf);
        mem_free(producer);
        return up_fail(err, UP_EINVAL, "librdkafka cannot be set up: %s", text);
    }
    (void)rd_kafka_set_log_queue(producer->rk, NULL);
    producer->queue = rd_kafka_queue_get_main(producer->rk);
    producer->wake_fd = kafka_wake_new(producer->queue, err);
    code = producer->wake_fd < 0 ? producer->wake_fd : open_topics(producer, settings, err);
    if (code != 0) {
        kafka_producer_free(producer);
        return code;
    }
    *ret_producer = producer;
    return 0;
}

void kafka_producer_free(struct kafka_producer *producer)
{
    if (producer == NULL)
        return;
    producer->delivered = NULL;
    (void)rd_kafka_purge(producer->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    for (size_t i = 0; i < producer->topic_count; i++) {
        if (producer->topics[i] != NULL)
            rd_kafka_topic_destroy(producer->topics[i]);
    }
    rd_kafka_queue_destroy(producer->queue);
    rd_kafka_destroy(producer->rk);
    if (producer->wake_fd >= 0)
        (void)close(producer->wake_fd);
    mem_free(producer->topics);
    mem_free(producer);
}

/* ---- sending --------------------------------------------------------------------------------- */

static rd_kafka_headers_t *make_headers(const struct kafka_record *record)
{
    rd_kafka_headers_t *list = rd_kafka_headers_new(record->header_count);
    for (uint32_t i = 0; i < record->header_count; i++) {
        const struct message_header *header = &record->headers[i];
        (void)rd_kafka_header_add(list, header->name.bytes, (ssize_t)header->name.length,
                                  header->value, (ssize_t)header->value_length);
    }
    return list;
}

static void *unconst(const void *bytes)
{
    void *plain;
    memcpy(&plain, &bytes, sizeof plain);
    return plain;
}

static rd_kafka_resp_err_t produce(struct kafka_producer *producer,
                                   const struct kafka_record *record, char *text, size_t text_size)
{
    rd_kafka_headers_t *headers = record->header_count > 0 ? make_headers(record) : NULL;
    rd_kafka_vu_t parts[RECORD_PARTS_MAX] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = producer->topics[record->topic]},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = record->partition},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {unconst(record->key), record->key_length}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {unconst(record->value), record->value_length}},
        {.vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = record->timestamp_ms},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = (void *)record->token},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
    };
    rd_kafka_error_t *error = rd_kafka_produceva(
        producer->rk, parts, headers != NULL ? RECORD_PARTS_MAX : RECORD_PARTS_MAX - 1);
    if (error == NULL)
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_resp_err_t code = rd_kafka_error_code(error);
    (void)snprintf(text, text_size, "%s", rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    /* They are the library's only once it has taken the record. */
    if (headers != NULL)
        rd_kafka_headers_destroy(headers);
    return code;
}

enum kafka_send kafka_producer_send(struct kafka_producer *producer,
                                    const struct kafka_record *record, struct up_err *err)
{
    UP_ASSERT(record->topic < producer->topic_count);
    char text[TEXT_MAX] = "";
    switch ((int)produce(producer, record, text, sizeof text)) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
        producer->counts.sent++;
        return KAFKA_SENT;
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
        return KAFKA_FULL;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        return KAFKA_TOO_LARGE;
    default:
        note_trouble(producer, text);
        (void)up_fail(err, UP_EIO, "topic %s: %s",
                      rd_kafka_topic_name(producer->topics[record->topic]), text);
        return KAFKA_REFUSED;
    }
}

int kafka_producer_fd(const struct kafka_producer *producer)
{
    return producer->wake_fd;
}

void kafka_producer_poll(struct kafka_producer *producer, int wait_ms)
{
    kafka_wake_clear(producer->wake_fd);
    (void)rd_kafka_poll(producer->rk, wait_ms);
}

int kafka_producer_flush(struct kafka_producer *producer, int timeout_ms, struct up_err *err)
{
    if (rd_kafka_flush(producer->rk, timeout_ms) == RD_KAFKA_RESP_ERR_NO_ERROR)
        return 0;
    return up_fail(err, UP_EAGAIN, "%d records were not acknowledged within %d ms%s%s",
                   rd_kafka_outq_len(producer->rk), timeout_ms,
                   producer->trouble[0] != '\0' ? ": " : "", producer->trouble);
}

const struct kafka_producer_counts *kafka_producer_counts(const struct kafka_producer *producer)
{
    return &producer->counts;
}

const char *kafka_producer_trouble(const struct kafka_producer *producer)
{
    return producer->trouble;
}
