/* Keys before top: whole or cut anywhere, in the table, in the help and in the filter's prompt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/top_wish.h"

static bool take(struct top_wish *wish, const char *keys)
{
    return top_wish_take(wish, keys, strlen(keys));
}

static void columns_are_walked_around(void **state)
{
    (void)state;
    struct top_wish wish = {.order = {.column = TOP_TEAM}};
    assert_true(take(&wish, "s"));
    assert_int_equal(wish.order.column, TOP_HEALTH);
    assert_true(take(&wish, "r>"));
    assert_int_equal(wish.order.column, TOP_STATE); /* nothing is sorted by limits */
    assert_false(wish.order.reverse);
    assert_true(take(&wish, "<<<r"));
    assert_int_equal(wish.order.column, TOP_DIAGNOSIS);
    assert_true(wish.order.reverse);
}

static void lines_are_scrolled(void **state)
{
    (void)state;
    struct top_wish wish = {.page = 10};
    assert_true(take(&wish, "\033[B\033OBj"));
    assert_int_equal(wish.first, 3);
    assert_true(take(&wish, "\033[6~ "));
    assert_int_equal(wish.first, 21);
    assert_true(take(&wish, "\033[5~k\033[A"));
    assert_int_equal(wish.first, 10);
    assert_true(take(&wish, "\033[5~\033[5~\033[A"));
    assert_int_equal(wish.first, 0);
    assert_true(take(&wish, "G"));
    assert_true(wish.first > 1000000000);
    assert_true(take(&wish, "\033[1~"));
    assert_int_equal(wish.first, 0);
    assert_true(take(&wish, "\033[1;5C\033[200~\033x")); /* keys that nobody knows */
    assert_int_equal(wish.first, 0);
    assert_false(take(&wish, "q"));
}

static void keys_come_in_pieces(void **state)
{
    (void)state;
    struct top_wish wish = {.page = 10};
    assert_true(take(&wish, "\033"));
    assert_true(take(&wish, "["));
    assert_true(take(&wish, "6"));
    assert_int_equal(wish.first, 0);
    assert_true(take(&wish, "~"));
    assert_int_equal(wish.first, 9);
    assert_true(take(&wish, "/\xc3"));
    assert_string_equal(wish.filter, "");
    assert_true(take(&wish, "\xa4"));
    assert_string_equal(wish.filter, "ä");
}

static void a_filter_is_typed(void **state)
{
    (void)state;
    struct top_wish wish = {.filter = "old"};
    assert_true(take(&wish, "/\025qä中\177"));
    assert_int_equal(wish.prompt, TOP_PROMPT_FILTER);
    assert_string_equal(wish.filter, "qä");
    assert_true(take(&wish, "\033"));
    top_wish_settle(&wish);
    assert_int_equal(wish.prompt, TOP_PROMPT_NONE);
    assert_string_equal(wish.filter, "old");
    assert_true(take(&wish, "/\b\b\b\b\177new\xff\t\033[A\r"));
    assert_int_equal(wish.prompt, TOP_PROMPT_NONE);
    assert_string_equal(wish.filter, "new");
    assert_true(take(&wish, "/"));
    for (int i = 0; i < 1000; i++)
        assert_true(take(&wish, "中"));
    assert_true(strlen(wish.filter) < TOP_FILTER_BYTES);
    assert_int_equal(strlen(wish.filter) % 3, 0);
}

static void help_ends_with_any_key(void **state)
{
    (void)state;
    struct top_wish wish = {.page = 10};
    assert_true(take(&wish, "?"));
    assert_int_equal(wish.prompt, TOP_PROMPT_HELP);
    assert_true(take(&wish, "\033[6~"));
    assert_int_equal(wish.prompt, TOP_PROMPT_NONE);
    assert_int_equal(wish.first, 0);
    assert_false(take(&wish, "?q"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_walked_around), cmocka_unit_test(lines_are_scrolled),
        cmocka_unit_test(keys_come_in_pieces),       cmocka_unit_test(a_filter_is_typed),
        cmocka_unit_test(help_ends_with_any_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
