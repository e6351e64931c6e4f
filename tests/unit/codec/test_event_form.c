/* What a form reads is what the parser reads, whatever it has learned before, and what it cannot read it leaves alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "codec/event_form.h"
#include "support/dice.h"
#include "unit/codec/decoding.h"

/* ---- the form by itself ------------------------------------------------------------------------ */

struct bench {
    struct event_schema schema;
    struct event_form *form;
    struct json_reader *reader;
    char bytes[DECODING_EVENT_BYTES_MAX + EVENT_FORM_PADDING];
};

static int set_up(void **state)
{
    struct bench *bench = mem_alloc(sizeof *bench);
    event_schema_init(&bench->schema);
    bench->form = event_form_new(&bench->schema);
    bench->reader = json_reader_new(16);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    event_form_free(bench->form);
    json_reader_free(bench->reader);
    mem_free(bench);
    return 0;
}

static struct event_form_text put(struct bench *bench, const char *text, enum event_type data_of)
{
    size_t length = strlen(text);
    assert_true(length <= DECODING_EVENT_BYTES_MAX);
    memset(bench->bytes, 0, sizeof bench->bytes);
    memcpy(bench->bytes, text, length);
    return (struct event_form_text){.bytes = bench->bytes, .length = length, .data_of = data_of};
}

static bool reads(struct bench *bench, const char *text, struct event_values *ret_values)
{
    struct event_form_text placed = put(bench, text, EVENT_TYPES);
    return event_form_read(bench->form, &placed, ret_values);
}

static void learn(struct bench *bench, const char *text, enum event_type type)
{
    struct event_form_text placed = put(bench, text, EVENT_TYPES);
    event_form_learn(bench->form, &placed, type);
}

static void assert_same_value(const struct json_value *read, const struct json_value *parsed)
{
    assert_int_equal(read->kind, parsed->kind);
    if (read->kind == JSON_STRING)
        assert_true(text_equal(read->text, parsed->text));
    if (read->kind == JSON_NUMBER)
        assert_memory_equal(&read->number, &parsed->number, sizeof read->number);
}

/* The form reads it, and every value is the parser's. */
static void must_read(struct bench *bench, const char *text, enum event_type type)
{
    struct event_values read, parsed;
    if (!reads(bench, text, &read))
        fail_msg("not read: %s", text);
    struct json_value root;
    struct text detail;
    assert_null(json_reader_parse(bench->reader, text, strlen(text), &root));
    assert_int_equal(json_reader_pick(&root, &bench->schema.envelope, parsed.at), 0);
    assert_int_equal(event_schema_pick(&bench->schema, type, &parsed, &detail), REJECT_NONE);
    for (uint32_t i = 0; i < ENVELOPE_ATTRIBUTES; i++)
        assert_same_value(&read.at[i], &parsed.at[i]);
    for (uint32_t i = 0; i < bench->schema.members[type].count; i++)
        assert_same_value(&read.at[EVENT_VALUE_DATA + i], &parsed.at[EVENT_VALUE_DATA + i]);
}

static void must_not_read(struct bench *bench, const char *text)
{
    struct event_values values;
    if (reads(bench, text, &values))
        fail_msg("read: %s", text);
}

#define ENVELOPE(id)                                                                               \
    "{\"specversion\":\"1.0\",\"id\":\"" id                                                        \
    "\",\"source\":\"/s\",\"type\":\"uptake.outcome.v1\",\"time\":\"2025-03-04T05:06:07Z\","
#define OUTCOME(id, members) ENVELOPE(id) "\"data\":{\"team\":\"red\",\"task\":\"t\"," members "}}"

static void test_reads_other_values(void **state)
{
    struct bench *bench = *state;
    must_not_read(bench, OUTCOME("1", "\"success\":true,\"cycle_s\":5"));
    learn(bench, OUTCOME("1", "\"success\":true,\"cycle_s\":5"), EVENT_OUTCOME);
    must_read(bench, OUTCOME("1", "\"success\":true,\"cycle_s\":5"), EVENT_OUTCOME);
    must_read(bench, OUTCOME("", "\"success\":null,\"cycle_s\":0"), EVENT_OUTCOME);
    must_read(bench,
              OUTCOME("a name that is longer than two blocks of bytes",
                      "\"success\":false,\"cycle_s\":false"),
              EVENT_OUTCOME);
    must_read(bench,
              OUTCOME("zo\xc3\xab \xf0\x9f\x98\x80", "\"success\":1,\"cycle_s\":123456789.012345"),
              EVENT_OUTCOME);
}

