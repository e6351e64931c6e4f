/* A mock cluster with two topics, a producer for them and one reader that lives through all tests.
 */
#pragma once

#include "io/mock_broker.h"
#include "kafka_reader.h"

enum { TOPICS = 2, PARTITIONS = 4, FIRST_RECORDS = 500 };

static const char *const topics[] = {"usage", "outcome"};

static struct mock_broker *mock;
static struct kafka_producer *producer;
/* The mock cluster lets members wait nearly a session for each other. */
static struct kafka_property properties[] = {
    {"bootstrap.servers", NULL},
    {"session.timeout.ms", "6000"},
    {"heartbeat.interval.ms", "200"},
    {"fetch.wait.max.ms", "10"},
};
static struct reader_store store;
/* It lives through all tests, for joining a group takes 3 s in librdkafka 2.0. */
static struct reader reader;
static int64_t written; /* records in each partition */
static unsigned log_lines;

static inline void count_log(void *owner, int level, const char *facility, const char *text)
{
    assert_ptr_equal(owner, &log_lines);
    assert_true(level >= 0 && level <= 7);
    assert_true(facility[0] != '\0' && text[0] != '\0');
    log_lines++;
}

static inline struct kafka_client client_of(void)
{
    return (struct kafka_client){.properties = properties,
                                 .property_count = sizeof properties / sizeof properties[0],
                                 .log = count_log,
                                 .log_owner = &log_lines};
}

static inline struct kafka_source_settings settings_of(void)
{
    return (struct kafka_source_settings){
        .client = client_of(), .topics = topics, .topic_count = TOPICS, .group = "readers"};
}

static inline void write_records(int count)
{
    reader_fill(producer, TOPICS, PARTITIONS, count);
    written += count;
}

static inline int open_all(void **state)
{
    (void)state;
    struct up_err err = {0};
    assert_int_equal(mock_broker_new(2, &mock, &err), 0);
    properties[0].value = mock_broker_bootstrap(mock);
    assert_int_equal(mock_broker_create_topic(mock, topics[0], PARTITIONS, &err), 0);
    assert_int_equal(mock_broker_create_topic(mock, topics[1], PARTITIONS, &err), 0);
    assert_int_equal(mock_broker_create_topic(mock, "rejected", 1, &err), 0);
    const struct kafka_producer_settings settings = {
        .client = client_of(), .topics = topics, .topic_count = TOPICS, .compression = "lz4"};
    if (kafka_producer_new(&settings, &producer, &err) != 0)
        fail_msg("%s", err.text);
    reader_store_init(&store);
    return 0;
}

static inline int close_all(void **state)
{
    (void)state;
    kafka_producer_free(producer);
    mock_broker_free(mock);
    return 0;
}

static inline bool has_all(void *arg)
{
    (void)arg;
    for (int topic = 0; topic < TOPICS; topic++) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            if (store.next[topic][partition] != written)
                return false;
        }
    }
    return true;
}

static inline bool is_at_every_end(void *arg)
{
    for (int topic = 0; topic < TOPICS; topic++) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            if (((const struct reader *)arg)->end[topic][partition] != written)
                return false;
        }
    }
    return true;
}

static inline void assert_complete(void)
{
    assert_int_equal(store.skipped, 0);
    assert_int_equal(store.repeated, 0);
    assert_int_equal(store.messages, (uint64_t)written * TOPICS * PARTITIONS);
}

/* Fills the topics, joins and reads to the end. */
static inline void read_first_records(void)
{
    write_records(FIRST_RECORDS);
    struct kafka_source_settings settings = settings_of();
    reader_open(&reader, &store, &settings);
    assert_true(reader_run(&reader, is_at_every_end, &reader));
    assert_true(has_all(NULL));
    assert_complete();
}
