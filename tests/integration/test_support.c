/* Proves the helpers that the other integration tests lean on. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/kafka_admin.h"
#include "support/process.h"
#include "support/temp_dir.h"
#include "support/wait_until.h"

#define TIMEOUT_MS 120000

static bool counts_to_three(void *arg)
{
    int *count = arg;
    return ++*count == 3;
}

static bool never(void *arg)
{
    (void)arg;
    return false;
}

static void test_wait_until_stops_at_once_when_the_condition_holds(void **state)
{
    (void)state;
    int count = 0;
    assert_true(wait_until(counts_to_three, &count, TIMEOUT_MS));
    assert_int_equal(count, 3);
}

static void test_wait_until_keeps_its_deadline(void **state)
{
    (void)state;
    int64_t start_us = clock_mono_us();
    assert_false(wait_until(never, NULL, 30));
    assert_true(clock_mono_us() - start_us >= 30000);
}

static void test_temp_dir_goes_away_with_its_content_and_follows_no_link(void **state)
{
    (void)state;
    struct temp_dir dir;
    struct temp_dir other;
    char path[TEMP_DIR_PATH_MAX];
    char kept[TEMP_DIR_PATH_MAX];

    assert_int_equal(temp_dir_init(&dir, NULL), 0);
    assert_int_equal(temp_dir_init(&other, NULL), 0);
    temp_dir_join(&other, "kept", kept);
    assert_int_equal(mkdir(kept, 0700), 0);
    temp_dir_join(&dir, "sub", path);
    assert_int_equal(mkdir(path, 0700), 0);
    temp_dir_join(&dir, "sub/link", path);
    assert_int_equal(symlink(other.path, path), 0);

    memcpy(path, dir.path, sizeof path);
    (void)unsetenv("UPTAKE_KEEP");
    temp_dir_done(&dir);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(access(kept, F_OK), 0);
    temp_dir_done(&other);
    assert_int_not_equal(access(kept, F_OK), 0);
}

static int make_dir(void **state)
{
    static struct temp_dir dir;
    *state = &dir;
    return temp_dir_init(&dir, NULL);
}

static int drop_dir(void **state)
{
    temp_dir_done(*state);
    return 0;
}

static void test_process_gives_output_environment_and_exit_status(void **state)
{
    const char *const argv[] = {"sh", "-c", "echo \"$GREETING\"; echo fault >&2; exit 3", NULL};
    const char *const env[] = {"GREETING=hello there", NULL};
    char out[TEMP_DIR_PATH_MAX];
    char log[TEMP_DIR_PATH_MAX];
    struct process process;

    temp_dir_join(*state, "out", out);
    temp_dir_join(*state, "log", log);
    assert_int_equal(process_start(&process, argv, env, out, log, NULL), 0);
    assert_true(process_wait(&process, TIMEOUT_MS));
    assert_int_equal(process.result, 3);
    assert_false(process_is_running(&process));
    assert_true(process_log_contains(out, "hello there\n"));
    assert_true(process_log_contains(log, "fault"));
    assert_false(process_log_contains(log, "hello"));
    process_done(&process);
}

static void test_process_that_cannot_start_says_why(void **state)
{
    const char *const argv[] = {"/nowhere/program", NULL};
    char log[TEMP_DIR_PATH_MAX];
    struct process process = {0};
    struct up_err err;

    temp_dir_join(*state, "log", log);
    assert_int_equal(process_start(&process, argv, NULL, log, log, &err), UP_EIO);
    assert_non_null(strstr(err.text, "/nowhere/program: No such file"));
    assert_false(process_is_running(&process));
}

static void test_process_is_killed_with_its_deadline_kept(void **state)
{
    const char *const argv[] = {"sh", "-c", "echo up; exec tail -f /dev/null", NULL};
    char log[TEMP_DIR_PATH_MAX];
    struct process process;

    temp_dir_join(*state, "log", log);
    assert_int_equal(process_start(&process, argv, NULL, log, log, NULL), 0);
    assert_true(process_await_log(&process, log, "up", TIMEOUT_MS));
    assert_false(process_wait(&process, 20));
    process_signal(&process, SIGTERM);
    assert_true(process_wait(&process, TIMEOUT_MS));
    assert_int_equal(process.result, -SIGTERM);
    process_signal(&process, SIGKILL);

    assert_int_equal(process_start(&process, argv, NULL, log, log, NULL), 0);
    process_done(&process);
    assert_int_equal(process.result, -SIGKILL);
}

static void test_await_log_ends_with_the_process(void **state)
{
    const char *const argv[] = {"sh", "-c", "echo all there was", NULL};
    char log[TEMP_DIR_PATH_MAX];
    struct process process;

    temp_dir_join(*state, "log", log);
    assert_int_equal(process_start(&process, argv, NULL, log, log, NULL), 0);
    assert_false(process_await_log(&process, log, "something else", TIMEOUT_MS));
    assert_true(process_await_log(&process, log, "all there was", TIMEOUT_MS));
    process_done(&process);
}

/* A text that lies across the border of two reads is found too. */
static void test_log_is_searched_across_buffers(void **state)
{
    char log[TEMP_DIR_PATH_MAX];
    temp_dir_join(*state, "log", log);
    FILE *file = fopen(log, "we");
    assert_non_null(file);
    for (int i = 0; i < 65532; i++)
        (void)fputc('.', file);
    assert_true(fputs("needle", file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_true(process_log_contains(log, "needle"));
    assert_false(process_log_contains(log, "needles"));
    assert_false(process_log_contains("/nowhere", "needle"));
}

static void assert_done(int code, const struct up_err *err)
{
    if (code != 0)
        fail_msg("%s", err->text);
}

static void test_topics_are_made_trimmed_and_deleted(void **state)
{
    (void)state;
    const char *brokers = getenv("UPTAKE_TEST_KAFKA");
    if (brokers == NULL)
        skip();
    const char *const settings[] = {"retention.ms", "3600000", NULL};
    const struct kafka_admin_topic topics[] = {
        {"support-a", 3, NULL},
        {"support-b", 1, settings},
    };
    struct up_err err;
    int count = -1;
    int64_t first = -1;
    int64_t next = -1;

    assert_done(kafka_admin_create_topics(brokers, topics, 2, TIMEOUT_MS, &err), &err);
    assert_int_equal(kafka_admin_create_topics(brokers, topics, 1, TIMEOUT_MS, &err), UP_ECONFLICT);
    assert_non_null(strstr(err.text, "support-a"));
    assert_done(kafka_admin_count_partitions(brokers, "support-a", &count, TIMEOUT_MS, &err), &err);
    assert_int_equal(count, 3);
    assert_done(kafka_admin_delete_records(brokers, "support-a", 2, -1, TIMEOUT_MS, &err), &err);
    assert_done(
        kafka_admin_query_offsets(brokers, "support-a", 2, &first, &next, TIMEOUT_MS, &err), &err);
    assert_int_equal(first, 0);
    assert_int_equal(next, 0);
    for (size_t i = 0; i < 2; i++)
        assert_done(kafka_admin_delete_topic(brokers, topics[i].name, TIMEOUT_MS, &err), &err);
    assert_done(kafka_admin_count_partitions(brokers, "support-a", &count, TIMEOUT_MS, &err), &err);
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wait_until_stops_at_once_when_the_condition_holds),
        cmocka_unit_test(test_wait_until_keeps_its_deadline),
        cmocka_unit_test(test_temp_dir_goes_away_with_its_content_and_follows_no_link),
        cmocka_unit_test_setup_teardown(
            test_process_gives_output_environment_and_exit_status, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(
            test_process_that_cannot_start_says_why, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(
            test_process_is_killed_with_its_deadline_kept, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(test_await_log_ends_with_the_process, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(test_log_is_searched_across_buffers, make_dir, drop_dir),
        cmocka_unit_test(test_topics_are_made_trimmed_and_deleted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
