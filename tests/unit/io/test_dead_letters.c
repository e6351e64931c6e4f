/* Dead letters: all that came, where it came from, acknowledged in spite of refusals. */
#include "io/dead_letters.h"
#include "io/mock_broker.h"
#include "kafka_reader.h"

enum {
    PRODUCE_API = 0,
    MESSAGE_TOO_LARGE = 10,
    NOT_ENOUGH_REPLICAS = 19,
    TOPIC_AUTHORIZATION_FAILED = 29,
    INVALID_RECORD = 87
};
enum { LIMIT_BYTES = 4000, DEADLINE_US = 60000000 };

static const char *const topics[] = {"rejected"};

static struct mock_broker *mock;
static struct kafka_property properties[] = {
    {"bootstrap.servers", NULL},
    {"message.max.bytes", "4000"},
    {"fetch.wait.max.ms", "10"},
    {"session.timeout.ms", "6000"},
    {"heartbeat.interval.ms", "200"},
    {"retry.backoff.ms", "10"},
    {"topic.metadata.refresh.interval.ms", "100"},
};
static struct reader_store store;
static struct reader reader;

/* The newest letter that was read back. */
static struct {
    unsigned count;
    char key[64];
    uint32_t value_length;
    bool is_tombstone;
    bool has_key;
    uint32_t header_count;
    char headers[16][2][64];
} got;

static void keep_letter(void *arg, const struct message *message)
{
    (void)arg;
    got.count++;
    got.value_length = message->value_length;
    got.is_tombstone = message->value == NULL;
    got.has_key = message->key != NULL;
    (void)snprintf(got.key, sizeof got.key, "%.*s", (int)message->key_length,
                   (const char *)message->key);
    got.header_count = message->header_count;
    for (uint32_t i = 0; i < message->header_count && i < 16; i++) {
        const struct message_header *header = &message->headers[i];
        (void)snprintf(got.headers[i][0], sizeof got.headers[i][0], "%.*s",
                       (int)header->name.length, header->name.bytes);
        (void)snprintf(got.headers[i][1], sizeof got.headers[i][1], "%.*s",
                       (int)header->value_length, (const char *)header->value);
    }
}

static struct kafka_client client_of(void)
{
    return (struct kafka_client){.properties = properties,
                                 .property_count = sizeof properties / sizeof properties[0]};
}

static int open_all(void **state)
{
    (void)state;
    struct up_err err = {0};
    assert_int_equal(mock_broker_new(1, &mock, &err), 0);
    assert_int_equal(mock_broker_create_topic(mock, topics[0], 1, &err), 0);
    properties[0].value = mock_broker_bootstrap(mock);
    reader_store_init(&store);
    const struct kafka_source_settings settings = {
        .client = client_of(), .topics = topics, .topic_count = 1, .group = "letters"};
    reader_open(&reader, &store, &settings);
    reader.on_message = keep_letter;
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    reader_close(&reader);
    mock_broker_free(mock);
    return 0;
}

static struct dead_letters *open_letters(void)
{
    struct up_err err = {0};
    const struct dead_letters_settings settings = {.client = client_of(), .topic = topics[0]};
    struct dead_letters *letters = NULL;
    if (dead_letters_new(&settings, &letters, &err) != 0)
        fail_msg("%s", err.text);
    return letters;
}

static const struct message_header original[] = {
    {.name = {"ce_id", 5}, .value = "a", .value_length = 1},
    {.name = {"uptake_reason", 13}, .value = "of old", .value_length = 6},
};

static int send_letter(struct dead_letters *letters, const void *value, uint32_t length,
                       const char *key)
{
    const struct message message = {
        .topic = 1,
        .partition = 3,
        .offset = 123456789012,
        .timestamp_ms = 1700000000123,
        .key = key,
        .key_length = key != NULL ? (uint32_t)strlen(key) : 0,
        .value = value,
        .value_length = length,
        .headers = original,
        .header_count = 2,
    };
    const struct dead_letter letter = {.message = &message,
                                       .reason = text_of("schema"),
                                       .detail = text_of("hours: too large"),
                                       .topic = text_of("usage")};
    return dead_letters_send(letters, &letter, NULL);
}

