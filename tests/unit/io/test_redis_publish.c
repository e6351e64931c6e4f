/* Tests of the publishing scripts on a real redis-server: owners, former owners, lost data, whole
 * hashes. */
#include "redis_fixture.h"

#include <stdlib.h>

#include "codec/publish_script.h"

static struct redis_server server;
static struct loop *loop;
static struct redis_store *store;
static int claim_script;
static int write_script;
static int alerts_script;
static struct publish_args args;

static int start_server(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    if (!redis_server_init(&server, NULL))
        return -1;
    loop = loop_new(NULL);
    struct redis_store_settings settings = usual_settings(server.socket);
    store = redis_store_new(loop, &settings, NULL);
    claim_script = redis_store_script(store, publish_script_claim);
    write_script = redis_store_script(store, publish_script_write);
    alerts_script = redis_store_script(store, publish_script_alerts);
    run_until(loop, store_is_up, store);
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    publish_args_done(&args);
    redis_store_free(store);
    loop_free(loop);
    redis_server_done(&server);
    return 0;
}

static int empty_server(void **state)
{
    (void)state;
    (void)redis_server_ask(&server, "FLUSHALL");
    return 0;
}

static struct noted call(int script)
{
    struct noted noted = {0};
    char key[PUBLISH_KEY_BYTES];
    (void)publish_shard_key(2, key);
    assert_int_equal(redis_store_call(store, script, text_of(key), args.argc, args.argv,
                                      args.argvlen, note_result, &noted),
                     0);
    run_until(loop, was_called, &noted);
    return noted;
}

static int64_t claim_how(int64_t epoch, bool by_force)
{
    publish_claim(&args, 2, epoch, by_force);
    struct noted noted = call(claim_script);
    assert_int_equal(noted.code, 0);
    assert_int_equal(noted.kind, REDIS_INTEGER);
    return noted.integer;
}

static int64_t claim(int64_t epoch)
{
    return claim_how(epoch, false);
}

static const char *const windows[] = {"1d", "28d"};

static struct noted write_team(int64_t epoch, const char *field, const char *value,
                               const char *health)
{
    publish_write_begin(&args, 2, epoch, text_of("blue"), windows, 2);
    publish_field(&args, text_of("offsets"), text_of(value));
    publish_health(&args, text_of(health), true);
    publish_window(&args);
    publish_field(&args, text_of(field), text_of(value));
    publish_window(&args);
    publish_write_end(&args);
    return call(write_script);
}

static int64_t write_result(int64_t epoch, const char *field, const char *value, const char *health)
{
    struct noted noted = write_team(epoch, field, value, health);
    assert_int_equal(noted.code, 0);
    assert_int_equal(noted.kind, REDIS_INTEGER);
    return noted.integer;
}

#define TEAM_1D "'uptake:{2}:team:blue:1d'"
#define TEAM_28D "'uptake:{2}:team:blue:28d'"

static void only_the_owner_writes(void **state)
{
    (void)state;
    assert_int_equal(write_result(5, "judgement", "1", "50"), PUBLISH_UNCLAIMED);
    assert_string_equal(redis_server_ask(&server, "DBSIZE"), "0");
    assert_int_equal(claim(5), PUBLISH_DONE);
    assert_int_equal(write_result(5, "judgement", "1", "50"), PUBLISH_DONE);
    assert_string_equal(redis_server_ask(&server, "HGETALL " TEAM_1D), "judgement\n1");
    assert_string_equal(redis_server_ask(&server, "ZSCORE 'uptake:{2}:health' blue"), "50");
    assert_string_equal(redis_server_ask(&server, "HGET 'uptake:{2}:shard' offsets"), "1");

    /* The next owner; the former one writes nothing any more, and cannot claim again. */
    assert_int_equal(claim(6), PUBLISH_DONE);
    assert_int_equal(write_result(5, "judgement", "2", "60"), PUBLISH_FENCED);
    assert_int_equal(claim(5), PUBLISH_FENCED);
    assert_string_equal(redis_server_ask(&server, "HGETALL " TEAM_1D), "judgement\n1");
    assert_string_equal(redis_server_ask(&server, "HGET 'uptake:{2}:shard' epoch"), "6");
    assert_int_equal(write_result(7, "judgement", "3", "60"), PUBLISH_UNCLAIMED);
    assert_int_equal(claim(6), PUBLISH_DONE);
    assert_int_equal(write_result(6, "judgement", "3", "60"), PUBLISH_DONE);
    assert_string_equal(redis_server_ask(&server, "HGETALL " TEAM_1D), "judgement\n3");
}

static void an_epoch_of_nobody_is_replaced_by_force(void **state)
{
    (void)state;
    assert_int_equal(claim(9), PUBLISH_DONE);
    assert_int_equal(claim(5), PUBLISH_FENCED);
    assert_int_equal(claim_how(5, true), PUBLISH_DONE);
    assert_int_equal(write_result(5, "a", "1", ""), PUBLISH_DONE);
    assert_int_equal(write_result(9, "a", "2", ""), PUBLISH_UNCLAIMED);
}

