/* The source on the mock cluster: order, completeness, headers, ends, pauses, rebalances, trouble.
 */
#include <poll.h>

#include "io/mock_broker.h"
#include "kafka_reader.h"

enum { TOPICS = 2, PARTITIONS = 4, FIRST_RECORDS = 500 };

static const char *const topics[] = {"usage", "outcome"};

static struct mock_broker *mock;
static struct kafka_producer *producer;
/* The mock cluster lets members wait nearly a session for each other. */
static struct kafka_property properties[] = {
    {"bootstrap.servers", NULL},
    {"session.timeout.ms", "3000"},
    {"heartbeat.interval.ms", "200"},
    {"fetch.wait.max.ms", "10"},
};
static struct reader_store store;
static struct reader
    reader;             /* lives through all tests: joining a group takes 3 s in librdkafka 2.0 */
static int64_t written; /* records in each partition */
static unsigned log_lines;

static void count_log(void *owner, int level, const char *facility, const char *text)
{
    assert_ptr_equal(owner, &log_lines);
    assert_true(level >= 0 && level <= 7);
    assert_true(facility[0] != '\0' && text[0] != '\0');
    log_lines++;
}

static struct kafka_client client_of(void)
{
    return (struct kafka_client){.properties = properties,
                                 .property_count = sizeof properties / sizeof properties[0],
                                 .log = count_log,
                                 .log_owner = &log_lines};
}

static struct kafka_source_settings settings_of(void)
{
    return (struct kafka_source_settings){
        .client = client_of(), .topics = topics, .topic_count = TOPICS, .group = "readers"};
}

static void write_records(int count)
{
    reader_fill(producer, TOPICS, PARTITIONS, count);
    written += count;
}

static int open_all(void **state)
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

static int close_all(void **state)
{
    (void)state;
    kafka_producer_free(producer);
    mock_broker_free(mock);
    return 0;
}

static bool has_all(void *arg)
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

static bool is_at_every_end(void *arg)
{
    for (int topic = 0; topic < TOPICS; topic++) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            if (((const struct reader *)arg)->end[topic][partition] != written)
                return false;
        }
    }
    return true;
}

static void assert_complete(void)
{
    assert_int_equal(store.skipped, 0);
    assert_int_equal(store.repeated, 0);
    assert_int_equal(store.messages, (uint64_t)written * TOPICS * PARTITIONS);
}

static void the_topics_are_checked(void **state)
{
    (void)state;
    struct up_err err = {0};
    struct kafka_source_settings settings = settings_of();
    struct kafka_source *source = NULL;
    struct kafka_topics_check check;
    assert_int_equal(kafka_source_new(&settings, &source, &err), 0);
    assert_int_equal(kafka_source_check_topics(source, "rejected", 10000, &check, &err), 0);
    assert_int_equal(check.fault, KAFKA_FAULT_NONE);
    assert_int_equal(check.partitions, PARTITIONS);

    assert_int_equal(kafka_source_check_topics(source, "outcome", 10000, &check, &err), UP_EINVAL);
    assert_int_equal(check.fault, KAFKA_FAULT_DEAD_LETTER);
    assert_non_null(strstr(err.text, "outcome"));
    kafka_source_free(source);
}

static void topics_that_differ_are_refused(void **state)
{
    (void)state;
    struct up_err err = {0};
    static const char *const differing[] = {"usage", "rejected"};
    struct kafka_source_settings settings = settings_of();
    settings.topics = differing;
    struct kafka_source *source = NULL;
    struct kafka_topics_check check;
    assert_int_equal(kafka_source_new(&settings, &source, &err), 0);
    assert_int_equal(kafka_source_check_topics(source, NULL, 10000, &check, &err), UP_EINVAL);
    assert_int_equal(check.fault, KAFKA_FAULT_PARTITIONS);
    assert_non_null(strstr(err.text, "usage has 4 partitions and topic rejected has 1"));
    kafka_source_free(source);
}

static void a_silent_cluster_is_told_in_time(void **state)
{
    (void)state;
    struct up_err err = {0};
    struct kafka_source_settings settings = settings_of();
    const struct kafka_property nowhere = {"bootstrap.servers", "127.0.0.1:1"};
    settings.client.properties = &nowhere;
    settings.client.property_count = 1;
    struct kafka_source *source = NULL;
    struct kafka_topics_check check;
    int64_t start_us = clock_mono_us();
    assert_int_equal(kafka_source_new(&settings, &source, &err), 0);
    assert_int_equal(kafka_source_check_topics(source, NULL, 600, &check, &err), UP_ECONN);
    assert_true(clock_mono_us() - start_us < 5000000);
    assert_int_equal(check.fault, KAFKA_FAULT_UNREACHABLE);
    assert_non_null(strstr(err.text, "refused"));
    kafka_source_free(source);
}

