/* Tests of ctl/svg: drawings are well-formed, stay within their frame, and show what there is. */
#include "ctl/svg.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
}

/* Every element ends: opened ones are closed, the rest end themselves; no number is none. */
static void assert_whole(const char *svg)
{
    int depth = 0;
    for (const char *at = strchr(svg, '<'); at != NULL; at = strchr(at + 1, '<')) {
        const char *end = strchr(at, '>');
        assert_non_null(end);
        if (at[1] == '/')
            depth--;
        else if (end[-1] != '/')
            depth++;
        assert_true(depth >= 0);
    }
    assert_int_equal(depth, 0);
    assert_null(strstr(svg, "nan"));
    assert_null(strstr(svg, "inf"));
}

static double attribute(const char *svg, const char *element, const char *name)
{
    const char *at = strstr(svg, element);
    assert_non_null(at);
    at = strstr(at, name);
    assert_non_null(at);
    return strtod(at + strlen(name), NULL);
}

static void an_interval_lies_on_its_axis(void **state)
{
    (void)state;
    const struct figure_axis axis = {0, 1, (double)NAN, false};
    const struct estimate value = estimate_interval(0.5, 0.25, 0.75, 10);
    struct strbuf out = {.length = 0};
    svg_add_interval(&out, &axis, &value, 0.5, 106);
    const char *svg = strbuf_text(&out);
    assert_whole(svg);
    assert_true(attribute(svg, "class=\"bar\"", "x=\"") == 28);
    assert_true(attribute(svg, "class=\"bar\"", "width=\"") == 50);
    assert_true(attribute(svg, "class=\"tick\"", "x1=\"") == 53);
    assert_int_equal(count_of(svg, "class=\"threshold\""), 1);
    assert_int_equal(count_of(svg, "class=\"neutral\""), 0);
    assert_non_null(strstr(svg, "aria-hidden=\"true\""));
    strbuf_done(&out);
}

static void an_unknown_interval_has_no_estimate(void **state)
{
    (void)state;
    const struct figure_axis axis = {-1, 1, 0, false};
    const struct estimate value = estimate_unknown();
    struct strbuf out = {.length = 0};
    svg_add_interval(&out, &axis, &value, (double)NAN, 132);
    const char *svg = strbuf_text(&out);
    assert_whole(svg);
    assert_non_null(strstr(svg, "class=\"interval unknown\""));
    assert_int_equal(count_of(svg, "bar") + count_of(svg, "tick"), 0);
    assert_int_equal(count_of(svg, "class=\"neutral\""), 1);
    strbuf_done(&out);
}

static void weeks_have_gaps(void **state)
{
    (void)state;
    const double nan_ = (double)NAN;
    const double rows[][6] = {{1, 2, nan_, 3, nan_, 4}, {nan_, nan_, nan_, nan_, nan_, nan_}, {5, 5, 5, 5, 5, 5}};
    static const size_t moves[] = {3, 0, 1};
    for (size_t i = 0; i < 3; i++) {
        struct strbuf out = {.length = 0};
        svg_add_weeks(&out, rows[i], 6, nan_, 0);
        const char *svg = strbuf_text(&out);
        assert_whole(svg);
        const char *path = strstr(svg, " d=\"");
        assert_int_equal(path != NULL ? count_of(path, "M") : 0, moves[i]);
        strbuf_done(&out);
    }
}

static void a_sign_is_told_by_its_class(void **state)
{
    (void)state;
    struct strbuf out = {.length = 0};
    svg_add_sign(&out, "absent");
    for (int kind = REPORT_ALARM; kind <= REPORT_RULES; kind++)
        svg_add_key(&out, (enum report_mark_kind)kind);
    svg_add_band_key(&out);
    assert_whole(strbuf_text(&out));
    assert_int_equal(count_of(strbuf_text(&out), "<svg"), 6);
    assert_non_null(strstr(strbuf_text(&out), "class=\"sign absent\""));
    strbuf_done(&out);
}

/* ---- a history ---------------------------------------------------------------------------- */

enum { DAYS = 120, FIRST_DAY = 20100 };

struct drawn {
    struct report_point points[DAYS];
    struct report_mark marks[4];
    struct report_history history;
    struct strbuf svg;
};

static void make_points(struct drawn *drawn)
{
    for (int i = 0; i < DAYS; i++)
        drawn->points[i] = (struct report_point){FIRST_DAY + i, 50 + i % 7, 40, 70};
    drawn->history = (struct report_history){.points = drawn->points, .point_count = DAYS, .marks = drawn->marks};
}

static const char *draw(struct drawn *drawn)
{
    const struct svg_frame frame = {"p1-history", text_of("Health"), text_of("From <a> to \"b\""), "health",
                                    figure_text_axis("health", NULL, 0)};
    strbuf_reset(&drawn->svg);
    svg_add_history(&drawn->svg, &frame, &drawn->history);
    const char *svg = strbuf_text(&drawn->svg);
    assert_whole(svg);
    return svg;
}

