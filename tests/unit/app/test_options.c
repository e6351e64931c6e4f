/* Tests of app/options: the command line of uptaked. */
#include "app/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "app/exit_code.h"

enum { ARGUMENTS_MAX = 40 };

static int parse(const char *const *arguments, struct options *ret_options, struct up_err *err)
{
    static char kept[ARGUMENTS_MAX + 1][64]; /* *ret_options points into it */
    char *argv[ARGUMENTS_MAX + 2] = {kept[ARGUMENTS_MAX]};
    int argc = 1;
    for (size_t i = 0; arguments[i] != NULL; i++) {
        assert_true(i < ARGUMENTS_MAX && strlen(arguments[i]) < sizeof kept[0]);
        strcpy(kept[i], arguments[i]);
        argv[argc++] = kept[i];
    }
    return options_parse(argc, argv, ret_options, err);
}

#define PARSE(options, err, ...) parse((const char *const[]){__VA_ARGS__, NULL}, options, err)

static void nothing_asked_is_to_run(void **state)
{
    (void)state;
    struct options options;
    struct up_err err;
    assert_int_equal(parse((const char *const[]){NULL}, &options, &err), 0);
    assert_int_equal(options.action, OPTIONS_RUN);
    assert_string_equal(options.config_path, "/etc/uptake/uptaked.conf");
    assert_int_equal(options.override_count, 0);
}

static void options_are_taken(void **state)
{
    (void)state;
    struct options options;
    struct up_err err;
    assert_int_equal(PARSE(&options, &err, "--config", "a.conf", "--set=kafka.group=x",
                           "--log-level", "debug", "--set", "http.http_listen=", "--check-config"),
                     0);
    assert_int_equal(options.action, OPTIONS_CHECK_CONFIG);
    assert_string_equal(options.config_path, "a.conf");
    assert_int_equal(options.override_count, 3);
    assert_string_equal(options.overrides[0], "kafka.group=x");
    assert_string_equal(options.overrides[1], "daemon.log_level=debug");
    assert_string_equal(options.overrides[2], "http.http_listen=");
}

static void every_action_has_its_option(void **state)
{
    (void)state;
    static const char *const names[] = {"--check-config", "--migrate", "--print-example-config",
                                        "--version", "--help"};
    static const enum options_action actions[] = {OPTIONS_CHECK_CONFIG, OPTIONS_MIGRATE,
                                                  OPTIONS_PRINT_EXAMPLE, OPTIONS_VERSION,
                                                  OPTIONS_HELP};
    for (size_t i = 0; i < 5; i++) {
        struct options options;
        struct up_err err;
        assert_int_equal(PARSE(&options, &err, names[i]), 0);
        assert_int_equal(options.action, actions[i]);
        struct strbuf usage = {0};
        options_print_usage(&usage);
        assert_non_null(strstr(strbuf_text(&usage), names[i]));
        strbuf_done(&usage);
    }
}

static void mistakes_are_named(void **state)
{
    (void)state;
    struct options options = {.config_path = "untouched"};
    struct up_err err;
    assert_int_equal(PARSE(&options, &err, "--nosuch=hunter2"), UP_EINVAL);
    assert_string_equal(err.text, "there is no option --nosuch");
    assert_int_equal(PARSE(&options, &err, "-x"), UP_EINVAL);
    assert_int_equal(PARSE(&options, &err, "--config"), UP_EINVAL);
    assert_string_equal(err.text, "--config wants a value");
    assert_int_equal(PARSE(&options, &err, "--check-config", "run"), UP_EINVAL);
    assert_string_equal(err.text, "\"run\" is not understood; options begin with --");
    assert_int_equal(PARSE(&options, &err, "--migrate", "--help"), UP_EINVAL);
    assert_int_equal(PARSE(&options, &err, "--log-level", "loud"), UP_EINVAL);
    assert_int_equal(PARSE(&options, &err, "--help=no"), UP_EINVAL);
    assert_string_equal(options.config_path, "untouched");
}

static void the_overrides_have_an_end(void **state)
{
    (void)state;
    const char *arguments[ARGUMENTS_MAX] = {NULL};
    for (int i = 0; i < OPTIONS_OVERRIDES_MAX; i++)
        arguments[i] = "--set=a.b=c";
    struct options options;
    struct up_err err;
    assert_int_equal(parse(arguments, &options, &err), 0);
    arguments[OPTIONS_OVERRIDES_MAX] = "--set=a.b=c";
    assert_int_equal(parse(arguments, &options, &err), UP_EINVAL);
}

static void the_usage_knows_every_exit_code(void **state)
{
    (void)state;
    struct strbuf usage = {0};
    options_print_usage(&usage);
    const char *codes = strstr(strbuf_text(&usage), "Exit codes");
    assert_non_null(codes);
    for (int code = EXIT_CODE_OK; code <= EXIT_CODE_RETENTION; code++) {
        char words[32];
        snprintf(words, sizeof words, "\n  %d  ", code);
        assert_non_null(strstr(codes, words));
    }
    strbuf_done(&usage);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_asked_is_to_run),
        cmocka_unit_test(options_are_taken),
        cmocka_unit_test(every_action_has_its_option),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(the_overrides_have_an_end),
        cmocka_unit_test(the_usage_knows_every_exit_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
