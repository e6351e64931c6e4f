/* Tests of io/redis_store against a real redis-server: results, faults, bounds. */
#include "redis_fixture.h"

#include <stdlib.h>

static struct redis_server server;
static struct loop *loop;

static struct redis_store *open_store(const struct redis_store_settings *settings)
{
    struct up_err err = {0};
    struct redis_store *store = redis_store_new(loop, settings, &err);
    if (store == NULL)
        fail_msg("%s", err.text);
    return store;
}

static struct redis_store *open_usual_store(void)
{
    struct redis_store_settings settings = usual_settings(server.socket);
    struct redis_store *store = open_store(&settings);
    run_until(loop, store_is_up, store);
    return store;
}

static int start_server(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    loop = loop_new(NULL);
    return redis_server_init(&server, NULL) ? 0 : -1;
}

static int stop_server(void **state)
{
    (void)state;
    redis_server_done(&server);
    loop_free(loop);
    return 0;
}

static int empty_server(void **state)
{
    (void)state;
    (void)redis_server_ask(&server, "FLUSHALL");
    return 0;
}

static void results_say_what_the_server_said(void **state)
{
    (void)state;
    struct redis_store *store = open_usual_store();
    struct noted noted;
    exchange(loop, store, "a", "SET a hello", &noted);
    assert_int_equal(noted.code, 0);
    assert_string_equal(noted.text, "OK");
    exchange(loop, store, "a", "GET a", &noted);
    assert_int_equal(noted.kind, REDIS_TEXT);
    assert_string_equal(noted.text, "hello");
    exchange(loop, store, "b", "INCRBY b -7", &noted);
    assert_int_equal(noted.kind, REDIS_INTEGER);
    assert_int_equal(noted.integer, -7);
    exchange(loop, store, "c", "GET c", &noted);
    assert_int_equal(noted.code, 0);
    assert_int_equal(noted.kind, REDIS_NIL);
    exchange(loop, store, "a", "INCR a", &noted);
    assert_int_equal(noted.code, UP_EIO);
    assert_non_null(strstr(noted.text, "not an integer"));
    const struct redis_store_status *status = redis_store_status(store);
    assert_int_equal(status->round_trips, 5);
    assert_int_equal(status->errors, 1);
    assert_int_equal(status->round_trip.count, 5);
    assert_int_equal(status->commands, 0);
    assert_int_equal(status->bytes, 0);
    redis_store_free(store);
}

static void addresses_of_every_form_connect(void **state)
{
    (void)state;
    char forms[3][TEMP_DIR_PATH_MAX + 16];
    (void)snprintf(forms[0], sizeof forms[0], "127.0.0.1:%u", (unsigned)server.port);
    /* The name has ::1 too, where this server does not listen. */
    (void)snprintf(forms[1], sizeof forms[1], " localhost:%u ", (unsigned)server.port);
    (void)snprintf(forms[2], sizeof forms[2], "%s", server.socket);
    for (size_t i = 0; i < 3; i++) {
        struct redis_store_settings settings = usual_settings(forms[i]);
        settings.database = 3;
        struct redis_store *store = open_store(&settings);
        run_until(loop, store_is_up, store);
        struct noted noted;
        exchange(loop, store, "k", "SET k v", &noted);
        assert_int_equal(noted.code, 0);
        assert_string_equal(redis_server_ask(&server, "-n 3 DEL k"), "1");
        redis_store_free(store);
    }
}

static void addresses_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",   "host:", "host:0", "host:65536", "host:x", "host:1x",
                                      ":1", "[::1",  "[]:1",   "a:1,b:2",    "a:1,",   "[::1]x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct redis_store_settings settings = usual_settings(bad[i]);
        struct up_err err = {0};
        if (redis_store_new(loop, &settings, &err) != NULL)
            fail_msg("took \"%s\"", bad[i]);
        assert_int_equal(err.code, UP_EINVAL);
        assert_non_null(strstr(err.text, "redis_address"));
    }
    struct redis_store_settings settings = usual_settings("/a/socket");
    settings.is_cluster = true;
    assert_null(redis_store_new(loop, &settings, NULL));
    loop_wait(loop, 0);
}