static void epochs_are_compared_as_numbers(void **state)
{
    (void)state;
    assert_int_equal(claim(9), PUBLISH_DONE);
    assert_int_equal(claim(10), PUBLISH_DONE);
    assert_int_equal(write_result(9, "a", "1", ""), PUBLISH_FENCED);
    assert_int_equal(claim(INT64_C(1) << 53), PUBLISH_DONE);
    assert_int_equal(write_result((INT64_C(1) << 53) - 1, "a", "1", ""), PUBLISH_FENCED);
    assert_int_equal(write_result(INT64_C(1) << 53, "a", "1", ""), PUBLISH_DONE);
}

static void lost_data_are_noticed(void **state)
{
    (void)state;
    assert_int_equal(claim(1), PUBLISH_DONE);
    assert_int_equal(write_result(1, "a", "1", "1"), PUBLISH_DONE);
    (void)redis_server_ask(&server, "FLUSHALL");
    assert_int_equal(write_result(1, "a", "1", "1"), PUBLISH_UNCLAIMED);
    assert_string_equal(redis_server_ask(&server, "DBSIZE"), "0");
    /* Whatever else stands there is no epoch. */
    (void)redis_server_ask(&server, "HSET 'uptake:{2}:shard' epoch rubbish");
    assert_int_equal(write_result(1, "a", "1", "1"), PUBLISH_UNCLAIMED);
    assert_int_equal(claim(1), PUBLISH_DONE);
    assert_int_equal(write_result(1, "a", "1", "1"), PUBLISH_DONE);
}

static void hashes_are_replaced_whole(void **state)
{
    (void)state;
    assert_int_equal(claim(1), PUBLISH_DONE);
    (void)redis_server_ask(&server, "HSET " TEAM_1D " gone 1");
    (void)redis_server_ask(&server, "HSET " TEAM_28D " gone 1");
    assert_int_equal(write_result(1, "kept", "2", "12.5"), PUBLISH_DONE);
    assert_string_equal(redis_server_ask(&server, "HGETALL " TEAM_1D), "kept\n2");
    assert_string_equal(redis_server_ask(&server, "EXISTS " TEAM_28D), "0");
    assert_string_equal(redis_server_ask(&server, "ZSCORE 'uptake:{2}:health' blue"), "12.5");
    assert_int_equal(write_result(1, "kept", "2", ""), PUBLISH_DONE);
    assert_string_equal(redis_server_ask(&server, "ZSCORE 'uptake:{2}:health' blue"), "");
}

static int64_t change_team(const char *field, const char *value, const char *gone)
{
    publish_write_begin(&args, 2, 1, text_of("blue"), windows, 2);
    publish_health(&args, text_of("7"), false);
    publish_window(&args);
    publish_kept_field(&args);
    if (value != NULL)
        publish_field(&args, text_of(field), text_of(value));
    if (gone != NULL)
        publish_gone_field(&args, text_of(gone));
    publish_window(&args);
    publish_write_end(&args);
    return call(write_script).integer;
}

static void a_change_leaves_the_rest_and_tells_when_it_is_another(void **state)
{
    (void)state;
    assert_int_equal(claim(1), PUBLISH_DONE);
    assert_int_equal(write_result(1, "kept", "2", "1"), PUBLISH_DONE);
    assert_int_equal(change_team("state", "level", NULL), PUBLISH_DONE);
    assert_string_equal(redis_server_ask(&server, "HGETALL " TEAM_1D), "kept\n2\nstate\nlevel");
    assert_int_equal(change_team("verdict", "theatre", "state"), PUBLISH_DONE);
    assert_string_equal(redis_server_ask(&server, "HGETALL " TEAM_1D), "kept\n2\nverdict\ntheatre");
    assert_int_equal(change_team(NULL, NULL, "verdict"), PUBLISH_DONE);
    assert_string_equal(redis_server_ask(&server, "HGETALL " TEAM_1D), "kept\n2");
    assert_string_equal(redis_server_ask(&server, "ZSCORE 'uptake:{2}:health' blue"), "7");
    (void)redis_server_ask(&server, "DEL " TEAM_1D);
    assert_int_equal(change_team("state", "level", NULL), PUBLISH_OTHER);
    assert_int_equal(write_result(1, "kept", "3", "1"), PUBLISH_DONE);
    assert_string_equal(redis_server_ask(&server, "HGETALL " TEAM_1D), "kept\n3");
    (void)redis_server_ask(&server, "HSET " TEAM_1D " other 1");
    assert_int_equal(change_team("state", "level", NULL), PUBLISH_OTHER);
}

