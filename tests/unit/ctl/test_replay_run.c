/* Dead letters go where they came from, or are counted with why they do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codec/partitioner.h"
#include "ctl/replay_run.h"
#include "io/kafka_producer.h"
#include "io/kafka_scan.h"
#include "io/mock_broker.h"

enum { PARTITIONS = 3, TIMEOUT_MS = 20000, SENT_MAX = 32 };

static const char *topics[] = {"work", "results"};
static const char *const letters_topic[] = {"letters"};

static struct {
    struct mock_broker *broker;
    struct kafka_property properties[1];
    struct config config;
} fixture;

static const struct option_texts all = {.count = 0};
static volatile sig_atomic_t stop;

static struct kafka_client client_of(void)
{
    return (struct kafka_client){.properties = fixture.properties, .property_count = 1};
}

static int set_up(void **state)
{
    (void)state;
    struct up_err err;
    if (mock_broker_new(1, &fixture.broker, &err) != 0 ||
        mock_broker_create_topic(fixture.broker, topics[0], PARTITIONS, &err) != 0 ||
        mock_broker_create_topic(fixture.broker, topics[1], PARTITIONS, &err) != 0 ||
        mock_broker_create_topic(fixture.broker, letters_topic[0], 1, &err) != 0)
        return -1;
    fixture.properties[0] =
        (struct kafka_property){"bootstrap.servers", mock_broker_bootstrap(fixture.broker)};
    fixture.config = (struct config){.topics = {.items = topics, .count = 2},
                                     .dead_letter_topic = letters_topic[0],
                                     .partitioner_name = "murmur2",
                                     .partitioner = PARTITIONER_MURMUR2,
                                     .kafka_properties = fixture.properties,
                                     .kafka_property_count = 1};
    stop = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mock_broker_free(fixture.broker);
    return 0;
}

/* ---- letters ----------------------------------------------------------------------------------- */

struct letter {
    const char *value, *key, *reason, *topic, *partition, *truncated;
};

static struct message_header header_of(const char *name, const char *value)
{
    return (struct message_header){
        .name = text_of(name), .value = value, .value_length = (uint32_t)strlen(value)};
}

static void send_letter(struct kafka_producer *producer, const struct letter *letter)
{
    struct up_err err;
    const struct message_header headers[] = {
        header_of("ce_id", "7"),
        header_of("uptake_reason", letter->reason),
        header_of("uptake_detail", ""),
        header_of("uptake_topic", letter->topic),
        header_of("uptake_partition", letter->partition),
        header_of("uptake_offset", "5"),
        header_of("uptake_timestamp", "1700000000123"),
        header_of("uptake_truncated", letter->truncated != NULL ? letter->truncated : ""),
    };
    const uint32_t count = sizeof headers / sizeof headers[0];
    const struct kafka_record record = {
        .partition = 0,
        .key = letter->key,
        .key_length = letter->key != NULL ? (uint32_t)strlen(letter->key) : 0,
        .value = letter->value,
        .value_length = (uint32_t)strlen(letter->value),
        .headers = headers,
        .header_count = letter->truncated != NULL ? count : count - 1};
    assert_int_equal(kafka_producer_send(producer, &record, &err), KAFKA_SENT);
    /* One batch each: they come in this order. */
    assert_int_equal(kafka_producer_flush(producer, TIMEOUT_MS, &err), 0);
}

static void send_letters(const struct letter *letters, size_t count)
{
    struct up_err err = {0};
    struct kafka_producer *producer = NULL;
    const struct kafka_producer_settings settings = {
        .client = client_of(), .topics = letters_topic, .topic_count = 1};
    if (kafka_producer_new(&settings, &producer, &err) != 0)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < count; i++)
        send_letter(producer, &letters[i]);
    kafka_producer_free(producer);
}

/* ---- what arrived ------------------------------------------------------------------------------ */

