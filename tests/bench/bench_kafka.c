/* The two ends of `make bench`: loads mixed events into a topic, and reads a topic with a bare librdkafka consumer.
 *
 *   bench_kafka load BROKERS TOPIC EVENTS TEAMS    48 hours of event time, key = team, lz4
 *   bench_kafka pace BROKERS TOPIC EVENTS TEAMS N  the same at N events a second, event time = now
 *   bench_kafka fill BROKERS TOPIC TEAMS DAYS      a task a day in 3 workflows and 2 arms of each team of 8 people
 *   bench_kafka raw BROKERS TOPIC EVENTS           counts bytes until EVENTS messages are read; prints one line */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <librdkafka/rdkafka.h>

enum { DECISION_LAG = 1000, OUTCOME_LAG = 30000, PEOPLE = 8, WORKFLOWS = 3, VALUE_MAX = 640 };

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char why[256];
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK) {
        (void)fprintf(stderr, "bench_kafka: %s\n", why);
        exit(2);
    }
}

/* ---- load ----------------------------------------------------------------------------------------------------- */

struct loader {
    rd_kafka_t *producer;
    const char *topic;
    int64_t teams;
    int64_t sent;
    int64_t wanted;
    int64_t first_ms, span_ms; /* event time of event i = first + span * i / wanted; span 0 = now */
    double rate;               /* events a second; 0 = as fast as it goes */
    double began_s;
};

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static int64_t wall_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void stamp(const struct loader *loader, char *text, size_t size)
{
    int64_t ms = loader->span_ms == 0 ? wall_ms() : loader->first_ms + loader->span_ms * loader->sent / loader->wanted;
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    (void)gmtime_r(&seconds, &tm);
    size_t used = strftime(text, size, "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(text + used, size - used, ".%03dZ", (int)(ms % 1000));
}

static void keep_pace(const struct loader *loader)
{
    if (loader->rate <= 0 || loader->sent % 100 != 0)
        return;
    while ((double)loader->sent > (now_s() - loader->began_s) * loader->rate)
        (void)rd_kafka_poll(loader->producer, 2);
}

static void send_to_team(struct loader *loader, const char *kind, int64_t task, int64_t number, const char *members)
{
    if (loader->sent >= loader->wanted)
        return;
    char team[32], time_text[40], value[VALUE_MAX];
    int key = snprintf(team, sizeof team, "team-%05" PRId64, number);
    stamp(loader, time_text, sizeof time_text);
    int length = snprintf(value, sizeof value,
                          "{\"specversion\":\"1.0\",\"id\":\"%s-%012" PRIx64 "\",\"source\":\"/desk/assistant/eu-west/%" PRId64
                          "\",\"type\":\"uptake.%s.v1\",\"time\":\"%s\",\"datacontenttype\":\"application/json\","
                          "\"data\":{\"team\":\"%s\",\"task\":\"case-%010" PRId64 "\",%s}}",
                          kind, (uint64_t)task, number % 16, kind, time_text, team, task, members);
    for (;;) {
        rd_kafka_resp_err_t code =
            rd_kafka_producev(loader->producer, RD_KAFKA_V_TOPIC(loader->topic), RD_KAFKA_V_KEY(team, (size_t)key),
                              RD_KAFKA_V_VALUE(value, (size_t)length), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                              RD_KAFKA_V_END);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
            break;
        if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            (void)fprintf(stderr, "bench_kafka: %s\n", rd_kafka_err2str(code));
            exit(1);
        }
        (void)rd_kafka_poll(loader->producer, 100);
    }
    loader->sent++;
    if (loader->sent % 1000 == 0)
        (void)rd_kafka_poll(loader->producer, 0);
    keep_pace(loader);
}

static void send_event(struct loader *loader, const char *kind, int64_t task, const char *members)
{
    send_to_team(loader, kind, task, (int64_t)(mix((uint64_t)task) % (uint64_t)loader->teams), members);
}

