/* What stands around a value, in both of Kafka's formats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/kafka_record.h"

/* Lengths at which the varint grows, and some between. */
static const size_t lengths[] = {1,     2,       63,      64,      65,       127,     128,
                                 191,   255,     256,     350,     8191,     8192,    65535,
                                 65536, 1048575, 1048576, 1048577, 16777216, 33554432};

static uint8_t *put_varint(uint8_t *at, uint64_t number)
{
    for (; number > 0x7f; number >>= 7)
        *at++ = (uint8_t)(number | 0x80);
    *at++ = (uint8_t)number;
    return at;
}

/* A heap block that ends with what the format has behind the value, so that the sanitizer sees a
 * look behind it. */
static bool has_none_v2(size_t length, uint8_t headers)
{
    uint8_t prefix[16];
    size_t prefix_bytes = (size_t)(put_varint(prefix + 4, (uint64_t)length << 1) - prefix);
    memset(prefix, 0xff, 4);
    uint8_t *block = malloc(prefix_bytes + length + 1);
    assert_non_null(block);
    memcpy(block, prefix, prefix_bytes);
    memset(block + prefix_bytes, 'v', length);
    block[prefix_bytes + length] = headers;
    bool none = kafka_record_has_no_headers(block + prefix_bytes, length);
    free(block);
    return none;
}

static void test_a_record_without_headers_says_so(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        assert_true(has_none_v2(lengths[i], 0));
        assert_false(has_none_v2(lengths[i], 2));
    }
}

static void test_nothing_is_read_behind_a_value_of_the_old_format(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        size_t length = lengths[i];
        uint8_t *block = malloc(4 + length); /* ends with the value */
        assert_non_null(block);
        for (int b = 0; b < 4; b++)
            block[b] = (uint8_t)(length >> (24 - 8 * b));
        memset(block + 4, 0, length);
        assert_false(kafka_record_has_no_headers(block + 4, length));
        free(block);
    }
}

static void test_an_empty_value_says_nothing(void **state)
{
    (void)state;
    static const uint8_t record[] = {0, 0, 0, 0, 0};
    assert_false(kafka_record_has_no_headers(record + 4, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_record_without_headers_says_so),
        cmocka_unit_test(test_nothing_is_read_behind_a_value_of_the_old_format),
        cmocka_unit_test(test_an_empty_value_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
