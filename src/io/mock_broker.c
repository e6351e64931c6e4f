/* librdkafka's mock cluster with a handle of its own. */
#include "io/mock_broker.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "base/mem.h"

enum { TEXT_MAX = 256 };

struct mock_broker {
    rd_kafka_t *rk; /* only lends its threads */
    rd_kafka_mock_cluster_t *cluster;
    int broker_count;
};

int mock_broker_new(int brokers, struct mock_broker **ret_mock, struct up_err *err)
{
    char text[TEXT_MAX];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, NULL);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    if (rk == NULL) {
        rd_kafka_conf_destroy(conf);
        return up_fail(err, UP_EINVAL, "librdkafka cannot be set up: %s", text);
    }
    rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(rk, brokers);
    if (cluster == NULL) {
        rd_kafka_destroy(rk);
        return up_fail(err, UP_EIO, "librdkafka's mock cluster cannot be started");
    }
#if RD_KAFKA_VERSION >= 0x020300ff
    rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, 0);
#endif
    struct mock_broker *mock = mem_alloc(sizeof *mock);
    *mock = (struct mock_broker){.rk = rk, .cluster = cluster, .broker_count = brokers};
    *ret_mock = mock;
    return 0;
}

void mock_broker_free(struct mock_broker *mock)
{
    if (mock == NULL)
        return;
    rd_kafka_mock_cluster_destroy(mock->cluster);
    rd_kafka_destroy(mock->rk);
    mem_free(mock);
}

const char *mock_broker_bootstrap(const struct mock_broker *mock)
{
    return rd_kafka_mock_cluster_bootstraps(mock->cluster);
}

static int result_of(rd_kafka_resp_err_t code, const char *what, struct up_err *err)
{
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        return 0;
    return up_fail(err, UP_EINVAL, "mock cluster: %s: %s", what, rd_kafka_err2str(code));
}

int mock_broker_create_topic(struct mock_broker *mock, const char *topic, int partitions,
                             struct up_err *err)
{
    return result_of(rd_kafka_mock_topic_create(mock->cluster, topic, partitions, 1), topic, err);
}

int mock_broker_set_delay(struct mock_broker *mock, int delay_ms, struct up_err *err)
{
    int code = 0;
    for (int id = 1; id <= mock->broker_count && code == 0; id++)
        code = result_of(rd_kafka_mock_broker_set_rtt(mock->cluster, id, delay_ms), "delay", err);
    return code;
}

int mock_broker_set_down(struct mock_broker *mock, bool is_down, struct up_err *err)
{
    int code = 0;
    for (int id = 1; id <= mock->broker_count && code == 0; id++) {
        code = result_of(is_down ? rd_kafka_mock_broker_set_down(mock->cluster, id)
                                 : rd_kafka_mock_broker_set_up(mock->cluster, id),
                         "up or down", err);
    }
    return code;
}

void mock_broker_fail_requests(struct mock_broker *mock, int16_t api_key, int code, int times)
{
    for (int i = 0; i < times; i++)
        rd_kafka_mock_push_request_errors(mock->cluster, api_key, 1, (rd_kafka_resp_err_t)code);
}