static void reads_everything_in_order_to_the_end(void **state)
{
    (void)state;
    write_records(FIRST_RECORDS);
    struct kafka_source_settings settings = settings_of();
    reader_open(&reader, &store, &settings);
    assert_true(reader_run(&reader, is_at_every_end, &reader));
    assert_true(has_all(NULL));
    assert_complete();
    assert_int_equal(reader.assignments, 1);
    assert_int_equal(reader.assigned_count, TOPICS * PARTITIONS);
    assert_int_equal(kafka_source_counts(reader.source)->messages, store.messages);
    char member[128];
    kafka_source_member(reader.source, member, sizeof member);
    assert_true(strlen(member) > 0);
}

struct seen_message {
    bool is_seen;
    uint32_t header_count;
};

/* A drain with one message that has headers and others that have none, before and behind it. */
static void look_at_headers(void *arg, const struct message *message)
{
    struct seen_message *seen = arg;
    if (message->header_count == 0) {
        assert_null(message->headers);
        return;
    }
    seen->is_seen = true;
    seen->header_count = message->header_count;
    assert_int_equal(message->header_count, 4);
    assert_true(text_equal(message->headers[0].name, text_of("ce_type")));
    assert_memory_equal(message->headers[0].value, "one", 3);
    assert_true(text_equal(message->headers[1].name, text_of("ce_type")));
    assert_memory_equal(message->headers[1].value, "other", 5);
    assert_null(message->headers[2].value);
    assert_non_null(message->headers[3].value);
    assert_int_equal(message->headers[3].value_length, 0);
    assert_null(message->key);
    assert_non_null(message->value);
    assert_int_equal(message->value_length, 0);
    assert_int_equal(message->timestamp_ms, 1700000000000);
}

static void headers_come_as_they_were_sent(void **state)
{
    (void)state;
    struct up_err err = {0};
    const struct message_header headers[] = {
        {.name = text_of("ce_type"), .value = "one", .value_length = 3},
        {.name = text_of("ce_type"), .value = "other", .value_length = 5},
        {.name = text_of("null"), .value = NULL},
        {.name = text_of("empty"), .value = "", .value_length = 0},
    };
    write_records(1);
    for (int topic = 0; topic < TOPICS; topic++) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            struct kafka_record record = {.topic = (uint16_t)topic,
                                          .partition = partition,
                                          .timestamp_ms = 1700000000000,
                                          .value = "",
                                          .headers = headers,
                                          .header_count = 4};
            assert_int_equal(kafka_producer_send(producer, &record, &err), KAFKA_SENT);
        }
    }
    written++;
    write_records(1);
    struct seen_message seen = {0};
    reader.on_message = look_at_headers;
    reader.arg = &seen;
    assert_true(reader_run(&reader, has_all, NULL));
    reader.on_message = NULL;
    assert_true(seen.is_seen);
    assert_complete();
}

enum { MIXED_RECORDS = 300 };

/* The first byte of the value says how many headers there are. */
static void count_headers(void *arg, const struct message *message)
{
    unsigned *with_headers = arg;
    assert_true(message->value_length > 0);
    uint32_t count = *(const unsigned char *)message->value;
    assert_int_equal(message->header_count, count);
    for (uint32_t i = 0; i < count; i++) {
        assert_true(text_equal(message->headers[i].name, text_of("n")));
        assert_int_equal(message->headers[i].value_length, 1);
        assert_int_equal(*(const unsigned char *)message->headers[i].value, i);
    }
    *with_headers += count > 0;
}

