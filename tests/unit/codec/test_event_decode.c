/* What is accepted says what the event said: every member of every type, both modes, odd ones too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "unit/codec/decoding.h"

static const uint8_t pseudonym_key[PSEUDONYM_KEY_BYTES] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

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

static struct event must_decode(struct decoder *decoder, const char *value)
{
    struct event event;
    struct text detail = {0};
    const char *reason = decoding_reason(decoder, value, &event, &detail);
    if (strcmp(reason, "none") != 0)
        fail_msg("%s (%.*s): %s", reason, (int)detail.length, detail.bytes, value);
    return event;
}

static void assert_text(struct text text, const char *expected)
{
    if (!text_equal(text, text_of(expected)))
        fail_msg("\"%.*s\", not \"%s\"", (int)text.length, text.bytes, expected);
}

static bool stands_for(struct pseudonym pseudonym, const char *name)
{
    return pseudonym_equal(pseudonym, pseudonym_of(pseudonym_key, name, strlen(name)));
}

static bool is_task(struct task_id task, const char *team_and_task)
{
    struct task_id expected =
        pseudonym_of_task(pseudonym_key, team_and_task, strlen(team_and_task));
    return task.high == expected.high && task.low == expected.low;
}

static void test_envelope(void **state)
{
    struct event event = must_decode(
        *state, decoding_wrap("person", "{\"team\":\"red\",\"user\":\"u\",\"status\":\"left\"}"));
    assert_int_equal(event.type, EVENT_PERSON);
    assert_int_equal(event.key.time_ms, 1741064767089);
    assert_true(event.key.hash == hash_xx64("/s\n1", 4));
    assert_text(event.team, "red");
    assert_true(event.has_user && stands_for(event.user, "u"));
    assert_false(event.has_task);
}

static void test_usage(void **state)
{
    struct event event = must_decode(
        *state,
        decoding_wrap(
            "usage",
            "{\"team\":\"red\",\"user\":\"u\",\"assist\":\"bypass\",\"task\":\"t\",\"workflow\":"
            "\"w\","
            "\"tool\":\"x\",\"capability\":\"c\",\"kind\":\"relational\",\"explained\":true,"
            "\"batch\":true,\"assignment\":\"random\",\"reason\":\"too_slow\"}"));
    assert_int_equal(event.type, EVENT_USAGE);
    assert_true(event.has_task && is_task(event.task, "red\nt"));
    assert_int_equal(event.usage.assist, ASSIST_BYPASS);
    assert_int_equal(event.usage.kind, WORK_KIND_RELATIONAL);
    assert_int_equal(event.usage.reason, REASON_DESIGN);
    assert_true(event.usage.explained && event.usage.batch && event.usage.random);
    assert_text(event.usage.workflow, "w");
    assert_text(event.usage.capability, "c");
    event = must_decode(
        *state,
        decoding_wrap("usage",
                      "{\"team\":\"red\",\"user\":\"u\",\"assist\":\"none\",\"explained\":false,"
                      "\"assignment\":\"self\",\"reason\":\"too_slow\",\"batch\":null}"));
    assert_int_equal(event.usage.assist, ASSIST_NONE);
    assert_int_equal(event.usage.kind, WORK_KIND_ABSENT);
    assert_int_equal(event.usage.reason, REASON_ABSENT); /* read only with bypass */
    assert_false(event.usage.explained || event.usage.batch || event.usage.random ||
                 event.has_task);
    assert_int_equal(event.usage.workflow.length, 0);
    assert_int_equal(event.usage.capability.length, 0);
}

