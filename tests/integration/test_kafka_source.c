/* The source on a real Kafka: what the mock cluster cannot do. */
#include <librdkafka/rdkafka.h>
#include <stdlib.h>

#include "support/kafka_admin.h"
#include "unit/io/kafka_reader.h"

enum { SKIPPED = 77, TIMEOUT_MS = 120000, PARTITIONS = 2 };

static const char *brokers;

/* ---- topics of a test's own -------------------------------------------------------------------
 */

static void make_topic(const char *name, int partitions)
{
    struct up_err err = {0};
    const struct kafka_admin_topic topic = {.name = name, .partitions = partitions};
    if (kafka_admin_create_topics(brokers, &topic, 1, TIMEOUT_MS, &err) != 0)
        fail_msg("%s", err.text);
}

static void write_to(const char *topic, int partitions, int count)
{
    struct up_err err = {0};
    const struct kafka_property property = {"bootstrap.servers", brokers};
    const struct kafka_producer_settings settings = {
        .client = {.properties = &property, .property_count = 1},
        .topics = &topic,
        .topic_count = 1,
    };
    struct kafka_producer *producer = NULL;
    if (kafka_producer_new(&settings, &producer, &err) != 0)
        fail_msg("%s", err.text);
    reader_fill(producer, 1, partitions, count);
    kafka_producer_free(producer);
}

/* ---- readers ----------------------------------------------------------------------------------
 */

static const struct kafka_property quick[] = {
    {"bootstrap.servers", NULL},      {"session.timeout.ms", NULL},
    {"heartbeat.interval.ms", "100"}, {"max.poll.interval.ms", NULL},
    {"fetch.wait.max.ms", "10"},
};

/* How long a member may be silent: longer than any stall of a busy machine, or not to be waited for. */
static const char patient_ms[] = "60000";
static const char hasty_ms[] = "1500";

enum { QUICK_COUNT = sizeof quick / sizeof quick[0] };

static void open_silent(struct reader *reader, struct reader_store *store,
                        const char *const *topics, size_t topic_count, const char *instance,
                        const char *silent_ms)
{
    struct kafka_property properties[QUICK_COUNT];
    memcpy(properties, quick, sizeof quick);
    properties[0].value = brokers;
    properties[1].value = properties[3].value = silent_ms;
    const struct kafka_source_settings settings = {
        .client = {.properties = properties, .property_count = QUICK_COUNT},
        .topics = topics,
        .topic_count = topic_count,
        .group = topics[0],
        .instance = instance,
    };
    reader_open(reader, store, &settings);
}

static void open_reader(struct reader *reader, struct reader_store *store,
                        const char *const *topics, size_t topic_count, const char *instance)
{
    open_silent(reader, store, topics, topic_count, instance, patient_ms);
}

struct goal {
    struct reader_store *store;
    const struct reader *readers[2];
    int64_t offset;
    enum kafka_event_kind kind;
    size_t assigned[2];
};

static bool has_read(void *arg)
{
    const struct goal *goal = arg;
    for (int partition = 0; partition < PARTITIONS; partition++) {
        if (goal->store->next[0][partition] < goal->offset)
            return false;
    }
    return true;
}

static bool has_told(void *arg)
{
    const struct goal *goal = arg;
    return goal->readers[0]->kinds[goal->kind] > 0;
}

static bool has_ended(void *arg)
{
    const struct goal *goal = arg;
    return goal->readers[0]->end[0][0] >= goal->offset;
}

static bool has_assigned(void *arg)
{
    const struct goal *goal = arg;
    for (size_t i = 0; i < 2; i++) {
        const struct reader *reader = goal->readers[i];
        if (reader != NULL &&
            (reader->assigned_count != goal->assigned[i] || reader->answer_us != 0))
            return false;
    }
    return true;
}

/* ---- the start --------------------------------------------------------------------------------
 */