static void a_history_is_a_line_with_a_band(void **state)
{
    (void)state;
    struct drawn drawn = {.svg = {.length = 0}};
    make_points(&drawn);
    const char *svg = draw(&drawn);
    assert_int_equal(count_of(svg, "class=\"band\""), 1);
    assert_int_equal(count_of(svg, "class=\"line\""), 1);
    assert_non_null(strstr(svg, "role=\"img\" aria-labelledby=\"p1-history-title\""));
    assert_non_null(strstr(svg, "<title id=\"p1-history-title\">Health</title>"));
    assert_non_null(strstr(svg, "From &lt;a&gt; to &quot;b&quot;</desc>"));
    drawn.points[60].value = (double)NAN;
    assert_int_equal(count_of(draw(&drawn), "class=\"line\""), 2);
    drawn.points[61].value = (double)NAN;
    drawn.points[63].value = (double)NAN;
    assert_int_equal(count_of(draw(&drawn), "class=\"line\""), 3);
    assert_int_equal(count_of(draw(&drawn), "class=\"band\""), 2);
    strbuf_done(&drawn.svg);
}

static void what_happened_is_marked(void **state)
{
    (void)state;
    struct drawn drawn = {.svg = {.length = 0}};
    make_points(&drawn);
    drawn.marks[0] = (struct report_mark){.kind = REPORT_ALARM, .day = FIRST_DAY + 10, .until = INT32_MAX};
    drawn.marks[1] = (struct report_mark){.kind = REPORT_REDESIGN, .day = FIRST_DAY + 20};
    drawn.marks[2] = (struct report_mark){.kind = REPORT_TRAINING, .day = FIRST_DAY + 30};
    drawn.marks[3] = (struct report_mark){.kind = REPORT_RULES, .day = FIRST_DAY + 40};
    drawn.history.mark_count = 4;
    const char *svg = draw(&drawn);
    assert_int_equal(count_of(svg, "class=\"alarm\""), 1);
    assert_int_equal(count_of(svg, "class=\"redesign\""), 1);
    assert_int_equal(count_of(svg, "class=\"training\""), 1);
    assert_int_equal(count_of(svg, "class=\"rules\""), 1);
    assert_int_equal(count_of(svg, "class=\"line\""), 2); /* cut by the rules */
    assert_true(attribute(svg, "class=\"alarm\"", "x=\"") < attribute(svg, "class=\"training\"", "x=\""));
    for (int i = 0; i < 4; i++) {
        drawn.marks[i].day = FIRST_DAY - 5;
        drawn.marks[i].until = FIRST_DAY - 1;
    }
    svg = draw(&drawn);
    assert_int_equal(count_of(svg, "<polygon"), 0);
    strbuf_done(&drawn.svg);
}

static void a_history_of_little_is_drawn(void **state)
{
    (void)state;
    struct drawn drawn = {.svg = {.length = 0}};
    make_points(&drawn);
    drawn.history.point_count = 1;
    assert_int_equal(count_of(draw(&drawn), "class=\"line\""), 1);
    drawn.points[0].value = (double)NAN;
    assert_int_equal(strlen(draw(&drawn)), 0);
    drawn.history.point_count = 0;
    assert_int_equal(strlen(draw(&drawn)), 0);
    strbuf_done(&drawn.svg);
}

static void a_curve_says_what_is_unknown(void **state)
{
    (void)state;
    static const int days[] = {14, 28, 180};
    const struct estimate values[] = {estimate_interval(0.8, 0.6, 0.9, 30), estimate_interval(0.5, 0.3, 0.7, 30),
                                      estimate_unknown()};
    const struct svg_frame frame = {"p2-durability", text_of("Durability"), text_of("x"), "proportion",
                                    figure_text_axis("proportion", NULL, 0)};
    struct strbuf out = {.length = 0};
    svg_add_curve(&out, &frame, values, days, 3);
    const char *svg = strbuf_text(&out);
    assert_whole(svg);
    assert_int_equal(count_of(svg, "class=\"curve\""), 1);
    assert_int_equal(count_of(svg, "<circle"), 2);
    assert_int_equal(count_of(svg, ">unknown<"), 1);
    assert_int_equal(count_of(svg, " days<"), 3);
    strbuf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interval_lies_on_its_axis),    cmocka_unit_test(an_unknown_interval_has_no_estimate),
        cmocka_unit_test(weeks_have_gaps),                 cmocka_unit_test(a_sign_is_told_by_its_class),
        cmocka_unit_test(a_history_is_a_line_with_a_band), cmocka_unit_test(what_happened_is_marked),
        cmocka_unit_test(a_history_of_little_is_drawn),    cmocka_unit_test(a_curve_says_what_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
