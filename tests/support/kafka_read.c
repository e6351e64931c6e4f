/* Reads a topic of the tests' Kafka from its first record to its present end. */
#include "support/kafka_read.h"

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "support/kafka_admin.h"

#define TEXT_MAX 256
#define POLL_MS 100

static void print_base64(FILE *out, const char *name, const void *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *at = bytes;

    fprintf(out, "\"%s\":", name);
    if (bytes == NULL) {
        fputs("null", out);
        return;
    }
    fputc('"', out);
    for (size_t i = 0; i < length; i += 3) {
        unsigned group = (unsigned)at[i] << 16 | (i + 1 < length ? (unsigned)at[i + 1] << 8 : 0) |
                         (i + 2 < length ? at[i + 2] : 0);
        fputc(digits[group >> 18], out);
        fputc(digits[group >> 12 & 63], out);
        fputc(i + 1 < length ? digits[group >> 6 & 63] : '=', out);
        fputc(i + 2 < length ? digits[group & 63] : '=', out);
    }
    fputc('"', out);
}

static void print_record(FILE *out, const rd_kafka_message_t *record)
{
    rd_kafka_headers_t *headers = NULL;
    const char *name;
    const void *value;
    size_t length;

    fprintf(out, "{\"partition\":%d,\"offset\":%lld,\"timestamp\":%lld,", (int)record->partition,
        (long long)record->offset, (long long)rd_kafka_message_timestamp(record, NULL));
    print_base64(out, "key_b64", record->key, record->key_len);
    fputc(',', out);
    print_base64(out, "value_b64", record->payload, record->len);
    fputs(",\"headers_b64\":{", out);
    bool has_headers = rd_kafka_message_headers(record, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR;
    for (size_t i = 0;
         has_headers && rd_kafka_header_get_all(headers, i, &name, &value, &length) == 0; i++) {
        fputs(i > 0 ? "," : "", out);
        print_base64(out, name, value, length);
    }
    fputs("}}\n", out);
}

static rd_kafka_t *open_consumer(const char *brokers, struct up_err *err)
{
    const char *const settings[][2] = {{"bootstrap.servers", brokers}, {"group.id", "tests-read"},
        {"enable.auto.commit", "false"}, {"enable.partition.eof", "true"}};
    char text[TEXT_MAX];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();

    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        (void)rd_kafka_conf_set(conf, settings[i][0], settings[i][1], text, sizeof text);
    rd_kafka_t *consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
    if (consumer == NULL) {
        rd_kafka_conf_destroy(conf);
        (void)up_fail(err, UP_EINVAL, "librdkafka: %s", text);
        return NULL;
    }
    (void)rd_kafka_poll_set_consumer(consumer);
    return consumer;
}

/* Until each partition has said once that it is at its end. */
static int read_all(
    rd_kafka_t *consumer, int partitions, int64_t deadline_us, FILE *out, struct up_err *err)
{
    while (partitions > 0) {
        if (clock_mono_us() > deadline_us)
            return up_fail(err, UP_EAGAIN, "%d partitions were not read to their end", partitions);
        rd_kafka_message_t *record = rd_kafka_consumer_poll(consumer, POLL_MS);
        if (record == NULL)
            continue;
        if (record->err == RD_KAFKA_RESP_ERR_NO_ERROR)
            print_record(out, record);
        else if (record->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
            partitions--;
        rd_kafka_message_destroy(record);
    }
    return 0;
}

int kafka_read_topic(
    const char *brokers, const char *topic, int timeout_ms, FILE *out, struct up_err *err)
{
    int64_t deadline_us = clock_mono_us() + (int64_t)timeout_ms * 1000;
    int partitions;
    int code = kafka_admin_count_partitions(brokers, topic, &partitions, timeout_ms, err);
    if (code != 0)
        return code;
    if (partitions == 0)
        return up_fail(err, UP_EINVAL, "no topic %s", topic);
    rd_kafka_t *consumer = open_consumer(brokers, err);
    if (consumer == NULL)
        return UP_EINVAL;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
    for (int p = 0; p < partitions; p++)
        rd_kafka_topic_partition_list_add(list, topic, p)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_resp_err_t kafka_code = rd_kafka_assign(consumer, list);
    rd_kafka_topic_partition_list_destroy(list);
    code = kafka_code == RD_KAFKA_RESP_ERR_NO_ERROR
               ? read_all(consumer, partitions, deadline_us, out, err)
               : up_fail(err, UP_EIO, "%s", rd_kafka_err2str(kafka_code));
    (void)rd_kafka_consumer_close(consumer);
    rd_kafka_destroy(consumer);
    return code;
}
