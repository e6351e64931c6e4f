/* The producer: the Java client's partitions, deliveries, errors, a queue that is full. */
#include "io/kafka_producer.h"
#include "io/mock_broker.h"
#include "kafka_reader.h"

enum { PARTITIONS = 7, PRODUCE_API = 0, MESSAGE_TOO_LARGE = 10, INVALID_RECORD = 87 };

static const char *const topics[] = {"first", "second"};

static struct mock_broker *mock;
static struct kafka_property brokers;

static struct {
    unsigned delivered;
    unsigned too_large;
    unsigned failed;
    uintptr_t token;
    uint16_t topic;
    int32_t partition;
    int64_t offset;
    char value[16];
    uint32_t header_count;
} got;

static void take_delivery(void *owner, enum kafka_delivery result,
                          const struct kafka_record *record, int64_t offset, const char *text)
{
    assert_ptr_equal(owner, &got);
    assert_non_null(text);
    got.delivered += result == KAFKA_DELIVERED;
    got.too_large += result == KAFKA_DELIVERY_TOO_LARGE;
    got.failed += result == KAFKA_DELIVERY_FAILED;
    got.token = record->token;
    got.topic = record->topic;
    got.partition = record->partition;
    got.offset = offset;
    got.header_count = record->header_count;
    if (result != KAFKA_DELIVERED)
        (void)snprintf(got.value, sizeof got.value, "%.*s", (int)record->value_length,
                       (const char *)record->value);
}

static int open_all(void **state)
{
    (void)state;
    struct up_err err = {0};
    assert_int_equal(mock_broker_new(1, &mock, &err), 0);
    assert_int_equal(mock_broker_create_topic(mock, topics[0], PARTITIONS, &err), 0);
    assert_int_equal(mock_broker_create_topic(mock, topics[1], PARTITIONS, &err), 0);
    brokers = (struct kafka_property){"bootstrap.servers", mock_broker_bootstrap(mock)};
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    mock_broker_free(mock);
    return 0;
}

static struct kafka_producer *open_producer(struct kafka_producer_settings settings)
{
    struct up_err err = {0};
    struct kafka_producer *producer = NULL;
    settings.client = (struct kafka_client){.properties = &brokers, .property_count = 1};
    settings.topics = topics;
    settings.topic_count = 2;
    settings.delivered = take_delivery;
    settings.delivered_owner = &got;
    memset(&got, 0, sizeof got);
    if (kafka_producer_new(&settings, &producer, &err) != 0)
        fail_msg("%s", err.text);
    return producer;
}

static void deliver(struct kafka_producer *producer, const struct kafka_record *record)
{
    struct up_err err = {0};
    assert_int_equal(kafka_producer_send(producer, record, &err), KAFKA_SENT);
    assert_int_equal(kafka_producer_flush(producer, 60000, &err), 0);
}

/* Expected: abs(murmur2(key)) % 7 with the hashes that Kafka's own UtilsTest.java names. */
static void partitions_are_those_of_the_java_client(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        int32_t hash;
    } cases[] = {{"21", -973932308},
                 {"foobar", -790332482},
                 {"a-little-bit-long-string", -985981536},
                 {"a-little-bit-longer-string", -1486304829},
                 {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
                 {"abc", 479470107}};
    struct kafka_producer *producer =
        open_producer((struct kafka_producer_settings){.partitioner = "murmur2"});
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kafka_record record = {.topic = 1,
                                      .partition = -1,
                                      .key = cases[i].key,
                                      .key_length = (uint32_t)strlen(cases[i].key),
                                      .value = "v",
                                      .value_length = 1,
                                      .token = i};
        deliver(producer, &record);
        assert_int_equal(got.partition,
                         (int32_t)((uint32_t)cases[i].hash & 0x7fffffffU) % PARTITIONS);
        assert_int_equal(got.token, i);
        assert_int_equal(got.topic, 1);
    }
    assert_int_equal(got.delivered, sizeof cases / sizeof cases[0]);
    assert_int_equal(kafka_producer_counts(producer)->delivered, got.delivered);
    kafka_producer_free(producer);
}

static void a_partition_may_be_chosen(void **state)
{
    (void)state;
    static const char *const compressions[] = {"none", "gzip", "snappy", "lz4"};
    for (size_t i = 0; i < sizeof compressions / sizeof compressions[0]; i++) {
        struct kafka_producer *producer = open_producer((struct kafka_producer_settings){
            .partitioner = "murmur2", .compression = compressions[i]});
        struct kafka_record record = {
            .partition = 5, .key = "abc", .key_length = 3, .value = "v", .value_length = 1};
        deliver(producer, &record);
        assert_int_equal(got.partition, 5);
        assert_int_equal(got.offset, (int64_t)i);
        kafka_producer_free(producer);
    }
}

