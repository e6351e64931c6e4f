/* JSON is read as RFC 8259 has it, with every kind of value and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/json_reader.h"

static int set_up(void **state)
{
    *state = json_reader_new(16);
    return 0;
}

static int tear_down(void **state)
{
    json_reader_free(*state);
    return 0;
}

/* The text goes into memory of its exact size, so that reading past its end is noticed. */
static const char *parse(struct json_reader *reader, const char *text, size_t length,
                         struct json_value *ret_root)
{
    char *exact = malloc(length + 1 - (length > 0));
    assert_non_null(exact);
    memcpy(exact, text, length);
    const char *broken = json_reader_parse(reader, exact, length, ret_root);
    free(exact);
    return broken;
}

static struct json_value must_parse(struct json_reader *reader, const char *text)
{
    struct json_value root;
    const char *broken = parse(reader, text, strlen(text), &root);
    if (broken != NULL)
        fail_msg("%s: %s", text, broken);
    return root;
}

static void must_not_parse(struct json_reader *reader, const char *text)
{
    struct json_value root;
    if (parse(reader, text, strlen(text), &root) == NULL)
        fail_msg("taken: %s", text);
}

static void test_kinds(void **state)
{
    static const char *const names[] = {"s", "n", "t", "f", "z", "a", "o", "gone", "i", "u"};
    struct json_names set;
    json_names_init(&set, names, 10);
    struct json_value v[10];
    struct json_value root = must_parse(
        *state, " {\"s\":\"x\\ny\",\"n\":-2.5e1,\"t\":true,\"f\":false,\"z\":null,\"a\":[1,[2]],"
                "\"o\":{\"s\":1},\"i\":-9223372036854775808,\"u\":18446744073709551615} ");
    assert_int_equal(json_reader_pick(&root, &set, v), 0);
    assert_int_equal(v[0].kind, JSON_STRING);
    assert_int_equal(v[0].text.length, 3);
    assert_memory_equal(v[0].text.bytes, "x\ny", 3);
    assert_true(v[1].kind == JSON_NUMBER && v[1].number == -25);
    assert_int_equal(v[2].kind, JSON_TRUE);
    assert_int_equal(v[3].kind, JSON_FALSE);
    assert_int_equal(v[4].kind, JSON_NULL);
    assert_int_equal(v[5].kind, JSON_ARRAY);
    assert_int_equal(v[6].kind, JSON_OBJECT);
    assert_int_equal(v[7].kind, JSON_ABSENT);
    assert_true(v[8].kind == JSON_NUMBER && v[8].number == -9223372036854775808.0);
    assert_true(v[9].kind == JSON_NUMBER && v[9].number == 18446744073709551616.0);
}

static void test_roots(void **state)
{
    assert_int_equal(must_parse(*state, "17").kind, JSON_NUMBER);
    assert_int_equal(must_parse(*state, "\"\"").kind, JSON_STRING);
    assert_int_equal(must_parse(*state, "[]").kind, JSON_ARRAY);
    assert_int_equal(must_parse(*state, "\t\r\n {} \n").kind, JSON_OBJECT);
    assert_int_equal(must_parse(*state, "null").kind, JSON_NULL);
}

static void test_duplicates(void **state)
{
    static const char *const names[] = {"id", "data", "other"};
    struct json_names set;
    json_names_init(&set, names, 3);
    struct json_value v[3];
    struct json_value root = must_parse(
        *state, "{\"id\":1,\"x\":0,\"x\":0,\"\\u0069d\":2,\"other\":null,\"data\":{\"data\":1}}");
    assert_int_equal(json_reader_pick(&root, &set, v), 1);
    assert_true(v[0].number == 2); /* the last counts */
    assert_int_equal(v[2].kind, JSON_NULL);
    root = must_parse(*state, "{\"data\":null,\"other\":[],\"data\":null,\"other\":[]}");
    assert_int_equal(json_reader_pick(&root, &set, v), 6);
}

static void test_list(void **state)
{
    struct json_value root = must_parse(*state, "{\"a\":1,\"b\\u0000c\":\"v\",\"\":[{}],\"a\":2}");
    struct json_member members[4];
    assert_int_equal(json_reader_list(&root, NULL, 0), 4);
    assert_int_equal(json_reader_list(&root, members, 2), 4);
    assert_int_equal(json_reader_list(&root, members, 4), 4);
    assert_int_equal(members[1].name.length, 3);
    assert_memory_equal(members[1].name.bytes, "b\0c", 3);
    assert_int_equal(members[1].value.kind, JSON_STRING);
    assert_int_equal(members[2].name.length, 0);
    assert_true(members[3].value.number == 2);
    root = must_parse(*state, "{}");
    assert_int_equal(json_reader_list(&root, members, 4), 0);
}

