/* Text of others on a terminal: nothing of it steers, columns are counted as they show, and JSON stays the same document. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/screen_text.h"

static void shows(const char *text, int columns, const char *expected)
{
    struct strbuf out = {.length = 0};
    screen_text_add(&out, text_of(text), columns);
    assert_string_equal(strbuf_text(&out), expected);
    if (columns != SCREEN_TEXT_WHOLE)
        assert_int_equal(screen_text_columns((struct text){out.data, (uint32_t)out.length}), columns);
    strbuf_done(&out);
}

static void text_is_cut_and_filled(void **state)
{
    (void)state;
    shows("north", SCREEN_TEXT_WHOLE, "north");
    shows("north", 7, "north  ");
    shows("north", 5, "north");
    shows("north", 4, "nor…");
    shows("north", 1, "…");
    shows("", 2, "  ");
    struct strbuf out = {.length = 0};
    screen_text_add_right(&out, text_of("12"), 4);
    screen_text_add_right(&out, text_of("12345"), 4);
    assert_string_equal(strbuf_text(&out), "  12123…");
    strbuf_done(&out);
}

static void wide_characters_take_two_columns(void **state)
{
    (void)state;
    assert_int_equal(screen_text_columns(text_of("中文")), 4);
    assert_int_equal(screen_text_columns(text_of("e\u0301")), 1);
    shows("中文", 6, "中文  ");
    shows("中文字", 4, "中… "); /* half a character cannot be shown */
    shows("中文字", 5, "中文…");
}

static void nothing_steers_the_terminal(void **state)
{
    (void)state;
    shows("a\033[31mb", SCREEN_TEXT_WHOLE, "a�[31mb");
    shows("a\tb\nc\rd\a\x7f", SCREEN_TEXT_WHOLE, "a�b�c�d��");
    shows("\xc2\x9b" "2J\xc2\x9d" "0;t\a", SCREEN_TEXT_WHOLE, "�2J�0;t�");
    shows("a\u202eb\u2066c\u200fd\u2028e", SCREEN_TEXT_WHOLE, "a�b�c�d�e");
    shows("\x80\xff\xc3", SCREEN_TEXT_WHOLE, "���");
    shows("\xed\xa0\x80", SCREEN_TEXT_WHOLE, "���");
    const struct text with_nul = {"a\0b", 3};
    struct strbuf out = {.length = 0};
    screen_text_add(&out, with_nul, SCREEN_TEXT_WHOLE);
    assert_string_equal(strbuf_text(&out), "a�b");
    strbuf_done(&out);
}

static void text_is_found_whatever_its_case(void **state)
{
    (void)state;
    assert_true(screen_text_contains(text_of("Ärzte Nord"), text_of("ärzte")));
    assert_true(screen_text_contains(text_of("Ärzte Nord"), text_of("NORD")));
    assert_true(screen_text_contains(text_of("x"), (struct text){.length = 0}));
    assert_true(screen_text_contains((struct text){.length = 0}, (struct text){.length = 0}));
    assert_false(screen_text_contains(text_of("Nord"), text_of("Norden")));
    assert_false(screen_text_contains((struct text){.length = 0}, text_of("n")));
}

static void json_stays_the_same_document(void **state)
{
    (void)state;
    char *written = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&written, &length);
    struct strbuf document = {.length = 0};
    screen_text_print_json(file, &document);
    strbuf_add_text(&document, "[\n{\"team\": \"a\xc2\x9b" "b\x7f\u202e中\"}]\n");
    screen_text_print_json(file, &document);
    strbuf_done(&document);
    assert_int_equal(fclose(file), 0);
    assert_string_equal(written, "[\n{\"team\": \"a\\u009bb\\u007f\\u202e中\"}]\n");
    free(written);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_cut_and_filled),
        cmocka_unit_test(wide_characters_take_two_columns),
        cmocka_unit_test(nothing_steers_the_terminal),
        cmocka_unit_test(text_is_found_whatever_its_case),
        cmocka_unit_test(json_stays_the_same_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
