/* Tests of app/config: what a file may say, that all mistakes are told at once, and that a secret
 * never is. */
#include "app/config.h"

#include "app/config_table.h"
#include "config_fixture.h"

static void an_empty_file_is_the_defaults(void **state)
{
    const struct config *config = config_fixture_accept(*state, "");
    struct settings settings;
    settings_default(&settings);
    assert_memory_equal(&config->settings, &settings, sizeof settings);
    assert_string_equal(config->bootstrap_servers, "127.0.0.1:9092");
    assert_int_equal(config->topics.count, 1);
    assert_string_equal(config->topics.items[0], "uptake.events");
    assert_string_equal(config->dead_letter_topic, "uptake.dead-letters");
    assert_string_equal(config->instance, "");
    assert_int_equal(config->partitioner, PARTITIONER_MURMUR2);
    assert_int_equal(config->max_event_bytes, 65536);
    assert_int_equal(config->idle_after_ms, 60000);
    assert_int_equal(config->align_window_ms, INT64_C(7) * 86400000);
    assert_int_equal(config->measure_interval_ms, 900000);
    assert_int_equal(config->checkpoint_interval_ms, 10000);
    assert_int_equal(config->checkpoint_bytes, 32 << 20);
    assert_int_equal(config->unsaved_bytes, 64 << 20);
    assert_false(config->auto_migrate);
    assert_null(config->redis_password.value);
    assert_string_equal(config->http_listen, "127.0.0.1:9464");
    assert_int_equal(config->log_level, LOG_LEVEL_INFO);
    assert_int_equal(config->pseudonym_key.bytes[1], 0x11);
    assert_int_equal(config->kafka_property_count, 1);
}

static void every_type_is_read(void **state)
{
    const struct config *config =
        config_fixture_accept(*state, "\xef\xbb\xbf# a comment\n"
                                      "[kafka]\n"
                                      "topics = a , b,c\r\n"
                                      "  partitioner: fnv1a_random\n"
                                      "[events]\n"
                                      "join_window=60d\n"
                                      "max_workflows = 5000\n"
                                      "[measures]\n"
                                      "; another\n"
                                      "entry_levels =\n"
                                      "weight_lift = 0.5\n"
                                      "[postgresql]\n"
                                      "auto_migrate = On\n"
                                      "connection = host=/run/postgresql dbname=x\n"
                                      "[checkpoint]\n"
                                      "bytes = 1MiB\n"
                                      "[kafka]\n"
                                      "instance = one\n"
                                      "[daemon]\n"
                                      "log_level = debug\n");
    assert_int_equal(config->topics.count, 3);
    assert_string_equal(config->topics.items[1], "b");
    assert_int_equal(config->partitioner, PARTITIONER_FNV1A);
    assert_int_equal(config->settings.join_window_ms, INT64_C(60) * 86400000);
    assert_int_equal(config->settings.retention.cell_days, 150);
    assert_int_equal(config->settings.retention.day_set_days, 512);
    assert_int_equal(config->settings.workflows_max, 5000);
    assert_int_equal(config->settings.entry_level_count, 0);
    assert_true(config->settings.health_weights[HEALTH_LIFT] == 0.5);
    assert_true(config->auto_migrate);
    assert_string_equal(config->postgresql_connection, "host=/run/postgresql dbname=x");
    assert_int_equal(config->checkpoint_bytes, 1 << 20);
    assert_string_equal(config->instance, "one");
    assert_int_equal(config->log_level, LOG_LEVEL_DEBUG);
}

static void levels_reach_the_model(void **state)
{
    const struct config *config =
        config_fixture_accept(*state, "[measures]\nentry_levels = Azubi, P1\n");
    assert_int_equal(config->settings.entry_level_count, 2);
    assert_true(settings_is_entry_level(&config->settings, text_of("Azubi")));
    assert_true(settings_is_entry_level(&config->settings, text_of("P1")));
    assert_false(settings_is_entry_level(&config->settings, text_of("entry")));
}

struct bad {
    const char *text;
    int line;
    const char *says;
};

