/* Reads a topic from a time on to the end that it had when asked, without joining a group. */
#include "io/kafka_scan.h"

#include "base/clock.h"
#include "base/mem.h"
#include "kafka_priv.h"

static const struct kafka_setting settings_table[] = {
    {"enable.auto.commit", "false", KAFKA_SETTING_FIXED},
    {"auto.offset.reset", "earliest", KAFKA_SETTING_FIXED}, /* what retention has removed is gone */
    {"enable.partition.eof", "true", KAFKA_SETTING_FIXED},
    {"allow.auto.create.topics", "false", KAFKA_SETTING_FIXED},
    {"group.id", NULL, KAFKA_SETTING_RESERVED},
    {"group.instance.id", NULL, KAFKA_SETTING_RESERVED},
    {"client.id", "uptakectl", KAFKA_SETTING_DEFAULT},
};

struct scanned {
    int64_t begin, next, end; /* offsets */
    bool is_started;
};

struct kafka_scan {
    struct kafka_logger logger; /* first: kafka_config_log() */
    rd_kafka_t *rk;
    rd_kafka_topic_t *topic;
    rd_kafka_queue_t *queue; /* NULL = not started */
    struct scanned *partitions;
    int32_t partition_count;
    rd_kafka_message_t *raw; /* that is out */
    struct message_header *headers;
    size_t header_capacity;
    int timeout_ms;
    int64_t heard_us; /* when the last message came */
};

static int fail_of(const struct kafka_scan *scan, rd_kafka_resp_err_t code, struct up_err *err)
{
    const char *topic = rd_kafka_topic_name(scan->topic), *text = rd_kafka_err2str(code);
    switch ((int)code) {
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        return up_fail(err, UP_EAUTH, "topic %s: %s: allow our user READ and DESCRIBE on it", topic,
                       text);
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
        return up_fail(err, UP_EINVAL, "topic %s does not exist", topic);
    default:
        return up_fail(err, UP_ECONN, "topic %s cannot be read: %s", topic, text);
    }
}

/* ---- where it begins and ends ------------------------------------------------------------------ */

static int find_partitions(struct kafka_scan *scan, struct up_err *err)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t code =
        rd_kafka_metadata(scan->rk, 0, scan->topic, &metadata, scan->timeout_ms);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return fail_of(scan, code, err);
    code = metadata->topic_cnt == 1 ? metadata->topics[0].err
                                    : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        scan->partition_count = metadata->topics[0].partition_cnt;
        scan->partitions = mem_alloc_array((size_t)scan->partition_count, sizeof *scan->partitions);
    }
    rd_kafka_metadata_destroy(metadata);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ? 0 : fail_of(scan, code, err);
}

static int find_ends(struct kafka_scan *scan, struct up_err *err)
{
    for (int32_t p = 0; p < scan->partition_count; p++) {
        struct scanned *of = &scan->partitions[p];
        rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(
            scan->rk, rd_kafka_topic_name(scan->topic), p, &of->begin, &of->end, scan->timeout_ms);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
            return fail_of(scan, code, err);
    }
    return 0;
}

static int find_begins(struct kafka_scan *scan, int64_t from_ms, struct up_err *err)
{
    const char *topic = rd_kafka_topic_name(scan->topic);
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new(scan->partition_count);
    for (int32_t p = 0; p < scan->partition_count; p++)
        rd_kafka_topic_partition_list_add(list, topic, p)->offset = from_ms;
    rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(scan->rk, list, scan->timeout_ms);
    for (int i = 0; i < list->cnt && code == RD_KAFKA_RESP_ERR_NO_ERROR; i++) {
        const rd_kafka_topic_partition_t *found = &list->elems[i];
        struct scanned *of = &scan->partitions[found->partition];
        code = found->err;
        /* None is as late: nothing to read. */
        of->begin = found->offset >= 0 ? found->offset : of->end;
    }
    rd_kafka_topic_partition_list_destroy(list);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ? 0 : fail_of(scan, code, err);
}

int kafka_scan_new(const struct kafka_scan_settings *settings, struct kafka_scan **ret_scan,
                   struct up_err *err)
{
    rd_kafka_conf_t *conf = NULL;
    char text[256];
    int code = kafka_config_new(&settings->client, settings_table,
                                sizeof settings_table / sizeof settings_table[0], &conf, err);
    if (code != 0)
        return code;
    struct kafka_scan *scan = mem_alloc(sizeof *scan);
    scan->logger =
        (struct kafka_logger){.log = settings->client.log, .owner = settings->client.log_owner};
    scan->timeout_ms = settings->timeout_ms;
    rd_kafka_conf_set_opaque(conf, scan);
    scan->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
    if (scan->rk == NULL) {
        rd_kafka_conf_destroy(conf);
        mem_free(scan);
        return up_fail(err, UP_EINVAL, "Kafka: %s", text);
    }
    scan->topic = rd_kafka_topic_new(scan->rk, settings->topic, NULL);
    code = scan->topic == NULL
               ? up_fail(err, UP_EINVAL, "%s: not a name of a topic", settings->topic)
               : find_partitions(scan, err);
    if (code == 0)
        code = find_ends(scan, err);
    if (code == 0 && settings->from_ms > 0)
        code = find_begins(scan, settings->from_ms, err);
    if (code != 0) {
        kafka_scan_free(scan);
        return code;
    }
    *ret_scan = scan;
    return 0;
}

