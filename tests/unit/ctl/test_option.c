/* Command lines are read as they are meant, and what is wrong with one is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/option.h"

struct wanted {
    bool flag;
    const char *text;
    int64_t whole;
    double real;
    struct option_texts texts;
    int operands;
    char *argv[16];
    struct up_err err;
};

static int read_line(struct wanted *wanted, const char *const *arguments)
{
    const struct option_spec specs[] = {
        {"flag", "", OPTION_FLAG, &wanted->flag, 0, 0, "a flag"},
        {"text", "TEXT", OPTION_TEXT, &wanted->text, 0, 0, "a text"},
        {"whole", "N", OPTION_WHOLE, &wanted->whole, 1, 100, "a whole number"},
        {"real", "X", OPTION_REAL, &wanted->real, 0, 1, "a number"},
        {"texts", "TEXT", OPTION_TEXTS, &wanted->texts, 0, 0, "texts"},
    };
    static char name[] = "command";
    int argc = 1;
    *wanted = (struct wanted){.whole = 7, .real = 0.5, .text = "default", .argv = {name}};
    for (; arguments[argc - 1] != NULL; argc++)
        memcpy(&wanted->argv[argc], &arguments[argc - 1], sizeof wanted->argv[argc]);
    return option_read(specs, sizeof specs / sizeof specs[0], argc, wanted->argv, &wanted->operands,
                       &wanted->err);
}

#define READ(wanted, ...) read_line((wanted), (const char *const[]){__VA_ARGS__, NULL})

static void options_and_operands_may_be_mixed(void **state)
{
    (void)state;
    struct wanted wanted;
    assert_int_equal(
        READ(&wanted, "one", "--whole", "9", "-", "--text=a=b", "--flag", "--", "--real"), UP_OK);
    assert_int_equal(wanted.operands, 3);
    assert_string_equal(wanted.argv[1], "one");
    assert_string_equal(wanted.argv[2], "-");
    assert_string_equal(wanted.argv[3], "--real");
    assert_true(wanted.flag);
    assert_int_equal(wanted.whole, 9);
    assert_string_equal(wanted.text, "a=b");
    assert_true(wanted.real == 0.5);
}

static void texts_may_come_again(void **state)
{
    (void)state;
    struct wanted wanted;
    assert_int_equal(READ(&wanted, "--texts", "a", "--texts=b"), UP_OK);
    assert_int_equal(wanted.texts.count, 2);
    assert_string_equal(wanted.texts.items[0], "a");
    assert_string_equal(wanted.texts.items[1], "b");
}

static void expect_refused(struct wanted *wanted, int code, const char *why)
{
    assert_int_equal(code, UP_EINVAL);
    if (strstr(wanted->err.text, why) == NULL)
        fail_msg("'%s' does not say '%s'", wanted->err.text, why);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    struct wanted wanted;
    expect_refused(&wanted, READ(&wanted, "--nothing"), "no option --nothing");
    expect_refused(&wanted, READ(&wanted, "-f"), "two dashes");
    expect_refused(&wanted, READ(&wanted, "--whole"), "--whole wants a value: N");
    expect_refused(&wanted, READ(&wanted, "--whole", "2.5"), "not a whole number");
    expect_refused(&wanted, READ(&wanted, "--whole", "two"), "not a number");
    expect_refused(&wanted, READ(&wanted, "--whole", "101"), "not between 1 and 100");
    expect_refused(&wanted, READ(&wanted, "--real", "1e999"), "not a number");
    expect_refused(&wanted, READ(&wanted, "--real="), "not a number");
    expect_refused(&wanted, READ(&wanted, "--flag=yes"), "takes no value");
    assert_false(wanted.flag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_and_operands_may_be_mixed),
        cmocka_unit_test(texts_may_come_again),
        cmocka_unit_test(what_is_wrong_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
