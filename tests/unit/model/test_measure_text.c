/* Tests of model/measure_text: what people read of every measure. */
#include "model/measure_text.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "model/words.h"

static void assert_title(const char *name, const char *expected)
{
    struct strbuf out = {0};
    measure_text_add_title(&out, name);
    assert_string_equal(strbuf_text(&out), expected);
    strbuf_done(&out);
}

static void a_title_is_written_as_people_do(void **state)
{
    (void)state;
    assert_title("over_reliance_adjusted", "Over-reliance adjusted");
    assert_title("ai_share", "AI share");
    assert_title("durability_180", "Durability, 180 days");
    assert_title("feedback_7d", "Feedback, 7 days");
    assert_title("success_lift_randomised", "Success lift, by lot");
    assert_title("entry_nonroutine_share", "Entry non-routine share");
    assert_title("d_prime", "Telling wrong from right (d′)");
    assert_title("", "");
}

static void assert_sentence(const char *text, const char *expected)
{
    struct strbuf out = {0};
    measure_text_add_sentence(&out, text);
    assert_string_equal(strbuf_text(&out), expected);
    strbuf_done(&out);
}

static void a_sentence_has_titles_for_names(void **state)
{
    (void)state;
    assert_sentence("success_lift among tasks drawn by lot (causal)", "Success lift among tasks drawn by lot.");
    assert_sentence("mean quality (an association)", "Mean quality.");
    assert_sentence("see role_clear, not no_such_name", "See role clear, not no_such_name.");
    assert_sentence("why?", "Why?");
    assert_sentence("", "");
}

/* Titles differ, sentences are whole, and every word is in the table. */
static void every_measure_is_said(void **state)
{
    (void)state;
    struct strbuf all = {0};
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        struct strbuf out = {0};
        strbuf_add_char(&out, '\n');
        measure_text_add_title(&out, info->name);
        strbuf_add_char(&out, '\n');
        assert_true(isupper((unsigned char)out.data[1]));
        assert_null(strchr(strbuf_text(&out), '_'));
        assert_null(strstr(strbuf_text(&all), strbuf_text(&out)));
        strbuf_add(&all, out.data, out.length);
        strbuf_reset(&out);
        measure_text_add_sentence(&out, info->help);
        assert_int_equal(out.data[out.length - 1], '.');
        strbuf_done(&out);
        assert_non_null(words_find(WORD_claim, measure_text_claim(info)));
        assert_non_null(words_find(WORD_better, measure_text_better(info)));
        assert_non_null(words_find(WORD_group, measure_text_group(info)));
    }
    strbuf_done(&all);
}

static void a_measure_has_its_claim_and_its_group(void **state)
{
    (void)state;
    static const struct {
        enum measure measure;
        const char *claim, *group;
    } rows[] = {
        {MEASURE_success_lift, "association", "results"}, {MEASURE_success_lift_randomised, "causal", "results"},
        {MEASURE_freed_hours, "association", "results"},  {MEASURE_training_hours, "description", "training"}, {MEASURE_judgement, "description", "advice"},
        {MEASURE_auto_share, "description", "advice"},    {MEASURE_self_scored, "description", "work"},
        {MEASURE_bypass_rate, "description", "work"},     {MEASURE_entry_judgement, "description", "people"},
        {MEASURE_durability_28, "description", "training"}, {MEASURE_coached, "description", "pulse"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(measure_text_claim(measure_info(rows[i].measure)), rows[i].claim);
        assert_string_equal(measure_text_group(measure_info(rows[i].measure)), rows[i].group);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_title_is_written_as_people_do),
        cmocka_unit_test(a_sentence_has_titles_for_names),
        cmocka_unit_test(every_measure_is_said),
        cmocka_unit_test(a_measure_has_its_claim_and_its_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
