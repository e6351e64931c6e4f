/* Lines of a file become messages as the format of such files says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/line.h"
#include "unit/codec/decoding.h"

#define EVENT                                                                                      \
    "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/"                                         \
    "s\",\"type\":\"uptake.usage.v1\",\"time\":\"2025-03-04T05:06:07Z\","                          \
    "\"data\":{\"team\":\"red\",\"user\":\"u\",\"assist\":\"ai\"}}"

static int set_up(void **state)
{
    *state = line_reader_new();
    return 0;
}

static int tear_down(void **state)
{
    line_reader_free(*state);
    return 0;
}

static struct line must_read(struct line_reader *reader, const char *text)
{
    struct line line;
    struct up_err err = {0};
    if (line_read(reader, text, strlen(text), &line, &err) != UP_OK)
        fail_msg("%s: %s", text, err.text);
    return line;
}

static void assert_bytes(const void *bytes, uint32_t length, const char *expected)
{
    assert_non_null(bytes);
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(bytes, expected, length);
}

static void test_plain(void **state)
{
    static const char *const texts[] = {EVENT,
                                        "",
                                        "nonsense",
                                        "{\"topic\":",
                                        "[\"topic\"]",
                                        "\"topic\"",
                                        "{\"a\":\"topic\"}",
                                        "{\"x\":{\"topic\":1}}",
                                        "{\"topic\":\"t\",\"specversion\":\"1.0\"}",
                                        "{\"topic\":\"t\",\"specversion\":null}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct line line = must_read(*state, texts[i]);
        assert_true(line.plain);
        assert_false(line.has_partition);
        assert_true(text_equal(line.topic, text_of("uptake")));
        assert_null(line.message.key);
        assert_int_equal(line.message.header_count, 0);
        assert_bytes(line.message.value, line.message.value_length, texts[i]);
    }
}

static void test_line_ends(void **state)
{
    static const char *const ends[] = {"", "\n", "\r\n", "\r"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char text[sizeof EVENT + 2];
        (void)snprintf(text, sizeof text, "%s%s", EVENT, ends[i]);
        struct line line = must_read(*state, text);
        assert_bytes(line.message.value, line.message.value_length, EVENT);
    }
}

static void test_wrapped(void **state)
{
    struct line line = must_read(
        *state,
        "{\"topic\":\"t\\u0032\",\"key\":\"re\\u0064\",\"value\":\"{\\\"a\\\":1}\",\"partition\":3,"
        "\"headers\":{\"ce_id\":\"1\",\"no\":null,\"x\":5,\"ce_id\":\"2\"}}\n");
    assert_false(line.plain);
    assert_true(line.has_partition);
    assert_int_equal(line.message.partition, 3);
    assert_true(text_equal(line.topic, text_of("t2")));
    assert_bytes(line.message.key, line.message.key_length, "red");
    assert_bytes(line.message.value, line.message.value_length, "{\"a\":1}");
    assert_int_equal(line.message.header_count, 4);
    assert_true(text_equal(line.message.headers[0].name, text_of("ce_id")));
    assert_null(line.message.headers[1].value);
    assert_null(line.message.headers[2].value);
    assert_bytes(line.message.headers[3].value, line.message.headers[3].value_length, "2");
}

static void test_absent(void **state)
{
    static const char *const texts[] = {
        "{\"topic\":\"t\"}",
        "{\"topic\":\"t\",\"key\":null,\"value\":null,\"headers\":null,\"partition\":null}",
        "{\"topic\":\"t\",\"key_b64\":null,\"value_b64\":null}",
        "{\"topic\":\"t\",\"key_b64\":\"\",\"value_b64\":\"\",\"headers\":{}}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct line line = must_read(*state, texts[i]);
        assert_false(line.plain);
        assert_false(line.has_partition);
        assert_bytes(line.message.key, line.message.key_length, "");
        assert_bytes(line.message.value, line.message.value_length, "");
        assert_int_equal(line.message.header_count, 0);
    }
    assert_int_equal(must_read(*state, "{\"topic\":null}").topic.length, 0);
}

static void test_base64(void **state)
{
    struct line line = must_read(*state, "{\"topic\":\"t\",\"key\":\"other\",\"key_b64\":\"cmVk\","
                                         "\"value\":5,\"value_b64\":\"/+8=\"}");
    assert_bytes(line.message.key, line.message.key_length, "red");
    assert_bytes(line.message.value, line.message.value_length, "\xff\xef");
}

static void test_partition_numbers(void **state)
{
    assert_int_equal(must_read(*state, "{\"topic\":\"t\",\"partition\":0}").message.partition, 0);
    assert_int_equal(
        must_read(*state, "{\"topic\":\"t\",\"partition\":2147483647}").message.partition,
        INT32_MAX);
    static const char *const texts[] = {"-1", "2147483648", "1.5", "\"1\"", "true", "1e300", "[]"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "{\"topic\":\"t\",\"partition\":%s}", texts[i]);
        struct line line = must_read(*state, text);
        assert_true(line.has_partition);
        assert_int_equal(line.message.partition, -1);
    }
}

static void test_unusable(void **state)
{
    static const char *const texts[] = {
        "{\"topic\":\"t\",\"key\":5}", "{\"topic\":\"t\",\"value\":{}}",
        "{\"topic\":\"t\",\"key_b64\":\"Zg\"}", "{\"topic\":\"t\",\"value_b64\":7}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct line line = {.plain = true};
        struct up_err err = {0};
        assert_int_equal(line_read(*state, texts[i], strlen(texts[i]), &line, &err), UP_EINVAL);
        assert_true(line.plain && strlen(err.text) > 0);
    }
}

/* "topic" is seen wherever it stands in the line. */
static void test_topic_anywhere(void **state)
{
    for (int before = 0; before < 70; before++) {
        for (int after = 0; after < 40; after++) {
            char text[200];
            (void)snprintf(text, sizeof text, "{%*s\"topic\":%*s1}", before, "", after, "");
            struct line line = must_read(*state, text);
            if (line.plain)
                fail_msg("%s", text);
        }
    }
}

