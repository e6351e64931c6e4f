/* Properties of the user: passed through, refused where a guarantee hangs on them, never shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "io/kafka_producer.h"
#include "io/kafka_source.h"

static const char *const topics[] = {"events"};

static int make_source(const char *name, const char *value, struct up_err *err)
{
    const struct kafka_property properties[] = {{"bootstrap.servers", "127.0.0.1:1"},
                                                {name, value}};
    const struct kafka_source_settings settings = {
        .client = {.properties = properties, .property_count = 2},
        .topics = topics,
        .topic_count = 1,
        .group = "group"};
    struct kafka_source *source = NULL;
    int code = kafka_source_new(&settings, &source, err);
    assert_int_equal(code == 0, source != NULL);
    kafka_source_free(source);
    return code;
}

static void passes_properties_through(void **state)
{
    (void)state;
    struct up_err err = {0};
    assert_int_equal(make_source("security.protocol", "plaintext", &err), 0);
    assert_int_equal(make_source("max.poll.interval.ms", "60000", &err), 0);
    assert_int_equal(make_source("fetch.message.max.bytes", "100000", &err), 0);
}

static void refuses_what_guarantees_rest_on(void **state)
{
    (void)state;
    static const char *const names[] = {
        "enable.auto.commit",
        "auto.commit.enable",
        "auto.offset.reset",
        "enable.auto.offset.store",
        "enable.partition.eof",
        "partition.assignment.strategy",
        "group.id",
        "group.instance.id",
        "allow.auto.create.topics",
        "statistics.interval.ms",
        "log.queue",
        "enabled_events",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct up_err err = {0};
        assert_int_equal(make_source(names[i], "latest", &err), UP_EINVAL);
        assert_non_null(strstr(err.text, names[i]));
        assert_non_null(strstr(err.text, "remove it"));
        assert_null(strstr(err.text, "latest"));
    }
}

static void names_what_is_unknown(void **state)
{
    (void)state;
    struct up_err err = {0};
    assert_int_equal(make_source("sasl.passwort", "hunter2", &err), UP_EINVAL);
    assert_non_null(strstr(err.text, "sasl.passwort"));
    assert_non_null(strstr(err.text, "No such configuration property"));
    assert_null(strstr(err.text, "hunter2"));
}

static void never_shows_a_value(void **state)
{
    (void)state;
    struct up_err err = {0};
    assert_int_equal(make_source("security.protocol", "hunter2", &err), UP_EINVAL);
    assert_non_null(strstr(err.text, "kafka.security.protocol"));
    assert_null(strstr(err.text, "hunter2"));
    assert_int_equal(make_source("session.timeout.ms", "hunter2", &err), UP_EINVAL);
    assert_null(strstr(err.text, "hunter2"));
}

static void wants_brokers(void **state)
{
    (void)state;
    struct up_err err = {0};
    const struct kafka_source_settings settings = {
        .topics = topics, .topic_count = 1, .group = "group"};
    struct kafka_source *source = NULL;
    assert_int_equal(kafka_source_new(&settings, &source, &err), UP_EINVAL);
    assert_null(source);
    assert_non_null(strstr(err.text, "kafka.bootstrap.servers is missing"));
}

static void refuses_a_topic_named_twice(void **state)
{
    (void)state;
    static const char *const twice[] = {"events", "events"};
    struct up_err err = {0};
    const struct kafka_property property = {"bootstrap.servers", "127.0.0.1:1"};
    const struct kafka_source_settings settings = {
        .client = {.properties = &property, .property_count = 1},
        .topics = twice,
        .topic_count = 2,
        .group = "group"};
    struct kafka_source *source = NULL;
    assert_int_equal(kafka_source_new(&settings, &source, &err), UP_EINVAL);
    assert_non_null(strstr(err.text, "named twice"));
}

static void refuses_what_would_weaken_a_producer(void **state)
{
    (void)state;
    static const char *const names[] = {"acks", "enable.idempotence", "partitioner",
                                        "transactional.id"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct up_err err = {0};
        const struct kafka_property properties[] = {{"bootstrap.servers", "127.0.0.1:1"},
                                                    {names[i], "1"}};
        const struct kafka_producer_settings settings = {
            .client = {.properties = properties, .property_count = 2},
            .topics = topics,
            .topic_count = 1};
        struct kafka_producer *producer = NULL;
        assert_int_equal(kafka_producer_new(&settings, &producer, &err), UP_EINVAL);
        assert_null(producer);
        assert_non_null(strstr(err.text, names[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_properties_through),
        cmocka_unit_test(refuses_what_guarantees_rest_on),
        cmocka_unit_test(names_what_is_unknown),
        cmocka_unit_test(never_shows_a_value),
        cmocka_unit_test(wants_brokers),
        cmocka_unit_test(refuses_a_topic_named_twice),
        cmocka_unit_test(refuses_what_would_weaken_a_producer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
