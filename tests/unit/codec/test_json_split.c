/* A stream of JSON is cut into the same records whatever its form, and wherever its bytes are cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codec/json_split.h"

enum { BYTES_MAX = 40 };

static void note(void *owner, uint64_t line, struct text record, const char *wrong)
{
    strbuf_add_format(owner, "%llu:", (unsigned long long)line);
    if (wrong != NULL)
        strbuf_add_format(owner, "(%s)", wrong);
    strbuf_add(owner, record.bytes, record.length);
    strbuf_add_char(owner, '|');
}

/* Each record as "line:bytes|", fed in pieces of this length. */
static void split_text(const char *text, size_t length, size_t piece, bool by_lines, struct strbuf *out)
{
    static const char *const containers[] = {"rows", "more_rows", NULL};
    struct json_split split;
    json_split_init(&split, containers, BYTES_MAX, note, out);
    split.by_lines = by_lines;
    for (size_t at = 0; at < length; at += piece)
        json_split_feed(&split, (struct text){text + at, (uint32_t)(length - at < piece ? length - at : piece)});
    json_split_end(&split);
    json_split_done(&split);
}

static void assert_split(const char *text, const char *expected)
{
    for (size_t piece = 1; piece <= strlen(text) + 1; piece++) {
        struct strbuf out = {0};
        split_text(text, strlen(text), piece, false, &out);
        if (strcmp(strbuf_text(&out), expected) != 0)
            fail_msg("%s in pieces of %zu: %s", text, piece, strbuf_text(&out));
        strbuf_done(&out);
    }
}

static void test_the_form_does_not_matter(void **state)
{
    (void)state;
    assert_split("{\"a\":1}\n{\"a\":2}\n", "1:{\"a\":1}|2:{\"a\":2}|");
    assert_split("\xef\xbb\xbf\n{\"a\":1}\r\n\r\n{\"a\":2}", "2:{\"a\":1}|4:{\"a\":2}|");
    assert_split("[{\"a\":1},{\"a\":2}]", "1:{\"a\":1}|1:{\"a\":2}|");
    assert_split("[\n{\"a\":1},\n{\"a\":2}\n]\n", "2:{\"a\":1}|3:{\"a\":2}|");
    assert_split("{\"n\":2,\"rows\":[{\"a\":1},{\"a\":2}],\"x\":[3]}", "1:{\"a\":1}|1:{\"a\":2}|");
    assert_split("{\n \"rows\" : [\n {\"a\":1},\n {\n\"a\":2}\n],\n\"x\":{}}\n", "3:{\"a\":1}|4:{\n\"a\":2}|");
    assert_split("[{\"rows\":[{\"a\":1}]},{\"b\":0},{\"more_rows\":[{\"a\":2}]}]",
                 "1:{\"a\":1}|1:{\"b\":0}|1:{\"a\":2}|");
    assert_split("{\"rows\":[{\"a\":1}],\"k\":\"rows\",\"more_rows\":[{\"a\":2}]}\n{\"b\":1}",
                 "1:{\"a\":1}|1:{\"a\":2}|2:{\"b\":1}|");
    assert_split("{\"a\":1}{\"a\":2}", "1:{\"a\":1}|1:{\"a\":2}|");
    assert_split("", "");
    assert_split(" \n\n", "");
    assert_split("[]", "");
    assert_split("{\"rows\":[]}", "");
}

static void test_what_only_looks_like_a_container(void **state)
{
    (void)state;
    assert_split("{\"rows\":{\"rows\":[1]}}", "1:{\"rows\":{\"rows\":[1]}}|");
    assert_split("{\"x\":\"rows\",\"y\":[1]}", "1:{\"x\":\"rows\",\"y\":[1]}|");
    assert_split("{\"x\":{\"rows\":[1]}}", "1:{\"x\":{\"rows\":[1]}}|");
    assert_split("{\"rows\":\"[\",\"y\":[\"]\"]}", "1:{\"rows\":\"[\",\"y\":[\"]\"]}|");
    assert_split("{\"\\\"rows\":[1]}", "1:{\"\\\"rows\":[1]}|");
    assert_split("{\"rows\":[{\"rows\":[1]},[2],3,\"]\"]}", "1:{\"rows\":[1]}|1:[2]|1:3|1:\"]\"|");
    assert_split("[[1,2],true]", "1:[1,2]|1:true|");
    assert_split("12 \"a b\"\nnull", "1:12|1:\"a b\"|2:null|");
}

static void test_a_broken_line_spoils_no_other(void **state)
{
    (void)state;
    assert_split("{\"a\":1}\n{\"a\":\n{\"a\":3}\n", "1:{\"a\":1}|2:(ends in the middle of its line)|3:{\"a\":3}|");
    assert_split("{\"a\":1}\n{\"a\n{\"a\":3}\n", "1:{\"a\":1}|2:(ends in the middle of its line)|3:{\"a\":3}|");
    assert_split("{\"a\":1}\n{\"rows\":[{\"a\":2}\n{\"a\":3}\n",
                 "1:{\"a\":1}|2:{\"a\":2}|2:(ends in the middle of its line)|3:{\"a\":3}|");
    assert_split("{\"a\":1}}\n{\"a\":2}\n", "1:{\"a\":1}|1:(a bracket closes nothing)|2:{\"a\":2}|");
    assert_split("[{\"a\":1},\n{\"a\":", "1:{\"a\":1}|2:(the file ends in the middle of it)|");
    assert_split("[{\"a\":1}", "1:{\"a\":1}|1:(the file ends in the middle of it)|");
    struct strbuf out = {0};
    static const char first_broken[] = "{\"a\":\n{\"a\":2}\n";
    split_text(first_broken, strlen(first_broken), 3, true, &out);
    assert_string_equal(strbuf_text(&out), "1:(ends in the middle of its line)|2:{\"a\":2}|");
    strbuf_done(&out);
}

static void test_long_records_are_left_out(void **state)
{
    (void)state;
    char text[3 * BYTES_MAX];
    snprintf(text, sizeof text, "[{\"a\":1},\n{\"b\":\"%0*d\"},{\"c\":1}]", BYTES_MAX, 0);
    assert_split(text, "1:{\"a\":1}|2:(a record is too long)|2:{\"c\":1}|");
    /* Around a container nothing is long. */
    snprintf(text, sizeof text, "{\"x\":\"%0*d\",\"rows\":[{\"a\":1}],\"y\":\"%0*d\"}", BYTES_MAX, 0, BYTES_MAX, 0);
    assert_split(text, "1:{\"a\":1}|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_form_does_not_matter),
        cmocka_unit_test(test_what_only_looks_like_a_container),
        cmocka_unit_test(test_a_broken_line_spoils_no_other),
        cmocka_unit_test(test_long_records_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
