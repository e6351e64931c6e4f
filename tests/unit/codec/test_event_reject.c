/* Every reason to refuse an event, by example, and which one wins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "unit/codec/decoding.h"

static int set_up(void **state)
{
    *state = decoding_new();
    return 0;
}

static int tear_down(void **state)
{
    decoder_free(*state);
    return 0;
}

static void must_be(struct decoder *decoder, const char *value, const char *reason,
                    const char *detail)
{
    struct event event;
    struct text said = {0};
    const char *found = decoding_reason(decoder, value, &event, &said);
    if (strcmp(found, reason) != 0)
        fail_msg("%s, not %s: %.300s", found, reason, value);
    if (detail != NULL && !text_equal(said, text_of(detail)))
        fail_msg("\"%.*s\", not \"%s\": %.300s", (int)said.length, said.bytes, detail, value);
}

#define USAGE "\"data\":{\"team\":\"red\",\"user\":\"u\",\"assist\":\"ai\"}"
#define SPEC "\"specversion\":\"1.0\""
#define NAMED "\"id\":\"1\",\"source\":\"/s\""
#define TYPE "\"type\":\"uptake.usage.v1\""
#define TIME "\"time\":\"2025-03-04T05:06:07Z\""
#define NEST8 "[[[[[[[["
#define UNNEST8 "]]]]]]]]"

static void test_malformed(void **state)
{
    static const struct {
        const char *value, *detail;
    } examples[] = {
        {"", "empty"},
        {"{\"specversion\":\"1.0\"", NULL},
        {"[1,2", NULL},
        {"nonsense", "not JSON"},
        {"{\"a\":NaN}", NULL},
        {"\xef\xbb\xbf{}", "a byte order mark"},
        {"{\"a\":1e999}", "a number that is none or too large"},
        {"{\"a\":\"\\ud800\"}", "a broken string"},
        {"{\"a\":\"\xff\"}", "not UTF-8"},
        {"{" SPEC "," NAMED "," TYPE "," TIME "," USAGE ",\"x\":" NEST8 NEST8 UNNEST8 UNNEST8 "}",
         "nested too deep"},
        {"{" SPEC "," NAMED "," TYPE "," TIME "," USAGE ",\"id\":\"again\"}", "id"},
        {"{" SPEC "," NAMED "," TYPE "," TIME "," USAGE ",\"spec\\u0076ersion\":\"1.0\"}",
         "specversion"},
        {"{" SPEC "," NAMED "," TYPE "," TIME "," USAGE ",\"data\":null}", "data"},
        {"{" SPEC "," NAMED "," TYPE "," TIME
         ",\"data\":{\"team\":\"other\",\"team\":\"red\",\"user\":\"u\",\"assist\":\"ai\"}}",
         "team"},
        {"{" SPEC "," NAMED "," TYPE "," TIME
         ",\"data\":{\"team\":\"red\",\"user\":\"u\",\"assist\":\"ai\",\"batch\":null,"
         "\"\\u0062atch\":true}}",
         "batch"}};
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
        must_be(*state, examples[i].value, "malformed", examples[i].detail);
    struct message tombstone = {.key = "red", .key_length = 3};
    struct event event;
    struct text detail;
    assert_int_equal(decoder_decode(*state, &tombstone, &event, &detail), REJECT_MALFORMED);
}

/* To the byte: max_event_bytes are taken. */
static void test_too_long(void **state)
{
    char value[DECODING_EVENT_BYTES_MAX + 2];
    const char *good = "{" SPEC "," NAMED "," TYPE "," TIME "," USAGE "}";
    memset(value, ' ', sizeof value);
    memcpy(value, good, strlen(good));
    value[DECODING_EVENT_BYTES_MAX] = '\0';
    must_be(*state, value, "none", NULL);
    value[DECODING_EVENT_BYTES_MAX] = ' ';
    value[DECODING_EVENT_BYTES_MAX + 1] = '\0';
    must_be(*state, value, "malformed", "too long");
}