static enum reject decode(struct line_reader *reader, struct decoder *decoder, const char *text,
                          int32_t *ret_partition)
{
    struct line line = must_read(reader, text);
    struct event event;
    struct text detail;
    enum reject reject = line_decode(decoder, &line, &event, &detail);
    *ret_partition = line.message.partition;
    return reject;
}

static void test_decode(void **state)
{
    struct decoder *decoder = decoding_new();
    int32_t red = decoder_partition(decoder, "red", 3);
    int32_t blue = decoder_partition(decoder, "blue", 4);
    assert_true(red > 0 && blue != red);
    int32_t partition = -1;
    assert_int_equal(decode(*state, decoder, EVENT, &partition), REJECT_NONE);
    assert_int_equal(partition, red);
    assert_int_equal(decode(*state, decoder, "{\"id\":1}", &partition), REJECT_ENVELOPE);
    assert_int_equal(partition, 0);
    assert_int_equal(
        decode(*state, decoder, "{\"topic\":\"t\",\"key\":\"blue\",\"value\":\"\"}", &partition),
        REJECT_MALFORMED);
    assert_int_equal(partition, blue);
    assert_int_equal(decode(*state, decoder,
                            "{\"topic\":\"t\",\"key\":\"red\",\"partition\":6,\"value\":\"\"}",
                            &partition),
                     REJECT_MALFORMED);
    assert_int_equal(partition, 6);
    static const struct {
        const char *where;
        enum reject reject;
    } examples[] = {{"\"key\":\"red\"", REJECT_NONE},
                    {"\"key\":\"blue\"", REJECT_KEY},
                    {"\"key\":null", REJECT_KEY},
                    {"\"key\":\"red\",\"partition\":-1", REJECT_MISROUTED},
                    {"\"key\":\"red\",\"partition\":0", REJECT_MISROUTED}};
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        char text[1024];
        int length =
            snprintf(text, sizeof text, "{\"topic\":\"t\",%s,\"value\":\"", examples[i].where);
        for (const char *at = EVENT; *at != '\0'; at++)
            length += snprintf(text + length, sizeof text - (size_t)length,
                               *at == '"' ? "\\\"" : "%c", *at);
        (void)snprintf(text + length, sizeof text - (size_t)length, "\"}");
        assert_int_equal(decode(*state, decoder, text, &partition), examples[i].reject);
    }
    decoder_free(decoder);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_plain),    TEST(test_line_ends),      TEST(test_wrapped),
        TEST(test_absent),   TEST(test_base64),         TEST(test_partition_numbers),
        TEST(test_unusable), TEST(test_topic_anywhere), TEST(test_decode)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