static void every_message_has_its_own_headers(void **state)
{
    (void)state;
    struct up_err err = {0};
    static const unsigned char numbers[] = {0, 1, 2};
    const struct message_header headers[] = {
        {.name = {"n", 1}, .value = &numbers[0], .value_length = 1},
        {.name = {"n", 1}, .value = &numbers[1], .value_length = 1},
        {.name = {"n", 1}, .value = &numbers[2], .value_length = 1},
    };
    unsigned expected = 0;
    for (int i = 0; i < MIXED_RECORDS * TOPICS * PARTITIONS; i++) {
        unsigned char value[64] = {0};
        uint32_t count = (uint32_t)(i / TOPICS / PARTITIONS * 7 % 11 % 4);
        value[0] = (unsigned char)count;
        struct kafka_record record = {.topic = (uint16_t)(i % TOPICS),
                                      .partition = i / TOPICS % PARTITIONS,
                                      .value = value,
                                      .value_length = 1 + (uint32_t)i % 63,
                                      .headers = headers,
                                      .header_count = count};
        assert_int_equal(kafka_producer_send(producer, &record, &err), KAFKA_SENT);
        expected += count > 0;
    }
    assert_int_equal(kafka_producer_flush(producer, 10000, &err), 0);
    written += MIXED_RECORDS;
    unsigned with_headers = 0;
    reader.on_message = count_headers;
    reader.arg = &with_headers;
    assert_true(reader_run(&reader, has_all, NULL));
    reader.on_message = NULL;
    assert_int_equal(with_headers, expected);
    assert_complete();
}

static void a_tombstone_has_no_value(void **state)
{
    (void)state;
    struct up_err err = {0};
    struct kafka_record record = {.topic = 0, .partition = 0, .key = "team", .key_length = 4};
    assert_int_equal(kafka_producer_send(producer, &record, &err), KAFKA_SENT);
    assert_int_equal(kafka_producer_flush(producer, 10000, &err), 0);
    static struct message messages[8];
    size_t count = 0;
    for (int64_t until_us = clock_mono_us() + 10000000; count == 0 && clock_mono_us() < until_us;) {
        bool has_more;
        struct pollfd waiting = {.fd = kafka_source_fd(reader.source), .events = POLLIN};
        (void)poll(&waiting, 1, 1000);
        count = kafka_source_drain(reader.source, messages, 8, clock_mono_us(), &has_more);
        if (count == 0)
            kafka_source_release(reader.source);
    }
    assert_int_equal(count, 1);
    assert_null(messages[0].value);
    assert_int_equal(messages[0].value_length, 0);
    assert_int_equal(messages[0].key_length, 4);
    reader_take_message(&reader, &messages[0]);
    kafka_source_release(reader.source);
    /* The others catch up, so that all partitions are of one length again. */
    for (int topic = 0; topic < TOPICS; topic++) {
        for (int partition = topic == 0 ? 1 : 0; partition < PARTITIONS; partition++) {
            record = (struct kafka_record){
                .topic = (uint16_t)topic, .partition = partition, .value = "x", .value_length = 1};
            assert_int_equal(kafka_producer_send(producer, &record, &err), KAFKA_SENT);
        }
    }
    written++;
    assert_true(reader_run(&reader, has_all, NULL));
    assert_complete();
}

static void the_descriptor_wakes_us(void **state)
{
    (void)state;
    assert_true(reader_run(&reader, is_at_every_end, &reader));
    reader_turn(&reader);
    write_records(1);
    struct pollfd waiting = {.fd = kafka_source_fd(reader.source), .events = POLLIN};
    assert_int_equal(poll(&waiting, 1, 10000), 1);
    assert_true(reader_run(&reader, has_all, NULL));
}

static void ranges_and_progress_are_known(void **state)
{
    (void)state;
    struct up_err err = {0};
    assert_true(reader_run(&reader, is_at_every_end, &reader));
    struct kafka_range ranges[TOPICS * PARTITIONS];
    for (uint16_t i = 0; i < TOPICS * PARTITIONS; i++)
        ranges[i] = (struct kafka_range){
            .topic = i / PARTITIONS, .partition = i % PARTITIONS, .low = -7, .high = -7};
    if (kafka_source_query_ranges(reader.source, ranges, TOPICS * PARTITIONS, 10000, &err) != 0)
        fail_msg("%s", err.text);
    for (int i = 0; i < TOPICS * PARTITIONS; i++) {
        assert_int_equal(ranges[i].low, 0);
        assert_int_equal(ranges[i].high, written);
    }
    struct kafka_progress progress;
    assert_true(kafka_source_progress(reader.source, 1, 2, &progress));
    assert_int_equal(progress.next_offset, written);
    assert_int_equal(progress.high, written);
    assert_int_equal(progress.lag, 0);
    assert_false(progress.is_paused);
    assert_false(kafka_source_progress(reader.source, 1, PARTITIONS, &progress));
}