static void everything_expires(void **state)
{
    (void)state;
    assert_int_equal(claim(1), PUBLISH_DONE);
    long shard_s = strtol(redis_server_ask(&server, "TTL 'uptake:{2}:shard'"), NULL, 10);
    assert_in_range(shard_s, PUBLISH_EXPIRE_S - 60, PUBLISH_EXPIRE_S);
    assert_int_equal(write_result(1, "a", "2", "1"), PUBLISH_DONE);
    static const char *const keys[] = {"'uptake:{2}:shard'", "'uptake:{2}:health'", TEAM_1D};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        long left_s = strtol(redis_server_ask(&server, "TTL %s", keys[i]), NULL, 10);
        assert_in_range(left_s, PUBLISH_EXPIRE_S - 60, PUBLISH_EXPIRE_S);
    }
}

static void nothing_is_half_done_when_memory_is_short(void **state)
{
    (void)state;
    assert_int_equal(claim(1), PUBLISH_DONE);
    assert_int_equal(write_result(1, "a", "1", "10"), PUBLISH_DONE);
    (void)redis_server_ask(&server, "CONFIG SET maxmemory 1");
    struct noted noted = write_team(1, "b", "2", "20");
    (void)redis_server_ask(&server, "CONFIG SET maxmemory 0");
    assert_int_equal(noted.code, UP_EAGAIN);
    assert_string_equal(redis_server_ask(&server, "HGETALL " TEAM_1D), "a\n1");
    assert_string_equal(redis_server_ask(&server, "ZSCORE 'uptake:{2}:health' blue"), "10");
    assert_string_equal(redis_server_ask(&server, "HGET 'uptake:{2}:shard' offsets"), "1");
}

static void forgotten_scripts_come_back(void **state)
{
    (void)state;
    assert_int_equal(claim(1), PUBLISH_DONE);
    (void)redis_server_ask(&server, "SCRIPT FLUSH");
    assert_int_equal(write_result(1, "a", "1", "10"), PUBLISH_DONE);
}

static int64_t add_alerts(int64_t epoch, int count)
{
    publish_alerts_begin(&args, 2, epoch, 100);
    for (int i = 0; i < count; i++)
        publish_alert(&args, text_of("blue/stalled/2025-01-05"), text_of("opened"), text_of("{\"n\":1}"));
    publish_alerts_end(&args);
    struct noted noted = call(alerts_script);
    assert_int_equal(noted.code, 0);
    return noted.integer;
}

static void alerts_are_added_by_the_owner_and_bounded(void **state)
{
    (void)state;
    assert_int_equal(add_alerts(1, 1), PUBLISH_UNCLAIMED);
    assert_int_equal(claim(5), PUBLISH_DONE);
    assert_int_equal(add_alerts(4, 1), PUBLISH_FENCED);
    assert_int_equal(add_alerts(6, 1), PUBLISH_UNCLAIMED);
    assert_string_equal(redis_server_ask(&server, "EXISTS uptake:{2}:alerts"), "0");
    assert_int_equal(add_alerts(5, 2), PUBLISH_DONE);
    assert_string_equal(redis_server_ask(&server, "XLEN uptake:{2}:alerts"), "2");
    const char *entries = redis_server_ask(&server, "XRANGE uptake:{2}:alerts - +");
    assert_non_null(strstr(entries, "blue/stalled/2025-01-05"));
    assert_non_null(strstr(entries, "{\"n\":1}"));
    for (int i = 0; i < 200; i++)
        assert_int_equal(add_alerts(5, 5), PUBLISH_DONE);
    /* About 100: whole nodes of the stream are dropped. */
    assert_in_range(atoi(redis_server_ask(&server, "XLEN uptake:{2}:alerts")), 100, 300);
    assert_in_range(atoi(redis_server_ask(&server, "TTL uptake:{2}:alerts")), PUBLISH_EXPIRE_S - 60, PUBLISH_EXPIRE_S);
}

int main(void)
{
    if (!redis_server_is_installed()) {
        printf("skipped: redis-server is not installed\n");
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(only_the_owner_writes, empty_server),
        cmocka_unit_test_setup(an_epoch_of_nobody_is_replaced_by_force, empty_server),
        cmocka_unit_test_setup(epochs_are_compared_as_numbers, empty_server),
        cmocka_unit_test_setup(lost_data_are_noticed, empty_server),
        cmocka_unit_test_setup(hashes_are_replaced_whole, empty_server),
        cmocka_unit_test_setup(a_change_leaves_the_rest_and_tells_when_it_is_another, empty_server),
        cmocka_unit_test_setup(everything_expires, empty_server),
        cmocka_unit_test_setup(nothing_is_half_done_when_memory_is_short, empty_server),
        cmocka_unit_test_setup(alerts_are_added_by_the_owner_and_bounded, empty_server),
        cmocka_unit_test_setup(forgotten_scripts_come_back, empty_server),
    };
    return cmocka_run_group_tests_name("io/redis_publish", tests, start_server, stop_server);
}
