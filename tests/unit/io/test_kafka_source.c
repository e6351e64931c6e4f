/* The source on the mock cluster: order, completeness, headers, ends, what is known of it. */
#include <poll.h>

#include "kafka_cluster.h"

static void reads_everything_in_order_to_the_end(void **state)
{
    (void)state;
    read_first_records();
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
    assert_int_equal(kafka_producer_flush(producer, 60000, &err), 0);
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
    assert_int_equal(kafka_producer_flush(producer, 60000, &err), 0);
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
    assert_int_equal(poll(&waiting, 1, 60000), 1);
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
    if (kafka_source_query_ranges(reader.source, ranges, TOPICS * PARTITIONS, 60000, &err) != 0)
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
    int64_t began_us = *(const int64_t *)arg;
    for (uint16_t i = 0; i < TOPICS * PARTITIONS; i++) {
        struct kafka_progress progress;
        assert_true(
            kafka_source_progress(reader.source, i / PARTITIONS, i % PARTITIONS, &progress));
        if (progress.answered_us < began_us)
            return false;
    }
    return true;
}

static void leaders_are_heard_while_nothing_comes(void **state)
{
    (void)state;
    int64_t began_us = clock_mono_us();
    assert_true(reader_run(&reader, was_heard, &began_us));
    struct kafka_progress progress;
    assert_true(kafka_source_progress(reader.source, 0, 0, &progress));
    assert_true(progress.answered_us <= clock_mono_us());
}

/* The end, and an offset that is out of range, may come alone. */
static void nothing_is_borrowed_where_no_message_came(void **state)
{
    (void)state;
    struct up_err err = {0};
    struct kafka_event event = {.kind = KAFKA_EVENT_TROUBLE};
    int64_t until_us = clock_mono_us() + INT64_C(120000000);
    write_records(1);
    while (event.kind != KAFKA_EVENT_END) {
        assert_true(clock_mono_us() < until_us);
        struct message message;
        bool has_more = false;
        while (kafka_source_drain(reader.source, &message, 1, clock_mono_us(), &has_more) > 0) {
            reader_take_message(&reader, &message);
            kafka_source_release(reader.source);
        }
        while (event.kind != KAFKA_EVENT_END && kafka_source_next_event(reader.source, &event))
            continue;
    }
    assert_int_equal(
        kafka_source_seek(reader.source, event.topic, event.partition, event.offset, &err), 0);
    assert_true(reader_run(&reader, has_all, NULL));
    assert_complete();
}

static void leaves_in_good_order(void **state)
{
    (void)state;
    reader_close(&reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_everything_in_order_to_the_end),
        cmocka_unit_test(headers_come_as_they_were_sent),
        cmocka_unit_test(every_message_has_its_own_headers),
        cmocka_unit_test(a_tombstone_has_no_value),
        cmocka_unit_test(the_descriptor_wakes_us),
        cmocka_unit_test(ranges_and_progress_are_known),
        cmocka_unit_test(leaders_are_heard_while_nothing_comes),
        cmocka_unit_test(nothing_is_borrowed_where_no_message_came),
        cmocka_unit_test(leaves_in_good_order),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
