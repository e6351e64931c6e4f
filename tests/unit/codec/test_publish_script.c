/* Tests of codec/publish_script: the arguments of a call, flat and counted. */
#include "codec/publish_script.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

/* Checks argv from 2 on. */
static void assert_args(const struct publish_args *args, const char *const *want, size_t count)
{
    assert_int_equal(args->argc, count + 2);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(args->argvlen[i + 2], strlen(want[i]));
        assert_memory_equal(args->argv[i + 2], want[i], strlen(want[i]));
    }
}

#define ASSERT_ARGS(args, ...)                                                                     \
    do {                                                                                           \
        static const char *const want[] = {__VA_ARGS__};                                           \
        assert_args((args), want, sizeof want / sizeof want[0]);                                   \
    } while (0)

static void a_claim_names_the_shard(void **state)
{
    (void)state;
    struct publish_args args = {0};
    publish_claim(&args, 12, 9007199254740992, false);
    ASSERT_ARGS(&args, "1", "uptake:{12}:shard", "9007199254740992");
    publish_claim(&args, 12, 7, true);
    ASSERT_ARGS(&args, "1", "uptake:{12}:shard", "7", "force");
    publish_args_done(&args);
}

static void a_team_is_written_with_all_its_windows(void **state)
{
    (void)state;
    static const char *const windows[] = {"1d", "own"};
    struct publish_args args = {0};
    for (int again = 0; again < 3; again++) {
        publish_write_begin(&args, 3, 41, text_of("sales:emea"), windows, 2);
        publish_field(&args, text_of("offsets"), text_of("0:17"));
        publish_health(&args, text_of("71.5"), true);
        publish_window(&args);
        publish_field(&args, text_of("judgement"), text_of("0.5 0.4 0.6 20"));
        publish_field(&args, text_of("state"), text_of("live"));
        publish_window(&args);
        publish_write_end(&args);
        ASSERT_ARGS(&args, "4", "uptake:{3}:shard", "uptake:{3}:health",
                    "uptake:{3}:team:sales:emea:1d", "uptake:{3}:team:sales:emea:own", "41", "2",
                    "offsets", "0:17", "sales:emea", "71.5", "all", "2", "4", "judgement",
                    "0.5 0.4 0.6 20", "state", "live", "0", "0", "0", "0");
    }
    publish_args_done(&args);
}

static void a_shard_is_written_without_a_team(void **state)
{
    (void)state;
    struct publish_args args = {0};
    publish_write_begin(&args, 0, 1, (struct text){0}, NULL, 0);
    publish_field(&args, text_of("offsets"), text_of("5"));
    publish_write_end(&args);
    ASSERT_ARGS(&args, "1", "uptake:{0}:shard", "1", "2", "offsets", "5");
    publish_write_begin(&args, 0, 1, text_of("a"), NULL, 0);
    publish_health(&args, (struct text){0}, true);
    publish_write_end(&args);
    ASSERT_ARGS(&args, "2", "uptake:{0}:shard", "uptake:{0}:health", "1", "0", "a", "",
                "all");
    publish_args_done(&args);
}

static void many_fields_keep_their_places(void **state)
{
    (void)state;
    static const char *const windows[] = {"90d"};
    struct publish_args args = {0};
    publish_write_begin(&args, 0, 1, text_of("t"), windows, 1);
    publish_health(&args, text_of("1"), true);
    publish_window(&args);
    char name[16];
    for (int i = 0; i < 1000; i++) {
        int length = snprintf(name, sizeof name, "field%d", i);
        publish_field(&args, (struct text){.bytes = name, .length = (uint32_t)length},
                      text_of("v"));
    }
    publish_write_end(&args);
    int at = args.argc - 2001;
    assert_int_equal(args.argvlen[at - 1], 4);
    assert_memory_equal(args.argv[at - 1], "2000", 4);
    assert_memory_equal(args.argv[at + 2 * 777], "field777", 8);
    assert_memory_equal(args.argv[at + 1999], "v", 1);
    publish_args_done(&args);
}

static void a_change_names_what_changed_and_counts_what_stays(void **state)
{
    (void)state;
    static const char *const windows[] = {"1d", "7d", "own"};
    struct publish_args args = {0};
    publish_write_begin(&args, 3, 41, text_of("t"), windows, 3);
    publish_health(&args, text_of("5"), false);
    publish_window(&args);
    publish_kept_field(&args);
    publish_field(&args, text_of("state"), text_of("level"));
    publish_kept_field(&args);
    publish_gone_field(&args, text_of("because:judgement"));
    publish_gone_field(&args, text_of("rair"));
    publish_window(&args);
    publish_kept_field(&args);
    publish_window(&args);
    publish_gone_field(&args, text_of("state"));
    publish_write_end(&args);
    ASSERT_ARGS(&args, "5", "uptake:{3}:shard", "uptake:{3}:health", "uptake:{3}:team:t:1d",
                "uptake:{3}:team:t:7d", "uptake:{3}:team:t:own", "41", "0", "t", "5", "changed", "3",
                "2", "state", "level", "2", "because:judgement", "rair", "1", "0", "0", "0", "0", "1",
                "state");
    publish_args_done(&args);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_claim_names_the_shard),
        cmocka_unit_test(a_team_is_written_with_all_its_windows),
        cmocka_unit_test(a_shard_is_written_without_a_team),
        cmocka_unit_test(many_fields_keep_their_places),
        cmocka_unit_test(a_change_names_what_changed_and_counts_what_stays),
    };
    return cmocka_run_group_tests_name("codec/publish_script", tests, NULL, NULL);
}
