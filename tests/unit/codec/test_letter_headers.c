/* A dead letter says where it came from, and its own headers are told from those that came with the message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codec/letter_headers.h"

#define HEADER(header_name, text)                                                                  \
    {                                                                                              \
        .name = {header_name, sizeof header_name - 1}, .value = text,                              \
        .value_length = sizeof text - 1                                                            \
    }

static const struct message_header whole[] = {
    HEADER("ce_id", "a"),
    HEADER("uptake_reason", "of old"),
    HEADER("uptake_reason", "schema"),
    HEADER("uptake_detail", "user"),
    HEADER("uptake_topic", "usage"),
    HEADER("uptake_partition", "3"),
    HEADER("uptake_offset", "17"),
    HEADER("uptake_timestamp", "1700000000123"),
};
enum { WHOLE = sizeof whole / sizeof whole[0], ORIGINAL = 2, PARTITION_AT = 5, TIMESTAMP_AT = 7 };

static bool read(const struct message_header *headers, uint32_t count, struct letter_origin *origin)
{
    return letter_headers_read(&(struct message){.headers = headers, .header_count = count},
                               origin);
}

static void test_whole(void **state)
{
    (void)state;
    struct letter_origin origin;
    assert_true(read(whole, WHOLE, &origin));
    assert_true(text_equal(origin.reason, text_of("schema")));
    assert_true(text_equal(origin.detail, text_of("user")));
    assert_true(text_equal(origin.topic, text_of("usage")));
    assert_int_equal(origin.partition, 3);
    assert_int_equal(origin.offset, 17);
    assert_int_equal(origin.timestamp_ms, 1700000000123);
    assert_false(origin.is_truncated);
    assert_int_equal(origin.header_count, ORIGINAL);
}

/* Earlier releases did not say the timestamp; a message without one has -1. */
static void test_without_timestamp(void **state)
{
    (void)state;
    struct letter_origin origin;
    struct message_header headers[WHOLE];
    assert_true(read(whole, TIMESTAMP_AT, &origin));
    assert_int_equal(origin.timestamp_ms, -1);
    assert_int_equal(origin.header_count, ORIGINAL);
    memcpy(headers, whole, sizeof whole);
    headers[TIMESTAMP_AT].value = "-1";
    headers[TIMESTAMP_AT].value_length = 2;
    assert_true(read(headers, WHOLE, &origin));
    assert_int_equal(origin.timestamp_ms, -1);
}

static void test_truncated(void **state)
{
    (void)state;
    struct letter_origin origin;
    struct message_header headers[WHOLE + 1] = {[WHOLE] = HEADER("uptake_truncated", "400000")};
    memcpy(headers, whole, sizeof whole);
    assert_true(read(headers, WHOLE + 1, &origin));
    assert_true(origin.is_truncated);
    assert_int_equal(origin.header_count, ORIGINAL);
}

static void test_no_letters(void **state)
{
    (void)state;
    static const char *const numbers[] = {
        "", "x", "-1", "1x", "2147483648", "99999999999999999999", " 1"};
    struct letter_origin origin = {.partition = 7};
    struct message_header headers[WHOLE];
    assert_false(read(NULL, 0, &origin));
    assert_false(read(whole, ORIGINAL, &origin));
    assert_false(read(whole, PARTITION_AT, &origin));
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        memcpy(headers, whole, sizeof whole);
        headers[PARTITION_AT].value = numbers[i];
        headers[PARTITION_AT].value_length = (uint32_t)strlen(numbers[i]);
        if (read(headers, WHOLE, &origin))
            fail_msg("'%s' is taken for a partition", numbers[i]);
    }
    assert_int_equal(origin.partition, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_without_timestamp),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_no_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