static void nothing_is_sent_while_down(void **state)
{
    (void)state;
    struct redis_store_settings settings = usual_settings("/nonexistent/redis.sock");
    struct redis_store *store = open_store(&settings);
    struct noted noted;
    for (int i = 0; i < 20; i++) {
        loop_wait(loop, 10);
        assert_int_equal(send_words(store, "a", "SET a 1", &noted), UP_ECONN);
        assert_false(redis_store_has_room(store, text_of("a")));
    }
    assert_int_equal(noted.calls, 0);
    const struct redis_store_status *status = redis_store_status(store);
    assert_false(status->is_up);
    assert_true(status->reconnects >= 1);
    assert_int_equal(status->last_error.code, UP_ECONN);
    assert_non_null(strstr(status->last_error.text, "/nonexistent/redis.sock: No such file"));
    assert_int_equal(redis_store_generation(store), 0);
    redis_store_free(store);
}

static void a_name_nobody_knows_is_an_error_not_a_wait(void **state)
{
    (void)state;
    struct redis_store_settings settings = usual_settings("no-such-host.invalid:6379");
    settings.connect_timeout_ms = 200;
    struct redis_store *store = open_store(&settings);
    while (redis_store_status(store)->reconnects == 0)
        loop_wait(loop, 20);
    assert_non_null(
        strstr(redis_store_status(store)->last_error.text, "no-such-host.invalid:6379"));
    redis_store_free(store);
    loop_wait(loop, 0);
}

static void a_killed_server_is_found_again(void **state)
{
    (void)state;
    struct redis_store *store = open_usual_store();
    uint64_t generation = redis_store_generation(store);
    struct noted noted[3];
    exchange(loop, store, "a", "SET a 1", &noted[0]);
    redis_server_kill(&server);
    for (int i = 0; i < 3; i++)
        assert_int_equal(send_words(store, "a", "SET a 2", &noted[i]), 0);
    run_until(loop, store_is_down, store);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(noted[i].calls, 1);
        assert_int_equal(noted[i].code, UP_ECONN);
    }
    assert_int_equal(redis_store_generation(store), generation);
    for (int i = 0; i < 20; i++)
        loop_wait(loop, 20);
    assert_true(redis_server_start(&server));
    run_until(loop, store_is_up, store);
    assert_true(redis_store_generation(store) > generation);
    exchange(loop, store, "a", "GET a", &noted[0]);
    assert_int_equal(noted[0].kind, REDIS_NIL);
    redis_store_free(store);
}

static void a_killed_client_comes_back(void **state)
{
    (void)state;
    struct redis_store *store = open_usual_store();
    uint64_t generation = redis_store_generation(store);
    (void)redis_server_ask(&server, "CLIENT KILL TYPE normal SKIPME yes");
    run_until(loop, store_is_down, store);
    assert_non_null(strstr(redis_store_status(store)->last_error.text, "closed"));
    run_until(loop, store_is_up, store);
    assert_true(redis_store_generation(store) > generation);
    redis_store_free(store);
}

static void a_server_that_hangs_is_given_up(void **state)
{
    (void)state;
    struct redis_store_settings settings = usual_settings(server.socket);
    settings.command_timeout_ms = 150;
    settings.connect_timeout_ms = 150;
    struct redis_store *store = open_store(&settings);
    run_until(loop, store_is_up, store);
    struct noted slow;
    struct noted behind;
    int64_t start_us = clock_mono_us();
    assert_int_equal(send_words(store, "a", "DEBUG SLEEP 1.5", &slow), 0);
    assert_int_equal(send_words(store, "a", "SET a 1", &behind), 0);
    run_until(loop, was_called, &behind);
    assert_true(clock_mono_us() - start_us < 1400000);
    assert_int_equal(slow.code, UP_ECONN);
    assert_int_equal(behind.code, UP_ECONN);
    assert_non_null(
        strstr(redis_store_status(store)->last_error.text, "no reply within the time-out"));
    run_until(loop, store_is_up, store);
    redis_store_free(store);
}

/* Each takes 100 ms; the padding between them keeps Redis from reading two of them before it answers
 * the first. */