static void test_joins_what_it_learned(void **state)
{
    struct bench *bench = *state;
    learn(bench, OUTCOME("1", "\"rework\":true,\"success\":true"), EVENT_OUTCOME);
    learn(bench, OUTCOME("1", "\"success\":true,\"quality\":0.5"), EVENT_OUTCOME);
    must_read(bench, OUTCOME("1", "\"rework\":true,\"success\":true,\"quality\":0.5"),
              EVENT_OUTCOME);
    must_read(bench, OUTCOME("1", "\"success\":true"), EVENT_OUTCOME);
    learn(bench, OUTCOME("1", "\"success\":true,\"rework\":true"), EVENT_OUTCOME);
    must_not_read(bench, OUTCOME("1", "\"rework\":true,\"success\":true,\"rework\":true"));
}

static void test_leaves_alone(void **state)
{
    struct bench *bench = *state;
    learn(bench, OUTCOME("1", "\"success\":true,\"cycle_s\":5"), EVENT_OUTCOME);
    static const char *const others[] = {
        OUTCOME("\\u0031", "\"success\":true,\"cycle_s\":5"),
        OUTCOME("1\t", "\"success\":true,\"cycle_s\":5"),
        OUTCOME("\xff", "\"success\":true,\"cycle_s\":5"),
        OUTCOME("\xc3", "\"success\":true,\"cycle_s\":5"),
        OUTCOME("1", "\"success\":truth,\"cycle_s\":5"),
        OUTCOME("1", "\"success\":nul,\"cycle_s\":5"),
        OUTCOME("1", "\"success\":true,\"cycle_s\":05"),
        OUTCOME("1", "\"success\":true,\"cycle_s\":5."),
        OUTCOME("1", "\"success\":true,\"cycle_s\":.5"),
        OUTCOME("1", "\"success\":true,\"cycle_s\":5e0"),
        OUTCOME("1", "\"success\":true,\"cycle_s\":-5"),
        OUTCOME("1", "\"success\":true,\"cycle_s\":1234567890123456"),
        OUTCOME("1", "\"success\":true,\"cycle_s\":0.000000000000001"),
        OUTCOME("1", "\"success\":true,\"cycle_s\":"),
        OUTCOME("1", "\"success\":true,\"cycle_s\":5") " ",
        OUTCOME("1", "\"success\":true,\"cycle_s\":5") "}",
        OUTCOME("1", "\"success\":true, \"cycle_s\":5"),
        OUTCOME("1", "\"success\":true,\"rework\":5"),
        "\xef\xbb\xbf" OUTCOME("1", "\"success\":true,\"cycle_s\":5"),
        "",
        "{",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        must_not_read(bench, others[i]);
    const char *whole = OUTCOME("1", "\"success\":true,\"cycle_s\":5");
    char cut[512];
    for (size_t length = 0; length < strlen(whole); length++) {
        (void)snprintf(cut, sizeof cut, "%.*s", (int)length, whole);
        must_not_read(bench, cut);
    }
}

/* An attribute behind `data` leads back to a second `data` if another event has it before. */
static void test_data_comes_once(void **state)
{
    struct bench *bench = *state;
    learn(bench,
          ENVELOPE("1") "\"x\":1,\"data\":{\"team\":\"red\",\"task\":\"t\",\"success\":true}}",
          EVENT_OUTCOME);
    learn(bench,
          ENVELOPE("1") "\"data\":{\"team\":\"red\",\"task\":\"t\",\"success\":true},\"x\":1}",
          EVENT_OUTCOME);
    must_read(bench,
              ENVELOPE("1") "\"data\":{\"team\":\"red\",\"task\":\"t\",\"success\":true},\"x\":1}",
              EVENT_OUTCOME);
    must_not_read(
        bench,
        ENVELOPE(
            "1") "\"data\":{\"team\":\"red\",\"task\":\"t\",\"success\":true},\"x\":1,\"data\":"
                 "{\"team\":\"red\",\"task\":\"t\",\"success\":true}}");
}

/* The brace of an event is not the brace of data alone. */
static void test_modes_are_apart(void **state)
{
    struct bench *bench = *state;
    const char *data = "{\"team\":\"red\",\"task\":\"t\",\"success\":true}";
    struct event_form_text alone = put(bench, data, EVENT_OUTCOME);
    event_form_learn(bench->form, &alone, EVENT_OUTCOME);
    struct event_values values;
    assert_true(event_form_read(bench->form, &alone, &values));
    assert_int_equal(values.at[EVENT_VALUE_DATA].kind, JSON_STRING);
    learn(bench, OUTCOME("1", "\"success\":true"), EVENT_OUTCOME);
    must_not_read(bench,
                  ENVELOPE("1") "\"data\":{\"team\":\"red\",\"task\":\"t\",\"success\":true}");
    struct event_form_text other = put(bench, data, EVENT_USAGE);
    assert_false(event_form_read(bench->form, &other, &values));
}

static void test_numbers(void **state)
{
    struct bench *bench = *state;
    struct dice dice = dice_take();
    learn(bench, OUTCOME("1", "\"cycle_s\":5"), EVENT_OUTCOME);
    for (int round = 0; round < 20000; round++) {
        char number[40], text[512];
        int whole = 1 + (int)dice_below(&dice, 8), behind = (int)dice_below(&dice, 8);
        int64_t first = whole == 1 ? dice_below(&dice, 10) : 1 + dice_below(&dice, 9);
        int length = snprintf(number, sizeof number, "%d", (int)first);
        for (int i = 1; i < whole; i++)
            length += snprintf(number + length, sizeof number - (size_t)length, "%d",
                               (int)dice_below(&dice, 10));
        for (int i = 0; i < behind; i++)
            length += snprintf(number + length, sizeof number - (size_t)length, "%s%d",
                               i == 0 ? "." : "", (int)dice_below(&dice, 10));
        (void)snprintf(text, sizeof text, OUTCOME("1", "\"cycle_s\":%s"), number);
        must_read(bench, text, EVENT_OUTCOME);
    }
}

/* Blanks without end neither fill memory nor keep out, for good, what all others write. */
static void test_is_bounded(void **state)
{
    struct bench *bench = *state;
    char text[1024];
    for (int round = 0; round < 60000; round++) {
        (void)snprintf(text, sizeof text,
                       "{\"specversion\":\"1.0\",\"id\":\"1\",%*s\"source\":\"/"
                       "s\",\"type\":\"uptake.outcome.v1\",\"time\":"
                       "\"2025-03-04T05:06:07Z\",%*s\"data\":{\"team\":\"red\",\"task\":\"t\","
                       "\"success\":true}}",
                       round % 200, "", round / 200 % 200, "");
        learn(bench, text, EVENT_OUTCOME);
    }
    for (int round = 0; round < 10000; round++)
        learn(bench, OUTCOME("1", "\"success\":true"), EVENT_OUTCOME);
    must_read(bench, OUTCOME("2", "\"success\":false"), EVENT_OUTCOME);
}

/* ---- decoders ---------------------------------------------------------------------------------- */

static const char *const seeds[] = {
    "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"uptake.usage.v1\",\"time\":"
    "\"2025-03-04T05:06:07.089Z\",\"datacontenttype\":\"application/"
    "json\",\"data\":{\"team\":\"red\",\"user\":\"u\","
    "\"assist\":\"ai\",\"task\":\"t\",\"workflow\":\"w\",\"explained\":true,\"batch\":null}}",
    "{ \"type\": \"uptake.override.v1\", \"data\": { \"team\": \"red\", \"user\": \"u\", \"task\": "
    "\"t\", \"action\": "
    "\"modify\", \"reason\": \"other\" }, \"specversion\": \"1.0\", \"id\": \"2\", \"source\": "
    "\"/s\", \"time\": "
    "\"2025-03-04T05:06:07+01:00\" }\n",
    "{\"specversion\":\"1.0\",\"id\":\"3\",\"source\":\"/"
    "s\",\"type\":\"uptake.outcome.v1\",\"time\":\"2025-03-04T05:06:07Z\","
    "\"data\":{\"team\":\"red\",\"task\":\"t\",\"success\":false,\"quality\":0.25,\"cycle_s\":12.5,"
    "\"note\":\"x\"}}",
    "{\"specversion\":\"1.0\",\"id\":\"4\",\"source\":\"/"
    "s\",\"type\":\"uptake.pulse.v1\",\"time\":\"2025-03-04T05:06:07Z\","
    "\"data\":{\"team\":\"red\",\"user\":\"u\",\"question\":\"coached\",\"score\":4}}",
    "{\"team\":\"red\",\"user\":\"u\",\"status\":\"active\",\"level\":\"junior\"}",
};
enum { SEEDS = sizeof seeds / sizeof seeds[0], SEED_BINARY = SEEDS - 1 };

static size_t mutate(struct dice *dice, char *text, size_t length)
{
    static const char *const pieces[] = {"\"",
                                         "{",
                                         "}",
                                         ",",
                                         ":",
                                         " ",
                                         "\\",
                                         "0",
                                         "9",
                                         ".",
                                         "null",
                                         "true",
                                         "\"data\":{",
                                         "},",
                                         "\"id\":\"1\",",
                                         "\"team\":\"red\",",
                                         "\xc3\xab",
                                         "\x80",
                                         "\x01",
                                         "e1",
                                         "-"};
    for (int64_t left = dice_below(dice, 4); left > 0 && length > 0; left--) {
        size_t at = (size_t)dice_below(dice, (int64_t)length);
        size_t taken = (size_t)dice_below(dice, dice_below(dice, 8) == 0 ? 40 : 3);
        taken = taken > length - at ? length - at : taken;
        const char *piece = pieces[dice_below(dice, sizeof pieces / sizeof pieces[0])];
        size_t added = dice_below(dice, 3) == 0 ? 0 : strlen(piece);
        memmove(text + at + added, text + at + taken, length - at - taken);
        memcpy(text + at, piece, added);
        length += added - taken;
    }
    return length;
}

static struct message message_of(struct decoder *decoder, const char *text, size_t length,
                                 bool is_binary)
{
    static const struct message_header headers[] = {
        {.name = {"ce_specversion", 14}, .value = "1.0", .value_length = 3},
        {.name = {"ce_id", 5}, .value = "5", .value_length = 1},
        {.name = {"ce_source", 9}, .value = "/s", .value_length = 2},
        {.name = {"ce_type", 7}, .value = "uptake.person.v1", .value_length = 16},
        {.name = {"ce_time", 7}, .value = "2025-03-04T05:06:07Z", .value_length = 20}};
    struct message message = decoding_message(decoder, "");
    message.value = text;
    message.value_length = (uint32_t)length;
    message.headers = is_binary ? headers : NULL;
    message.header_count = is_binary ? sizeof headers / sizeof headers[0] : 0;
    return message;
}

static void assert_same_event(const struct event *a, const struct event *b)
{
    assert_int_equal(a->type, b->type);
    assert_memory_equal(&a->key, &b->key, sizeof a->key);
    assert_true(text_equal(a->team, b->team));
    assert_true(a->has_user == b->has_user && pseudonym_equal(a->user, b->user));
    assert_true(a->has_task == b->has_task && a->task.high == b->task.high &&
                a->task.low == b->task.low);
    if (a->type == EVENT_OUTCOME)
        assert_true(a->outcome.success == b->outcome.success &&
                    a->outcome.has_quality == b->outcome.has_quality &&
                    a->outcome.quality == b->outcome.quality &&
                    a->outcome.cycle_ms == b->outcome.cycle_ms &&
                    a->outcome.effort_ds == b->outcome.effort_ds &&
                    a->outcome.rework == b->outcome.rework &&
                    a->outcome.advice_correct == b->outcome.advice_correct &&
                    a->outcome.initial_correct == b->outcome.initial_correct &&
                    a->outcome.by_self == b->outcome.by_self);
    if (a->type == EVENT_OVERRIDE)
        assert_true(a->decision.action == b->decision.action &&
                    a->decision.reason == b->decision.reason &&
                    a->decision.by_policy == b->decision.by_policy);
    if (a->type == EVENT_PULSE)
        assert_true(a->pulse.question == b->pulse.question && a->pulse.score == b->pulse.score);
    if (a->type == EVENT_PERSON)
        assert_true(a->person.status == b->person.status &&
                    text_equal(a->person.level, b->person.level));
    if (a->type == EVENT_USAGE)
        assert_true(a->usage.assist == b->usage.assist && a->usage.kind == b->usage.kind &&
                    a->usage.explained == b->usage.explained && a->usage.batch == b->usage.batch &&
                    a->usage.random == b->usage.random && a->usage.reason == b->usage.reason &&
                    text_equal(a->usage.workflow, b->usage.workflow) &&
                    text_equal(a->usage.capability, b->usage.capability));
}

/* A decoder that has seen all of it says of each message what one says that has seen nothing. */
static void test_experience_changes_nothing(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct decoder *old = decoding_new();
    int taken = 0;
    for (int round = 0; round < 30000; round++) {
        char text[DECODING_EVENT_BYTES_MAX];
        size_t seed = (size_t)dice_below(&dice, SEEDS);
        size_t length = strlen(seeds[seed]);
        memcpy(text, seeds[seed], length);
        length = mutate(&dice, text, length);
        struct decoder *young = decoding_new();
        struct message message = message_of(young, text, length, seed == SEED_BINARY);
        struct event event = {0}, expected = {0};
        struct text detail = {0}, expected_detail = {0};
        enum reject reject = decoder_decode(old, &message, &event, &detail);
        enum reject right = decoder_decode(young, &message, &expected, &expected_detail);
        if (reject != right || (right != REJECT_NONE && !text_equal(detail, expected_detail)))
            fail_msg("%s, not %s: %.*s", event_reject_name(reject), event_reject_name(right),
                     (int)length, text);
        if (right == REJECT_NONE)
            assert_same_event(&event, &expected);
        taken += right == REJECT_NONE;
        decoder_free(young);
        decoder_reset(old);
    }
    decoder_free(old);
    assert_in_range(taken, 6000, 24000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reads_other_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_joins_what_it_learned, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_leaves_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_data_comes_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_modes_are_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_numbers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_is_bounded, set_up, tear_down),
        
        cmocka_unit_test(test_experience_changes_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
