/* Until when certificates are valid, as a file and a server of OpenSSL's own tool say it. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "io/tls_peer.h"
#include "support/process.h"
#include "support/temp_dir.h"

enum { DEADLINE_MS = 60000, DAY_S = 86400, VALID_DAYS = 40 };

struct fixture {
    struct temp_dir dir;
    char key[TEMP_DIR_PATH_MAX], certificate[TEMP_DIR_PATH_MAX], log[TEMP_DIR_PATH_MAX];
    struct process server;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    struct up_err err;
    struct process made = {0};
    if (temp_dir_init(&fixture.dir, &err) != 0)
        return -1;
    temp_dir_join(&fixture.dir, "key", fixture.key);
    temp_dir_join(&fixture.dir, "certificate", fixture.certificate);
    temp_dir_join(&fixture.dir, "log", fixture.log);
    const char *const request[] = {"openssl", "req",       "-x509",           "-newkey", "ec",
                                   "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
                                   "-days",    "40",        "-keyout",         fixture.key, "-out",
                                   fixture.certificate, NULL};
    if (process_start(&made, request, NULL, fixture.log, fixture.log, &err) != 0 ||
        !process_wait(&made, DEADLINE_MS) || made.result != 0)
        return -1;
    (void)signal(SIGPIPE, SIG_IGN);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    process_done(&fixture->server);
    temp_dir_done(&fixture->dir);
    return 0;
}

static void assert_in_days(int64_t not_after_s, int64_t days)
{
    int64_t expected_s = clock_wall_ms() / 1000 + days * DAY_S;
    if (not_after_s < expected_s - DAY_S || not_after_s > expected_s + DAY_S)
        fail_msg("%lld, not about %lld", (long long)not_after_s, (long long)expected_s);
}

static void a_file_says_it(void **state)
{
    const struct fixture *fixture = *state;
    struct up_err err;
    int64_t not_after_s = -1;
    assert_int_equal(tls_peer_expiry_of_file(fixture->certificate, &not_after_s, &err), UP_OK);
    assert_in_days(not_after_s, VALID_DAYS);
    assert_int_equal(tls_peer_expiry_of_file(fixture->key, &not_after_s, &err), UP_EIO);
    assert_non_null(strstr(err.text, "no certificate"));
    assert_int_equal(tls_peer_expiry_of_file("/nonexistent", &not_after_s, &err), UP_EIO);
}

/* The port that the server says it has. */
static void read_port(const struct fixture *fixture, char ret_port[static 8])
{
    char line[256];
    FILE *log = fopen(fixture->log, "re");
    assert_non_null(log);
    ret_port[0] = '\0';
    while (fgets(line, sizeof line, log) != NULL) {
        const char *colon = strrchr(line, ':');
        if (strncmp(line, "ACCEPT", 6) == 0 && colon != NULL)
            (void)snprintf(ret_port, 8, "%.*s", (int)strcspn(colon + 1, "\n"), colon + 1);
    }
    (void)fclose(log);
    assert_string_not_equal(ret_port, "");
}

static void a_server_says_it(void **state)
{
    struct fixture *fixture = *state;
    const char *const serve[] = {"openssl", "s_server", "-accept", "127.0.0.1:0", "-key",
                                 fixture->key, "-cert", fixture->certificate, "-www", NULL};
    struct up_err err;
    char port[8];
    int64_t not_after_s = -1;
    assert_int_equal(process_start(&fixture->server, serve, NULL, fixture->log, fixture->log, &err), 0);
    assert_true(process_await_log(&fixture->server, fixture->log, "ACCEPT", DEADLINE_MS));
    read_port(fixture, port);
    int code = tls_peer_expiry("127.0.0.1", port, DEADLINE_MS, &not_after_s, &err);
    if (code != UP_OK)
        fail_msg("%s", err.text);
    assert_in_days(not_after_s, VALID_DAYS);
}

static void nobody_there_is_said(void **state)
{
    (void)state;
    struct up_err err;
    int64_t not_after_s = -1;
    assert_int_equal(tls_peer_expiry("127.0.0.1", "1", 1000, &not_after_s, &err), UP_ECONN);
    assert_non_null(strstr(err.text, "127.0.0.1:1"));
    assert_int_equal(not_after_s, -1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_says_it),
        cmocka_unit_test(a_server_says_it),
        cmocka_unit_test(nobody_there_is_said),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