static void test_envelope(void **state)
{
    static const struct {
        const char *value, *detail;
    } examples[] = {
        {"[]", "not an object"},
        {"17", "not an object"},
        {"\"text\"", "not an object"},
        {"null", "not an object"},
        {"{}", "specversion"},
        {"{\"specversion\":\"0.3\"," NAMED "," TYPE "," TIME "," USAGE "}", "specversion"},
        {"{\"specversion\":1.0," NAMED "," TYPE "," TIME "," USAGE "}", "specversion"},
        {"{" SPEC ",\"id\":\"\",\"source\":\"/s\"," TYPE "," TIME "," USAGE "}", "id"},
        {"{" SPEC ",\"id\":5,\"source\":\"/s\"," TYPE "," TIME "," USAGE "}", "id"},
        {"{" SPEC ",\"id\":\"1\"," TYPE "," TIME "," USAGE "}", "source"},
        {"{" SPEC "," NAMED ",\"type\":null," TIME "," USAGE "}", "type"},
        {"{" SPEC "," NAMED "," TYPE "," USAGE "}", "time"},
        {"{" SPEC "," NAMED "," TYPE ",\"time\":\"2025-02-30T00:00:00Z\"," USAGE "}", "time"},
        {"{" SPEC "," NAMED "," TYPE ",\"time\":\"2025-02-03 10:11:12Z\"," USAGE "}", "time"},
        {"{" SPEC "," NAMED "," TYPE ",\"time\":\"1969-12-31T23:59:59Z\"," USAGE "}", "time"},
        {"{" SPEC "," NAMED "," TYPE ",\"time\":1741064767," USAGE "}", "time"}};
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
        must_be(*state, examples[i].value, "envelope", examples[i].detail);
}

static void test_unknown_type(void **state)
{
    must_be(*state, "{" SPEC "," NAMED ",\"type\":\"uptake.usage.v2\"," TIME "," USAGE "}",
            "unknown_type", "type");
    must_be(*state, "{" SPEC "," NAMED ",\"type\":\"Uptake.usage.v1\"," TIME "}", "unknown_type",
            "type");
    must_be(*state, "{" SPEC "," NAMED ",\"type\":\"org.example.a.long.name.of.a.type\"," TIME "}",
            "unknown_type", "type");
}