static void settings_are_checked(void **state)
{
    (void)state;
    struct up_err err = {0};
    struct kafka_producer *producer = NULL;
    struct kafka_producer_settings settings = {
        .client = {.properties = &brokers, .property_count = 1},
        .topics = topics,
        .topic_count = 1,
        .partitioner = "murmur9"};
    assert_int_equal(kafka_producer_new(&settings, &producer, &err), UP_EINVAL);
    assert_non_null(strstr(err.text, "murmur9"));
    settings.partitioner = NULL;
    settings.compression = "rar";
    assert_int_equal(kafka_producer_new(&settings, &producer, &err), UP_EINVAL);
    assert_non_null(strstr(err.text, "rar"));
    assert_null(producer);
}

static void a_failure_brings_the_record_back(void **state)
{
    (void)state;
    struct up_err err = {0};
    struct kafka_producer *producer =
        open_producer((struct kafka_producer_settings){.keeps_trying = true});
    const struct message_header headers[] = {{.name = {"a", 1}, .value = NULL},
                                             {.name = {"a", 1}, .value = "b", .value_length = 1}};
    struct kafka_record record = {.partition = 0,
                                  .value = "again",
                                  .value_length = 5,
                                  .headers = headers,
                                  .header_count = 2,
                                  .token = 9};
    mock_broker_fail_requests(mock, PRODUCE_API, INVALID_RECORD, 1);
    assert_int_equal(kafka_producer_send(producer, &record, &err), KAFKA_SENT);
    assert_int_equal(kafka_producer_flush(producer, 60000, &err), 0);
    assert_int_equal(got.failed, 1);
    assert_int_equal(got.token, 9);
    assert_int_equal(got.header_count, 2);
    assert_int_equal(got.offset, -1);
    assert_string_equal(got.value, "again");
    assert_string_not_equal(kafka_producer_trouble(producer), "");

    mock_broker_fail_requests(mock, PRODUCE_API, MESSAGE_TOO_LARGE, 1);
    deliver(producer, &record);
    assert_int_equal(got.too_large, 1);
    deliver(producer, &record);
    assert_int_equal(got.delivered, 1);
    assert_string_equal(kafka_producer_trouble(producer), "");
    assert_int_equal(kafka_producer_counts(producer)->sent, 3);
    assert_int_equal(kafka_producer_counts(producer)->failed, 2);
    kafka_producer_free(producer);
}

static void what_is_too_large_is_told_at_once(void **state)
{
    (void)state;
    struct kafka_producer *producer =
        open_producer((struct kafka_producer_settings){.queue_kbytes = 8192});
    uint32_t length = 2000000;
    char *value = mem_alloc(length);
    struct kafka_record record = {.partition = 0, .value = value, .value_length = length};
    assert_int_equal(kafka_producer_send(producer, &record, NULL), KAFKA_TOO_LARGE);
    record.partition = PARTITIONS;
    record.value_length = 1;
    struct up_err err = {0};
    enum kafka_send result = kafka_producer_send(producer, &record, &err);
    /* A partition that does not exist is known only once the topic is. */
    if (result == KAFKA_SENT) {
        assert_int_equal(kafka_producer_flush(producer, 60000, &err), 0);
        assert_int_equal(got.failed, 1);
    } else {
        assert_int_equal(result, KAFKA_REFUSED);
        assert_non_null(strstr(err.text, "first"));
    }
    mem_free(value);
    kafka_producer_free(producer);
}

static void a_full_queue_pushes_back(void **state)
{
    (void)state;
    struct up_err err = {0};
    struct kafka_producer *producer =
        open_producer((struct kafka_producer_settings){.queue_kbytes = 1000});
    assert_int_equal(mock_broker_set_down(mock, true, &err), 0);
    static char value[10000];
    struct kafka_record record = {.partition = 2, .value = value, .value_length = sizeof value};
    enum kafka_send result = KAFKA_SENT;
    unsigned sent = 0;
    while (result == KAFKA_SENT && sent < 1000) {
        result = kafka_producer_send(producer, &record, &err);
        sent += result == KAFKA_SENT;
    }
    assert_int_equal(result, KAFKA_FULL);
    assert_true(sent > 90);
    assert_int_equal(kafka_producer_flush(producer, 50, &err), UP_EAGAIN);
    assert_non_null(strstr(err.text, "were not acknowledged"));
    assert_int_equal(mock_broker_set_down(mock, false, &err), 0);
    assert_int_equal(kafka_producer_flush(producer, 60000, &err), 0);
    assert_int_equal(got.delivered, sent);
    assert_int_equal(kafka_producer_send(producer, &record, &err), KAFKA_SENT);
    kafka_producer_free(producer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(partitions_are_those_of_the_java_client),
        cmocka_unit_test(a_partition_may_be_chosen),
        cmocka_unit_test(settings_are_checked),
        cmocka_unit_test(a_failure_brings_the_record_back),
        cmocka_unit_test(what_is_too_large_is_told_at_once),
        cmocka_unit_test(a_full_queue_pushes_back),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