static void test_reasons(void **state)
{
    static const struct {
        const char *reason;
        enum reason_class class;
    } reasons[] = {{"\"tool_unclear\"", REASON_SKILL},
                   {"\"workflow_unclear\"", REASON_DESIGN},
                   {"\"not_my_role\"", REASON_DESIGN},
                   {"\"too_slow\"", REASON_DESIGN},
                   {"\"not_allowed\"", REASON_DESIGN},
                   {"\"advice_wrong\"", REASON_OTHER},
                   {"\"case_unusual\"", REASON_OTHER},
                   {"\"other\"", REASON_OTHER},
                   {"\"\"", REASON_OTHER},
                   {"\"\\tof my own\"", REASON_OTHER},
                   {"\"a reason as long as one likes, and it is rather long\"", REASON_OTHER},
                   {"null", REASON_ABSENT}};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        char data[256];
        (void)snprintf(
            data, sizeof data,
            "{\"team\":\"red\",\"user\":\"u\",\"task\":\"t\",\"action\":\"modify\",\"reason\":%s}",
            reasons[i].reason);
        assert_int_equal(must_decode(*state, decoding_wrap("override", data)).decision.reason,
                         reasons[i].class);
        (void)snprintf(data, sizeof data,
                       "{\"team\":\"red\",\"user\":\"u\",\"assist\":\"bypass\",\"reason\":%s}",
                       reasons[i].reason);
        assert_int_equal(must_decode(*state, decoding_wrap("usage", data)).usage.reason,
                         reasons[i].class);
    }
}

static void test_override(void **state)
{
    struct event event = must_decode(
        *state,
        decoding_wrap("override", "{\"team\":\"red\",\"user\":\"u\",\"task\":\"t\","
                                  "\"action\":\"accept\",\"by\":\"policy\",\"reason\":\"other\"}"));
    assert_int_equal(event.type, EVENT_OVERRIDE);
    assert_int_equal(event.decision.action, ACTION_ACCEPT);
    assert_int_equal(event.decision.reason, REASON_ABSENT); /* read only with modify and reject */
    assert_true(event.decision.by_policy && event.has_user && event.has_task);
    event = must_decode(
        *state,
        decoding_wrap("override",
                      "{\"team\":\"red\",\"user\":\"u\",\"task\":\"t\",\"action\":\"reject\","
                      "\"by\":\"person\",\"reason\":\"tool_unclear\"}"));
    assert_int_equal(event.decision.action, ACTION_REJECT);
    assert_int_equal(event.decision.reason, REASON_SKILL);
    assert_false(event.decision.by_policy);
}

static void test_outcome(void **state)
{
    struct event event = must_decode(
        *state,
        decoding_wrap("outcome", "{\"team\":\"red\",\"task\":\"t\",\"success\":true,\"quality\":0."
                                 "12345,\"cycle_s\":1.0005,"
                                 "\"effort_s\":0.25,\"rework\":false,\"advice_correct\":true,"
                                 "\"initial_correct\":false,\"by\":\"self\"}"));
    const struct outcome *outcome = &event.outcome;
    assert_int_equal(event.type, EVENT_OUTCOME);
    assert_false(event.has_user);
    assert_true(outcome->by_self && outcome->has_quality);
    assert_int_equal(outcome->success, ANSWER_YES);
    assert_int_equal(outcome->rework, ANSWER_NO);
    assert_int_equal(outcome->advice_correct, ANSWER_YES);
    assert_int_equal(outcome->initial_correct, ANSWER_NO);
    assert_int_equal(outcome->quality, 1235);
    assert_int_equal(outcome->cycle_ms, 1001);
    assert_int_equal(outcome->effort_ds, 3);
    event = must_decode(
        *state,
        decoding_wrap("outcome",
                      "{\"team\":\"red\",\"task\":\"t\",\"quality\":0,\"by\":\"customer\"}"));
    assert_true(outcome->has_quality && outcome->quality == 0 && !outcome->by_self);
    assert_int_equal(outcome->success, ANSWER_ABSENT);
    assert_int_equal(outcome->cycle_ms, 0);
    assert_int_equal(outcome->effort_ds, 0);
}