static void send_usage(struct loader *loader, int64_t task)
{
    static const char *const assists[] = {"ai", "ai", "ai", "none", "none", "bypass"};
    static const char *const kinds[] = {"routine", "judgement", "creative", "relational"};
    uint64_t h = mix((uint64_t)task + 1);
    char members[320];
    (void)snprintf(members, sizeof members,
                   "\"user\":\"person-%" PRIu64 "@example.org\",\"assist\":\"%s\",\"workflow\":\"workflow-%" PRIu64
                   "\",\"kind\":\"%s\",\"tool\":\"assistant\",\"explained\":%s,\"batch\":false",
                   h % PEOPLE, assists[(h >> 8) % 6], (h >> 16) % WORKFLOWS, kinds[(h >> 24) % 4],
                   (h >> 32) % 3 == 0 ? "true" : "false");
    send_event(loader, "usage", task, members);
}

static void send_decision(struct loader *loader, int64_t task)
{
    uint64_t h = mix((uint64_t)task + 1);
    if ((h >> 40) % 2 == 0)
        return;
    static const char *const actions[] = {"accept", "modify", "reject"};
    char members[200];
    (void)snprintf(members, sizeof members, "\"user\":\"person-%" PRIu64 "@example.org\",\"action\":\"%s\"", h % PEOPLE,
                   actions[(h >> 41) % 3]);
    send_event(loader, "override", task, members);
}

static void send_outcome(struct loader *loader, int64_t task)
{
    uint64_t h = mix((uint64_t)task + 2);
    char members[256];
    (void)snprintf(members, sizeof members,
                   "\"success\":%s,\"quality\":0.%02" PRIu64 ",\"cycle_s\":%" PRIu64 ".5,\"effort_s\":%" PRIu64
                   ",\"rework\":%s,\"advice_correct\":%s,\"initial_correct\":%s",
                   h % 4 ? "true" : "false", (h >> 8) % 100, 60 + (h >> 16) % 7200, 30 + (h >> 30) % 1200,
                   (h >> 44) % 5 ? "false" : "true", (h >> 48) % 4 ? "true" : "false",
                   (h >> 52) % 2 ? "true" : "false");
    send_event(loader, "outcome", task, members);
}

static rd_kafka_t *connect_producer(const char *brokers, const char *linger_ms)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", brokers);
    set(conf, "compression.type", "lz4");
    set(conf, "partitioner", "murmur2");
    set(conf, "linger.ms", linger_ms);
    set(conf, "queue.buffering.max.messages", "500000");
    char why[256];
    rd_kafka_t *producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (producer == NULL)
        (void)fprintf(stderr, "bench_kafka: %s\n", why);
    return producer;
}

/* Waits until all is delivered. */
static int finish(const struct loader *loader)
{
    rd_kafka_resp_err_t code = rd_kafka_flush(loader->producer, 120000);
    rd_kafka_destroy(loader->producer);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        (void)fprintf(stderr, "bench_kafka: %s\n", rd_kafka_err2str(code));
        return 1;
    }
    (void)printf("loaded %" PRId64 " events in %.1f s\n", loader->sent, now_s() - loader->began_s);
    return 0;
}

/* Fills memory: every team has a cell a day in each of 3 workflows and 2 arms, and a task in each. */
static int fill(const char *brokers, const char *topic, int64_t teams, int64_t days)
{
    static const char *const assists[] = {"ai", "none"};
    rd_kafka_t *producer = connect_producer(brokers, "50");
    if (producer == NULL)
        return 1;
    int64_t day_ms = 86400000;
    struct loader loader = {.producer = producer,
                            .topic = topic,
                            .teams = teams,
                            .wanted = teams * days * WORKFLOWS * 2,
                            .first_ms = (wall_ms() / day_ms - days) * day_ms,
                            .span_ms = days * day_ms,
                            .began_s = now_s()};
    for (int64_t i = 0; i < loader.wanted; i++) {
        int64_t slot = i / teams;
        char members[160];
        (void)snprintf(members, sizeof members,
                       "\"user\":\"person-%" PRId64 "@example.org\",\"assist\":\"%s\",\"workflow\":\"workflow-%" PRId64
                       "\",\"kind\":\"judgement\"",
                       slot % PEOPLE, assists[slot % 2], slot / 2 % WORKFLOWS);
        send_to_team(&loader, "usage", i, i % teams, members);
    }
    return finish(&loader);
}