/* Integers beyond 64 bits are doubles, wherever they stand; what is beyond a double is no JSON. */
static void test_big_numbers(void **state)
{
    static const struct {
        const char *text;
        double number;
    } examples[] = {{"123456789012345678901234567890", 123456789012345678901234567890.0},
                    {"-123456789012345678901234567890", -123456789012345678901234567890.0},
                    {"18446744073709551616", 18446744073709551616.0},
                    {"-9223372036854775809", -9223372036854775809.0},
                    {"9007199254740993000001", 9007199254740993000001.0},
                    {"1e308", 1e308},
                    {"1e-999", 0},
                    {"-0", 0}};
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        struct json_value root = must_parse(*state, examples[i].text);
        assert_int_equal(root.kind, JSON_NUMBER);
        if (root.number != examples[i].number)
            fail_msg("%s is %.17g", examples[i].text, root.number);
    }
    char text[512];
    memset(text, '9', sizeof text);
    memcpy(text + 308, "", 1);
    must_parse(*state, text);
    memcpy(text + 308, "9999", 5);
    must_not_parse(*state, text);
    must_not_parse(*state, "1e999");
    must_not_parse(*state, "[-1e999]");
    must_not_parse(*state, "[123456789012345678901234567890,1e999]");
    must_not_parse(*state, "0123456789012345678901234567890");
    must_not_parse(*state, "-");
    struct json_value root = must_parse(
        *state, "{\"123456789012345678901234567890\":[[123456789012345678901234567890]],"
                "\"s\":\"\\\" 123456789012345678901234567890 \\\\\",\"n\":123456789012345678901}");
    struct json_member members[3];
    assert_int_equal(json_reader_list(&root, members, 3), 3);
    assert_int_equal(members[0].name.length, 30);
    assert_int_equal(members[1].value.text.length, 34);
    assert_memory_equal(members[1].value.text.bytes, "\" 123456789012345678901234567890 \\", 34);
    assert_true(members[2].value.number == 123456789012345678901.0);
}

/* A nest of `depth` arrays or objects around `inner`. */
static void write_nest(char *to, int depth, bool arrays, const char *inner)
{
    for (int i = 0; i < depth; i++)
        to += sprintf(to, "%s", arrays ? "[" : "{\"a\":");
    to += sprintf(to, "%s", inner);
    for (int i = 0; i < depth; i++)
        *to++ = arrays ? ']' : '}';
    *to = '\0';
}

static void test_depth(void **state)
{
    static const struct {
        const char *inner;
        int levels;
    } inners[] = {{"1", 0},
                  {"[]", 1},
                  {"{}", 1},
                  {"\"]}\"", 0},
                  {"123456789012345678901234567890", 0},
                  {"[{\"a\":2}]", 2}};
    for (int depth = 1; depth <= 40; depth++) {
        for (size_t i = 0; i < 2 * sizeof inners / sizeof inners[0]; i++) {
            char text[512];
            write_nest(text, depth, i % 2 == 0, inners[i / 2].inner);
            if (depth + inners[i / 2].levels <= 16)
                must_parse(*state, text);
            else
                must_not_parse(*state, text);
        }
    }
    must_parse(*state, "{}"); /* the limit is the old one again */
}

static void test_strings(void **state)
{
    must_not_parse(*state, "\xef\xbb\xbf{}");
    must_not_parse(*state, "\"\xff\"");
    must_not_parse(*state, "\"\xed\xa0\x80\"");
    must_not_parse(*state, "\"\xc0\x80\"");
    must_not_parse(*state, "\"\xf4\x90\x80\x80\"");
    must_not_parse(*state, "\"tab\there\"");
    must_not_parse(*state, "\"\\x\"");
    must_not_parse(*state, "{\"\\udc00\":1}");
    assert_int_equal(must_parse(*state, "\"\\ud83d\\ude00\"").text.length, 4);
    assert_int_equal(must_parse(*state, "\"\\u0000\"").text.length, 1);
    assert_int_equal(must_parse(*state, "\"\\u00e9\\u4e2d\"").text.length, 5);
    /* Every unit alone: a surrogate is refused, all else is taken. */
    for (unsigned unit = 0; unit <= 0xffff; unit++) {
        char text[16];
        (void)snprintf(text, sizeof text, "\"\\u%04x\"", unit);
        if (unit >= 0xd800 && unit <= 0xdfff)
            must_not_parse(*state, text);
        else
            must_parse(*state, text);
    }
}