static void test_numbers(void **state)
{
    static const struct {
        const char *members;
        uint64_t quality, cycle_ms, effort_ds;
    } examples[] = {{"\"quality\":1", 10000, 0, 0},
                    {"\"quality\":1.0e0", 10000, 0, 0},
                    {"\"quality\":0.00005", 1, 0, 0},
                    {"\"quality\":0.00004999", 0, 0, 0},
                    {"\"quality\":-0.0", 0, 0, 0},
                    {"\"cycle_s\":0.0001", 0, 1, 0},
                    {"\"cycle_s\":5e-324", 0, 1, 0},
                    {"\"cycle_s\":1000000000", 0, 1000000000000, 0},
                    {"\"cycle_s\":1e9", 0, 1000000000000, 0},
                    {"\"cycle_s\":7200", 0, 7200000, 0},
                    {"\"cycle_s\":2.0015", 0, 2002, 0}, /* 2001.5 as doubles multiply */
                    {"\"effort_s\":0.01", 0, 0, 1},
                    {"\"effort_s\":1000000", 0, 0, 10000000},
                    {"\"effort_s\":4.0", 0, 0, 40}};
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        char data[256];
        (void)snprintf(data, sizeof data, "{\"team\":\"red\",\"task\":\"t\",%s}",
                       examples[i].members);
        struct event event = must_decode(*state, decoding_wrap("outcome", data));
        assert_int_equal(event.outcome.quality, examples[i].quality);
        assert_int_equal(event.outcome.cycle_ms, examples[i].cycle_ms);
        assert_int_equal(event.outcome.effort_ds, examples[i].effort_ds);
    }
}

static void test_training(void **state)
{
    struct event event = must_decode(
        *state, decoding_wrap("training", "{\"team\":\"red\",\"user\":\"u\",\"program\":\"p\","
                                          "\"teacher\":\"v\",\"hours\":1.5,\"format\":\"peer\"}"));
    assert_text(event.training.program, "p");
    assert_true(event.training.has_teacher && stands_for(event.training.teacher, "v"));
    assert_true(stands_for(event.user, "u"));
    assert_int_equal(event.training.seconds, 5400);
    assert_int_equal(event.training.format, FORMAT_PEER);
    event = must_decode(
        *state,
        decoding_wrap("training",
                      "{\"team\":\"red\",\"user\":\"u\",\"program\":\"p\",\"hours\":1e-9}"));
    assert_false(event.training.has_teacher);
    assert_int_equal(event.training.seconds, 1);
    assert_int_equal(event.training.format, FORMAT_ABSENT);
}

static void test_person_redesign_pulse(void **state)
{
    struct event event = must_decode(
        *state, decoding_wrap(
                    "person",
                    "{\"team\":\"red\",\"user\":\"u\",\"status\":\"moved\",\"level\":\"senior\"}"));
    assert_int_equal(event.person.status, STATUS_MOVED);
    assert_text(event.person.level, "senior");
    event = must_decode(
        *state,
        decoding_wrap("redesign", "{\"team\":\"red\",\"workflow\":\"w\",\"label\":\"two eyes\"}"));
    assert_text(event.redesign.workflow, "w");
    assert_text(event.redesign.label, "two eyes");
    assert_false(event.has_user || event.has_task);
    for (int question = 0; question < QUESTIONS; question++) {
        char data[256];
        (void)snprintf(data, sizeof data,
                       "{\"team\":\"red\",\"user\":\"u\",\"question\":\"%s\",\"score\":%d%s}",
                       event_question_name((enum question)question), question % 5 + 1,
                       question % 2 == 0 ? "" : ".0");
        event = must_decode(*state, decoding_wrap("pulse", data));
        assert_int_equal(event.pulse.question, question);
        assert_int_equal(event.pulse.score, question % 5 + 1);
    }
}

