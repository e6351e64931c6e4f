/* The check of topics at the start, on the mock cluster. */
#include "kafka_cluster.h"

static void the_topics_are_checked(void **state)
{
    (void)state;
    struct up_err err = {0};
    struct kafka_source_settings settings = settings_of();
    struct kafka_source *source = NULL;
    struct kafka_topics_check check;
    assert_int_equal(kafka_source_new(&settings, &source, &err), 0);
    assert_int_equal(kafka_source_check_topics(source, "rejected", 60000, &check, &err), 0);
    assert_int_equal(check.fault, KAFKA_FAULT_NONE);
    assert_int_equal(check.partitions, PARTITIONS);

    assert_int_equal(kafka_source_check_topics(source, "outcome", 60000, &check, &err), UP_EINVAL);
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
    assert_int_equal(kafka_source_check_topics(source, NULL, 60000, &check, &err), UP_EINVAL);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_topics_are_checked),
        cmocka_unit_test(topics_that_differ_are_refused),
        cmocka_unit_test(a_silent_cluster_is_told_in_time),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
