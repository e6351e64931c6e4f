/* Looks at topics of Kafka without joining a group. */
#include "io/kafka_probe.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "kafka_priv.h"

enum { SLICE_MS = 100, BATCH = 256, DEBUG_LEVEL = 7 };

static const struct kafka_setting settings_table[] = {
    {"enable.auto.commit", "false", KAFKA_SETTING_FIXED},
    {"auto.offset.reset", "earliest", KAFKA_SETTING_FIXED}, /* of a partition with fewer messages than asked for */
    {"enable.partition.eof", "true", KAFKA_SETTING_FIXED},
    {"allow.auto.create.topics", "false", KAFKA_SETTING_FIXED},
    {"group.id", NULL, KAFKA_SETTING_RESERVED},
    {"group.instance.id", NULL, KAFKA_SETTING_RESERVED},
    {"client.id", "uptakectl", KAFKA_SETTING_DEFAULT},
};

struct kafka_probe {
    struct kafka_logger logger; /* first: kafka_config_log() */
    rd_kafka_t *rk;
    kafka_log *log; /* of the client */
    void *log_owner;
    atomic_int fetch_version; /* the least of all brokers'; -1 = none was heard */
};

/* The library tells what a broker speaks in its log alone. On any of its threads. */
static void note_log(void *owner, int level, const char *facility, const char *text)
{
    struct kafka_probe *probe = owner;
    const char *found = strstr(text, "ApiKey Fetch (");
    int version;
    if (found != NULL && sscanf(found, "ApiKey Fetch (%*d) Versions %*d..%d", &version) == 1) {
        int known = atomic_load(&probe->fetch_version);
        while ((known < 0 || version < known) && !atomic_compare_exchange_weak(&probe->fetch_version, &known, version))
            continue;
    }
    if (level < DEBUG_LEVEL && probe->log != NULL)
        probe->log(probe->log_owner, level, facility, text);
}

int kafka_probe_fetch_version(const struct kafka_probe *probe)
{
    return atomic_load(&probe->fetch_version);
}

int kafka_probe_new(const struct kafka_client *client, struct kafka_probe **ret_probe, struct up_err *err)
{
    rd_kafka_conf_t *conf = NULL;
    char text[256];
    int code = kafka_config_new(client, settings_table, sizeof settings_table / sizeof settings_table[0], &conf, err);
    if (code != 0)
        return code;
    struct kafka_probe *probe = mem_alloc(sizeof *probe);
    probe->logger = (struct kafka_logger){.log = note_log, .owner = probe};
    probe->log = client->log;
    probe->log_owner = client->log_owner;
    atomic_init(&probe->fetch_version, -1);
    (void)rd_kafka_conf_set(conf, "debug", "feature", NULL, 0);
    rd_kafka_conf_set_opaque(conf, probe);
    probe->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
    if (probe->rk == NULL) {
        rd_kafka_conf_destroy(conf);
        mem_free(probe);
        return up_fail(err, UP_EINVAL, "Kafka: %s", text);
    }
    *ret_probe = probe;
    return 0;
}

void kafka_probe_free(struct kafka_probe *probe)
{
    if (probe == NULL)
        return;
    rd_kafka_destroy_flags(probe->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    mem_free(probe);
}

const char *kafka_probe_version(void)
{
    return rd_kafka_version_str();
}

static int fail_of(rd_kafka_resp_err_t code, const char *what, struct up_err *err)
{
    bool is_refused = code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
                      code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED ||
                      code == RD_KAFKA_RESP_ERR__AUTHENTICATION;
    return up_fail(err, is_refused ? UP_EAUTH : UP_ECONN, "%s: %s", what, rd_kafka_err2str(code));
}

/* ---- brokers ----------------------------------------------------------------------------------------------------- */

int kafka_probe_brokers(struct kafka_probe *probe, int timeout_ms, struct strbuf *ret_brokers, int64_t *ret_round_trip_us,
                        struct up_err *err)
{
    const struct rd_kafka_metadata *metadata = NULL;
    /* The first one connects. */
    rd_kafka_resp_err_t code = rd_kafka_metadata(probe->rk, 0, NULL, &metadata, timeout_ms);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return fail_of(code, "no broker answers", err);
    rd_kafka_metadata_destroy(metadata);
    int64_t began_us = clock_mono_us();
    code = rd_kafka_metadata(probe->rk, 0, NULL, &metadata, timeout_ms);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return fail_of(code, "no broker answers", err);
    *ret_round_trip_us = clock_mono_us() - began_us;
    for (int i = 0; i < metadata->broker_cnt; i++)
        strbuf_add_format(ret_brokers, "%s:%d\n", metadata->brokers[i].host, metadata->brokers[i].port);
    rd_kafka_metadata_destroy(metadata);
    return 0;
}

/* ---- configuration of a topic ------------------------------------------------------------------------------------ */

static int add_entries(rd_kafka_event_t *event, const char *topic, struct strbuf *lines, struct up_err *err)
{
    if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return fail_of(rd_kafka_event_error(event), topic, err);
    size_t count = 0;
    const rd_kafka_ConfigResource_t **resources =
        rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event), &count);
    if (count != 1 || rd_kafka_ConfigResource_error(resources[0]) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return fail_of(count == 1 ? rd_kafka_ConfigResource_error(resources[0]) : RD_KAFKA_RESP_ERR_UNKNOWN, topic, err);
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resources[0], &count);
    for (size_t i = 0; i < count; i++) {
        const char *value = rd_kafka_ConfigEntry_value(entries[i]);
        strbuf_add_format(lines, "%s=%s\n", rd_kafka_ConfigEntry_name(entries[i]), value != NULL ? value : "");
    }
    return 0;
}

