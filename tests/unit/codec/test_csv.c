/* Lines of CSV are cut into the fields that were written, whatever these say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "codec/csv.h"
#include "support/dice.h"

enum { FIELDS_MAX = 8 };

struct split {
    int count;
    struct strbuf store;
    struct text fields[FIELDS_MAX];
    struct up_err err;
};

static void read_line(struct split *split, struct text line)
{
    split->count = csv_read_line(line, ',', &split->store, split->fields, FIELDS_MAX, &split->err);
}

/* Expected: the fields with a bar behind each, or the beginning of the error. */
static void test_examples(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *fields;
    } cases[] = {
        {"", "|"},
        {"a", "a|"},
        {"a,b,c", "a|b|c|"},
        {"a,,c,", "a||c||"},
        {" a , b", " a | b|"},
        {"a,b\r", "a|b|"},
        {"\"a,b\",c", "a,b|c|"},
        {"\"say \"\"no\"\"\",\"\"", "say \"no\"||"},
        {"\"\"\"\"", "\"|"},
        {"\"a\",", "a||"},
        {"ä,\"ö, ü\"", "ä|ö, ü|"},
        {"1,2,3,4,5,6,7,8,9,10", "1|2|3|4|5|6|7|8|"},
        {"a,\"b", "a quote is not closed"},
        {"\"", "a quote is not closed"},
        {"\"a\"b,c", "something stands behind"},
        {"\"a\" ,c", "something stands behind"},
        {"a\"b,c", "a quote stands inside"},
        {" \"a\",c", "a quote stands inside"},
    };
    struct split split = {.count = 0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct strbuf actual = {0};
        read_line(&split, text_of(cases[i].line));
        if (split.count < 0) {
            bool unclosed = strstr(cases[i].fields, "not closed") != NULL;
            assert_int_equal(split.count, unclosed ? UP_EAGAIN : UP_EINVAL);
            assert_memory_equal(split.err.text, cases[i].fields, strlen(cases[i].fields));
            continue;
        }
        for (int f = 0; f < split.count && f < FIELDS_MAX; f++) {
            strbuf_add(&actual, split.fields[f].bytes, split.fields[f].length);
            strbuf_add_char(&actual, '|');
        }
        assert_string_equal(strbuf_text(&actual), cases[i].fields);
        strbuf_done(&actual);
    }
    read_line(&split, text_of("1,2,3,4,5,6,7,8,9,10"));
    assert_int_equal(split.count, 10);
    split.count = csv_read_line(text_of("a,b;\"c;\"\"\""), ';', &split.store, split.fields, FIELDS_MAX, &split.err);
    assert_int_equal(split.count, 2);
    assert_true(text_equal(split.fields[0], text_of("a,b")));
    assert_true(text_equal(split.fields[1], text_of("c;\"")));
    strbuf_done(&split.store);
}

/* Any fields, written with quotes around them, are read as they were. */
static void test_what_is_written_is_read(void **state)
{
    (void)state;
    static const char letters[] = "ab,\"\" \r;\t";
    struct dice dice = dice_take();
    struct split split = {.count = 0};
    for (int round = 0; round < 2000; round++) {
        struct strbuf line = {0};
        char written[FIELDS_MAX][16];
        int count = 1 + (int)dice_below(&dice, FIELDS_MAX);
        for (int f = 0; f < count; f++) {
            size_t length = (size_t)dice_below(&dice, sizeof written[f]);
            strbuf_add_text(&line, f > 0 ? ",\"" : "\"");
            for (size_t i = 0; i < length; i++) {
                written[f][i] = letters[dice_below(&dice, (int64_t)sizeof letters - 1)];
                strbuf_add_text(&line, written[f][i] == '"' ? "\"\"" : (char[]){written[f][i], '\0'});
            }
            written[f][length] = '\0';
            strbuf_add_char(&line, '"');
        }
        read_line(&split, (struct text){line.data, (uint32_t)line.length});
        assert_int_equal(split.count, count);
        for (int f = 0; f < count; f++)
            assert_true(text_equal(split.fields[f], text_of(written[f])));
        strbuf_done(&line);
    }
    strbuf_done(&split.store);
}

/* Whatever the bytes are, reading them ends, and no field goes beyond the line. */
static void test_any_line_ends(void **state)
{
    (void)state;
    static const char letters[] = "a,\"\r";
    struct dice dice = dice_take();
    struct split split = {.count = 0};
    for (int round = 0; round < 5000; round++) {
        char line[24];
        uint32_t length = (uint32_t)dice_below(&dice, sizeof line);
        for (uint32_t i = 0; i < length; i++)
            line[i] = letters[dice_below(&dice, (int64_t)sizeof letters - 1)];
        read_line(&split, (struct text){line, length});
        assert_true(split.count == UP_EINVAL || split.count == UP_EAGAIN || split.count >= 1);
        for (int f = 0; f < split.count && f < FIELDS_MAX; f++)
            assert_true(split.fields[f].length <= length);
    }
    strbuf_done(&split.store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_any_line_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