static int look(const char *const *topics, size_t count, const char *dead_letters,
                const char *protocol, enum kafka_fault *ret_fault, struct up_err *err)
{
    const struct kafka_property properties[] = {{"bootstrap.servers", brokers},
                                                {"security.protocol", protocol}};
    const struct kafka_source_settings settings = {
        .client = {.properties = properties, .property_count = 2},
        .topics = topics,
        .topic_count = count,
        .group = "check",
    };
    struct kafka_source *source = NULL;
    struct kafka_topics_check result;
    assert_int_equal(kafka_source_new(&settings, &source, err), 0);
    int code = kafka_source_check_topics(source, dead_letters, TIMEOUT_MS, &result, err);
    kafka_source_free(source);
    *ret_fault = result.fault;
    return code;
}

static int check(const char *const *topics, size_t count, const char *dead_letters,
                 const char *protocol, enum kafka_fault wanted, const char *text)
{
    struct up_err err = {0};
    enum kafka_fault fault;
    int code = look(topics, count, dead_letters, protocol, &fault, &err);
    if (fault != wanted || (text != NULL && strstr(err.text, text) == NULL))
        fail_msg("fault %d: %s", (int)fault, err.text);
    return code;
}

static void faults_of_topics_are_told_apart(void **state)
{
    (void)state;
    static const char *const names[] = {"check-two", "check-three", "check-none"};
    make_topic(names[0], 2);
    make_topic(names[1], 3);
    make_topic("check-dead", 1);
    assert_int_equal(check(names, 1, "check-dead", "plaintext", KAFKA_FAULT_NONE, NULL), 0);
    assert_int_equal(check(names, 2, "check-dead", "plaintext", KAFKA_FAULT_PARTITIONS,
                           "check-two has 2 partitions and topic check-three has 3"),
                     UP_EINVAL);
    assert_int_equal(check(names + 2, 1, "check-dead", "plaintext", KAFKA_FAULT_MISSING,
                           "topic check-none does not exist"),
                     UP_EINVAL);
    assert_int_equal(check(names, 1, "check-gone", "plaintext", KAFKA_FAULT_MISSING,
                           "topic check-gone does not exist"),
                     UP_EINVAL);
}

static void a_listener_without_tls_refuses_us(void **state)
{
    (void)state;
    static const char *const names[] = {"check-two"};
    struct up_err err = {0};
    enum kafka_fault fault;
    int code = look(names, 1, NULL, "ssl", &fault, &err);
    assert_non_null(strstr(err.text, "SSL handshake failed"));
    /* What the listener does with a greeting in TLS hangs on the versions of OpenSSL and of Kafka. Where it hangs up, it
     * may as well be about to restart. */
    bool hung_up = strstr(err.text, "Disconnected") != NULL;
    assert_int_equal(fault, hung_up ? KAFKA_FAULT_UNREACHABLE : KAFKA_FAULT_REFUSED);
    assert_int_equal(code, hung_up ? UP_ECONN : UP_EAUTH);
}

/* ---- offsets that are not there ---------------------------------------------------------------
 */

static void retention_shows_before_and_while_reading(void **state)
{
    (void)state;
    static const char *const names[] = {"retention"};
    struct up_err err = {0};
    make_topic(names[0], PARTITIONS);
    write_to(names[0], PARTITIONS, 200);
    for (int partition = 0; partition < PARTITIONS; partition++)
        assert_int_equal(
            kafka_admin_delete_records(brokers, names[0], partition, 150, TIMEOUT_MS, &err), 0);

    struct reader_store store;
    struct reader reader;
    reader_store_init(&store);
    store.next[0][0] = 100;
    open_reader(&reader, &store, names, 1, NULL);
    struct goal goal = {
        .store = &store, .readers = {&reader}, .offset = 200, .kind = KAFKA_EVENT_OUT_OF_RANGE};
    assert_true(reader_run(&reader, has_told, &goal));
    const struct kafka_event *event = &reader.last[KAFKA_EVENT_OUT_OF_RANGE];
    assert_int_equal(event->partition, 0);
    assert_int_equal(event->offset, 100);
    struct kafka_range range = {.topic = 0, .partition = 0};
    assert_int_equal(kafka_source_query_ranges(reader.source, &range, 1, TIMEOUT_MS, &err), 0);
    assert_int_equal(range.low, 150);
    assert_int_equal(range.high, 200);

    store.next[0][0] = range.low;
    assert_int_equal(kafka_source_seek(reader.source, 0, 0, range.low, &err), 0);
    assert_true(reader_run(&reader, has_read, &goal));
    assert_int_equal(store.messages, 100);
    assert_int_equal(store.skipped, 0);
    assert_int_equal(store.repeated, 0);
    reader_close(&reader);
}