static void test_schema(void **state)
{
    static const struct {
        const char *type, *data, *detail;
    } examples[] = {
        {"usage", "\"text\"", "data"},
        {"usage", "null", "data"},
        {"usage", "[]", "data"},
        {"usage", "{}", "team"},
        {"usage", "{\"team\":\"\",\"user\":\"u\",\"assist\":\"ai\"}", "team"},
        {"usage", "{\"team\":null,\"user\":\"u\",\"assist\":\"ai\"}", "team"},
        {"usage", "{\"team\":[\"red\"],\"user\":\"u\",\"assist\":\"ai\"}", "team"},
        {"usage", "{\"team\":\"red\",\"assist\":\"ai\"}", "user"},
        {"usage", "{\"team\":\"red\",\"user\":\"u\",\"assist\":\"maybe\"}", "assist"},
        {"usage", "{\"team\":\"red\",\"user\":\"u\",\"assist\":true}", "assist"},
        {"usage", "{\"team\":\"red\",\"user\":\"u\",\"assist\":\"ai\",\"task\":7}", "task"},
        {"usage", "{\"team\":\"red\",\"user\":\"u\",\"assist\":\"ai\",\"workflow\":\"tab\\there\"}",
         "workflow"},
        {"usage", "{\"team\":\"red\",\"user\":\"u\",\"assist\":\"ai\",\"workflow\":\"\"}",
         "workflow"},
        {"usage", "{\"team\":\"red\",\"user\":\"u\",\"assist\":\"ai\",\"workflow\":\"del\x7f\"}",
         "workflow"},
        {"usage",
         "{\"team\":\"red\",\"user\":\"u\",\"assist\":\"ai\",\"tool\":\"next\xc2\x85line\"}",
         "tool"},
        {"usage",
         "{\"team\":\"red\",\"user\":\"u\",\"assist\":\"ai\",\"capability\":\"nul\\u0000\"}",
         "capability"},
        {"usage", "{\"team\":\"red\",\"user\":\"u\",\"assist\":\"ai\",\"kind\":\"boring\"}",
         "kind"},
        {"usage", "{\"team\":\"red\",\"user\":\"u\",\"assist\":\"ai\",\"explained\":\"true\"}",
         "explained"},
        {"usage", "{\"team\":\"red\",\"user\":\"u\",\"assist\":\"ai\",\"batch\":1}", "batch"},
        {"usage", "{\"team\":\"red\",\"user\":\"u\",\"assist\":\"ai\",\"assignment\":\"lot\"}",
         "assignment"},
        {"usage", "{\"team\":\"red\",\"user\":\"u\",\"assist\":\"ai\",\"reason\":false}", "reason"},
        {"override", "{\"team\":\"red\",\"user\":\"u\",\"action\":\"accept\"}", "task"},
        {"override", "{\"team\":\"red\",\"user\":\"u\",\"task\":\"t\"}", "action"},
        {"override",
         "{\"team\":\"red\",\"user\":\"u\",\"task\":\"t\",\"action\":\"accept\",\"by\":\"robot\"}",
         "by"},
        {"override",
         "{\"team\":\"red\",\"user\":\"u\",\"task\":\"t\",\"action\":\"reject\",\"reason\":7}",
         "reason"},
        {"outcome", "{\"team\":\"red\",\"task\":\"t\"}", "no result"},
        {"outcome", "{\"team\":\"red\",\"task\":\"t\",\"by\":\"self\",\"success\":null}",
         "no result"},
        {"outcome", "{\"team\":\"red\",\"task\":\"t\",\"success\":0}", "success"},
        {"outcome", "{\"team\":\"red\",\"task\":\"t\",\"quality\":1.01}", "quality"},
        {"outcome", "{\"team\":\"red\",\"task\":\"t\",\"quality\":-0.1}", "quality"},
        {"outcome", "{\"team\":\"red\",\"task\":\"t\",\"quality\":true}", "quality"},
        {"outcome", "{\"team\":\"red\",\"task\":\"t\",\"cycle_s\":0}", "cycle_s"},
        {"outcome", "{\"team\":\"red\",\"task\":\"t\",\"cycle_s\":1000000000.1}", "cycle_s"},
        {"outcome", "{\"team\":\"red\",\"task\":\"t\",\"cycle_s\":123456789012345678901234567890}",
         "cycle_s"},
        {"outcome", "{\"team\":\"red\",\"task\":\"t\",\"effort_s\":1000000.5}", "effort_s"},
        {"outcome", "{\"team\":\"red\",\"task\":\"t\",\"effort_s\":\"5\"}", "effort_s"},
        {"outcome", "{\"team\":\"red\",\"task\":\"t\",\"rework\":\"no\"}", "rework"},
        {"outcome", "{\"team\":\"red\",\"task\":\"t\",\"advice_correct\":1}", "advice_correct"},
        {"outcome", "{\"team\":\"red\",\"task\":\"t\",\"initial_correct\":[]}", "initial_correct"},
        {"outcome", "{\"team\":\"red\",\"task\":\"t\",\"success\":true,\"by\":\"me\"}", "by"},
        {"training", "{\"team\":\"red\",\"user\":\"u\"}", "program"},
        {"training", "{\"team\":\"red\",\"user\":\"u\",\"program\":\"p\",\"teacher\":\"\"}",
         "teacher"},
        {"training", "{\"team\":\"red\",\"user\":\"u\",\"program\":\"p\",\"hours\":10000.5}",
         "hours"},
        {"training", "{\"team\":\"red\",\"user\":\"u\",\"program\":\"p\",\"format\":\"film\"}",
         "format"},
        {"person", "{\"team\":\"red\",\"user\":\"u\"}", "status"},
        {"person", "{\"team\":\"red\",\"user\":\"u\",\"status\":\"away\"}", "status"},
        {"person", "{\"team\":\"red\",\"user\":\"u\",\"status\":\"left\",\"level\":3}", "level"},
        {"redesign", "{\"team\":\"red\"}", "workflow"},
        {"redesign", "{\"team\":\"red\",\"workflow\":\"w\",\"label\":{}}", "label"},
        {"pulse", "{\"team\":\"red\",\"user\":\"u\",\"question\":\"why\",\"score\":3}", "question"},
        {"pulse", "{\"team\":\"red\",\"user\":\"u\",\"question\":\"role_clear\"}", "score"},
        {"pulse", "{\"team\":\"red\",\"user\":\"u\",\"question\":\"role_clear\",\"score\":6}",
         "score"},
        {"pulse", "{\"team\":\"red\",\"user\":\"u\",\"question\":\"role_clear\",\"score\":0}",
         "score"},
        {"pulse", "{\"team\":\"red\",\"user\":\"u\",\"question\":\"role_clear\",\"score\":2.5}",
         "score"},
        {"pulse", "{\"team\":\"red\",\"user\":\"u\",\"question\":\"role_clear\",\"score\":true}",
         "score"}};
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
        must_be(*state, decoding_wrap(examples[i].type, examples[i].data), "schema",
                examples[i].detail);
    must_be(*state, "{" SPEC "," NAMED "," TYPE "," TIME "}", "schema", "data");
}

