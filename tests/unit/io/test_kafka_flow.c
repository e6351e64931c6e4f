/* The source on the mock cluster: pauses, seeks, outages, rebalances. */
#include "kafka_cluster.h"

static void everything_is_read(void **state)
{
    (void)state;
    read_first_records();
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
        cmocka_unit_test(everything_is_read),
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