static void a_topic_made_anew_is_seen(void **state)
{
    (void)state;
    static const char *const names[] = {"anew"};
    struct up_err err = {0};
    make_topic(names[0], PARTITIONS);
    write_to(names[0], PARTITIONS, 50);
    struct reader_store store;
    struct reader reader;
    reader_store_init(&store);
    open_reader(&reader, &store, names, 1, NULL);
    struct goal goal = {
        .store = &store, .readers = {&reader}, .offset = 50, .kind = KAFKA_EVENT_OUT_OF_RANGE};
    assert_true(reader_run(&reader, has_read, &goal));
    reader_close(&reader);

    assert_int_equal(kafka_admin_delete_topic(brokers, names[0], TIMEOUT_MS, &err), 0);
    make_topic(names[0], PARTITIONS);
    write_to(names[0], PARTITIONS, 10);
    open_reader(&reader, &store, names, 1, NULL);
    assert_true(reader_run(&reader, has_told, &goal));
    struct kafka_range range = {.topic = 0, .partition = 1};
    assert_int_equal(kafka_source_query_ranges(reader.source, &range, 1, TIMEOUT_MS, &err), 0);
    assert_true(range.high < store.next[0][1]);
    assert_int_equal(store.messages, 50 * PARTITIONS);
    reader_close(&reader);
}

/* ---- the group --------------------------------------------------------------------------------
 */

static void a_static_member_comes_back_without_a_rebalance(void **state)
{
    (void)state;
    static const char *const names[] = {"static"};
    make_topic(names[0], PARTITIONS);
    write_to(names[0], PARTITIONS, 20);
    struct reader_store store;
    struct reader first;
    struct reader second;
    struct reader *both[] = {&first, &second};
    reader_store_init(&store);
    open_reader(&first, &store, names, 1, "one");
    open_reader(&second, &store, names, 1, "two");
    struct goal goal = {
        .store = &store, .readers = {&first, &second}, .offset = 20, .assigned = {1, 1}};
    assert_true(readers_run(both, 2, has_assigned, &goal));
    assert_true(readers_run(both, 2, has_read, &goal));
    int32_t held = first.assigned[0].partition;
    unsigned rebalances = second.assignments + second.revocations + second.losses;

    reader_close(&first);
    open_reader(&first, &store, names, 1, "one");
    assert_true(readers_run(both, 2, has_assigned, &goal));
    assert_int_equal(first.assigned[0].partition, held);
    write_to(names[0], PARTITIONS, 20);
    goal.offset = 40;
    assert_true(readers_run(both, 2, has_read, &goal));
    assert_int_equal(second.assignments + second.revocations + second.losses, rebalances);
    assert_int_equal(store.messages, 40 * PARTITIONS);
    reader_close(&first);
    reader_close(&second);
}

static bool is_back(void *arg)
{
    const struct goal *goal = arg;
    return goal->readers[0]->losses == 1 && goal->readers[0]->assignments == 2;
}

static void who_does_not_poll_loses_the_partitions(void **state)
{
    (void)state;
    static const char *const names[] = {"late"};
    make_topic(names[0], PARTITIONS);
    write_to(names[0], PARTITIONS, 20);
    struct reader_store store;
    struct reader reader;
    reader_store_init(&store);
    open_silent(&reader, &store, names, 1, NULL, hasty_ms);
    struct goal goal = {.store = &store, .readers = {&reader}, .offset = 20};
    assert_true(reader_run(&reader, has_read, &goal));
    /* The library wakes us to say so, or for its statistics. */
    for (int i = 0; i < 10 && reader.kinds[KAFKA_EVENT_LATE_POLL] == 0; i++) {
        reader_turn(&reader);
        struct pollfd waiting = {.fd = kafka_source_fd(reader.source), .events = POLLIN};
        assert_int_equal(poll(&waiting, 1, TIMEOUT_MS), 1);
        reader_turn(&reader);
    }
    assert_int_equal(reader.kinds[KAFKA_EVENT_LATE_POLL], 1);
    assert_true(reader_run(&reader, is_back, &goal));
    assert_int_equal(reader.revocations, 0);
    write_to(names[0], PARTITIONS, 20);
    goal.offset = 40;
    assert_true(reader_run(&reader, has_read, &goal));
    assert_int_equal(store.messages, 40 * PARTITIONS);
    assert_int_equal(store.skipped + store.repeated, 0);
    reader_close(&reader);
}