/* 128 bytes, not characters. */
static void test_lengths(void **state)
{
    char data[512];
    for (int bytes = 126; bytes <= 130; bytes += 2) {
        char name[131] = {0};
        for (int i = 0; i < bytes; i += 2)
            memcpy(name + i, "\xc3\xa9", 2);
        (void)snprintf(data, sizeof data, "{\"team\":\"red\",\"user\":\"%s\",\"assist\":\"ai\"}",
                       name);
        must_be(*state, decoding_wrap("usage", data), bytes <= 128 ? "none" : "schema",
                bytes <= 128 ? NULL : "user");
    }
    for (int length = 1; length <= 140; length++) {
        char name[141] = {0};
        memset(name, 'n', (size_t)length);
        (void)snprintf(data, sizeof data, "{\"team\":\"red\",\"user\":\"%s\",\"assist\":\"ai\"}",
                       name);
        must_be(*state, decoding_wrap("usage", data), length <= 128 ? "none" : "schema", NULL);
    }
}

/* A control character is found wherever it stands, and its neighbours are fine. */
static void test_controls(void **state)
{
    static const struct {
        const char *text, *reason;
    } examples[] = {{"\\u0000", "schema"},
                    {"\\u001f", "schema"},
                    {" ", "none"},
                    {"~", "none"},
                    {"\x7f", "schema"},
                    {"\xc2\x80", "schema"},
                    {"\xc2\x9f", "schema"},
                    {"\xc2\xa0", "none"},
                    {"\xc3\x80", "none"},
                    {"\xe2\x82\x80", "none"},
                    {"\xf0\x9f\x98\x80", "none"}};
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        for (int before = 0; before < 60; before++) {
            for (int after = 0; after < 20; after += 19) {
                char data[512];
                char filler[64] = {0};
                memset(filler, '-', (size_t)before);
                (void)snprintf(data, sizeof data,
                               "{\"team\":\"red\",\"user\":\"%s%s%.*s\",\"assist\":\"ai\"}", filler,
                               examples[i].text, after, "...................");
                must_be(*state, decoding_wrap("usage", data), examples[i].reason, NULL);
            }
        }
    }
}