static bool was_heard(void *arg)
{
    (void)arg;
    for (uint16_t i = 0; i < TOPICS * PARTITIONS; i++) {
        struct kafka_progress progress;
        assert_true(
            kafka_source_progress(reader.source, i / PARTITIONS, i % PARTITIONS, &progress));
        if (progress.answered_us < 0)
            return false;
    }
    return true;
}

static void leaders_are_heard_while_nothing_comes(void **state)
{
    (void)state;
    assert_true(reader_run(&reader, was_heard, NULL));
    struct kafka_progress progress;
    assert_true(kafka_source_progress(reader.source, 0, 0, &progress));
    assert_true(progress.answered_us <= clock_mono_us());
    assert_true(progress.answered_us > clock_mono_us() - 10000000);
}

static void pausing_loses_and_repeats_nothing(void **state)
{
    (void)state;
    for (int round = 0; round < 30; round++) {
        write_records(20);
        uint16_t topic = (uint16_t)(round % TOPICS);
        int partition = round / 3 % PARTITIONS;
        kafka_source_pause(reader.source, topic, partition, KAFKA_PAUSE_AHEAD);
        if (round % 4 == 0)
            kafka_source_pause_all(reader.source, KAFKA_PAUSE_FULL);
        for (int i = 0; i < 3; i++)
            reader_turn(&reader);
        kafka_source_resume(reader.source, topic, partition, KAFKA_PAUSE_AHEAD);
        struct kafka_progress progress;
        assert_true(kafka_source_progress(reader.source, topic, partition, &progress));
        assert_int_equal(progress.is_paused, round % 4 == 0);
        reader_turn(&reader);
        kafka_source_resume_all(reader.source, KAFKA_PAUSE_FULL);
    }
    assert_true(reader_run(&reader, has_all, NULL));
    assert_complete();
}

static bool others_have_all(void *arg)
{
    (void)arg;
    int64_t saved = store.next[0][1];
    store.next[0][1] = written;
    bool result = has_all(NULL);
    store.next[0][1] = saved;
    return result;
}

static void a_paused_partition_stands_still(void **state)
{
    (void)state;
    int64_t before = store.next[0][1];
    kafka_source_pause(reader.source, 0, 1, KAFKA_PAUSE_AHEAD);
    kafka_source_pause(reader.source, 0, 1, KAFKA_PAUSE_FULL);
    write_records(50);
    assert_true(reader_run(&reader, others_have_all, NULL));
    kafka_source_resume(reader.source, 0, 1, KAFKA_PAUSE_FULL);
    reader_turn(&reader);
    assert_int_equal(store.next[0][1], before);
    kafka_source_resume(reader.source, 0, 1, KAFKA_PAUSE_AHEAD);
    assert_true(reader_run(&reader, has_all, NULL));
    assert_complete();
}

static void seeking_back_reads_again(void **state)
{
    (void)state;
    struct up_err err = {0};
    kafka_source_pause(reader.source, 1, 0, KAFKA_PAUSE_AHEAD);
    assert_int_equal(kafka_source_seek(reader.source, 1, 3, written - 10, &err), 0);
    store.next[1][3] = written - 10;
    store.messages -= 10;
    assert_true(reader_run(&reader, has_all, NULL));
    assert_complete();
    struct kafka_progress progress;
    assert_true(kafka_source_progress(reader.source, 1, 0, &progress));
    assert_true(progress.is_paused);
    kafka_source_resume(reader.source, 1, 0, KAFKA_PAUSE_AHEAD);
    write_records(5);
    assert_true(reader_run(&reader, has_all, NULL));
    assert_complete();
}

static bool is_out_of_range(void *arg)
{
    (void)arg;
    return reader.kinds[KAFKA_EVENT_OUT_OF_RANGE] > 0;
}

static void an_offset_that_is_not_there_is_told(void **state)
{
    (void)state;
    struct up_err err = {0};
    assert_int_equal(kafka_source_seek(reader.source, 0, 2, written + 1000, &err), 0);
    assert_true(reader_run(&reader, is_out_of_range, NULL));
    const struct kafka_event *event = &reader.last[KAFKA_EVENT_OUT_OF_RANGE];
    assert_int_equal(event->topic, 0);
    assert_int_equal(event->partition, 2);
    assert_int_equal(event->offset, written + 1000);
    assert_int_equal(kafka_source_seek(reader.source, 0, 2, written, &err), 0);
    write_records(5);
    assert_true(reader_run(&reader, has_all, NULL));
    assert_complete();
}

