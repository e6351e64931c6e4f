/* Tests of config_definitions(): it changes with every option that changes a result, and with no
 * other. */
#include "app/config.h"

#include "app/config_table.h"
#include "config_fixture.h"

/* For every row a value that is not the default. */
static const char *other_value(const struct config_row *row)
{
    if (strcmp(row->key, "kafka.bootstrap.servers") == 0)
        return "b:1";
    if (strcmp(row->key, "http_listen") == 0)
        return "[::1]:1";
    if (strcmp(row->section, "delivery") == 0 && strstr(row->key, "_url") != NULL)
        return "http://other:1";
    switch (row->type) {
    case CONFIG_BOOL:
        return strcmp(row->standard, "yes") == 0 ? "no" : "yes";
    case CONFIG_COUNT:
    case CONFIG_DURATION:
    case CONFIG_BYTES:
    case CONFIG_NUMBER:
        return strcmp(row->standard, row->min) == 0 || strcmp(row->key, "unsaved_bytes") == 0
                   ? row->max
                   : row->min;
    case CONFIG_WORD:
        /* The last of its words; none has that for its default. */
        return strrchr(row->min, ' ') + 1;
    case CONFIG_TEXT:
        return "other";
    case CONFIG_LIST:
        return "others, more";
    case CONFIG_PATH:
    case CONFIG_SECRET:
    case CONFIG_KEY:
        return "$CREDENTIALS_DIRECTORY/other.key";
    }
    return NULL;
}

static void load_with(struct config_fixture *fixture, const struct config_row *row,
                      const char *value, char *ret_text)
{
    struct strbuf text = {0};
    /* So that every other value passes the checks across options. */
    strbuf_add_text(&text, "[kafka]\n#\n");
    if (strcmp(row->key, "retention_months") == 0 || strcmp(row->key, "publish_share") == 0)
        value = strcmp(row->key, "publish_share") == 0 ? row->max : "7";
    strbuf_add_format(&text, "[%s]\n%s = %s\n", row->section, row->key, value);
    if (strcmp(row->key, "alertmanager_user") == 0)
        strbuf_add_text(&text, "alertmanager_password_file = $CREDENTIALS_DIRECTORY/other.key\n");
    if (strncmp(row->key, "tls_", 4) == 0)
        strbuf_add_text(&text, "tls = yes\n");
    if (strcmp(row->key, "tls_cert_file") == 0)
        strbuf_add_text(&text, "tls_key_file = $CREDENTIALS_DIRECTORY/other.key\n");
    if (strcmp(row->key, "tls_key_file") == 0)
        strbuf_add_text(&text, "tls_cert_file = $CREDENTIALS_DIRECTORY/other.key\n");
    if (strcmp(row->key, "webhook_url") == 0)
        strbuf_add_text(&text, "webhook_secret_file = $CREDENTIALS_DIRECTORY/other.key\n");
    (void)snprintf(ret_text, CONFIG_DEFINITIONS_BYTES, "%s",
                   config_definitions(config_fixture_accept(fixture, strbuf_text(&text))));
    strbuf_done(&text);
}

/* Which options change a result, said a second time: a flag that is forgotten in the table shows
 * here. */
static bool is_known_to_change(const char *key)
{
    static const char *const keys[] = {
        "partitioner",
        "max_event_bytes",
        "join_window",
        "grace",
        "idle_after",
        "max_clock_skew",
        "max_workflows",
        "entry_levels",
        "weight_reach",
        "weight_judgement",
        "weight_lift",
        "weight_durability",
        "weight_growth",
        "weight_staying",
        "changed_work_threshold",
        "traceable_threshold",
        "reproduces_threshold",
        "false_alarms_per_year",
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(keys[i], key) == 0)
            return true;
    }
    return false;
}

static void exactly_the_options_that_change_a_result_count(void **state)
{
    struct config_fixture *fixture = *state;
    config_fixture_write(fixture, "other.key", "ffeeddccbbaa99887766554433221100", 32, 0600);
    char usual[CONFIG_DEFINITIONS_BYTES];
    (void)snprintf(usual, sizeof usual, "%s",
                   config_definitions(config_fixture_accept(fixture, "")));
    char seen[128][CONFIG_DEFINITIONS_BYTES];
    size_t seen_count = 0;
    for (size_t i = 0; i < config_row_count; i++) {
        const struct config_row *row = &config_rows[i];
        char text[CONFIG_DEFINITIONS_BYTES];
        load_with(fixture, row, other_value(row), text);
        bool changes = is_known_to_change(row->key);
        if ((strcmp(text, usual) != 0) != changes)
            fail_msg("[%s] %s: %s against %s", row->section, row->key, text, usual);
        for (size_t j = 0; changes && j < seen_count; j++)
            assert_string_not_equal(text, seen[j]);
        if (changes)
            memcpy(seen[seen_count++], text, sizeof text);
    }
    assert_int_equal(seen_count, 18);
}

static void every_way_to_write_a_value_is_the_same(void **state)
{
    char usual[CONFIG_DEFINITIONS_BYTES];
    (void)snprintf(usual, sizeof usual, "%s",
                   config_definitions(config_fixture_accept(*state, "")));
    static const char *const same[] = {
        "[events]\njoin_window = 840h\ngrace = 360m\nmax_event_bytes = 65536\n",
        "[measures]\nentry_levels = trainee,graduate, entry,junior\n",
        "[measures]\nweight_lift = 2.50e-1\nweight_reach = 0.200\n",
        "[kafka]\npartitioner = murmur2\n[alarms]\nfalse_alarms_per_year = 4.0\n",
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        assert_string_equal(config_definitions(config_fixture_accept(*state, same[i])), usual);
}

/* Stored figures carry it: a change here sets all figures apart from those before. */
static void the_defaults_have_a_fixed_text(void **state)
{
    assert_string_equal(config_definitions(config_fixture_accept(*state, "")),
                        "1-ef46db3751d8e999");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CONFIG_TEST(exactly_the_options_that_change_a_result_count),
        CONFIG_TEST(every_way_to_write_a_value_is_the_same),
        CONFIG_TEST(the_defaults_have_a_fixed_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