static const struct bad bads[] = {
    {"[events]\njoin_windw = 35d\n", 2,
     "[events] join_windw: there is no such key; did you mean join_window?"},
    {"[kafka]\ngrace = 6h\n", 2, "did you mean grace in [events]?"},
    {"join_window = 35d\n", 1, "did you mean join_window in [events]?"},
    {"[event]\ngrace = 6h\n", 2, "did you mean grace in [events]?"},
    {"[kafka]\nentirely_unknown = 1\n", 2, "there is no such key\n"},
    {"[kafka]\nbootstrap.servers = x:1\n", 2, "did you mean kafka.bootstrap.servers?"},
    {"[redis]\nkafka.client.id = x\n", 2, "it belongs in [kafka]"},
    {"[kafka]\nkafka.metadata.broker.list = x:1\n", 2, "kafka.bootstrap.servers"},
    {"[events]\njoin_window = 35\n", 2, "[events] join_window: \"35\" is no duration"},
    {"[events]\njoin_window = 400d\n", 2, "400d is not within 1d to 365d"},
    {"[events]\njoin_window = 23h\n", 2, "23h is not within 1d to 365d"},
    {"[events]\njoin_window =\n", 2, "is no duration"},
    {"[events]\nmax_event_bytes = 17MiB\n", 2, "not within 1KiB to 16MiB"},
    {"[events]\nmax_workflows = 0\n", 2, "not within 1 to 5000"},
    {"[events]\nmax_workflows = 4294967297\n", 2, "not within"},
    {"[alarms]\nfalse_alarms_per_year = 0\n", 2, "0 is not within 0.01 to 1000"},
    {"[alarms]\nfalse_alarms_per_year = nan\n", 2, "is no number"},
    {"[postgresql]\nauto_migrate = ja\n", 2, "\"ja\" is neither yes nor no"},
    {"[kafka]\npartitioner = murmur3\n", 2, "\"murmur3\" is none of: murmur2, "},
    {"[kafka]\npartitioner = murmur2, fnv1a\n", 2, "is none of"},
    {"[kafka]\ntopics =\n", 2, "must not be empty"},
    {"[kafka]\ntopics = a,,b\n", 2, "item 2 of the list is empty"},
    {"[kafka]\ntopics = a, b, a\n", 2, "a is in the list twice"},
    {"[kafka]\ntopics = a b\n", 2, "\"a b\" is no name that Kafka takes"},
    {"[kafka]\ntopics = a ; b\n", 2, "a comment needs a line of its own"},
    {"[kafka]\ngroup = a\tb\n", 2, "control character"},
    {"[kafka]\ninstance = ..\n", 2, "no name that Kafka takes"},
    {"[kafka]\ndead_letter_topic = uptake.events\n", 2, "one of the topics that are read"},
    {"[kafka]\ngroup = x\n\ngroup = y\n", 4, "[kafka] group: is set twice, first in line 2"},
    {"[kafka]\nkafka.client.id = x\nkafka.client.id = y\n", 3, "is set twice, first in line 2"},
    {"[measures]\nweight_reach=0\nweight_judgement=0\nweight_lift=0\nweight_durability=0\nweight_"
     "growth=0\nweight_staying=0\n",
     2, "all weights of health are 0"},
    {"[events]\njoin_window = 365d\n[postgresql]\nretention_months = 16\n", 4,
     "do not hold the 455 days"},
    {"[redis]\ncluster = yes\ndatabase = 1\n", 3, "a cluster has only database 0"},
    {"[redis]\npublish_share_behind = 50\n", 2, "more than publish_share"},
    {"[redis]\ntls_ca_file = /ca.pem\n", 2, "set tls = yes"},
    {"[redis]\ntls_cert_file = /cert.pem\ntls = yes\n", 2, "tls_key_file beside it"},
    {"[checkpoint]\nunsaved_bytes = 1MiB\n", 2, "is less than bytes"},
    {"[delivery]\nalertmanager_url = alerts:9093\n", 2, "wants http://host:port"},
    {"[delivery]\nalertmanager_url = http://a:9093, http://u:p@b:9093\n", 2, "wants no user"},
    {"[delivery]\nalertmanager_user = ops\n", 2, "wants an alertmanager_password_file"},
    {"[delivery]\nwebhook_url = https://hooks.example.org/x\n", 2, "wants a webhook_secret_file"},
    {"[http]\nhttp_listen = 9464\n", 2, "wants address:port"},
    {"[http]\nhttp_listen = 127.0.0.1:65536\n", 2, "wants address:port"},
    {"[http]\nhttp_listen = 127.0.0.1:94a\n", 2, "wants address:port"},
    {"[http]\nhttp_socket = uptake.sock\n", 2, "wants a path"},
    {"[postgresql]\nconnection = postgresql://u@h/db\n", 2, "no URI"},
    {"[privacy]\npseudonym_key_file = /nonexistent/key\n", 2,
     "cannot open /nonexistent/key: No such file"},
    {"[privacy]\npseudonym_key_file =\n", 2, "must not be empty"},
    {"\n[kafka]\njust words\n", 3, "is no `key = value`"},
    {"[kafka\n", 1, "is a section without its ]"},
};