static bool is_read(void *arg)
{
    return got.count == *(const unsigned *)arg;
}

static void read_back(unsigned count)
{
    unsigned wanted = count;
    assert_true(reader_run(&reader, is_read, &wanted));
    got.count = 0;
}

static void assert_header(uint32_t index, const char *name, const char *value)
{
    assert_true(index < got.header_count);
    assert_string_equal(got.headers[index][0], name);
    assert_string_equal(got.headers[index][1], value);
}

static void a_letter_says_where_it_came_from(void **state)
{
    (void)state;
    struct up_err err = {0};
    struct dead_letters *letters = open_letters();
    assert_int_equal(dead_letters_sent(letters), 0);
    assert_int_equal(send_letter(letters, "{bad", 4, "team"), 0);
    assert_int_equal(dead_letters_sent(letters), 1);
    assert_int_equal(dead_letters_flush(letters, 60000, &err), 0);
    assert_int_equal(dead_letters_acknowledged(letters), 1);
    read_back(1);
    assert_string_equal(got.key, "team");
    assert_int_equal(got.value_length, 4);
    assert_int_equal(got.header_count, 8);
    assert_header(0, "ce_id", "a");
    assert_header(1, "uptake_reason", "of old");
    assert_header(2, "uptake_reason", "schema");
    assert_header(3, "uptake_detail", "hours: too large");
    assert_header(4, "uptake_topic", "usage");
    assert_header(5, "uptake_partition", "3");
    assert_header(6, "uptake_offset", "123456789012");
    assert_header(7, "uptake_timestamp", "1700000000123");
    dead_letters_free(letters);
}

static void a_letter_without_key_and_value_stays_so(void **state)
{
    (void)state;
    struct up_err err = {0};
    struct dead_letters *letters = open_letters();
    assert_int_equal(send_letter(letters, NULL, 0, NULL), 0);
    assert_int_equal(dead_letters_flush(letters, 60000, &err), 0);
    read_back(1);
    assert_true(got.is_tombstone);
    assert_false(got.has_key);
    assert_int_equal(got.header_count, 8);
    dead_letters_free(letters);
}

static void what_is_too_large_here_goes_without_value(void **state)
{
    (void)state;
    struct up_err err = {0};
    struct dead_letters *letters = open_letters();
    static char value[LIMIT_BYTES + 1];
    assert_int_equal(send_letter(letters, value, sizeof value, "team"), 0);
    assert_int_equal(dead_letters_flush(letters, 60000, &err), 0);
    read_back(1);
    assert_true(got.is_tombstone);
    assert_string_equal(got.key, "team");
    assert_int_equal(got.header_count, 9);
    assert_header(0, "ce_id", "a");
    assert_header(8, "uptake_truncated", "4001");
    assert_int_equal(dead_letters_truncated(letters), 1);

    /* With a key as large, only our own headers go. */
    static char key[LIMIT_BYTES + 1];
    memset(key, 'k', LIMIT_BYTES);
    assert_int_equal(send_letter(letters, value, sizeof value, key), 0);
    assert_int_equal(dead_letters_flush(letters, 60000, &err), 0);
    read_back(1);
    assert_false(got.has_key);
    assert_int_equal(got.header_count, 7);
    assert_header(0, "uptake_reason", "schema");
    assert_header(6, "uptake_truncated", "4001");
    assert_int_equal(dead_letters_truncated(letters), 2);
    assert_int_equal(dead_letters_acknowledged(letters), 2);
    dead_letters_free(letters);
}