static enum reject decode_at(struct decoder *decoder, const char *key, int32_t partition,
                             const char *value)
{
    struct message message = decoding_message(decoder, value);
    struct event event;
    struct text detail;
    message.key = key;
    message.key_length = key == NULL ? 0 : (uint32_t)strlen(key);
    message.partition = partition;
    return decoder_decode(decoder, &message, &event, &detail);
}

static void test_key_and_partition(void **state)
{
    const char *good = "{" SPEC "," NAMED "," TYPE "," TIME "," USAGE "}";
    int32_t right = decoder_partition(*state, "red", 3);
    assert_int_equal(decode_at(*state, "red", right, good), REJECT_NONE);
    assert_int_equal(decode_at(*state, NULL, right, good), REJECT_KEY);
    assert_int_equal(decode_at(*state, "", right, good), REJECT_KEY);
    assert_int_equal(decode_at(*state, "re", right, good), REJECT_KEY);
    assert_int_equal(decode_at(*state, "Red", right, good), REJECT_KEY);
    assert_int_equal(decode_at(*state, "red ", right, good), REJECT_KEY);
    for (int32_t partition = -1; partition <= DECODING_PARTITIONS; partition++)
        assert_int_equal(decode_at(*state, "red", partition, good),
                         partition == right ? REJECT_NONE : REJECT_MISROUTED);
}

/* Wrong in two ways: the first of the table wins. */
static void test_order(void **state)
{
    must_be(*state, "[1e999]", "malformed", NULL);                     /* and envelope */
    must_be(*state, "{\"id\":\"1\",\"id\":\"1\"}", "malformed", "id"); /* and envelope */
    must_be(*state, "{" SPEC "," NAMED ",\"type\":\"x\",\"time\":\"now\"}", "envelope",
            "time"); /* and unknown_type */
    must_be(*state, "{" SPEC ",\"source\":\"/s\"," TYPE "," TIME ",\"data\":1}", "envelope",
            "id"); /* and schema */
    must_be(*state, "{" SPEC "," NAMED ",\"type\":\"x\"," TIME ",\"data\":1}", "unknown_type",
            NULL); /* and schema */
    /* A duplicate in data is only seen once the type says what data is: */
    must_be(*state, "{" SPEC "," NAMED ",\"type\":\"x\"," TIME ",\"data\":{\"team\":1,\"team\":1}}",
            "unknown_type", NULL);
    must_be(*state,
            "{" SPEC "," NAMED "," TYPE ",\"time\":\"now\",\"data\":{\"team\":1,\"team\":1}}",
            "envelope", NULL);
    must_be(*state, decoding_wrap("usage", "{\"team\":1,\"user\":2,\"user\":2}"), "malformed",
            "user"); /* and schema */
    /* A member that this type does not have may come twice: */
    must_be(
        *state,
        decoding_wrap(
            "usage", "{\"team\":\"red\",\"user\":\"u\",\"assist\":\"ai\",\"score\":1,\"score\":2}"),
        "none", NULL);
    assert_int_equal(decode_at(*state, NULL, 99, decoding_wrap("usage", "{}")),
                     REJECT_SCHEMA); /* and key */
    assert_int_equal(
        decode_at(*state, "blue", 99, "{" SPEC "," NAMED "," TYPE "," TIME "," USAGE "}"),
        REJECT_KEY); /* and misrouted */
}

static void test_untouched(void **state)
{
    struct event event;
    memset(&event, 0x5a, sizeof event);
    struct event before = event;
    struct text detail;
    assert_string_equal(
        decoding_reason(*state, decoding_wrap("usage", "{\"team\":\"red\"}"), &event, &detail),
        "schema");
    assert_memory_equal(&event, &before, sizeof event);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_malformed), TEST(test_too_long),
                                       TEST(test_envelope),  TEST(test_unknown_type),
                                       TEST(test_schema),    TEST(test_lengths),
                                       TEST(test_controls),  TEST(test_key_and_partition),
                                       TEST(test_order),     TEST(test_untouched)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
