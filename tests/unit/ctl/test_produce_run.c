/* What arrives in Kafka is what the file says: key, headers, value, topic and partition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../io/kafka_reader.h"
#include "codec/partitioner.h"
#include "ctl/produce_run.h"
#include "io/mock_broker.h"
#include "support/temp_dir.h"

enum { PARTITIONS = 3, SEEN_MAX = 16, TEXT_BYTES = 512 };

#define PLAIN(team, id)                                                                            \
    "{\"specversion\":\"1.0\",\"id\":\"" id "\",\"source\":\"s\",\"type\":\"uptake.usage.v1\","    \
    "\"time\":\"2025-01-01T00:00:00Z\",\"data\":{\"team\":\"" team                                 \
    "\",\"user\":\"u\",\"assist\":\"ai\"}}"

static const char *const lines[] = {
    PLAIN("alpha", "1"),
    PLAIN("gr\xc3\xbcn", "2"),
    "not JSON at all",
    ("{\"topic\":\"results\",\"key\":\"beta\",\"headers\":{\"ce_id\":\"7\",\"empty\":\"\"},"
     "\"value\":\"{}\"}"),
    "{\"topic\":\"results\",\"key_b64\":\"YWxwaGE=\",\"partition\":2,\"value_b64\":\"AP8=\"}",
    "{\"topic\":\"uptake\",\"key\":\"alpha\",\"value\":\"of the first topic\"}",
    "{\"topic\":\"elsewhere\",\"key\":\"alpha\",\"value\":\"nobody asked for\"}",
    "{\"topic\":\"results\",\"key\":\"alpha\",\"partition\":\"two\",\"value\":\"x\"}",
};
enum { LINES = sizeof lines / sizeof lines[0], SENT = 6 };

struct seen {
    uint16_t topic;
    int32_t partition;
    char key[64], value[TEXT_BYTES], headers[128];
    uint32_t key_length, value_length;
    bool has_key;
};

static struct {
    struct mock_broker *broker;
    struct temp_dir dir;
    char path[TEMP_DIR_PATH_MAX];
    struct seen seen[SEEN_MAX];
    size_t count;
} fixture;

static const char *const topics[] = {"work", "results"};

static int set_up(void **state)
{
    (void)state;
    struct up_err err;
    if (mock_broker_new(1, &fixture.broker, &err) != 0 || temp_dir_init(&fixture.dir, &err) != 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        if (mock_broker_create_topic(fixture.broker, topics[i], PARTITIONS, &err) != 0)
            return -1;
    }
    temp_dir_join(&fixture.dir, "events.ndjson", fixture.path);
    FILE *file = fopen(fixture.path, "w");
    for (int i = 0; i < LINES; i++)
        fprintf(file, "%s\n", lines[i]);
    return fclose(file);
}

static int tear_down(void **state)
{
    (void)state;
    mock_broker_free(fixture.broker);
    temp_dir_done(&fixture.dir);
    return 0;
}

static void note_message(void *arg, const struct message *message)
{
    (void)arg;
    assert_in_range(fixture.count, 0, SEEN_MAX - 1);
    struct seen *seen = &fixture.seen[fixture.count++];
    seen->topic = message->topic;
    seen->partition = message->partition;
    seen->has_key = message->key != NULL;
    seen->key_length = message->key_length;
    seen->value_length = message->value_length;
    assert_true(message->key_length < sizeof seen->key &&
                message->value_length < sizeof seen->value);
    if (message->key_length > 0)
        memcpy(seen->key, message->key, message->key_length);
    if (message->value_length > 0)
        memcpy(seen->value, message->value, message->value_length);
    for (uint32_t i = 0; i < message->header_count; i++) {
        const struct message_header *header = &message->headers[i];
        size_t used = strlen(seen->headers);
        (void)snprintf(seen->headers + used, sizeof seen->headers - used, "%.*s=%.*s;",
                       (int)header->name.length, header->name.bytes, (int)header->value_length,
                       (const char *)header->value);
    }
}

static bool all_seen(void *arg)
{
    (void)arg;
    return fixture.count >= SENT;
}

static void read_all(void)
{
    const struct kafka_property properties[] = {
        {"bootstrap.servers", mock_broker_bootstrap(fixture.broker)}};
    const struct kafka_source_settings settings = {
        .client = {.properties = properties, .property_count = 1},
        .topics = topics,
        .topic_count = 2,
        .group = "test"};
    struct reader_store store;
    struct reader reader;
    struct reader *const readers[] = {&reader};
    reader_store_init(&store);
    reader_open(&reader, &store, &settings);
    reader.on_message = note_message;
    assert_true(readers_run(readers, 1, all_seen, NULL));
    reader_close(&reader);
}

static const struct seen *find_seen(const char *value, uint32_t length)
{
    for (size_t i = 0; i < fixture.count; i++) {
        const struct seen *seen = &fixture.seen[i];
        if (seen->value_length == length && memcmp(seen->value, value, length) == 0)
            return seen;
    }
    fail_msg("'%s' did not arrive", value);
    return NULL;
}

static void expect_seen(const struct seen *seen, uint16_t topic, const char *key)
{
    assert_int_equal(seen->topic, topic);
    assert_int_equal(seen->key_length, strlen(key));
    assert_memory_equal(seen->key, key, strlen(key));
    assert_int_equal(seen->partition,
                     partitioner_partition(PARTITIONER_MURMUR2, key, strlen(key), PARTITIONS));
}

static struct produce_options make_options(const struct kafka_property *properties)
{
    return (struct produce_options){.path = fixture.path,
                                    .topics = topics,
                                    .topic_count = 2,
                                    .client = {.properties = properties, .property_count = 1},
                                    .partitioner = "murmur2",
                                    .compression = "lz4",
                                    .reach_s = 10,
                                    .quiet = true};
}

static void every_line_arrives_as_it_says(void **state)
{
    (void)state;
    const struct kafka_property properties[] = {
        {"bootstrap.servers", mock_broker_bootstrap(fixture.broker)}};
    const struct produce_options options = make_options(properties);
    struct produce_counts counts;
    struct up_err err = {0};
    if (produce_run(&options, &counts, &err) != UP_OK)
        fail_msg("%s", err.text);
    assert_int_equal(counts.lines, LINES);
    assert_int_equal(counts.delivered, SENT);
    assert_int_equal(counts.failed, LINES - SENT);

    read_all();
    expect_seen(find_seen(lines[0], (uint32_t)strlen(lines[0])), 0, "alpha");
    expect_seen(find_seen(lines[1], (uint32_t)strlen(lines[1])), 0, "gr\xc3\xbcn");
    const struct seen *broken = find_seen(lines[2], (uint32_t)strlen(lines[2]));
    assert_false(broken->has_key);
    assert_int_equal(broken->partition, 0);
    const struct seen *headed = find_seen("{}", 2);
    expect_seen(headed, 1, "beta");
    assert_string_equal(headed->headers, "ce_id=7;empty=;");
    const struct seen *placed = find_seen("\0\xff", 2);
    assert_int_equal(placed->topic, 1);
    assert_int_equal(placed->partition, 2);
    assert_memory_equal(placed->key, "alpha", 5);
    expect_seen(find_seen("of the first topic", 18), 0, "alpha");
}

static void what_keeps_it_from_sending_is_told_apart(void **state)
{
    (void)state;
    const struct kafka_property there[] = {
        {"bootstrap.servers", mock_broker_bootstrap(fixture.broker)}};
    const struct kafka_property nowhere[] = {{"bootstrap.servers", "127.0.0.1:1"}};
    struct produce_counts counts;
    struct up_err err;
    struct produce_options options = make_options(nowhere);
    options.reach_s = 2;
    assert_int_equal(produce_run(&options, &counts, &err), UP_ECONN);
    assert_int_equal(counts.lines, 0);
    options = make_options(there);
    options.compression = "shrinking";
    assert_int_equal(produce_run(&options, &counts, &err), UP_EINVAL);
    options = make_options(there);
    options.path = "/nonexistent";
    assert_int_equal(produce_run(&options, &counts, &err), UP_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_arrives_as_it_says),
        cmocka_unit_test(what_keeps_it_from_sending_is_told_apart),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
