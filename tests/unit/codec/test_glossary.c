/* Tests of codec/glossary: the registry and the words, whole and readable. */
#include "codec/glossary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "model/measure.h"
#include "model/words.h"

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
}

static void it_has_every_measure_and_every_word(void **state)
{
    (void)state;
    struct strbuf out = {0};
    struct settings settings;
    settings_default(&settings);
    glossary_write(&out, &settings, "1-abc");
    const char *text = strbuf_text(&out);
    size_t words;
    (void)words_list(&words);
    assert_int_equal(count_of(text, "\"cannot_show\":"), MEASURES);
    assert_int_equal(count_of(text, "\"sentence\":"), words);
    assert_non_null(strstr(text, "\"definitions\":\"1-abc\""));
    assert_non_null(strstr(text, "\"no_outcomes\":{\"label\":\"No outcomes\""));
    assert_non_null(
        strstr(text, "\"thresholds\":{\"changed_work\":0.5,\"traceable\":0.5,\"reproduces\":0.2}"));
    assert_non_null(strstr(text, "\"windows\":[\"1d\",\"7d\",\"28d\",\"90d\",\"own\"]"));
    strbuf_done(&out);
}

static void it_is_a_statement_with_every_measure(void **state)
{
    (void)state;
    struct strbuf out = {0};
    glossary_write_sql(&out);
    const char *text = strbuf_text(&out);
    assert_int_equal(count_of(text, "\n("), MEASURES);
    assert_non_null(strstr(text, "the team''s first 28 days"));
    assert_null(strstr(text, "team's"));
    assert_null(strchr(text, '\\'));
    assert_non_null(strstr(text, "'d_prime', 'estimate', 'standard deviations', NULL::float8, "
                                 "NULL::float8, 'more', 'windows', '', 'cells', "));
    strbuf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_has_every_measure_and_every_word),
        cmocka_unit_test(it_is_a_statement_with_every_measure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
