/* A set of names finds each of them and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/json_names.h"
#include "support/dice.h"

static const char *const names[] = {
    "a",    "task",   "team",        "tool",           "user",
    "data", "assist", "specversion", "advice_correct", "a_name_of_24_bytes_here_"};
enum { NAMES = sizeof names / sizeof names[0] };

static uint32_t find(const struct json_names *set, const char *name)
{
    char padded[64];
    memset(padded, 'x', sizeof padded); /* what lies behind must not matter */
    memcpy(padded, name, strlen(name));
    return json_names_find(set, padded, (uint32_t)strlen(name));
}

static void test_finds_each(void **state)
{
    (void)state;
    struct json_names set;
    json_names_init(&set, names, NAMES);
    for (uint32_t i = 0; i < NAMES; i++)
        assert_int_equal(find(&set, names[i]), i);
}

static void test_finds_nothing_else(void **state)
{
    (void)state;
    static const char *const strangers[] = {
        "",
        "b",
        "Task",
        "tas",
        "taskx",
        "taska",
        "dato",
        "assistx",
        "specversioN",
        "specversiom",
        "uses",
        "advice",
        "advice_correcT",
        "advicE_correct",
        "a_name_of_24_bytes_here",
        "a_name_of_24_bytes_here-",
        "a_name_of_24_bytes_here__",
        "a name that is longer than any that may be in a set of names"};
    struct json_names set;
    json_names_init(&set, names, NAMES);
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++)
        assert_int_equal(find(&set, strangers[i]), JSON_NAMES_NONE);
    json_names_init(&set, names, 0);
    assert_int_equal(find(&set, "a"), JSON_NAMES_NONE);
    assert_int_equal(find(&set, ""), JSON_NAMES_NONE);
}

/* One byte changed is another name. */
static void test_one_byte_off(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct json_names set;
    json_names_init(&set, names, NAMES);
    for (int round = 0; round < 100000; round++) {
        char name[32] = {0};
        const char *from = names[dice_below(&dice, NAMES)];
        size_t length = strlen(from);
        memcpy(name, from, length);
        size_t at = (size_t)dice_below(&dice, (int64_t)length);
        name[at] = (char)('!' + dice_below(&dice, 90));
        uint32_t found = find(&set, name);
        if (found != JSON_NAMES_NONE)
            assert_string_equal(name, names[found]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_finds_each),
                                       cmocka_unit_test(test_finds_nothing_else),
                                       cmocka_unit_test(test_one_byte_off)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
