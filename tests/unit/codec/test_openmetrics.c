/* Tests of codec/openmetrics: both formats, escaping, the choice between them; promtool agrees. */
#include "codec/openmetrics.h"

#include <math.h>
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_example(enum openmetrics_format format, struct strbuf *out)
{
    struct openmetrics metrics = {.out = out, .format = format};
    openmetrics_family(&metrics, "uptake_events", OPENMETRICS_COUNTER, NULL,
                       "Events accepted, a \"line\" \\ and\nanother.");
    openmetrics_label(&metrics, "topic", text_of("a\"b\\c\nd"));
    openmetrics_label(&metrics, "partition", text_of("0"));
    openmetrics_sample_count(&metrics, UINT64_MAX);
    openmetrics_sample_count(&metrics, 0);
    openmetrics_family(&metrics, "uptake_lag_seconds", OPENMETRICS_GAUGE, "seconds", "Lag.");
    openmetrics_sample(&metrics, 0.1);
    openmetrics_label(&metrics, "which", text_of("third"));
    openmetrics_sample(&metrics, 1.0 / 3);
    openmetrics_label(&metrics, "which", text_of("infinite"));
    openmetrics_sample(&metrics, -(double)INFINITY);
    openmetrics_label(&metrics, "which", text_of("none"));
    openmetrics_sample(&metrics, (double)NAN);
    struct histogram histogram = {0};
    histogram_add(&histogram, 100);
    histogram_add(&histogram, 900000);
    histogram_add(&histogram, 99000000);
    openmetrics_family(&metrics, "uptake_turn_seconds", OPENMETRICS_HISTOGRAM, "seconds", "Turns.");
    openmetrics_label(&metrics, "phase", text_of("apply"));
    openmetrics_sample_histogram(&metrics, &histogram);
    openmetrics_end(&metrics);
}

static void assert_has(struct strbuf *out, const char *line)
{
    if (strstr(strbuf_text(out), line) == NULL)
        fail_msg("no \"%s\" in\n%s", line, strbuf_text(out));
}

static void both_formats_have_their_samples(void **state)
{
    (void)state;
    for (int format = OPENMETRICS_PROMETHEUS; format <= OPENMETRICS_1_0; format++) {
        struct strbuf out = {0};
        write_example((enum openmetrics_format)format, &out);
        assert_has(&out, "uptake_events_total{topic=\"a\\\"b\\\\c\\nd\",partition=\"0\"} "
                         "18446744073709551615\nuptake_events_total 0\n");
        assert_has(&out, "uptake_lag_seconds 0.1\n"
                         "uptake_lag_seconds{which=\"third\"} 0.33333333333333331\n"
                         "uptake_lag_seconds{which=\"infinite\"} -Inf\n"
                         "uptake_lag_seconds{which=\"none\"} NaN\n");
        assert_has(&out, "uptake_turn_seconds_bucket{phase=\"apply\",le=\"0.0001\"} 1\n");
        assert_has(&out, "uptake_turn_seconds_bucket{phase=\"apply\",le=\"0.5\"} 1\n"
                         "uptake_turn_seconds_bucket{phase=\"apply\",le=\"1.0\"} 2\n");
        assert_has(&out, "uptake_turn_seconds_bucket{phase=\"apply\",le=\"60.0\"} 2\n"
                         "uptake_turn_seconds_bucket{phase=\"apply\",le=\"600.0\"} 3\n");
        assert_has(&out, "uptake_turn_seconds_bucket{phase=\"apply\",le=\"+Inf\"} 3\n"
                         "uptake_turn_seconds_sum{phase=\"apply\"} 99.9001\n"
                         "uptake_turn_seconds_count{phase=\"apply\"} 3\n");
        strbuf_done(&out);
    }
}

static void the_formats_differ_in_their_heads(void **state)
{
    (void)state;
    struct strbuf out = {0};
    write_example(OPENMETRICS_PROMETHEUS, &out);
    assert_has(&out, "# HELP uptake_events_total Events accepted, a \"line\" \\\\ and\\nanother.\n"
                     "# TYPE uptake_events_total counter\n");
    assert_null(strstr(strbuf_text(&out), "# UNIT"));
    assert_null(strstr(strbuf_text(&out), "# EOF"));
    strbuf_reset(&out);
    write_example(OPENMETRICS_1_0, &out);
    assert_has(&out, "# HELP uptake_events Events accepted, a \\\"line\\\" \\\\ and\\nanother.\n"
                     "# TYPE uptake_events counter\n");
    assert_has(&out, "# TYPE uptake_lag_seconds gauge\n# UNIT uptake_lag_seconds seconds\n");
    assert_string_equal(strbuf_text(&out) + out.length - 6, "# EOF\n");
    strbuf_done(&out);
}

static void the_reader_chooses(void **state)
{
    (void)state;
    static const struct {
        const char *accept;
        enum openmetrics_format format;
    } cases[] = {
        {NULL, OPENMETRICS_PROMETHEUS},
        {"", OPENMETRICS_PROMETHEUS},
        {"*/*", OPENMETRICS_PROMETHEUS},
        {"text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", OPENMETRICS_PROMETHEUS},
        {"application/openmetrics-text", OPENMETRICS_1_0},
        {"APPLICATION/OPENMETRICS-TEXT ; version=1.0.0", OPENMETRICS_1_0},
        {"application/openmetrics-textual", OPENMETRICS_PROMETHEUS},
        {"application/openmetrics-text;q=0", OPENMETRICS_PROMETHEUS},
        {"text/plain;q=0.5, application/openmetrics-text; q=0.4", OPENMETRICS_PROMETHEUS},
        {"text/plain;q=0.35,application/openmetrics-text;q=0.4", OPENMETRICS_1_0},
        /* What Prometheus 2.42 sends. */
        {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
         "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
         OPENMETRICS_1_0},
        {";;;,,,q=,;q=,;q=0,", OPENMETRICS_PROMETHEUS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (openmetrics_choose(cases[i].accept) != cases[i].format)
            fail_msg("wrong for \"%s\"", cases[i].accept);
    }
    assert_non_null(
        strstr(openmetrics_content_type(OPENMETRICS_1_0), "openmetrics-text; version=1"));
    assert_non_null(strstr(openmetrics_content_type(OPENMETRICS_PROMETHEUS), "version=0.0.4"));
}

static void promtool_finds_no_fault(void **state)
{
    (void)state;
    if (system("command -v promtool >/dev/null") != 0)
        skip();
    struct strbuf out = {0};
    write_example(OPENMETRICS_PROMETHEUS, &out);
    FILE *pipe = popen("promtool check metrics", "w");
    assert_non_null(pipe);
    assert_int_equal(fwrite(out.data, 1, out.length, pipe), out.length);
    assert_int_equal(pclose(pipe), 0);
    strbuf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_formats_have_their_samples),
        cmocka_unit_test(the_formats_differ_in_their_heads),
        cmocka_unit_test(the_reader_chooses),
        cmocka_unit_test(promtool_finds_no_fault),
    };
    return cmocka_run_group_tests_name("codec/openmetrics", tests, NULL, NULL);
}