static void what_the_broker_finds_too_large_goes_without_value(void **state)
{
    (void)state;
    struct up_err err = {0};
    struct dead_letters *letters = open_letters();
    mock_broker_fail_requests(mock, PRODUCE_API, MESSAGE_TOO_LARGE, 1);
    assert_int_equal(send_letter(letters, "0123456789", 10, "team"), 0);
    assert_int_equal(dead_letters_flush(letters, 60000, &err), 0);
    read_back(1);
    assert_true(got.is_tombstone);
    assert_string_equal(got.key, "team");
    assert_int_equal(got.header_count, 9);
    assert_header(8, "uptake_truncated", "10");

    mock_broker_fail_requests(mock, PRODUCE_API, MESSAGE_TOO_LARGE, 2);
    assert_int_equal(send_letter(letters, "0123456789", 10, "team"), 0);
    assert_int_equal(dead_letters_flush(letters, 60000, &err), 0);
    read_back(1);
    assert_false(got.has_key);
    assert_int_equal(got.header_count, 7);
    assert_header(6, "uptake_truncated", "10");
    assert_int_equal(dead_letters_truncated(letters), 2);
    dead_letters_free(letters);
}

static void passing_errors_are_overcome(void **state)
{
    (void)state;
    struct up_err err = {0};
    struct dead_letters *letters = open_letters();
    mock_broker_fail_requests(mock, PRODUCE_API, NOT_ENOUGH_REPLICAS, 5);
    assert_int_equal(send_letter(letters, "{bad", 4, "team"), 0);
    assert_int_equal(dead_letters_flush(letters, 60000, &err), 0);
    read_back(1);
    assert_int_equal(got.value_length, 4);
    dead_letters_free(letters);
}

struct awaited {
    struct dead_letters *letters;
    int64_t now_us;
    uint64_t acknowledged;
    bool has_trouble;
};

static bool turn_until(struct awaited *awaited)
{
    for (int64_t until_us = clock_mono_us() + DEADLINE_US; clock_mono_us() < until_us;) {
        dead_letters_poll(awaited->letters, awaited->now_us);
        if (awaited->has_trouble
                ? dead_letters_trouble(awaited->letters)[0] != '\0'
                : dead_letters_acknowledged(awaited->letters) >= awaited->acknowledged)
            return true;
        struct pollfd waiting = {.fd = dead_letters_fd(awaited->letters), .events = POLLIN};
        (void)poll(&waiting, 1, 10);
    }
    return false;
}

static void lasting_errors_are_tried_again_each_second(void **state)
{
    (void)state;
    struct dead_letters *letters = open_letters();
    mock_broker_fail_requests(mock, PRODUCE_API, INVALID_RECORD, 1);
    assert_int_equal(send_letter(letters, "{bad", 4, "team"), 0);
    struct awaited awaited = {.letters = letters, .now_us = 5000000, .has_trouble = true};
    assert_true(turn_until(&awaited));
    assert_int_equal(send_letter(letters, "{worse", 6, "team"), 0);
    /* The second is through while the first waits: nothing is acknowledged yet. */
    read_back(1);
    assert_int_equal(got.value_length, 6);
    awaited = (struct awaited){.letters = letters, .now_us = 5999999, .acknowledged = 1};
    for (int i = 0; i < 20; i++)
        dead_letters_poll(letters, awaited.now_us);
    assert_int_equal(dead_letters_acknowledged(letters), 0);
    awaited.now_us = 6000000;
    awaited.acknowledged = 2;
    assert_true(turn_until(&awaited));
    read_back(1);
    assert_int_equal(got.value_length, 4);
    assert_int_equal(got.header_count, 8);
    assert_header(2, "uptake_reason", "schema");
    assert_string_equal(dead_letters_trouble(letters), "");
    dead_letters_free(letters);
}

static void a_topic_that_is_refused_for_a_while_keeps_nobody_up(void **state)
{
    (void)state;
    struct up_err err = {0};
    struct dead_letters *letters = open_letters();
    mock_broker_fail_requests(mock, PRODUCE_API, TOPIC_AUTHORIZATION_FAILED, 1);
    assert_int_equal(send_letter(letters, "{bad", 4, "team"), 0);
    struct awaited awaited = {.letters = letters, .now_us = 5000000, .has_trouble = true};
    assert_true(turn_until(&awaited));
    assert_int_equal(send_letter(letters, "{worse", 6, "team"), 0);
    assert_int_equal(dead_letters_sent(letters), 2);
    assert_int_equal(dead_letters_flush(letters, 60000, &err), 0);
    read_back(2);
    dead_letters_free(letters);
}