static void many_slow_replies_are_no_time_out(void **state)
{
    (void)state;
    enum { PADDING_BYTES = 40000, CALLS = 8 };
    struct redis_store_settings settings = usual_settings(server.socket);
    settings.command_timeout_ms = 600;
    struct redis_store *store = open_store(&settings);
    run_until(loop, store_is_up, store);
    char *padding = calloc(1, PADDING_BYTES);
    const char *argv[] = {"ECHO", padding};
    const size_t argvlen[] = {4, PADDING_BYTES};
    struct noted slow[CALLS] = {0};
    struct noted between[CALLS] = {0};
    for (int i = 0; i < CALLS; i++) {
        assert_int_equal(send_words(store, "a", "DEBUG SLEEP 0.1", &slow[i]), 0);
        assert_int_equal(
            redis_store_send(store, text_of("a"), 2, argv, argvlen, note_result, &between[i]), 0);
    }
    run_until(loop, was_called, &between[CALLS - 1]);
    for (int i = 0; i < CALLS; i++) {
        assert_int_equal(slow[i].code, 0);
        assert_int_equal(between[i].code, 0);
    }
    free(padding);
    redis_store_free(store);
}

static void a_full_memory_is_for_later(void **state)
{
    (void)state;
    struct redis_store *store = open_usual_store();
    struct noted noted;
    (void)redis_server_ask(&server, "CONFIG SET maxmemory 1");
    exchange(loop, store, "a", "SET a 1", &noted);
    (void)redis_server_ask(&server, "CONFIG SET maxmemory 0");
    assert_int_equal(noted.code, UP_EAGAIN);
    assert_non_null(strstr(noted.text, "OOM"));
    assert_true(noted.refused);
    assert_true(store_is_up(store));
    exchange(loop, store, "a", "SET a 1", &noted);
    assert_int_equal(noted.code, 0);
    assert_false(noted.refused);
    redis_store_free(store);
}

static void a_replica_is_left(void **state)
{
    (void)state;
    struct redis_store *store = open_usual_store();
    uint64_t generation = redis_store_generation(store);
    struct noted noted;
    struct noted behind;
    (void)redis_server_ask(&server, "REPLICAOF 127.0.0.1 1");
    assert_int_equal(send_words(store, "a", "SET a 1", &noted), 0);
    assert_int_equal(send_words(store, "a", "SET a 2", &behind), 0);
    run_until(loop, store_is_down, store);
    assert_int_equal(noted.code, UP_ECONN);
    assert_int_equal(behind.calls, 1);
    assert_int_equal(behind.code, UP_ECONN);
    assert_non_null(strstr(redis_store_status(store)->last_error.text, "READONLY"));
    (void)redis_server_ask(&server, "REPLICAOF NO ONE");
    run_until(loop, store_is_up, store);
    assert_true(redis_store_generation(store) > generation);
    exchange(loop, store, "a", "SET a 3", &noted);
    assert_int_equal(noted.code, 0);
    redis_store_free(store);
}

struct sequence {
    int64_t next;
    int64_t end;
};

static void note_in_order(void *arg, const struct redis_result *result)
{
    struct sequence *sequence = arg;
    assert_int_equal(result->code, 0);
    assert_int_equal(result->integer, ++sequence->next);
}

static bool sequence_is_over(void *arg)
{
    const struct sequence *sequence = arg;
    return sequence->next == sequence->end;
}

static void what_is_under_way_is_bounded_and_in_order(void **state)
{
    (void)state;
    struct redis_store *store = open_usual_store();
    struct sequence sequence = {.end = 20000};
    const char *argv[] = {"INCR", "n"};
    int64_t sent = 0;
    int refused = 0;
    assert_true(redis_store_has_room(store, text_of("n")));
    while (sent < sequence.end) {
        int code = redis_store_send(store, text_of("n"), 2, argv, (size_t[]){4, 1}, note_in_order,
                                    &sequence);
        if (code == 0) {
            sent++;
        } else {
            assert_int_equal(code, UP_EAGAIN);
            assert_int_equal(redis_store_status(store)->commands, 1000);
            assert_false(redis_store_has_room(store, text_of("n")));
            refused++;
            loop_wait(loop, 20);
        }
    }
    run_until(loop, sequence_is_over, &sequence);
    assert_true(refused >= 19);
    redis_store_free(store);
}

