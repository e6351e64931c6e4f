/* What Kafka answers to a record that is too large says whether we may write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "io/kafka_permit.h"
#include "io/mock_broker.h"

enum {
    PRODUCE_API = 0,
    MESSAGE_TOO_LARGE = 10,
    TOPIC_AUTHORIZATION_FAILED = 29,
    CORRUPT_MESSAGE = 2
};
enum { TIMEOUT_MS = 20000, BYTES_MAX = 1048588 };

static int ask_after(int kafka_error, int64_t bytes_max, struct up_err *err)
{
    struct mock_broker *mock = NULL;
    assert_int_equal(mock_broker_new(1, &mock, err), 0);
    assert_int_equal(mock_broker_create_topic(mock, "letters", 1, err), 0);
    /* What is set for the daemon does not matter. */
    const struct kafka_property properties[] = {{"bootstrap.servers", mock_broker_bootstrap(mock)},
                                                {"message.max.bytes", "1000000"},
                                                {"compression.type", "gzip"}};
    const struct kafka_client client = {.properties = properties, .property_count = 3};
    if (kafka_error != 0)
        mock_broker_fail_requests(mock, PRODUCE_API, kafka_error, 1);
    int code = kafka_permit_write(&client, "letters", bytes_max, TIMEOUT_MS, err);
    mock_broker_free(mock);
    return code;
}

static void answers_are_told_apart(void **state)
{
    (void)state;
    struct up_err err = {0};
    assert_int_equal(ask_after(MESSAGE_TOO_LARGE, BYTES_MAX, &err), 0);
    assert_int_equal(ask_after(TOPIC_AUTHORIZATION_FAILED, BYTES_MAX, &err), UP_EAUTH);
    assert_non_null(strstr(err.text, "letters"));
    assert_int_equal(ask_after(CORRUPT_MESSAGE, BYTES_MAX, &err), UP_ECONN);
    /* The mock broker takes anything. */
    assert_int_equal(ask_after(0, BYTES_MAX, &err), UP_ECORRUPT);
}

static void too_much_is_not_sent(void **state)
{
    (void)state;
    struct up_err err = {0};
    assert_int_equal(ask_after(0, KAFKA_PERMIT_BYTES_MAX, &err), UP_EINVAL);
    assert_int_equal(ask_after(0, -1, &err), UP_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_told_apart),
        cmocka_unit_test(too_much_is_not_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