static void pushes_back_while_the_broker_is_away(void **state)
{
    (void)state;
    struct up_err err = {0};
    struct dead_letters *letters = open_letters();
    assert_int_equal(mock_broker_set_down(mock, true, &err), 0);
    static char value[2000];
    uint64_t taken = 0;
    int code = 0;
    while (code == 0 && taken < 1000000) {
        code = send_letter(letters, value, sizeof value, "team");
        taken += code == 0;
    }
    assert_int_equal(code, UP_EAGAIN);
    assert_int_equal(dead_letters_sent(letters), taken);
    assert_true(taken > 1000);
    assert_int_equal(dead_letters_flush(letters, 50, &err), UP_EAGAIN);
    assert_int_equal(mock_broker_set_down(mock, false, &err), 0);
    if (dead_letters_flush(letters, 60000, &err) != 0)
        fail_msg("%s", err.text);
    assert_int_equal(dead_letters_acknowledged(letters), taken);
    assert_int_equal(send_letter(letters, "{bad", 4, "team"), 0);
    dead_letters_free(letters);
}

/* librdkafka tells of a fault by its log first, then to us: with the second line the first fault is known. */
static void count_faults(void *owner, int level, const char *facility, const char *text)
{
    (void)level;
    (void)text;
    *(unsigned *)owner += strcmp(facility, "FAIL") == 0;
}

static void a_lost_broker_is_no_trouble_while_no_letter_waits(void **state)
{
    (void)state;
    struct up_err err = {0};
    unsigned faults = 0;
    struct dead_letters *letters = NULL;
    struct dead_letters_settings settings = {.client = client_of(), .topic = topics[0]};
    settings.client.log = count_faults;
    settings.client.log_owner = &faults;
    assert_int_equal(dead_letters_new(&settings, &letters, &err), 0);
    assert_int_equal(send_letter(letters, "{bad", 4, "team"), 0);
    assert_int_equal(dead_letters_flush(letters, 60000, &err), 0);
    assert_int_equal(mock_broker_set_down(mock, true, &err), 0);
    faults = 0;
    for (int64_t until_us = clock_mono_us() + DEADLINE_US; faults < 2 && clock_mono_us() < until_us;) {
        struct pollfd waiting = {.fd = dead_letters_fd(letters), .events = POLLIN};
        dead_letters_poll(letters, 5000000);
        (void)poll(&waiting, 1, 10);
    }
    assert_true(faults >= 2);
    assert_string_equal(dead_letters_trouble(letters), "");
    assert_int_equal(send_letter(letters, "{worse", 6, "team"), 0);
    struct awaited awaited = {.letters = letters, .now_us = 5000000, .has_trouble = true};
    assert_true(turn_until(&awaited));
    assert_int_equal(mock_broker_set_down(mock, false, &err), 0);
    assert_int_equal(dead_letters_flush(letters, 60000, &err), 0);
    assert_string_equal(dead_letters_trouble(letters), "");
    dead_letters_free(letters);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_letter_says_where_it_came_from),
        cmocka_unit_test(a_letter_without_key_and_value_stays_so),
        cmocka_unit_test(what_is_too_large_here_goes_without_value),
        cmocka_unit_test(what_the_broker_finds_too_large_goes_without_value),
        cmocka_unit_test(passing_errors_are_overcome),
        cmocka_unit_test(lasting_errors_are_tried_again_each_second),
        cmocka_unit_test(a_topic_that_is_refused_for_a_while_keeps_nobody_up),
        cmocka_unit_test(pushes_back_while_the_broker_is_away),
        cmocka_unit_test(a_lost_broker_is_no_trouble_while_no_letter_waits),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