/* ---- holes ------------------------------------------------------------------------------------
 */

static void require(rd_kafka_error_t *error)
{
    if (error != NULL)
        fail_msg("%s", rd_kafka_error_string(error));
}

/* Writes `count` transactions of ten records: each ends with a marker that takes an offset. */
static void write_transactions(const char *topic, int count)
{
    char text[256];
    char value[] = "x";
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    assert_int_equal(rd_kafka_conf_set(conf, "bootstrap.servers", brokers, text, sizeof text), 0);
    assert_int_equal(rd_kafka_conf_set(conf, "transactional.id", "markers", text, sizeof text), 0);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    assert_non_null(rk);
    rd_kafka_topic_t *handle = rd_kafka_topic_new(rk, topic, NULL);
    assert_non_null(handle);
    require(rd_kafka_init_transactions(rk, TIMEOUT_MS));
    for (int i = 0; i < count; i++) {
        require(rd_kafka_begin_transaction(rk));
        for (int record = 0; record < 10; record++)
            assert_int_equal(
                rd_kafka_produce(handle, 0, RD_KAFKA_MSG_F_COPY, value, 1, NULL, 0, NULL), 0);
        require(rd_kafka_commit_transaction(rk, TIMEOUT_MS));
    }
    rd_kafka_topic_destroy(handle);
    rd_kafka_destroy(rk);
}

static void transaction_markers_are_believed(void **state)
{
    (void)state;
    static const char *const names[] = {"markers"};
    make_topic(names[0], 1);
    write_transactions(names[0], 5);
    struct reader_store store;
    struct reader reader;
    reader_store_init(&store);
    open_reader(&reader, &store, names, 1, NULL);
    struct goal goal = {.store = &store, .readers = {&reader}, .offset = 55};
    assert_true(reader_run(&reader, has_ended, &goal));
    assert_int_equal(store.messages, 50);
    assert_int_equal(store.repeated, 0);
    assert_int_equal(reader.kinds[KAFKA_EVENT_HOLE], 3);
    assert_int_equal(kafka_source_counts(reader.source)->holes, 3);
    assert_int_equal(kafka_source_counts(reader.source)->rereads, 3);
    struct kafka_progress progress;
    assert_true(kafka_source_progress(reader.source, 0, 0, &progress));
    assert_int_equal(progress.next_offset, 55);
    assert_int_equal(progress.lag, 0);
    reader_close(&reader);

    /* From a stored offset that a marker stands at. */
    store.next[0][0] = 54;
    open_reader(&reader, &store, names, 1, NULL);
    assert_true(reader_run(&reader, has_ended, &goal));
    write_transactions(names[0], 1);
    goal.offset = 66;
    assert_true(reader_run(&reader, has_ended, &goal));
    assert_int_equal(store.messages, 60);
    reader_close(&reader);
}

int main(void)
{
    brokers = getenv("UPTAKE_TEST_KAFKA");
    if (brokers == NULL) {
        puts("UPTAKE_TEST_KAFKA names no broker (tests/support/servers.sh run --kafka sets it)");
        return SKIPPED;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_of_topics_are_told_apart),
        cmocka_unit_test(a_listener_without_tls_refuses_us),
        cmocka_unit_test(retention_shows_before_and_while_reading),
        cmocka_unit_test(a_topic_made_anew_is_seen),
        cmocka_unit_test(a_static_member_comes_back_without_a_rebalance),
        cmocka_unit_test(who_does_not_poll_loses_the_partitions),
        cmocka_unit_test(transaction_markers_are_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
