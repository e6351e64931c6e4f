/* Tests of config_print_example(): config/uptaked.conf is what it prints, and says the defaults. */
#include "app/config.h"

#include "app/config_table.h"
#include "app/config_value.h"
#include "config_fixture.h"

static void the_shipped_file_is_up_to_date(void **state)
{
    (void)state;
    struct strbuf printed = {0};
    struct strbuf shipped = {0};
    config_print_example(&printed);
    FILE *file = fopen(UPTAKE_TESTS_DIR "/../config/uptaked.conf", "re");
    assert_non_null(file);
    for (int c = getc(file); c != EOF; c = getc(file))
        strbuf_add_char(&shipped, (char)c);
    assert_int_equal(fclose(file), 0);
    if (strcmp(strbuf_text(&printed), strbuf_text(&shipped)) != 0)
        fail_msg("config/uptaked.conf is stale: make example-config");
    strbuf_done(&printed);
    strbuf_done(&shipped);
}

/* Takes the # from every line that is an option of the table: `#key = value`, no blank behind the
 * #. */
static void uncomment(const struct strbuf *printed, struct strbuf *ret_text, size_t *ret_count)
{
    for (size_t i = 0; i < printed->length; i++) {
        char c = printed->data[i];
        bool begins = i == 0 || printed->data[i - 1] == '\n';
        bool is_option = begins && c == '#' && i + 1 < printed->length &&
                         printed->data[i + 1] >= 'a' && printed->data[i + 1] <= 'z';
        *ret_count += is_option;
        if (!is_option)
            strbuf_add_char(ret_text, c);
    }
}

static void it_parses_back_to_the_defaults(void **state)
{
    struct config_fixture *fixture = *state;
    struct strbuf printed = {0};
    struct strbuf text = {0};
    size_t count = 0;
    config_fixture_write(fixture, "kafka.password", "hunter2\n", 8, 0600);
    config_print_example(&printed);
    uncomment(&printed, &text, &count);
    assert_int_equal(count, config_row_count + 4); /* and the properties of the passthrough */
    struct config_source nothing = {.credentials_directory = fixture->dir.path};
    struct config *standard = config_load(&nothing, &fixture->problems);
    assert_non_null(standard);
    const struct config *config = config_fixture_accept(fixture, strbuf_text(&text));
    for (size_t i = 0; i < config_row_count; i++) {
        struct strbuf here = {0};
        struct strbuf there = {0};
        config_value_print(config, &config_rows[i], &here);
        config_value_print(standard, &config_rows[i], &there);
        assert_string_equal(strbuf_text(&here), strbuf_text(&there));
        strbuf_done(&here);
        strbuf_done(&there);
    }
    assert_memory_equal(&config->settings, &standard->settings, sizeof standard->settings);
    config_free(standard);
    config_fixture_accept(fixture, strbuf_text(&printed));
    strbuf_done(&printed);
    strbuf_done(&text);
}

static void every_default_is_that_of_the_model(void **state)
{
    struct settings settings;
    settings_default(&settings);
    const struct config *config = config_fixture_accept(*state, "");
    assert_memory_equal(&config->settings, &settings, sizeof settings);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CONFIG_TEST(the_shipped_file_is_up_to_date),
        CONFIG_TEST(it_parses_back_to_the_defaults),
        CONFIG_TEST(every_default_is_that_of_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
