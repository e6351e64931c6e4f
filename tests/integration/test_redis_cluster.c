/* The Redis store on three real nodes: every slot, a slot that moves, a node that dies. */
#include "unit/io/redis_fixture.h"

#include <stdlib.h>

#include "codec/publish_script.h"
#include "io/redis_cluster.h"
#include "support/wait_until.h"

enum { NODES = 3, TAGS = 200, TAG_MOVED = 7 };

static struct loop *loop;
static const char *addresses;
static uint16_t ports[NODES];
static char answer[8192];
static int claim_script;
static int write_script;
static struct publish_args args;

static const char *ask(uint16_t port, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What redis-cli prints for a command line. */
static const char *ask(uint16_t port, const char *format, ...)
{
    char command[1024];
    int used =
        snprintf(command, sizeof command, "exec redis-cli -h 127.0.0.1 -p %u ", (unsigned)port);
    va_list list;
    va_start(list, format);
    (void)vsnprintf(command + used, sizeof command - (size_t)used, format, list);
    va_end(list);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t length = fread(answer, 1, sizeof answer - 1, pipe);
    (void)pclose(pipe);
    while (length > 0 && answer[length - 1] == '\n')
        length--;
    answer[length] = '\0';
    return answer;
}

static struct redis_store *open_store(const char *seeds)
{
    struct redis_store_settings settings = usual_settings(seeds);
    settings.is_cluster = true;
    struct up_err err = {0};
    struct redis_store *store = redis_store_new(loop, &settings, &err);
    if (store == NULL)
        fail_msg("%s", err.text);
    claim_script = redis_store_script(store, publish_script_claim);
    write_script = redis_store_script(store, publish_script_write);
    run_until(loop, store_is_up, store);
    return store;
}

static int start(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    loop = loop_new(NULL);
    const char *at = addresses;
    for (int i = 0; i < NODES; i++) {
        at = strchr(at, ':');
        if (at == NULL)
            return -1;
        ports[i] = (uint16_t)strtoul(++at, NULL, 10);
    }
    return 0;
}

static int stop(void **state)
{
    (void)state;
    publish_args_done(&args);
    loop_free(loop);
    return 0;
}

static struct noted call(struct redis_store *store, int script, int partition)
{
    struct noted noted = {0};
    char key[PUBLISH_KEY_BYTES];
    (void)publish_shard_key(partition, key);
    int code = redis_store_call(store, script, text_of(key), args.argc, args.argv, args.argvlen,
                                note_result, &noted);
    if (code != 0)
        return (struct noted){.code = code};
    run_until(loop, was_called, &noted);
    assert_int_equal(noted.calls, 1);
    return noted;
}

static struct noted claim(struct redis_store *store, int partition)
{
    publish_claim(&args, partition, 1, false);
    return call(store, claim_script, partition);
}

static struct noted write_team(struct redis_store *store, int partition, const char *team)
{
    static const char *const windows[] = {"1d", "own"};
    publish_write_begin(&args, partition, 1, text_of(team), windows, 2);
    publish_health(&args, text_of("50"), true);
    for (int i = 0; i < 2; i++) {
        publish_window(&args);
        publish_field(&args, text_of("state"), text_of("live"));
    }
    publish_write_end(&args);
    return call(store, write_script, partition);
}

static void every_slot_is_found(void **state)
{
    (void)state;
    struct redis_store *store = open_store(addresses);
    for (int i = 0; i < TAGS; i++) {
        struct noted noted = claim(store, i);
        assert_int_equal(noted.code, 0);
        assert_int_equal(noted.integer, PUBLISH_DONE);
        noted = write_team(store, i, "blue");
        assert_int_equal(noted.code, 0);
        assert_int_equal(noted.integer, PUBLISH_DONE);
    }
    const struct redis_store_status *status = redis_store_status(store);
    assert_int_equal(status->redirects, 0);
    assert_int_equal(status->nodes, NODES);
    assert_int_equal(status->nodes_ready, NODES);
    for (int i = 0; i < NODES; i++)
        assert_true(strtol(ask(ports[i], "DBSIZE"), NULL, 10) > 4 * TAGS / NODES / 2);
    redis_store_free(store);
}

static void one_good_address_is_enough(void **state)
{
    (void)state;
    char seeds[80];
    (void)snprintf(seeds, sizeof seeds, "127.0.0.1:1,localhost:%u", (unsigned)ports[2]);
    struct redis_store *store = open_store(seeds);
    for (int i = 0; i < 20; i++)
        assert_int_equal(claim(store, i).code, 0);
    /* The map names nodes otherwise; what is not in it was left. */
    assert_int_equal(redis_store_status(store)->nodes, NODES);
    redis_store_free(store);
}

struct move {
    unsigned slot;
    uint16_t from;
    uint16_t to;
    char from_id[64];
    char to_id[64];
};

static void move_begin(struct move *move)
{
    char key[PUBLISH_KEY_BYTES];
    (void)publish_shard_key(TAG_MOVED, key);
    move->slot = redis_cluster_slot(text_of(key));
    for (int i = 0; i < NODES; i++) {
        if (strcmp(ask(ports[i], "EXISTS '%s'", key), "1") == 0)
            move->from = ports[i];
    }
    assert_true(move->from != 0);
    move->to = move->from == ports[0] ? ports[1] : ports[0];
    (void)snprintf(move->from_id, sizeof move->from_id, "%s", ask(move->from, "CLUSTER MYID"));
    (void)snprintf(move->to_id, sizeof move->to_id, "%s", ask(move->to, "CLUSTER MYID"));
    assert_string_equal(ask(move->to, "CLUSTER SETSLOT %u IMPORTING %s", move->slot, move->from_id),
                        "OK");
    assert_string_equal(ask(move->from, "CLUSTER SETSLOT %u MIGRATING %s", move->slot, move->to_id),
                        "OK");
}

static void move_key(const struct move *move, const char *key)
{
    assert_string_equal(
        ask(move->from, "MIGRATE 127.0.0.1 %u '%s' 0 5000", (unsigned)move->to, key), "OK");
}

static void move_end(const struct move *move)
{
    assert_string_equal(ask(move->to, "CLUSTER SETSLOT %u NODE %s", move->slot, move->to_id), "OK");
    assert_string_equal(ask(move->from, "CLUSTER SETSLOT %u NODE %s", move->slot, move->to_id),
                        "OK");
}

static void a_slot_may_move(void **state)
{
    (void)state;
    struct redis_store *store = open_store(addresses);
    const struct redis_store_status *status = redis_store_status(store);
    uint64_t generation = redis_store_generation(store);
    assert_int_equal(claim(store, TAG_MOVED).code, 0);
    assert_int_equal(write_team(store, TAG_MOVED, "blue").integer, PUBLISH_DONE);
    struct move move = {0};
    move_begin(&move);

    /* All keys are still there: nothing changes. */
    assert_int_equal(write_team(store, TAG_MOVED, "blue").integer, PUBLISH_DONE);
    assert_int_equal(status->redirects, 0);

    /* Some are there, some here: nobody can, and nothing is lost by saying so. */
    move_key(&move, "uptake:{7}:shard");
    struct noted noted = write_team(store, TAG_MOVED, "blue");
    assert_int_equal(noted.code, UP_EAGAIN);
    assert_non_null(strstr(noted.text, "TRYAGAIN"));
    assert_false(noted.refused); /* the slot is on its way */
    /* A command on the key that has moved is asked for there, by ASK, with the script loaded. */
    noted = claim(store, TAG_MOVED);
    assert_int_equal(noted.code, 0);
    assert_int_equal(noted.integer, PUBLISH_DONE);
    assert_true(status->redirects > 0);

    static const char *const others[] = {"uptake:{7}:health", "uptake:{7}:team:blue:1d",
                                         "uptake:{7}:team:blue:own"};
    for (size_t i = 0; i < 3; i++)
        move_key(&move, others[i]);
    noted = write_team(store, TAG_MOVED, "blue");
    assert_int_equal(noted.code, 0);
    assert_int_equal(noted.integer, PUBLISH_DONE);

    move_end(&move);
    uint64_t asked = status->redirects;
    for (int i = 0; i < 20; i++)
        assert_int_equal(write_team(store, TAG_MOVED, "blue").integer, PUBLISH_DONE);
    /* Learned from the first MOVED. */
    assert_int_equal(status->redirects, asked + 1);
    assert_string_equal(ask(move.to, "HGET 'uptake:{7}:team:blue:own' state"), "live");
    assert_int_equal(redis_store_generation(store), generation);
    redis_store_free(store);
}

static int servers(const char *verb, int node)
{
    char command[1024];
    (void)snprintf(command, sizeof command, "'%s/support/servers.sh' %s redis-cluster-%d",
                   UPTAKE_TESTS_DIR, verb, node + 1);
    return system(command);
}

/* The number of a tag whose slot is on the node. */
static int tag_on(uint16_t port)
{
    for (int tag = 0; tag < TAGS; tag++) {
        if (strcmp(ask(port, "EXISTS 'uptake:{%d}:shard'", tag), "1") == 0)
            return tag;
    }
    fail_msg("no tag on port %u", (unsigned)port);
    return 0;
}

static void a_dead_node_takes_only_its_slots(void **state)
{
    (void)state;
    struct redis_store *store = open_store(addresses);
    uint64_t generation = redis_store_generation(store);
    int dead_tag = tag_on(ports[2]);
    int live_tag = tag_on(ports[1]);
    assert_int_equal(claim(store, dead_tag).code, 0);
    assert_int_equal(servers("kill", 2), 0);
    struct noted noted = claim(store, dead_tag);
    assert_int_equal(noted.code, UP_ECONN);
    run_until(loop, store_is_down, store);
    assert_int_equal(claim(store, live_tag).code, 0);
    assert_int_equal(claim(store, dead_tag).code, UP_ECONN);

    assert_int_equal(servers("start", 2), 0);
    run_until(loop, store_is_up, store);
    assert_true(redis_store_generation(store) > generation);
    int64_t deadline = clock_mono_us() + INT64_C(1000) * WAIT_MS;
    do {
        loop_wait(loop, 50);
        /* The node has lost its data: nothing is written before a claim. */
        noted = write_team(store, dead_tag, "blue");
        assert_true(clock_mono_us() < deadline);
    } while (noted.code == UP_EAGAIN || noted.code == UP_ECONN);
    assert_int_equal(noted.code, 0);
    assert_int_equal(noted.integer, PUBLISH_UNCLAIMED);
    assert_int_equal(claim(store, dead_tag).integer, PUBLISH_DONE);
    assert_int_equal(write_team(store, dead_tag, "blue").integer, PUBLISH_DONE);
    redis_store_free(store);
}

static void all_nodes_may_die(void **state)
{
    (void)state;
    struct redis_store *store = open_store(addresses);
    for (int i = 0; i < NODES; i++)
        assert_int_equal(servers("kill", i), 0);
    run_until(loop, store_is_down, store);
    for (int i = 0; i < 20; i++)
        loop_wait(loop, 20);
    assert_int_equal(redis_store_status(store)->nodes_ready, 0);
    for (int i = 0; i < NODES; i++)
        assert_int_equal(servers("start", i), 0);
    run_until(loop, store_is_up, store);
    redis_store_free(store);
}

int main(void)
{
    addresses = getenv("UPTAKE_TEST_REDIS_CLUSTER");
    if (addresses == NULL) {
        printf("skipped: no Redis Cluster (tests/support/servers.sh run --redis-cluster)\n");
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_slot_is_found), cmocka_unit_test(one_good_address_is_enough),
        cmocka_unit_test(a_slot_may_move),     cmocka_unit_test(a_dead_node_takes_only_its_slots),
        cmocka_unit_test(all_nodes_may_die),
    };
    return cmocka_run_group_tests_name("integration/redis_cluster", tests, start, stop);
}
