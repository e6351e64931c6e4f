/* Counts of dead letters: bounded, in order, printable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/letter_tally.h"

static const int64_t HOUR_MS = 3600000;

static void expect_json(const struct letter_tally *tally, const char *wanted)
{
    struct strbuf text = {0};
    struct json_write json = {.out = &text};
    json_write_begin_object(&json);
    letter_tally_write(tally, &json);
    json_write_end_object(&json);
    assert_string_equal(strbuf_text(&text), wanted);
    strbuf_done(&text);
}

static void test_counts(void **state)
{
    (void)state;
    struct letter_tally tally = {.hour_count = 0};
    const struct text type = text_of("uptake.usage.v1"), topic = text_of("usage");
    letter_tally_add(&tally, text_of("schema"), type, topic, 5 * HOUR_MS + 1);
    letter_tally_add(&tally, text_of("future"), type, topic, 30 * HOUR_MS);
    letter_tally_add(&tally, text_of("schema"), (struct text){0}, topic, 6 * HOUR_MS - 1);
    letter_tally_add(&tally, text_of("schema"), text_of("\033[31mred"), topic, 4 * HOUR_MS);
    expect_json(&tally, "{\"reasons\":{\"schema\":3,\"future\":1},"
                        "\"types\":{\"uptake.usage.v1\":2,\"(unreadable)\":1,\"?[31mred\":1},"
                        "\"topics\":{\"usage\":4},"
                        "\"hours\":[{\"hour\":\"1970-01-01T04:00Z\",\"letters\":1},"
                        "{\"hour\":\"1970-01-01T05:00Z\",\"letters\":2},"
                        "{\"hour\":\"1970-01-02T06:00Z\",\"letters\":1}]}");
    letter_tally_done(&tally);
}

static void test_many_words(void **state)
{
    (void)state;
    enum { WORDS = 200, KEPT = 63 };
    char line[256], *at;
    struct letter_tally tally = {.hour_count = 0};
    for (int i = 0; i < WORDS; i++) {
        char word[32];
        (void)snprintf(word, sizeof word, "type-%d", i);
        letter_tally_add(&tally, text_of("unknown_type"), text_of(word), text_of("usage"),
                         i * HOUR_MS);
    }
    assert_int_equal(tally.types.count, KEPT + 1);
    FILE *file = tmpfile();
    letter_tally_print(&tally, file);
    rewind(file);
    int days = 0, others = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        days += strstr(line, "1970-01-0") != NULL;
        if ((at = strstr(line, "(others)")) != NULL)
            assert_int_equal(sscanf(at, "(others) %d", &others), 1);
    }
    (void)fclose(file);
    assert_int_equal(others, WORDS - KEPT);
    assert_int_equal(days, (WORDS + 23) / 24);
    letter_tally_done(&tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_many_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
