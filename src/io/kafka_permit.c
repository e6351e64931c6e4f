/* Asks Kafka whether we may write to a topic, without leaving anything there. */
#include "io/kafka_permit.h"

#include <stdio.h>

#include "base/mem.h"
#include "kafka_priv.h"

enum { OVERHEAD_BYTES = 4096, SPARE_MS = 1000 };

static const struct kafka_setting settings_table[] = {
    {"client.id", "uptakectl", KAFKA_SETTING_DEFAULT},
};

static void take_answer(rd_kafka_t *rk, const rd_kafka_message_t *raw, void *opaque)
{
    (void)rk;
    (void)opaque;
    *(rd_kafka_resp_err_t *)raw->_private = raw->err;
}

static int configure(rd_kafka_conf_t *conf, int64_t bytes, int timeout_ms, struct up_err *err)
{
    char size[24], timeout[24];
    (void)snprintf(size, sizeof size, "%lld", (long long)bytes + OVERHEAD_BYTES);
    (void)snprintf(timeout, sizeof timeout, "%d", timeout_ms);
    const struct kafka_property ours[] = {
        {"message.max.bytes", size},
        {"batch.size", size},
        {"message.timeout.ms", timeout},
        {"compression.type", "none"},
        {"enable.idempotence", "false"},
        {"linger.ms", "0"},
        {"retries", "0"},
    };
    int code = 0;
    for (size_t i = 0; i < sizeof ours / sizeof ours[0] && code == 0; i++)
        code = kafka_config_set(conf, ours[i].name, ours[i].value, err);
    rd_kafka_conf_set_dr_msg_cb(conf, take_answer);
    return code;
}

static int judge(rd_kafka_resp_err_t answer, const char *topic, struct up_err *err)
{
    switch ((int)answer) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        return 0;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
        return up_fail(err, UP_EAUTH, "topic %s: %s", topic, rd_kafka_err2str(answer));
    case RD_KAFKA_RESP_ERR_NO_ERROR:
        return up_fail(err, UP_ECORRUPT,
                       "topic %s has taken a record that is larger than its max.message.bytes",
                       topic);
    default:
        return up_fail(err, UP_ECONN, "topic %s: %s", topic, rd_kafka_err2str(answer));
    }
}

/* Of the client's life one record. */
static int send_one(rd_kafka_t *rk, const char *topic, size_t bytes, int timeout_ms, struct up_err *err)
{
    rd_kafka_resp_err_t answer = RD_KAFKA_RESP_ERR__TIMED_OUT;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(rk, topic, NULL);
    if (handle == NULL)
        return up_fail(err, UP_EINVAL, "%s: not a name of a topic", topic);
    char *zeros = mem_alloc(bytes);
    if (rd_kafka_produce(handle, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, zeros, bytes, NULL, 0,
                         &answer) != 0)
        answer = rd_kafka_last_error() == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE
                     ? RD_KAFKA_RESP_ERR__INVALID_ARG
                     : rd_kafka_last_error();
    else
        (void)rd_kafka_flush(rk, timeout_ms + SPARE_MS);
    /* What is still on its way must not answer into what is gone. */
    (void)rd_kafka_purge(rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    (void)rd_kafka_flush(rk, SPARE_MS);
    rd_kafka_topic_destroy(handle);
    mem_free(zeros);
    return judge(answer, topic, err);
}

int kafka_permit_write(const struct kafka_client *client, const char *topic,
                       int64_t topic_bytes_max, int timeout_ms, struct up_err *err)
{
    char text[256];
    rd_kafka_conf_t *conf = NULL;
    struct kafka_logger logger = {.log = client->log, .owner = client->log_owner};
    if (topic_bytes_max < 0 || topic_bytes_max >= KAFKA_PERMIT_BYTES_MAX)
        return up_fail(err, UP_EINVAL, "topic %s takes records of more than %d bytes", topic,
                       KAFKA_PERMIT_BYTES_MAX);
    int code = kafka_config_new(client, settings_table,
                                sizeof settings_table / sizeof settings_table[0], &conf, err);
    if (code != 0)
        return code;
    code = configure(conf, topic_bytes_max + 1, timeout_ms, err);
    if (code != 0) {
        rd_kafka_conf_destroy(conf);
        return code;
    }
    rd_kafka_conf_set_opaque(conf, &logger);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    if (rk == NULL) {
        rd_kafka_conf_destroy(conf);
        return up_fail(err, UP_EINVAL, "Kafka: %s", text);
    }
    code = send_one(rk, topic, (size_t)topic_bytes_max + 1, timeout_ms, err);
    rd_kafka_destroy(rk);
    return code;
}