/* ---- reading ----------------------------------------------------------------------------------- */

static void release(struct kafka_scan *scan)
{
    if (scan->raw != NULL)
        rd_kafka_message_destroy(scan->raw);
    scan->raw = NULL;
}

static void stop(struct kafka_scan *scan)
{
    release(scan);
    for (int32_t p = 0; p < scan->partition_count; p++) {
        if (scan->partitions[p].is_started)
            (void)rd_kafka_consume_stop(scan->topic, p);
        scan->partitions[p].is_started = false;
    }
    if (scan->queue != NULL)
        rd_kafka_queue_destroy(scan->queue);
    scan->queue = NULL;
}

void kafka_scan_free(struct kafka_scan *scan)
{
    if (scan == NULL)
        return;
    stop(scan);
    if (scan->topic != NULL)
        rd_kafka_topic_destroy(scan->topic);
    rd_kafka_destroy_flags(scan->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    mem_free(scan->partitions);
    mem_free(scan->headers);
    mem_free(scan);
}

int32_t kafka_scan_partitions(const struct kafka_scan *scan)
{
    return scan->partition_count;
}

void kafka_scan_skip(struct kafka_scan *scan, int32_t partition, int64_t offset)
{
    struct scanned *of = &scan->partitions[partition];
    of->begin = offset > of->begin ? offset : of->begin;
}

int kafka_scan_start(struct kafka_scan *scan, struct up_err *err)
{
    stop(scan);
    scan->queue = rd_kafka_queue_new(scan->rk);
    scan->heard_us = clock_mono_us();
    for (int32_t p = 0; p < scan->partition_count; p++) {
        struct scanned *of = &scan->partitions[p];
        of->next = of->begin;
        if (of->begin >= of->end)
            continue;
        if (rd_kafka_consume_start_queue(scan->topic, p, of->begin, scan->queue) != 0)
            return up_fail(err, UP_EIO, "topic %s, partition %d: %s",
                           rd_kafka_topic_name(scan->topic), (int)p,
                           rd_kafka_err2str(rd_kafka_last_error()));
        of->is_started = true;
    }
    return 0;
}

static bool is_all_read(const struct kafka_scan *scan)
{
    int32_t p = 0;
    while (p < scan->partition_count && scan->partitions[p].next >= scan->partitions[p].end)
        p++;
    return p == scan->partition_count;
}

static struct message message_of(struct kafka_scan *scan)
{
    const rd_kafka_message_t *raw = scan->raw;
    size_t count = kafka_headers_append(raw, &scan->headers, &scan->header_capacity, 0);
    return (struct message){.partition = raw->partition,
                            .offset = raw->offset,
                            .timestamp_ms = rd_kafka_message_timestamp(raw, NULL),
                            .key = raw->key,
                            .key_length = (uint32_t)raw->key_len,
                            .value = raw->payload,
                            .value_length = (uint32_t)raw->len,
                            .header_count = (uint32_t)count,
                            .headers = scan->headers};
}

/* 1: it is one to hand over. What lies behind the end was sent later. */
static int take(struct kafka_scan *scan, struct up_err *err)
{
    const rd_kafka_message_t *raw = scan->raw;
    if (raw->err != RD_KAFKA_RESP_ERR_NO_ERROR && raw->err != RD_KAFKA_RESP_ERR__PARTITION_EOF)
        /* The library gets over the others by itself. */
        return raw->err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
                       raw->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART
                   ? fail_of(scan, raw->err, err)
                   : 0;
    struct scanned *of = &scan->partitions[raw->partition];
    scan->heard_us = clock_mono_us();
    bool is_message = raw->err == RD_KAFKA_RESP_ERR_NO_ERROR;
    bool is_within = raw->offset < of->end;
    if (raw->offset >= of->next)
        of->next = raw->offset + is_message;
    if (!is_message && of->next < of->end)
        of->next = of->end; /* holes up to there */
    return is_message && is_within;
}

int kafka_scan_next(struct kafka_scan *scan, int wait_ms, struct message *ret_message,
                    struct up_err *err)
{
    release(scan);
    while (!is_all_read(scan)) {
        scan->raw = rd_kafka_consume_queue(scan->queue, wait_ms);
        if (scan->raw == NULL &&
            clock_mono_us() - scan->heard_us > INT64_C(1000) * scan->timeout_ms)
            return up_fail(err, UP_ECONN, "topic %s: nothing came for %d s",
                           rd_kafka_topic_name(scan->topic), scan->timeout_ms / 1000);
        if (scan->raw == NULL)
            return UP_EAGAIN;
        int result = take(scan, err);
        if (result > 0)
            *ret_message = message_of(scan);
        if (result != 0)
            return result;
        release(scan);
    }
    return 0;
}

double kafka_scan_share(const struct kafka_scan *scan)
{
    int64_t done = 0, all = 0;
    for (int32_t p = 0; p < scan->partition_count; p++) {
        const struct scanned *of = &scan->partitions[p];
        all += of->end - of->begin;
        done += of->next < of->end ? of->next - of->begin : of->end - of->begin;
    }
    return all > 0 ? (double)done / (double)all : 1;
}
