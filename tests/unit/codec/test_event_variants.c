/* An event is the same however its JSON is written: order of members, blanks, escapes, unknown
 * members, nulls, its mode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "support/dice.h"
#include "unit/codec/decoding.h"

/* A member as it is written: its name, and its value as JSON. */
struct written {
    const char *name, *value;
};

struct model {
    const char *type;
    struct written members[14];
    size_t count;
};

static const struct model models[] = {
    {"uptake.usage.v1",
     {{"team", "\"red\""},
      {"user", "\"zo\xc3\xab\""},
      {"assist", "\"bypass\""},
      {"task", "\"t-1\""},
      {"workflow", "\"wo\xe2\x9c\x93 rk\""},
      {"capability", "\"c\""},
      {"kind", "\"creative\""},
      {"explained", "true"},
      {"assignment", "\"random\""},
      {"reason", "\"tool_unclear\""}},
     10},
    {"uptake.override.v1",
     {{"team", "\"red\""},
      {"user", "\"u\""},
      {"task", "\"t\""},
      {"action", "\"modify\""},
      {"by", "\"policy\""}},
     5},
    {"uptake.outcome.v1",
     {{"team", "\"red\""},
      {"task", "\"\xf0\x9f\x98\x80\""},
      {"success", "false"},
      {"quality", "0.25"},
      {"cycle_s", "12.5"},
      {"effort_s", "4"},
      {"advice_correct", "true"},
      {"by", "\"self\""}},
     8},
    {"uptake.training.v1",
     {{"team", "\"red\""},
      {"user", "\"u\""},
      {"program", "\"p/1\""},
      {"teacher", "\"v\""},
      {"hours", "2"},
      {"format", "\"on_the_job\""}},
     6},
    {"uptake.person.v1",
     {{"team", "\"red\""}, {"user", "\"u\""}, {"status", "\"active\""}, {"level", "\"x\""}},
     4},
    {"uptake.redesign.v1", {{"team", "\"red\""}, {"workflow", "\"w\""}, {"label", "\"l\""}}, 3},
    {"uptake.pulse.v1",
     {{"team", "\"red\""}, {"user", "\"u\""}, {"question", "\"had_a_say\""}, {"score", "4"}},
     4}};

static const struct written strangers[] = {{"x", "[1,{\"team\":2},[]]"},
                                           {"Team", "\"blue\""},
                                           {"", "null"},
                                           {"label_of_a_newer_version", "1e5"},
                                           {"id ", "{\"id\":null}"},
                                           {"big", "123456789012345678901234567890"},
                                           {"teams", "\"\\ud83d\\ude00\""},
                                           {"traceparent", "\"00-\""}};
enum { STRANGERS = sizeof strangers / sizeof strangers[0] };

static void blanks(struct strbuf *out, struct dice *dice)
{
    static const char kinds[] = " \t\r\n";
    while (dice_below(dice, 4) == 0)
        strbuf_add_char(out, kinds[dice_below(dice, 4)]);
}

/* A JSON string, some of its ASCII characters as \uXXXX, a slash perhaps as \/. */
static void write_string(struct strbuf *out, const char *text, size_t length, struct dice *dice)
{
    int64_t rarely = 1 + dice_below(dice, 20);
    strbuf_add_char(out, '"');
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\\') { /* \uXXXX already */
            strbuf_add(out, text + i, 6);
            i += 5;
        } else if (c < 0x80 && dice_below(dice, rarely) == 0) {
            strbuf_add_format(out, dice_below(dice, 2) == 0 ? "\\u%04x" : "\\u%04X", c);
        } else if (c == '/' && dice_below(dice, 2) == 0) {
            strbuf_add_text(out, "\\/");
        } else {
            strbuf_add_char(out, text[i]);
        }
    }
    strbuf_add_char(out, '"');
}

static void write_value(struct strbuf *out, const char *value, struct dice *dice)
{
    size_t length = strlen(value);
    if (value[0] == '"')
        write_string(out, value + 1, length - 2, dice);
    else if (strspn(value, "0123456789") == length && length < 3 && dice_below(dice, 2) == 0)
        strbuf_add_format(out, dice_below(dice, 2) == 0 ? "%s.0" : "%s0e-1", value);
    else
        strbuf_add_text(out, value);
}

static void shuffle(struct written *members, size_t count, struct dice *dice)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)dice_below(dice, (int64_t)i);
        struct written swap = members[i - 1];
        members[i - 1] = members[j];
        members[j] = swap;
    }
}

/* An object of these members and some strangers, in any order; a member of value NULL is the object
 * `data`. */
static void write_object(struct strbuf *out, const struct written *members, size_t count,
                         const struct strbuf *data, struct dice *dice)
{
    struct written all[32];
    memcpy(all, members, count * sizeof all[0]);
    int64_t more = dice_below(dice, STRANGERS + 1);
    memcpy(all + count, strangers, (size_t)more * sizeof all[0]);
    count += (size_t)more;
    shuffle(all, count, dice);
    strbuf_add_char(out, '{');
    for (size_t i = 0; i < count; i++) {
        blanks(out, dice);
        write_string(out, all[i].name, strlen(all[i].name), dice);
        blanks(out, dice);
        strbuf_add_char(out, ':');
        blanks(out, dice);
        if (all[i].value == NULL)
            strbuf_add(out, data->data, data->length);
        else
            write_value(out, all[i].value, dice);
        blanks(out, dice);
        if (i + 1 < count)
            strbuf_add_char(out, ',');
    }
    strbuf_add_char(out, '}');
    blanks(out, dice);
}