/* "topic/partition key value headers timestamp", a line each, in the order of topics and partitions. */
static void read_back(char *text, size_t size)
{
    struct up_err err = {0};
    size_t used = 0;
    text[0] = '\0';
    for (size_t t = 0; t < 2; t++) {
        const struct kafka_scan_settings settings = {
            .client = client_of(), .topic = topics[t], .timeout_ms = TIMEOUT_MS};
        struct kafka_scan *scan = NULL;
        struct message message;
        int code;
        if (kafka_scan_new(&settings, &scan, &err) != 0 || kafka_scan_start(scan, &err) != 0)
            fail_msg("%s", err.text);
        while ((code = kafka_scan_next(scan, 100, &message, &err)) != 0) {
            if (code == UP_EAGAIN)
                continue;
            assert_int_equal(code, 1);
            used +=
                (size_t)snprintf(text + used, size - used, "%s/%d %.*s %.*s %u %lld\n", topics[t],
                                 (int)message.partition, (int)message.key_length,
                                 message.key != NULL ? (const char *)message.key : "",
                                 (int)message.value_length, (const char *)message.value,
                                 (unsigned)message.header_count, (long long)message.timestamp_ms);
            assert_true(used < size);
        }
        kafka_scan_free(scan);
    }
}

static struct replay_options options_of(void)
{
    return (struct replay_options){.config = &fixture.config,
                                   .to_ms = INT64_MAX,
                                   .reasons = &all,
                                   .topics = &all,
                                   .timeout_ms = TIMEOUT_MS,
                                   .quiet = true,
                                   .stop = &stop};
}

static struct replay *open_replay(const struct replay_options *options)
{
    struct up_err err = {0};
    struct replay *replay = NULL;
    if (replay_open(options, &replay, &err) != UP_OK)
        fail_msg("%s", err.text);
    return replay;
}

static struct replay_result send_all(const struct replay_options *options)
{
    struct up_err err = {0};
    struct replay_result result;
    struct replay *replay = open_replay(options);
    if (replay_send(replay, &result, &err) != UP_OK)
        fail_msg("%s", err.text);
    replay_free(replay);
    return result;
}

/* ---- tests ------------------------------------------------------------------------------------- */

static int32_t partition_of(const char *key)
{
    return partitioner_partition(PARTITIONER_MURMUR2, key, strlen(key), PARTITIONS);
}

static void letters_go_where_they_were(void **state)
{
    (void)state;
    char at[12], wanted[512], got[512];
    struct up_err err = {0};
    (void)snprintf(at, sizeof at, "%d", (int)partition_of("fit"));
    /* Two that stay where they are wrong; one whose partition is gone. */
    const struct letter letters[] = {
        {"{\"type\":\"a\"}", "fit", "schema", "work", at, NULL},
        {"{\"type\":\"b\"}", NULL, "key", "results", "1", NULL},
        {"gone", "fit", "malformed", "work", "7", NULL},
        {"cut", "fit", "malformed", "work", "0", "99"},
        {"other", "fit", "schema", "elsewhere", "0", NULL},
        {"none", "fit", "schema", "work", "x", NULL},
        {"stray", "fit", "misrouted", "results", partition_of("fit") == 0 ? "1" : "0", NULL},
    };
    send_letters(letters, sizeof letters / sizeof letters[0]);
    const struct replay_options options = options_of();
    struct replay *replay = open_replay(&options);
    struct replay_counts counts;
    struct replay_result result;
    assert_int_equal(replay_count(replay, &counts, &err), UP_OK);
    assert_int_equal(counts.letters, 4);
    assert_int_equal(counts.truncated, 1);
    assert_int_equal(counts.elsewhere, 1);
    assert_int_equal(counts.foreign, 1);
    assert_int_equal(counts.beyond, 1);
    assert_int_equal(counts.misplaced, 2);
    letter_tally_done(&counts.tally);
    if (replay_send(replay, &result, &err) != UP_OK)
        fail_msg("%s", err.text);
    replay_free(replay);
    assert_int_equal(result.sent, 4);
    assert_int_equal(result.failed, 0);
    assert_true(result.is_complete);
    assert_int_equal(result.after.length, 0);
    read_back(got, sizeof got);
    (void)snprintf(
        wanted, sizeof wanted,
        "work/%s fit {\"type\":\"a\"} 1 1700000000123\nwork/%s fit gone 1 1700000000123\n", at, at);
    assert_memory_equal(got, wanted, strlen(wanted));
    assert_non_null(strstr(got, "results/1  {\"type\":\"b\"} 1 1700000000123\n"));
    (void)snprintf(wanted, sizeof wanted, "results/%s fit stray 1 1700000000123\n",
                   letters[6].partition);
    assert_non_null(strstr(got, wanted));
}