/* Texts stay until the reset, whatever is decoded meanwhile. */
static void test_texts_stay(void **state)
{
    enum { EVENTS = 3000 };
    static struct event events[EVENTS];
    for (int batch = 0; batch < 2; batch++) {
        for (int i = 0; i < EVENTS; i++) {
            char data[256];
            (void)snprintf(data, sizeof data,
                           "{\"team\":\"red\",\"workflow\":\"w%d\",\"label\":\"%0*d\"}", i,
                           i % 100 + 1, i);
            events[i] = must_decode(*state, decoding_wrap("redesign", data));
        }
        for (int i = 0; i < EVENTS; i++) {
            char expected[128];
            (void)snprintf(expected, sizeof expected, "w%d", i);
            assert_text(events[i].redesign.workflow, expected);
            (void)snprintf(expected, sizeof expected, "%0*d", i % 100 + 1, i);
            assert_text(events[i].redesign.label, expected);
        }
        decoder_reset(*state);
    }
}

struct headers {
    struct message_header list[8];
    uint32_t count;
};

static void add(struct headers *headers, const char *name, const char *value)
{
    headers->list[headers->count++] =
        (struct message_header){.name = text_of(name),
                                .value = value,
                                .value_length = value == NULL ? 0 : (uint32_t)strlen(value)};
}

static struct headers binary(void)
{
    struct headers headers = {0};
    add(&headers, "ce_specversion", "1.0");
    add(&headers, "ce_id", "b1");
    add(&headers, "ce_source", "/binary");
    add(&headers, "ce_type", "uptake.usage.v1");
    add(&headers, "ce_time", "2025-03-04T05:06:07Z");
    return headers;
}

static enum reject decode(struct decoder *decoder, const struct headers *headers, const char *value,
                          struct event *event)
{
    struct message message = decoding_message(decoder, value);
    struct text detail;
    message.headers = headers->list;
    message.header_count = headers->count;
    return decoder_decode(decoder, &message, event, &detail);
}

static const char data[] = "{\"team\":\"red\",\"user\":\"u\",\"assist\":\"ai\",\"future\":[1,{"
                           "\"x\":null}],\"id\":1,\"id\":2}";

static void test_binary(void **state)
{
    struct event event;
    struct headers headers = binary();
    add(&headers, "content-type", "application/json");
    assert_int_equal(decode(*state, &headers, data, &event), REJECT_NONE);
    assert_true(event.key.hash == hash_xx64("/binary\nb1", 10));
    assert_int_equal(event.key.time_ms, 1741064767000);
    assert_int_equal(decode(*state, &headers, "[]", &event), REJECT_SCHEMA);
    assert_int_equal(decode(*state, &headers, "{", &event), REJECT_MALFORMED);
    assert_int_equal(decode(*state, &headers, "", &event), REJECT_MALFORMED);
    assert_int_equal(decode(*state, &headers, "{\"team\":\"red\",\"team\":\"red\"}", &event),
                     REJECT_MALFORMED);
    headers = binary();
    headers.list[4].value_length = 0;
    assert_int_equal(decode(*state, &headers, "[]", &event), REJECT_ENVELOPE); /* and schema */
    headers = binary();
    headers.list[3].value = "org.example.a.long.name.of.a.type";
    headers.list[3].value_length = 33;
    assert_int_equal(decode(*state, &headers, data, &event), REJECT_UNKNOWN_TYPE);
    headers = binary();
    headers.list[0].value_length = 0; /* empty, but there: binary, of no version */
    assert_int_equal(decode(*state, &headers, decoding_wrap("usage", data), &event),
                     REJECT_ENVELOPE);
}

