/* What people are told of events is what the decoder does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "codec/event_guide.h"
#include "unit/codec/decoding.h"

/* `data` with the examples of the required members, and of what `also` says; `without` is left out. */
static void add_data(struct strbuf *data, enum event_type type, bool only_required, const char *without,
                     const char *wrong)
{
    const char *between = "{";
    for (size_t i = 0; i < event_guide_member_count; i++) {
        const struct event_guide_member *member = &event_guide_members[i];
        bool is_wrong = wrong != NULL && strcmp(member->name, wrong) == 0;
        if (member->type != type || (only_required && !member->is_required && !is_wrong) ||
            (without != NULL && strcmp(member->name, without) == 0))
            continue;
        const char *example = strcmp(member->name, "team") == 0 ? "\"red\"" : member->example;
        strbuf_add_format(data, "%s\"%s\":%s", between, member->name, is_wrong ? "[7]" : example);
        between = ",";
    }
    strbuf_add_text(data, *between == '{' ? "{}" : "}");
}

static void expect(struct decoder *decoder, enum event_type type, struct strbuf *data, const char *expected,
                   const char *detail_expected)
{
    struct event event;
    struct text detail = {0};
    const char *value = decoding_wrap(event_type_word(type), strbuf_text(data));
    const char *reason = decoding_reason(decoder, value, &event, &detail);
    if (strcmp(reason, expected) != 0 || (detail_expected != NULL && !text_equal(detail, text_of(detail_expected))))
        fail_msg("%s (%.*s) and not %s: %s", reason, (int)detail.length, detail.bytes, expected, value);
    strbuf_done(data);
}

static void the_guide_has_every_member_in_order(void **state)
{
    (void)state;
    struct event_schema schema;
    event_schema_init(&schema);
    size_t row = 0;
    for (int t = 0; t < EVENT_TYPES; t++) {
        for (uint32_t m = 0; m < schema.members[t].count; m++, row++) {
            assert_true(row < event_guide_member_count);
            assert_int_equal(event_guide_members[row].type, t);
            assert_string_equal(event_guide_members[row].name, schema.members[t].texts[m]);
        }
    }
    assert_int_equal(row, event_guide_member_count);
}

static void examples_are_accepted(void **state)
{
    (void)state;
    struct decoder *decoder = decoding_new();
    for (int t = 0; t < EVENT_TYPES; t++) {
        struct strbuf data = {0};
        add_data(&data, (enum event_type)t, false, NULL, NULL);
        expect(decoder, (enum event_type)t, &data, "none", NULL);
    }
    decoder_free(decoder);
}

static void what_is_required_may_not_be_missing(void **state)
{
    (void)state;
    struct decoder *decoder = decoding_new();
    for (size_t i = 0; i < event_guide_member_count; i++) {
        const struct event_guide_member *member = &event_guide_members[i];
        struct strbuf data = {0};
        add_data(&data, member->type, false, member->name, NULL);
        expect(decoder, member->type, &data, member->is_required ? "schema" : "none",
               member->is_required ? member->name : NULL);
    }
    decoder_free(decoder);
}

static void every_member_is_read(void **state)
{
    (void)state;
    struct decoder *decoder = decoding_new();
    for (size_t i = 0; i < event_guide_member_count; i++) {
        const struct event_guide_member *member = &event_guide_members[i];
        struct strbuf data = {0};
        add_data(&data, member->type, true, NULL, member->name);
        expect(decoder, member->type, &data, "schema", member->name);
    }
    decoder_free(decoder);
}

static void every_word_is_accepted_and_no_other(void **state)
{
    (void)state;
    struct event_schema schema;
    event_schema_init(&schema);
    for (size_t i = 0; i < event_guide_member_count; i++) {
        const struct event_guide_member *member = &event_guide_members[i];
        if (member->words == WORD_SETS) {
            assert_string_not_equal(member->values, "");
            continue;
        }
        const struct json_names *words = &schema.words[member->words];
        bool found = false;
        for (uint32_t w = 0; w < words->count; w++) {
            size_t length = strlen(words->texts[w]);
            found = found || (strlen(member->example) == length + 2 &&
                              memcmp(member->example + 1, words->texts[w], length) == 0);
        }
        if (!found)
            fail_msg("%s is none of the words of %s", member->example, member->name);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_guide_has_every_member_in_order),
        cmocka_unit_test(examples_are_accepted),
        cmocka_unit_test(what_is_required_may_not_be_missing),
        cmocka_unit_test(every_member_is_read),
        cmocka_unit_test(every_word_is_accepted_and_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
