/* Tests of ctl/figure_text: figures as people write them, and where they lie on their axis. */
#include "ctl/figure_text.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "model/measure.h"

static void assert_value(const char *unit, double value, const char *expected)
{
    struct strbuf out = {.length = 0};
    figure_text_add_value(&out, unit, value);
    assert_string_equal(strbuf_text(&out), expected);
    strbuf_done(&out);
}

static void a_value_has_its_unit(void **state)
{
    (void)state;
    assert_value("proportion", 0.845, "85 %");
    assert_value("proportion", 0, "0 %");
    assert_value("difference", 0.0312, "+3.1 points");
    assert_value("difference", -0.0312, "−3.1 points");
    assert_value("difference", -0.0001, "0.0 points");
    assert_value("difference", 0.0001, "0.0 points");
    assert_value("ratio", 0.905, "× 0.91");
    assert_value("hours", 12.4, "+12 h");
    assert_value("mean answer 1 to 5", 3.25, "3.3 of 5");
    assert_value("standard deviations", 2.06, "+2.1 sd");
    assert_value("flag", 1, "yes");
    assert_value("flag", 0, "no");
    assert_value("health", 78.9566, "79");
    assert_value("share", 0.5, "0.50");
    assert_value("per person", 7.5, "7.50 per person");
    assert_value("people", 8, "8 people");
}

static void limits_and_n_stand_behind(void **state)
{
    (void)state;
    static const struct {
        struct estimate value;
        bool has_n;
        const char *expected;
    } rows[] = {
        {{true, true, 0.84, 0.751, 0.893, 220}, true, "84 % (75 to 89 %, n 220)"},
        {{true, true, 0.84, 0.751, 0.893, 0}, false, "84 % (75 to 89 %)"},
        {{true, false, 0.84, 0, 0, 1234.56}, true, "84 % (n 1,234.6)"},
        {{true, false, 0.84, 0, 0, 0}, false, "84 %"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct strbuf out = {.length = 0};
        figure_text_add(&out, "proportion", &rows[i].value, rows[i].has_n);
        assert_string_equal(strbuf_text(&out), rows[i].expected);
        strbuf_done(&out);
    }
}

static void a_count_is_grouped(void **state)
{
    (void)state;
    static const struct {
        double n;
        const char *expected;
    } rows[] = {{0, "0"},          {5.4702, "5.5"},        {999.95, "1,000"}, {-3, "−3"},
                {1000, "1,000"},   {1234567, "1,234,567"}, {0.04, "0"},       {12000.5, "12,000.5"},
                {1e6, "1,000,000"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct strbuf out = {.length = 0};
        figure_text_add_count(&out, rows[i].n);
        assert_string_equal(strbuf_text(&out), rows[i].expected);
        strbuf_done(&out);
    }
}

/* Whatever the registry holds can be written and drawn. */
static void every_unit_has_an_axis(void **state)
{
    (void)state;
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        const struct estimate value = estimate_interval(1.5, 1, 2, 10);
        struct strbuf out = {.length = 0};
        figure_text_add(&out, info->unit, &value, true);
        assert_true(out.length > 0);
        strbuf_done(&out);
        struct figure_axis axis = figure_text_axis(info->unit, &value, 1);
        assert_true(axis.high > axis.low);
        double before = 0;
        for (double v = -10; v <= 10; v += 0.25) {
            double place = figure_text_place(&axis, v);
            assert_true(place >= before && place <= 1);
            before = place;
        }
    }
}

static void an_axis_is_wide_enough(void **state)
{
    (void)state;
    const struct estimate values[] = {estimate_interval(0.5, -0.7, 0.6, 9), estimate_unknown()};
    struct figure_axis axis = figure_text_axis("difference", values, 2);
    assert_true(axis.low == -0.7 && axis.high == 0.7 && axis.neutral == 0);
    assert_true(figure_text_place(&axis, 0) == 0.5);
    axis = figure_text_axis("proportion", values, 2);
    assert_true(axis.low == 0 && axis.high == 1 && isnan(axis.neutral));
    axis = figure_text_axis("ratio", values, 2);
    assert_true(fabs(figure_text_place(&axis, 1) - 0.5) < 1e-12);
    axis = figure_text_axis("hours", values + 1, 1);
    assert_true(axis.high > axis.low);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_has_its_unit),   cmocka_unit_test(limits_and_n_stand_behind),
        cmocka_unit_test(a_count_is_grouped),     cmocka_unit_test(every_unit_has_an_axis),
        cmocka_unit_test(an_axis_is_wide_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
