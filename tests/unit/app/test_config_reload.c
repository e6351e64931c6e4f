/* Tests of config_reload(): what may change changes, what may not is named, a mistake changes nothing. */
#include "app/config.h"

#include "app/config_table.h"
#include "app/config_value.h"
#include "config_fixture.h"

/* Writes the file and reloads from it; true when there was no mistake. The caller gives the names back. */
static bool reload(struct config_fixture *fixture, const char *text, struct config_reload *ret_reload)
{
    config_fixture_write(fixture, "uptaked.conf", text, strlen(text), 0644);
    strbuf_reset(&fixture->problems);
    const struct config_source source = {.path = fixture->path, .credentials_directory = fixture->dir.path};
    *ret_reload = (struct config_reload){0};
    return config_reload(fixture->config, &source, ret_reload, &fixture->problems);
}

static void expect(struct config_fixture *fixture, const char *text, const char *applied, const char *waiting)
{
    struct config_reload names;
    if (!reload(fixture, text, &names))
        fail_msg("refused: %s", strbuf_text(&fixture->problems));
    assert_string_equal(strbuf_text(&names.applied), applied);
    assert_string_equal(strbuf_text(&names.waiting), waiting);
    strbuf_done(&names.applied);
    strbuf_done(&names.waiting);
}

static void what_may_change_changes(void **state)
{
    struct config_fixture *fixture = *state;
    const struct config *config = config_fixture_accept(fixture, "");
    expect(fixture,
           "[kafka]\non_gap = stop\n[checkpoint]\ninterval = 3s\n[http]\nhttp_hosts = a.example\n[daemon]\nlog_level = debug\n",
           "kafka.on_gap, checkpoint.interval, http.http_hosts, daemon.log_level", "");
    assert_string_equal(config->on_gap, "stop");
    assert_int_equal(config->checkpoint_interval_ms, 3000);
    assert_string_equal(config->http_hosts, "a.example");
    assert_int_equal(config->log_level, LOG_LEVEL_DEBUG);
    expect(fixture, "", "kafka.on_gap, checkpoint.interval, http.http_hosts, daemon.log_level", "");
    assert_int_equal(config->log_level, LOG_LEVEL_INFO);
    expect(fixture, "", "", "");
}

static void what_may_not_is_named_and_stays(void **state)
{
    struct config_fixture *fixture = *state;
    const struct config *config = config_fixture_accept(fixture, "[kafka]\nkafka.linger.ms = 5\n");
    static const char text[] = "[kafka]\nkafka.client.id = x\ngroup = other\n[measures]\nmeasure_interval = 1m\n";
    expect(fixture, text, "measures.measure_interval", "kafka.group, kafka.kafka.linger.ms, kafka.kafka.client.id");
    assert_string_equal(config->group, "uptake");
    assert_int_equal(config->measure_interval_ms, 60000);
    /* It waits until the next start, however often it is asked for. */
    expect(fixture, text, "", "kafka.group, kafka.kafka.linger.ms, kafka.kafka.client.id");
}

static void a_mistake_changes_nothing(void **state)
{
    struct config_fixture *fixture = *state;
    const struct config *config = config_fixture_accept(fixture, "[daemon]\nlog_level = warn\n");
    struct config_reload names;
    assert_false(reload(fixture, "[daemon]\nlog_level = debug\nshutdown_timeout = 1y\n[kafka]\ntopics =\n", &names));
    const char *problems = strbuf_text(&fixture->problems);
    assert_non_null(strstr(problems, "[daemon] shutdown_timeout: "));
    assert_non_null(strstr(problems, "[kafka] topics: "));
    assert_int_equal(config->log_level, LOG_LEVEL_WARN);
    assert_string_equal(config->log_level_name, "warn");
    assert_int_equal(names.applied.length + names.waiting.length, 0);
}

static void a_new_secret_in_an_old_file_waits_for_a_restart(void **state)
{
    struct config_fixture *fixture = *state;
    static const char text[] = "[redis]\npassword_file = $CREDENTIALS_DIRECTORY/redis.password\n";
    config_fixture_write(fixture, "redis.password", "hunter2\n", 8, 0600);
    (void)config_fixture_accept(fixture, text);
    expect(fixture, text, "", "");
    config_fixture_write(fixture, "redis.password", "hunter3\n", 8, 0600);
    config_fixture_write(fixture, "pseudonym.key", "0123456789abcdef", 16, 0600);
    expect(fixture, text, "", "privacy.pseudonym_key_file, redis.password_file");
}

/* Others hold borrowed texts or copies of what these rows say; and figures must not change in mid-course. */
static void only_what_is_looked_up_each_time_is_reloadable(void **state)
{
    (void)state;
    size_t count = 0;
    for (size_t i = 0; i < config_row_count; i++) {
        const struct config_row *row = &config_rows[i];
        if ((row->flags & CONFIG_RELOADABLE) == 0)
            continue;
        count++;
        if ((row->flags & CONFIG_RESULT) != 0 || row->type >= CONFIG_LIST)
            fail_msg("%s.%s cannot be reloadable", row->section, row->key);
    }
    assert_true(count > 5);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CONFIG_TEST(what_may_change_changes),
        CONFIG_TEST(what_may_not_is_named_and_stays),
        CONFIG_TEST(a_mistake_changes_nothing),
        CONFIG_TEST(a_new_secret_in_an_old_file_waits_for_a_restart),
        CONFIG_TEST(only_what_is_looked_up_each_time_is_reloadable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