static void each_mistake_is_told_once_with_its_line(void **state)
{
    for (size_t i = 0; i < sizeof bads / sizeof bads[0]; i++)
        config_fixture_refuse(*state, bads[i].text, bads[i].line, bads[i].says);
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    for (; *text != '\0'; text++)
        lines += *text == '\n';
    return lines;
}

static void all_mistakes_are_told_at_once(void **state)
{
    const char *problems = config_fixture_load(*state, "[kafka]\n"
                                                       "topics = a,a\n"
                                                       "nonsense\n"
                                                       "kafka.sasl.password_file = /nonexistent\n"
                                                       "[evnts\n"
                                                       "[events]\n"
                                                       "grace = 8d\n"
                                                       "idle = 1s\n"
                                                       "more nonsense\n"
                                                       "[redis]\n"
                                                       "cluster = yes\n"
                                                       "database = 3\n"
                                                       "[privacy]\n"
                                                       "pseudonym_key_file = /nonexistent\n");
    static const char *const lines[] = {
        ":2:", ":3:", ":4:", ":5:", ":7:", ":8:", ":9:", ":12:", ":14:"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (strstr(problems, lines[i]) == NULL)
            fail_msg("nothing said of line %s\n%s", lines[i], problems);
    }
    assert_int_equal(count_lines(problems), sizeof lines / sizeof lines[0]);
}

static void a_long_line_is_whole_or_refused(void **state)
{
    struct config_fixture *fixture = *state;
    struct strbuf text = {0};
    strbuf_add_text(&text, "[kafka]\nkafka.ssl.cipher.suites = ");
    size_t head = text.length - strlen("[kafka]\n");
    for (size_t i = 0; i < 8189 - head; i++)
        strbuf_add_char(&text, 'x');
    const struct config *config = config_fixture_accept(fixture, strbuf_text(&text));
    assert_int_equal(strlen(config->kafka_properties[1].value), 8189 - head);
    for (int i = 0; i < 9000; i++)
        strbuf_add_char(&text, 'x');
    strbuf_add_text(&text, "\ngroup = g\n");
    config_fixture_refuse(fixture, strbuf_text(&text), 2, "is too long");
    strbuf_done(&text);
    static const char with_nul[] = "[kafka]\ngroup = a\0b\ntopics = x\n";
    const char *problems = config_fixture_load_bytes(fixture, with_nul, sizeof with_nul - 1);
    assert_non_null(strstr(problems, "NUL byte"));
    assert_int_equal(count_lines(problems), 1);
}

static void a_missing_file_is_told(void **state)
{
    struct config_fixture *fixture = *state;
    struct config_source source = {.path = "/nonexistent/uptaked.conf",
                                   .credentials_directory = fixture->dir.path};
    assert_null(config_load(&source, &fixture->problems));
    assert_string_equal(strbuf_text(&fixture->problems),
                        "/nonexistent/uptaked.conf: cannot be opened: No such file or directory\n");
}

static void the_command_line_is_over_the_file(void **state)
{
    struct config_fixture *fixture = *state;
    static const char *const overrides[] = {"kafka.instance=two", "events.grace=1h",
                                            "kafka.kafka.client.id=me"};
    fixture->overrides = overrides;
    fixture->override_count = 3;
    const struct config *config = config_fixture_accept(
        fixture, "[kafka]\ninstance = one\nkafka.client.id = file\n[events]\ngrace = 2h\n");
    assert_string_equal(config->instance, "two");
    assert_int_equal(config->settings.grace_ms, 3600000);
    assert_int_equal(config->kafka_property_count, 2);
    assert_string_equal(config->kafka_properties[1].value, "me");
}