static void bytes_under_way_are_bounded(void **state)
{
    (void)state;
    struct redis_store_settings settings = usual_settings(server.socket);
    settings.bytes_max = 4U << 20;
    settings.reply_bytes_max = 600000;
    struct redis_store *store = open_store(&settings);
    run_until(loop, store_is_up, store);
    enum { VALUE_BYTES = 1 << 20 };
    char *value = calloc(1, VALUE_BYTES);
    enum { TAKEN = 4 }; /* the last of them reaches the bound, with what stands around the value */
    struct noted noted[TAKEN + 2] = {0};
    const char *argv[] = {"SET", "big", value};
    const size_t argvlen[] = {3, 3, VALUE_BYTES};
    for (int i = 0; i < TAKEN; i++)
        assert_int_equal(
            redis_store_send(store, text_of("big"), 3, argv, argvlen, note_result, &noted[i]), 0);
    assert_int_equal(
        redis_store_send(store, text_of("big"), 3, argv, argvlen, note_result, &noted[TAKEN]),
        UP_EAGAIN);
    assert_true(redis_store_status(store)->bytes >= 4U << 20);
    run_until(loop, was_called, &noted[TAKEN - 1]);
    for (int i = 0; i < TAKEN; i++)
        assert_int_equal(noted[i].code, 0);
    assert_int_equal(noted[TAKEN].calls, 0);
    free(value);

    /* A reply that is larger than allowed ends the connection, not the memory. */
    exchange(loop, store, "big", "GETRANGE big 0 500000", &noted[TAKEN + 1]);
    assert_int_equal(noted[TAKEN + 1].code, 0);
    assert_int_equal(send_words(store, "big", "GET big", &noted[TAKEN + 1]), 0);
    run_until(loop, was_called, &noted[TAKEN + 1]);
    assert_int_equal(noted[TAKEN + 1].code, UP_ECONN);
    assert_non_null(strstr(redis_store_status(store)->last_error.text, "larger than allowed"));
    redis_store_free(store);
}

static void what_is_under_way_ends_with_the_store(void **state)
{
    (void)state;
    struct redis_store *store = open_usual_store();
    struct noted noted[10];
    for (int i = 0; i < 10; i++)
        assert_int_equal(send_words(store, "a", "SET a 1", &noted[i]), 0);
    redis_store_free(store);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(noted[i].calls, 1);
        assert_int_equal(noted[i].code, UP_ECONN);
    }
}

struct chain {
    struct redis_store *store;
    int links;
};

static void send_next(void *arg, const struct redis_result *result)
{
    struct chain *chain = arg;
    const char *argv[] = {"PING"};
    if (result->code == 0 && ++chain->links < 50)
        assert_int_equal(
            redis_store_send(chain->store, text_of("a"), 1, argv, (size_t[]){4}, send_next, chain),
            0);
    else if (result->code != 0)
        assert_int_equal(
            redis_store_send(chain->store, text_of("a"), 1, argv, (size_t[]){4}, send_next, chain),
            UP_ECONN);
}

static bool chain_is_over(void *arg)
{
    return ((struct chain *)arg)->links == 50;
}

static void callbacks_may_send(void **state)
{
    (void)state;
    struct redis_store *store = open_usual_store();
    struct chain chain = {.store = store};
    struct redis_result begin = {0};
    send_next(&chain, &begin);
    run_until(loop, chain_is_over, &chain);
    /* Also while the connection is being lost. */
    chain.links = 0;
    send_next(&chain, &begin);
    redis_server_kill(&server);
    run_until(loop, store_is_down, store);
    assert_true(redis_server_start(&server));
    redis_store_free(store);
}

static void logins_are_checked(void **state)
{
    (void)state;
    (void)redis_server_ask(&server, "CONFIG SET requirepass open-sesame");
    struct redis_store_settings settings = usual_settings(server.socket);
    settings.password = "shut-sesame";
    struct redis_store *wrong = open_store(&settings);
    settings.password = NULL;
    struct redis_store *none = open_store(&settings);
    settings.password = "open-sesame";
    struct redis_store *right = open_store(&settings);
    run_until(loop, store_is_up, right);
    assert_string_equal(redis_server_ask(&server,
                                         "-a open-sesame --no-auth-warning ACL SETUSER writer on "
                                         "'>pass' '~*' +@all -debug"),
                        "OK");
    settings.user = "writer";
    settings.password = "pass";
    struct redis_store *user = open_store(&settings);
    run_until(loop, store_is_up, user);
    struct noted noted;
    exchange(loop, user, "a", "DEBUG SLEEP 0", &noted);
    assert_int_equal(noted.code, UP_EAUTH);
    while (redis_store_status(wrong)->reconnects < 1 || redis_store_status(none)->reconnects < 1)
        loop_wait(loop, 20);
    assert_int_equal(redis_store_status(wrong)->last_error.code, UP_EAUTH);
    assert_non_null(strstr(redis_store_status(wrong)->last_error.text, "WRONGPASS"));
    assert_null(strstr(redis_store_status(wrong)->last_error.text, "shut-sesame"));
    assert_int_equal(redis_store_status(none)->last_error.code, UP_EAUTH);
    (void)redis_server_ask(&server, "-a open-sesame --no-auth-warning CONFIG SET requirepass ''");
    redis_store_free(wrong);
    redis_store_free(none);
    redis_store_free(right);
    redis_store_free(user);
}