static void test_broken(void **state)
{
    static const char *const texts[] = {
        "",           " ",       "{",        "}",     "{}{}", "{} x",     "nul",    "[1,]",
        "{\"a\":1,}", "{\"a\"}", "[1 2]",    "{a:1}", "'a'",  "NaN",      "01",     "1.",
        ".5",         "+1",      "Infinity", "[1",    "\"a",  "\"a\\\"",  "[\"a\"", "{\"a\":1",
        "//\n1",      "\v1",     "1e",       "1e+",   "0x1",  "\302\2401"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        must_not_parse(*state, texts[i]);
    struct json_value root;
    assert_non_null(json_reader_parse(*state, "1\0", 2, &root));
    assert_non_null(json_reader_parse(*state, "\0", 1, &root));
}

/* Texts of all lengths through one reader, long ones before and after short ones. */
static void test_lengths(void **state)
{
    enum { LONGEST = 70000 };
    char *text = malloc(LONGEST + 3);
    assert_non_null(text);
    for (size_t length = 0; length <= LONGEST; length = length * 3 / 2 + 1) {
        memset(text, 'x', length + 2);
        text[0] = text[length + 1] = '"';
        struct json_value root;
        assert_null(parse(*state, text, length + 2, &root));
        assert_int_equal(root.text.length, length);
        assert_int_equal(must_parse(*state, "{}").kind, JSON_OBJECT);
    }
    free(text);
}

static void test_utf8(void **state)
{
    (void)state;
    assert_true(json_reader_is_utf8("zo\xc3\xab", 4));
    assert_true(json_reader_is_utf8("", 0));
    assert_false(json_reader_is_utf8("zo\xc3", 3));
    assert_false(json_reader_is_utf8("\xed\xa0\x80", 3));
}

static void test_items(void **state)
{
    struct json_value root = must_parse(*state, "[1,[2,[3]],{\"a\":[4]},\"x\",null]");
    struct json_value items[5];
    assert_int_equal(json_reader_items(&root, NULL, 0), 5);
    assert_int_equal(json_reader_items(&root, items, 2), 5);
    assert_int_equal(json_reader_items(&root, items, 5), 5);
    assert_true(items[0].number == 1);
    assert_int_equal(json_reader_items(&items[1], NULL, 0), 2);
    assert_int_equal(items[2].kind, JSON_OBJECT);
    assert_int_equal(items[3].kind, JSON_STRING);
    assert_int_equal(items[4].kind, JSON_NULL);
    root = must_parse(*state, "[]");
    assert_int_equal(json_reader_items(&root, items, 5), 0);
}

static void test_walk(void **state)
{
    struct json_value root = must_parse(*state, "[1,[2,[3]],{\"a\":[4]},[],5]"), item;
    struct json_walk walk = json_reader_walk(&root), inside;
    assert_true(json_reader_next(&walk, &item) && item.number == 1);
    assert_true(json_reader_next(&walk, &item) && item.kind == JSON_ARRAY);
    inside = json_reader_walk(&item);
    assert_true(json_reader_next(&inside, &item) && item.number == 2);
    assert_true(json_reader_next(&inside, &item) && item.kind == JSON_ARRAY);
    assert_false(json_reader_next(&inside, &item));
    assert_true(json_reader_next(&walk, &item) && item.kind == JSON_OBJECT);
    assert_true(json_reader_next(&walk, &item) && item.kind == JSON_ARRAY);
    inside = json_reader_walk(&item);
    assert_false(json_reader_next(&inside, &item));
    assert_true(json_reader_next(&walk, &item) && item.number == 5);
    assert_false(json_reader_next(&walk, &item));
    inside = json_reader_walk(&item); /* of what is no array */
    assert_false(json_reader_next(&inside, &item));
}

static void test_member(void **state)
{
    struct json_value root = must_parse(*state, "{\"a\":{\"b\":1},\"b\":2,\"a\\n\":3,\"b\":4,\"\":5}");
    assert_true(json_reader_member(&root, text_of("b")).number == 4);
    assert_true(json_reader_member(&root, text_of("a\n")).number == 3);
    assert_true(json_reader_member(&root, text_of("")).number == 5);
    struct json_value inner = json_reader_member(&root, text_of("a"));
    assert_true(json_reader_member(&inner, text_of("b")).number == 1);
    assert_int_equal(json_reader_member(&root, text_of("c")).kind, JSON_ABSENT);
    struct json_value none = json_reader_member(&root, text_of("c"));
    assert_int_equal(json_reader_member(&none, text_of("c")).kind, JSON_ABSENT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_kinds),       TEST(test_roots), TEST(test_duplicates), TEST(test_list),
        TEST(test_big_numbers), TEST(test_depth), TEST(test_strings),    TEST(test_broken),
        TEST(test_lengths),     TEST(test_utf8),
        TEST(test_items),       TEST(test_member), TEST(test_walk)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