static void commits_are_only_told(void **state)
{
    (void)state;
    const struct kafka_position positions[] = {{0, 0, written}, {1, 1, -1}};
    uint64_t failed = kafka_source_counts(reader.source)->commits_failed;
    kafka_source_commit(reader.source, positions, 2);
    write_records(5);
    assert_true(reader_run(&reader, has_all, NULL));
    assert_int_equal(kafka_source_counts(reader.source)->commits_failed, failed);
}

static bool is_down(void *arg)
{
    (void)arg;
    return reader.kinds[KAFKA_EVENT_DOWN] > 0;
}

static void an_outage_is_told_and_survived(void **state)
{
    (void)state;
    struct up_err err = {0};
    assert_int_equal(mock_broker_set_down(mock, true, &err), 0);
    assert_true(reader_run(&reader, is_down, NULL));
    assert_int_equal(reader.kinds[KAFKA_EVENT_UP], 0);
    assert_int_equal(mock_broker_set_down(mock, false, &err), 0);
    write_records(5);
    assert_true(reader_run(&reader, has_all, NULL));
    assert_complete();
    assert_int_equal(reader.kinds[KAFKA_EVENT_UP], reader.kinds[KAFKA_EVENT_DOWN]);
    assert_true(log_lines > 0);
}

static bool is_shared(const struct reader *other)
{
    return reader.assigned_count == TOPICS * PARTITIONS / 2 &&
           other->assigned_count == TOPICS * PARTITIONS / 2;
}

static void two_readers_share_and_hand_over(void **state)
{
    (void)state;
    struct reader other;
    struct reader *both[] = {&reader, &other};
    struct kafka_source_settings settings = settings_of();
    reader.late_ms = other.late_ms = 150;
    reader_open(&other, &store, &settings);
    other.late_ms = 150;
    for (int64_t until_us = clock_mono_us() + 20000000;
         !is_shared(&other) && clock_mono_us() < until_us;) {
        write_records(2);
        for (int turn = 0; turn < 20; turn++) {
            reader_turn(both[0]);
            reader_turn(both[1]);
        }
    }
    assert_true(is_shared(&other));
    write_records(50);
    assert_true(readers_run(both, 2, has_all, NULL));
    assert_complete();
    /* range: partition p of both topics is with the same reader. */
    for (size_t i = 0; i < other.assigned_count; i++) {
        struct kafka_progress progress;
        const struct kafka_position *position = &other.assigned[i];
        assert_true(kafka_source_progress(other.source, (uint16_t)(1 - position->topic),
                                          position->partition, &progress));
        assert_false(
            kafka_source_progress(reader.source, position->topic, position->partition, &progress));
    }
    reader_close(&other);
    write_records(50);
    assert_true(reader_run(&reader, has_all, NULL));
    assert_complete();
    assert_int_equal(reader.assigned_count, TOPICS * PARTITIONS);
    assert_true(reader.revocations >= 1);
    assert_int_equal(reader.losses, 0);
}

static void leaves_in_good_order(void **state)
{
    (void)state;
    reader_close(&reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_topics_are_checked),
        cmocka_unit_test(topics_that_differ_are_refused),
        cmocka_unit_test(a_silent_cluster_is_told_in_time),
        cmocka_unit_test(reads_everything_in_order_to_the_end),
        cmocka_unit_test(headers_come_as_they_were_sent),
        cmocka_unit_test(every_message_has_its_own_headers),
        cmocka_unit_test(a_tombstone_has_no_value),
        cmocka_unit_test(the_descriptor_wakes_us),
        cmocka_unit_test(ranges_and_progress_are_known),
        cmocka_unit_test(leaders_are_heard_while_nothing_comes),
        cmocka_unit_test(pausing_loses_and_repeats_nothing),
        cmocka_unit_test(a_paused_partition_stands_still),
        cmocka_unit_test(seeking_back_reads_again),
        cmocka_unit_test(an_offset_that_is_not_there_is_told),
        cmocka_unit_test(commits_are_only_told),
        cmocka_unit_test(an_outage_is_told_and_survived),
        cmocka_unit_test(two_readers_share_and_hand_over),
        cmocka_unit_test(leaves_in_good_order),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
