/* What kafka_source costs above a bare librdkafka consumer: both read the same topic, in turns. */
#include <librdkafka/rdkafka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/panic.h"
#include "io/kafka_producer.h"
#include "io/kafka_source.h"
#include "support/kafka_admin.h"

enum { PARTITIONS = 4, VALUE_BYTES = 350, BATCH = 1024, ROUNDS = 5, TIMEOUT_MS = 60000 };

static const char *const topics[] = {"bench-source"};
static struct kafka_property property = {"bootstrap.servers", NULL};

struct figures {
    int64_t wall_us;
    int64_t thread_us; /* of the thread that drains */
    uint64_t bytes;
};

static void require(int code, const struct up_err *err)
{
    if (code == 0)
        return;
    (void)fprintf(stderr, "%s\n", err->text);
    exit(1);
}

static void write_topic(int64_t count)
{
    struct up_err err = {0};
    const struct kafka_admin_topic topic = {.name = topics[0], .partitions = PARTITIONS};
    require(kafka_admin_create_topics(property.value, &topic, 1, TIMEOUT_MS, &err), &err);
    const struct kafka_producer_settings settings = {
        .client = {.properties = &property, .property_count = 1},
        .topics = topics,
        .topic_count = 1,
        .compression = "lz4",
    };
    struct kafka_producer *producer = NULL;
    require(kafka_producer_new(&settings, &producer, &err), &err);
    char value[VALUE_BYTES];
    memset(value, 'v', sizeof value);
    for (int64_t i = 0; i < count; i++) {
        (void)snprintf(value, sizeof value, "{\"id\":%lld}", (long long)i);
        const struct kafka_record record = {.partition = (int32_t)(i % PARTITIONS),
                                            .key = "team",
                                            .key_length = 4,
                                            .value = value,
                                            .value_length = VALUE_BYTES};
        while (kafka_producer_send(producer, &record, &err) == KAFKA_FULL)
            kafka_producer_poll(producer, 10);
    }
    require(kafka_producer_flush(producer, TIMEOUT_MS, &err), &err);
    kafka_producer_free(producer);
}

static void wait_for(int fd)
{
    struct pollfd waiting = {.fd = fd, .events = POLLIN};
    (void)poll(&waiting, 1, 100);
}

/* ---- bare -------------------------------------------------------------------------------------
 */

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char text[256];
    UP_ASSERT(rd_kafka_conf_set(conf, name, value, text, sizeof text) == RD_KAFKA_CONF_OK);
}

static struct figures read_bare(int64_t count)
{
    static rd_kafka_message_t *messages[BATCH];
    static const uint64_t one = 1;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", property.value);
    set(conf, "group.id", "bare");
    set(conf, "enable.auto.commit", "false");
    set(conf, "enable.auto.offset.store", "false");
    set(conf, "queued.min.messages", "1000000");
    set(conf, "queued.max.messages.kbytes", "262144");
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, NULL, 0);
    UP_ASSERT(rk != NULL);
    rd_kafka_poll_set_consumer(rk);
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(rk);
    int fd = eventfd(0, EFD_NONBLOCK);
    rd_kafka_queue_io_event_enable(queue, fd, &one, sizeof one);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(PARTITIONS);
    for (int i = 0; i < PARTITIONS; i++)
        rd_kafka_topic_partition_list_add(list, topics[0], i)->offset = 0;
    struct figures figures = {.wall_us = clock_mono_us(), .thread_us = clock_cpu_us()};
    rd_kafka_assign(rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    for (int64_t left = count; left > 0;) {
        uint64_t events;
        (void)!read(fd, &events, sizeof events);
        ssize_t got = rd_kafka_consume_batch_queue(queue, 0, messages, BATCH);
        for (ssize_t i = 0; i < got; i++)
            figures.bytes += messages[i]->len;
        for (ssize_t i = 0; i < got; i++)
            rd_kafka_message_destroy(messages[i]);
        left -= got;
        if (got < BATCH)
            wait_for(fd);
    }
    figures.wall_us = clock_mono_us() - figures.wall_us;
    figures.thread_us = clock_cpu_us() - figures.thread_us;
    rd_kafka_queue_destroy(queue);
    rd_kafka_consumer_close(rk);
    rd_kafka_destroy(rk);
    (void)close(fd);
    return figures;
}

/* ---- ours -------------------------------------------------------------------------------------
 */

static struct kafka_source *open_source(void)
{
    struct up_err err = {0};
    const struct kafka_source_settings settings = {
        .client = {.properties = &property, .property_count = 1},
        .topics = topics,
        .topic_count = 1,
        .group = "source",
    };
    struct kafka_source *source = NULL;
    require(kafka_source_new(&settings, &source, &err), &err);
    require(kafka_source_subscribe(source, &err), &err);
    struct kafka_rebalance rebalance;
    struct message message;
    bool has_more;
    do {
        wait_for(kafka_source_fd(source));
        (void)kafka_source_drain(source, &message, 1, clock_mono_us(), &has_more);
        kafka_source_release(source);
    } while (!kafka_source_next_rebalance(source, &rebalance));
    struct kafka_position positions[PARTITIONS];
    for (int i = 0; i < PARTITIONS; i++)
        positions[i] = (struct kafka_position){.partition = i, .offset = 0};
    require(kafka_source_assign(source, positions, PARTITIONS, &err), &err);
    return source;
}

static struct figures read_source(int64_t count)
{
    static struct message messages[BATCH];
    struct up_err err = {0};
    struct kafka_source *source = open_source();
    struct figures figures = {.wall_us = clock_mono_us(), .thread_us = clock_cpu_us()};
    for (int64_t left = count; left > 0;) {
        bool has_more;
        size_t got = kafka_source_drain(source, messages, BATCH, clock_mono_us(), &has_more);
        for (size_t i = 0; i < got; i++)
            figures.bytes += messages[i].value_length;
        kafka_source_release(source);
        left -= (int64_t)got;
        if (!has_more)
            wait_for(kafka_source_fd(source));
    }
    figures.wall_us = clock_mono_us() - figures.wall_us;
    figures.thread_us = clock_cpu_us() - figures.thread_us;
    require(kafka_source_close(source, TIMEOUT_MS, &err), &err);
    kafka_source_free(source);
    return figures;
}

static void print(const char *what, struct figures figures, int64_t count)
{
    printf("%-8s %9.0f messages/s  %6.1f ns of the draining thread a message\n", what,
           (double)count * 1e6 / (double)figures.wall_us,
           (double)figures.thread_us * 1e3 / (double)count);
}

int main(int argc, char **argv)
{
    property.value = getenv("UPTAKE_TEST_KAFKA");
    if (property.value == NULL) {
        puts("run me within tests/support/servers.sh run --kafka");
        return 77;
    }
    int64_t count = argc > 1 ? strtoll(argv[1], NULL, 10) : 1000000;
    write_topic(count);
    for (int round = 0; round < ROUNDS; round++) {
        struct figures bare = read_bare(count);
        struct figures source = read_source(count);
        UP_ASSERT(bare.bytes == source.bytes);
        print("bare", bare, count);
        print("source", source, count);
    }
    return 0;
}