static int load(const char *brokers, const char *topic, int64_t events, int64_t teams, double rate)
{
    rd_kafka_t *producer = connect_producer(brokers, rate > 0 ? "5" : "50");
    if (producer == NULL)
        return 1;
    int64_t hours48_ms = INT64_C(48) * 3600000;
    /* Begins at midnight, so that one day closes six hours before the end. */
    int64_t first_ms = (wall_ms() - hours48_ms) / 86400000 * 86400000;
    struct loader loader = {.producer = producer,
                            .topic = topic,
                            .teams = teams,
                            .wanted = events,
                            .first_ms = first_ms,
                            .span_ms = rate > 0 ? 0 : hours48_ms,
                            .rate = rate,
                            .began_s = now_s()};
    for (int64_t task = 0; loader.sent < events; task++) {
        send_usage(&loader, task);
        if (task >= DECISION_LAG)
            send_decision(&loader, task - DECISION_LAG);
        if (task >= OUTCOME_LAG)
            send_outcome(&loader, task - OUTCOME_LAG);
    }
    return finish(&loader);
}

/* ---- raw ------------------------------------------------------------------------------------------------------- */

static int raw(const char *brokers, const char *topic, int64_t events)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char group[64], why[256];
    (void)snprintf(group, sizeof group, "raw-%lld", (long long)wall_ms());
    set(conf, "bootstrap.servers", brokers);
    set(conf, "group.id", group);
    set(conf, "enable.auto.commit", "false");
    set(conf, "auto.offset.reset", "earliest");
    double began_s = now_s();
    rd_kafka_t *consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (consumer == NULL) {
        (void)fprintf(stderr, "bench_kafka: %s\n", why);
        return 1;
    }
    (void)rd_kafka_poll_set_consumer(consumer);
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    (void)rd_kafka_topic_partition_list_add(topics, topic, RD_KAFKA_PARTITION_UA);
    (void)rd_kafka_subscribe(consumer, topics);
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(consumer);
    static rd_kafka_message_t *batch[1000];
    int64_t count = 0, bytes = 0;
    double first_s = 0;
    while (count < events && now_s() - began_s < 300) {
        ssize_t got = rd_kafka_consume_batch_queue(queue, 100, batch, 1000);
        for (ssize_t i = 0; i < got; i++) {
            if (batch[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
                if (count++ == 0)
                    first_s = now_s();
                bytes += (int64_t)batch[i]->len;
            }
            rd_kafka_message_destroy(batch[i]);
        }
    }
    double ended_s = now_s();
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    double cpu_s = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                   (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    (void)printf("events=%" PRId64 " bytes=%" PRId64 " seconds=%.3f steady_seconds=%.3f cpu=%.3f\n", count, bytes,
                 ended_s - began_s, ended_s - first_s, cpu_s);
    rd_kafka_queue_destroy(queue);
    rd_kafka_topic_partition_list_destroy(topics);
    (void)rd_kafka_consumer_close(consumer);
    rd_kafka_destroy(consumer);
    return count == events ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "load") == 0)
        return load(argv[2], argv[3], strtoll(argv[4], NULL, 10), strtoll(argv[5], NULL, 10), 0);
    if (argc == 7 && strcmp(argv[1], "pace") == 0)
        return load(argv[2], argv[3], strtoll(argv[4], NULL, 10), strtoll(argv[5], NULL, 10), strtod(argv[6], NULL));
    if (argc == 6 && strcmp(argv[1], "fill") == 0)
        return fill(argv[2], argv[3], strtoll(argv[4], NULL, 10), strtoll(argv[5], NULL, 10));
    if (argc == 5 && strcmp(argv[1], "raw") == 0)
        return raw(argv[2], argv[3], strtoll(argv[4], NULL, 10));
    (void)fprintf(stderr, "usage: bench_kafka load BROKERS TOPIC EVENTS TEAMS | pace BROKERS TOPIC EVENTS TEAMS RATE |"
                          " fill BROKERS TOPIC TEAMS DAYS | raw BROKERS TOPIC EVENTS\n");
    return 2;
}