static void a_letter_can_be_put_where_it_belongs(void **state)
{
    (void)state;
    char got[512], wanted[64];
    const struct letter letters[] = {
        {"stray", "fit", "misrouted", "work", partition_of("fit") == 0 ? "1" : "0", NULL}};
    send_letters(letters, 1);
    struct replay_options options = options_of();
    options.repartition = true;
    assert_int_equal(send_all(&options).sent, 1);
    read_back(got, sizeof got);
    (void)snprintf(wanted, sizeof wanted, "work/%d fit stray 1 1700000000123\n",
                   (int)partition_of("fit"));
    assert_string_equal(got, wanted);
}

/* Goes on behind the last letter each time, with every letter once and in order. */
static void a_replay_goes_on_where_it_stopped(void **state)
{
    (void)state;
    enum { LETTERS = 7, AT_ONCE = 3 };
    static const char *const values[LETTERS] = {"0", "1", "2", "3", "4", "5", "6"};
    char got[512], after[32] = "";
    struct letter letters[LETTERS];
    struct replay_options options = options_of();
    size_t rounds = 0;
    for (int i = 0; i < LETTERS; i++)
        letters[i] = (struct letter){values[i], "fit", "schema", "work", "2", NULL};
    send_letters(letters, LETTERS);
    options.limit = AT_ONCE;
    for (bool is_complete = false; !is_complete; rounds++) {
        assert_in_range(rounds, 0, 2);
        options.after = after;
        struct replay_result result = send_all(&options);
        is_complete = result.is_complete;
        assert_int_equal(result.sent, is_complete ? LETTERS % AT_ONCE : AT_ONCE);
        (void)snprintf(after, sizeof after, "%s", strbuf_text(&result.after));
        strbuf_done(&result.after);
    }
    assert_int_equal(rounds, 3);
    read_back(got, sizeof got);
    for (int i = 0; i < LETTERS; i++) {
        char wanted[64];
        (void)snprintf(wanted, sizeof wanted, "work/2 fit %d 1 1700000000123\n", i);
        assert_memory_equal(got + (size_t)i * strlen(wanted), wanted, strlen(wanted));
    }
    assert_int_equal(strlen(got), LETTERS * strlen("work/2 fit 0 1 1700000000123\n"));
}

static void what_stops_it_sends_nothing_more(void **state)
{
    (void)state;
    const struct letter letters[] = {{"a", "fit", "schema", "work", "2", NULL}};
    char got[64];
    send_letters(letters, 1);
    struct replay_options options = options_of();
    stop = 1;
    struct replay_result result = send_all(&options);
    assert_int_equal(result.sent, 0);
    assert_false(result.is_complete);
    assert_int_equal(result.after.length, 0);
    read_back(got, sizeof got);
    assert_string_equal(got, "");
}

/* The second of three is refused: the third may be there, and the place to go on is before the second. */
static void a_refused_letter_is_where_it_goes_on(void **state)
{
    (void)state;
    enum { PRODUCE_API = 0, TOPIC_AUTHORIZATION_FAILED = 29 };
    const struct letter letters[] = {{"a", "fit", "schema", "work", "2", NULL},
                                     {"b", "fit", "schema", "work", "2", NULL}};
    struct up_err err = {0};
    struct replay_result result;
    send_letters(letters, 2);
    struct replay_options options = options_of();
    struct replay *replay = open_replay(&options);
    mock_broker_fail_requests(fixture.broker, PRODUCE_API, TOPIC_AUTHORIZATION_FAILED, 1);
    assert_int_equal(replay_send(replay, &result, &err), UP_EIO);
    replay_free(replay);
    assert_false(result.is_complete);
    assert_true(result.failed > 0);
    assert_string_equal(strbuf_text(&result.after), "");
    strbuf_done(&result.after);
}

static void a_wrong_place_is_told(void **state)
{
    (void)state;
    static const char *const texts[] = {"0", "0:", ":5", "0:5;", "a:1", "0:1,x", "0:-1", "1:0"};
    struct replay_options options = options_of();
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct up_err err;
        struct replay *replay = NULL;
        options.after = texts[i];
        if (replay_open(&options, &replay, &err) != UP_EINVAL)
            fail_msg("'%s' is taken for a place", texts[i]);
        assert_non_null(strstr(err.text, "--after"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(letters_go_where_they_were, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_letter_can_be_put_where_it_belongs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_replay_goes_on_where_it_stopped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_stops_it_sends_nothing_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refused_letter_is_where_it_goes_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_place_is_told, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