static void mistakes_of_the_command_line_are_told(void **state)
{
    struct config_fixture *fixture = *state;
    static const char *const overrides[] = {"events.grace=soon", "hunter2", "kafka.group=a",
                                            "kafka.group=b", "no.such=hunter2"};
    fixture->overrides = overrides;
    fixture->override_count = sizeof overrides / sizeof overrides[0];
    const char *problems = config_fixture_load(fixture, "");
    assert_int_equal(count_lines(problems), 4);
    assert_non_null(strstr(problems, "command line: [events] grace: \"soon\""));
    assert_non_null(strstr(problems, "command line: --set wants"));
    assert_non_null(strstr(problems, "command line: [kafka] group: is set twice"));
    assert_null(strstr(problems, "hunter2"));
}

static void properties_of_kafka_are_passed_on(void **state)
{
    struct config_fixture *fixture = *state;
    config_fixture_write(fixture, "kafka.password", "hunter2\n", 8, 0644);
    const struct config *config = config_fixture_accept(
        fixture, "[kafka]\n"
                 "kafka.bootstrap.servers = a:1, b:2\n"
                 "kafka.sasl.username = us er ; not a comment\n"
                 "kafka.sasl.password_file = $CREDENTIALS_DIRECTORY/kafka.password\n"
                 "kafka.ssl.ca.location = $CREDENTIALS_DIRECTORY/ca.pem\n"
                 "kafka.ssl.cipher.suites =\n");
    static const char *const names[] = {"bootstrap.servers", "sasl.username", "sasl.password",
                                        "ssl.ca.location", "ssl.cipher.suites"};
    char ca[TEMP_DIR_PATH_MAX];
    temp_dir_join(&fixture->dir, "ca.pem", ca);
    const char *const values[] = {"a:1, b:2", "us er ; not a comment", "hunter2", ca, ""};
    assert_int_equal(config->kafka_property_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(config->kafka_properties[i].name, names[i]);
        assert_string_equal(config->kafka_properties[i].value, values[i]);
    }
}

static void secrets_are_never_repeated(void **state)
{
    struct config_fixture *fixture = *state;
    config_fixture_write(fixture, "open", "hunter2", 7, 0644);
    config_fixture_write(fixture, "short.key", "hunter2", 7, 0600);
    static const char *const mistakes[] = {
        "[kafka]\nkafka.sasl.password = hunter2\n",
        "[kafka]\nkafka.ssl.key.pem = hunter2\n",
        "[kafka]\nkafka.sasl.password_file = hunter2\n",
        "[kafka]\nkafka.client.id = x\nkafka.sasl.oauthbearer.client.secret = hunter2\n",
        "[redis]\npassword = hunter2\n",
        "[redis]\npassword_file = hunter2\n",
        "[postgresql]\npassword_file = hunter2\n",
        "[postgresql]\nconnection = user=u password=hunter2\n",
        "[postgresql]\nconnection = postgresql://u:hunter2@h/db\n",
        "[privacy]\npseudonym_key_file = hunter2\n",
        "[privacy]\npseudonym_key_file = $CREDENTIALS_DIRECTORY/short.key\n",
        "[privacy]\npseudonym_key = hunter2\n",
        "hunter2\n",
        "[hunter2\n",
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        const char *problems = config_fixture_load(fixture, mistakes[i]);
        if (*problems == '\0' || strstr(problems, "hunter2") != NULL)
            fail_msg("%s=> %s", mistakes[i], problems);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CONFIG_TEST(an_empty_file_is_the_defaults),
        CONFIG_TEST(every_type_is_read),
        CONFIG_TEST(levels_reach_the_model),
        CONFIG_TEST(each_mistake_is_told_once_with_its_line),
        CONFIG_TEST(all_mistakes_are_told_at_once),
        CONFIG_TEST(a_long_line_is_whole_or_refused),
        CONFIG_TEST(a_missing_file_is_told),
        CONFIG_TEST(the_command_line_is_over_the_file),
        CONFIG_TEST(mistakes_of_the_command_line_are_told),
        CONFIG_TEST(properties_of_kafka_are_passed_on),
        CONFIG_TEST(secrets_are_never_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