static void assert_same_pseudonym(struct pseudonym a, struct pseudonym b)
{
    assert_true(pseudonym_equal(a, b));
}

static void assert_same_part(const struct event *a, const struct event *b)
{
    switch (a->type) {
    case EVENT_USAGE:
        assert_int_equal(a->usage.assist, b->usage.assist);
        assert_int_equal(a->usage.kind, b->usage.kind);
        assert_int_equal(a->usage.reason, b->usage.reason);
        assert_int_equal(a->usage.explained, b->usage.explained);
        assert_int_equal(a->usage.batch, b->usage.batch);
        assert_int_equal(a->usage.random, b->usage.random);
        assert_true(text_equal(a->usage.workflow, b->usage.workflow));
        assert_true(text_equal(a->usage.capability, b->usage.capability));
        break;
    case EVENT_OVERRIDE:
        assert_int_equal(a->decision.action, b->decision.action);
        assert_int_equal(a->decision.reason, b->decision.reason);
        assert_int_equal(a->decision.by_policy, b->decision.by_policy);
        break;
    case EVENT_OUTCOME:
        assert_int_equal(a->outcome.by_self, b->outcome.by_self);
        assert_int_equal(a->outcome.success, b->outcome.success);
        assert_int_equal(a->outcome.advice_correct, b->outcome.advice_correct);
        assert_int_equal(a->outcome.quality, b->outcome.quality);
        assert_int_equal(a->outcome.cycle_ms, b->outcome.cycle_ms);
        assert_int_equal(a->outcome.effort_ds, b->outcome.effort_ds);
        break;
    case EVENT_TRAINING:
        assert_true(text_equal(a->training.program, b->training.program));
        assert_same_pseudonym(a->training.teacher, b->training.teacher);
        assert_int_equal(a->training.seconds, b->training.seconds);
        assert_int_equal(a->training.format, b->training.format);
        break;
    case EVENT_PERSON:
        assert_int_equal(a->person.status, b->person.status);
        assert_true(text_equal(a->person.level, b->person.level));
        break;
    case EVENT_REDESIGN:
        assert_true(text_equal(a->redesign.workflow, b->redesign.workflow));
        assert_true(text_equal(a->redesign.label, b->redesign.label));
        break;
    case EVENT_PULSE:
        assert_int_equal(a->pulse.question, b->pulse.question);
        assert_int_equal(a->pulse.score, b->pulse.score);
        break;
    case EVENT_TYPES:
        fail();
    }
}

static void assert_same(const struct event *a, const struct event *b)
{
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->key.time_ms, b->key.time_ms);
    assert_true(a->key.hash == b->key.hash);
    assert_true(text_equal(a->team, b->team));
    assert_int_equal(a->has_user, b->has_user);
    assert_int_equal(a->has_task, b->has_task);
    assert_same_pseudonym(a->user, b->user);
    assert_true(a->task.high == b->task.high && a->task.low == b->task.low);
    assert_same_part(a, b);
}

static struct event must_decode(struct decoder *decoder, const struct message *message)
{
    struct event event;
    struct text detail = {0};
    enum reject reject = decoder_decode(decoder, message, &event, &detail);
    if (reject != REJECT_NONE)
        fail_msg("%s (%.*s): %.*s", event_reject_name(reject), (int)detail.length, detail.bytes,
                 (int)message->value_length, (const char *)message->value);
    return event;
}

static const char *const envelope_names[ENVELOPE_ATTRIBUTES] = {"ce_specversion", "ce_id",
                                                                "ce_source", "ce_type", "ce_time"};

/* One variant of the event, structured or binary. */
static struct event decode_variant(struct decoder *decoder, const struct model *model,
                                   struct dice *dice)
{
    char type[32];
    (void)snprintf(type, sizeof type, "\"%s\"", model->type);
    const struct written envelope[] = {{"specversion", "\"1.0\""},
                                       {"id", "\"id/7\""},
                                       {"source", "\"/s/\xc3\xa9\""},
                                       {"type", type},
                                       {"time", "\"2025-03-04T05:06:07.089Z\""},
                                       {"data", NULL}};
    struct message_header headers[ENVELOPE_ATTRIBUTES];
    struct strbuf data = {0};
    struct strbuf whole = {0};
    write_object(&data, model->members, model->count, NULL, dice);
    bool binary = dice_below(dice, 3) == 0;
    if (!binary)
        write_object(&whole, envelope, 6, &data, dice);
    const struct strbuf *value = binary ? &data : &whole;
    struct message message = decoding_message(decoder, "");
    message.value = value->data;
    message.value_length = (uint32_t)value->length;
    for (int i = 0; binary && i < ENVELOPE_ATTRIBUTES; i++) {
        const char *text = envelope[i].value;
        headers[i] = (struct message_header){.name = text_of(envelope_names[i]),
                                             .value = text + 1,
                                             .value_length = (uint32_t)strlen(text) - 2};
    }
    message.headers = binary ? headers : NULL;
    message.header_count = binary ? ENVELOPE_ATTRIBUTES : 0;
    struct event event = must_decode(decoder, &message);
    strbuf_done(&data);
    strbuf_done(&whole);
    return event;
}

static void test_variants(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct decoder *decoder = decoding_new();
    for (size_t m = 0; m < sizeof models / sizeof models[0]; m++) {
        struct event first = decode_variant(decoder, &models[m], &dice);
        assert_string_equal(event_type_name(first.type), models[m].type);
        for (int round = 0; round < 3000; round++) {
            struct event again = decode_variant(decoder, &models[m], &dice);
            assert_same(&first, &again);
        }
        decoder_reset(decoder);
    }
    decoder_free(decoder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_variants)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