int kafka_probe_topic_config(struct kafka_probe *probe, const char *topic, int timeout_ms, struct strbuf *ret_lines,
                             struct up_err *err)
{
    rd_kafka_ConfigResource_t *resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic);
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(probe->rk, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(probe->rk);
    (void)rd_kafka_AdminOptions_set_request_timeout(options, timeout_ms, NULL, 0);
    rd_kafka_DescribeConfigs(probe->rk, &resource, 1, options, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, timeout_ms + SLICE_MS);
    int code = event != NULL ? add_entries(event, topic, ret_lines, err)
                             : up_fail(err, UP_ECONN, "%s: no answer in time", topic);
    if (event != NULL)
        rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_ConfigResource_destroy(resource);
    return code;
}

/* ---- newest messages --------------------------------------------------------------------------------------------- */

/* What is not read yet. */
struct sampling {
    int64_t *left; /* messages by partition; 0 = done */
    int32_t partitions, open;
    kafka_probe_take *take;
    void *arg;
};

static void take_one(struct sampling *sampling, const rd_kafka_message_t *raw)
{
    if (raw->partition < 0 || raw->partition >= sampling->partitions || sampling->left[raw->partition] == 0)
        return;
    if (raw->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
        sampling->left[raw->partition] = 1; /* and this was it */
    else
        sampling->take(sampling->arg, &(struct kafka_probe_message){
                                          .partition = raw->partition,
                                          .key = {.bytes = raw->key, .length = (uint32_t)raw->key_len},
                                          .timestamp_ms = rd_kafka_message_timestamp(raw, NULL)});
    if (--sampling->left[raw->partition] == 0)
        sampling->open--;
}

static int drain(rd_kafka_queue_t *queue, struct sampling *sampling, int64_t deadline_us, const char *topic,
                 struct up_err *err)
{
    rd_kafka_message_t *batch[BATCH];
    int code = 0;
    while (code == 0 && sampling->open > 0) {
        if (clock_mono_us() > deadline_us)
            return up_fail(err, UP_ECONN, "%s: %d partitions were not read in time", topic, (int)sampling->open);
        ssize_t count = rd_kafka_consume_batch_queue(queue, SLICE_MS, batch, BATCH);
        for (ssize_t i = 0; i < count; i++) {
            rd_kafka_resp_err_t error = batch[i]->err;
            if (error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR__PARTITION_EOF)
                take_one(sampling, batch[i]);
            else if (error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
                code = fail_of(error, topic, err);
            rd_kafka_message_destroy(batch[i]);
        }
    }
    return code;
}

int kafka_probe_sample(struct kafka_probe *probe, const char *topic, int32_t partitions, int64_t newest, int timeout_ms,
                       kafka_probe_take *take, void *arg, struct up_err *err)
{
    rd_kafka_topic_t *handle = rd_kafka_topic_new(probe->rk, topic, NULL);
    if (handle == NULL)
        return up_fail(err, UP_EINVAL, "%s: not a name of a topic", topic);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(probe->rk);
    struct sampling sampling = {.left = mem_alloc_array((size_t)partitions, sizeof *sampling.left),
                                .partitions = partitions,
                                .take = take,
                                .arg = arg};
    for (int32_t p = 0; p < partitions; p++) {
        if (rd_kafka_consume_start_queue(handle, p, RD_KAFKA_OFFSET_TAIL(newest), queue) != 0)
            continue;
        sampling.left[p] = newest;
        sampling.open++;
    }
    int code = drain(queue, &sampling, clock_mono_us() + INT64_C(1000) * timeout_ms, topic, err);
    for (int32_t p = 0; p < partitions; p++)
        (void)rd_kafka_consume_stop(handle, p);
    rd_kafka_queue_destroy(queue);
    rd_kafka_topic_destroy(handle);
    mem_free(sampling.left);
    return code;
}