static int call_script(struct redis_store *store, int script, const char *argument,
                       struct noted *noted)
{
    const char *argv[] = {"", "", "1", "key", argument};
    size_t argvlen[] = {0, 0, 1, 3, strlen(argument)};
    *noted = (struct noted){0};
    return redis_store_call(store, script, text_of("key"), 5, argv, argvlen, note_result, noted);
}

static void scripts_are_loaded_when_lost(void **state)
{
    (void)state;
    struct redis_store_settings settings = usual_settings(server.socket);
    struct redis_store *store = open_store(&settings);
    int first = redis_store_script(store, "return ARGV[1]");
    int second = redis_store_script(store, "redis.call('SET', KEYS[1], ARGV[1]) return 7");
    struct noted noted[40];
    assert_int_equal(call_script(store, first, "early", &noted[0]), UP_ECONN);
    run_until(loop, store_is_up, store);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 40; i++) {
            char argument[16];
            (void)snprintf(argument, sizeof argument, "v%d", i);
            assert_int_equal(call_script(store, i % 2 == 0 ? first : second, argument, &noted[i]),
                             0);
        }
        for (int i = 0; i < 40; i++) {
            run_until(loop, was_called, &noted[i]);
            assert_int_equal(noted[i].code, 0);
            if (i % 2 == 0)
                assert_int_equal(strtol(noted[i].text + 1, NULL, 10), i);
            else
                assert_int_equal(noted[i].integer, 7);
        }
        (void)redis_server_ask(&server, "SCRIPT FLUSH");
    }
    redis_store_free(store);
}

static void a_script_that_cannot_be_compiled_is_reported(void **state)
{
    (void)state;
    struct redis_store_settings settings = usual_settings(server.socket);
    struct redis_store *store = open_store(&settings);
    (void)redis_store_script(store, "this is no Lua");
    while (redis_store_status(store)->reconnects == 0)
        loop_wait(loop, 20);
    assert_false(store_is_up(store));
    assert_non_null(strstr(redis_store_status(store)->last_error.text, "script"));
    redis_store_free(store);
}

int main(void)
{
    if (!redis_server_is_installed()) {
        printf("skipped: redis-server is not installed\n");
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(results_say_what_the_server_said, empty_server),
        cmocka_unit_test_setup(addresses_of_every_form_connect, empty_server),
        cmocka_unit_test(addresses_that_cannot_be_are_refused),
        cmocka_unit_test(nothing_is_sent_while_down),
        cmocka_unit_test(a_name_nobody_knows_is_an_error_not_a_wait),
        cmocka_unit_test(a_killed_server_is_found_again),
        cmocka_unit_test(a_killed_client_comes_back),
        cmocka_unit_test(a_server_that_hangs_is_given_up),
        cmocka_unit_test(many_slow_replies_are_no_time_out),
        cmocka_unit_test(a_full_memory_is_for_later),
        cmocka_unit_test(a_replica_is_left),
        cmocka_unit_test_setup(what_is_under_way_is_bounded_and_in_order, empty_server),
        cmocka_unit_test(bytes_under_way_are_bounded),
        cmocka_unit_test(what_is_under_way_ends_with_the_store),
        cmocka_unit_test(callbacks_may_send),
        cmocka_unit_test(logins_are_checked),
        cmocka_unit_test(scripts_are_loaded_when_lost),
        cmocka_unit_test(a_script_that_cannot_be_compiled_is_reported),
    };
    return cmocka_run_group_tests_name("io/redis_store", tests, start_server, stop_server);
}