static void test_modes(void **state)
{
    struct event event;
    char whole[DECODING_EVENT_BYTES_MAX + 1];
    (void)snprintf(whole, sizeof whole, "%s", decoding_wrap("usage", data));
    static const char *const structured[] = {"application/cloudevents",
                                             "application/cloudevents+json; charset=utf-8",
                                             "Application/CloudEvents+JSON"};
    for (size_t i = 0; i < sizeof structured / sizeof structured[0]; i++) {
        struct headers headers = binary();
        add(&headers, "content-type", structured[i]);
        assert_int_equal(decode(*state, &headers, whole, &event), REJECT_NONE);
        assert_true(event.key.hash == hash_xx64("/s\n1", 4));
    }
    static const char *const others[] = {
        "application/cloudevent", "",   " application/cloudevents",
        "application/json",       NULL, "application/cloudevents\xff"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct headers headers = binary();
        add(&headers, "content-type", others[i]);
        assert_int_equal(decode(*state, &headers, data, &event), REJECT_NONE);
        headers.list[0].value = NULL; /* no longer binary */
        assert_int_equal(decode(*state, &headers, whole, &event), REJECT_NONE);
    }
    struct headers headers = {0};
    add(&headers, "traceparent", "00-1-1-00");
    assert_int_equal(decode(*state, &headers, whole, &event), REJECT_NONE);
    headers = binary();
    headers.list[0].name = text_of("CE_specversion"); /* names count as they are written */
    assert_int_equal(decode(*state, &headers, whole, &event), REJECT_NONE);
    headers = binary();
    headers.list[0].value = "1.0\xff";
    headers.list[0].value_length = 4;
    assert_int_equal(decode(*state, &headers, whole, &event), REJECT_NONE);
}

/* Of a repeated header the last counts, also when it is absent by its value. */
static void test_repeated_headers(void **state)
{
    struct event event;
    struct headers headers = binary();
    add(&headers, "ce_id", "b2");
    assert_int_equal(decode(*state, &headers, data, &event), REJECT_NONE);
    assert_true(event.key.hash == hash_xx64("/binary\nb2", 10));
    add(&headers, "ce_id", "b3\xff");
    assert_int_equal(decode(*state, &headers, data, &event), REJECT_ENVELOPE);
    headers.list[6].value = NULL;
    assert_int_equal(decode(*state, &headers, data, &event), REJECT_ENVELOPE);
    headers = binary();
    add(&headers, "ce_specversion", NULL);
    /* No longer binary: the value would be a whole event, with one id. */
    assert_int_equal(decode(*state, &headers, data, &event), REJECT_MALFORMED);
    assert_int_equal(decode(*state, &headers, "{}", &event), REJECT_ENVELOPE);
}

/* Odd, but fine. */
static void test_odd(void **state)
{
    static const char *const data_of_usage[] = {
        "{\"team\":\"red\",\"user\":\"zo\xc3\xab "
        "\xe2\x9c\x93\",\"assist\":\"ai\",\"workflow\":null}",
        "{\"t\\u0065am\":\"r\\u0065d\",\"user\":\"\\ud83d\\ude00\",\"assist\":\"a\\u0069\"}",
        "{\"team\":\"red\",\"user\":\"u\",\"assist\":\"ai\",\"more\":"
        "123456789012345678901234567890}",
        "{\"team\":\"red\",\"user\":\"u\",\"assist\":\"ai\",\"deep\":[[[[[[[[[[[[[[]]]]]]]]]]]]]]"
        "}"};
    for (size_t i = 0; i < sizeof data_of_usage / sizeof data_of_usage[0]; i++)
        assert_text(must_decode(*state, decoding_wrap("usage", data_of_usage[i])).team, "red");
    (void)must_decode(*state, "{\"subject\":null,\"extra\":{\"id\":1,\"id\":2},\"data_base64\":1,"
                              "\"time\":\"2025-03-04t05:06:60z\","
                              "\"type\":\"uptake.usage.v1\",\"source\":\" "
                              "\",\"id\":\"\\u0000\",\"specversion\":\"1.0\",\"data\":"
                              "{\"assist\":\"ai\",\"user\":\"u\",\"team\":\"red\"}} \n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_envelope),   TEST(test_usage),
                                       TEST(test_reasons),    TEST(test_override),
                                       TEST(test_outcome),    TEST(test_numbers),
                                       TEST(test_training),   TEST(test_person_redesign_pulse),
                                       TEST(test_texts_stay), TEST(test_binary),
                                       TEST(test_modes),      TEST(test_repeated_headers),
                                       TEST(test_odd)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
