/* What each alarm says, with figures and without. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codec/alert_sentence.h"

enum { MAY_12 = 20220, MAY_30 = 20238 };

static struct shown shown;
static struct strbuf out;

static int start(void **state)
{
    (void)state;
    memset(&shown, 0, sizeof shown);
    shown.evaluation.day = MAY_30;
    shown.evaluation.step.last_worked = INT32_MIN;
    shown.relapsing.since = shown.bypassing.since = shown.over_trust.since = INT32_MIN;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    strbuf_done(&out);
    return 0;
}

static void says(enum alarm_kind kind, const char *sentence)
{
    alert_sentence_write(&shown, kind, &out);
    assert_string_equal(strbuf_text(&out), sentence);
}

static void know(enum window window, enum measure measure, double value, double lo, double hi)
{
    shown.evaluation.windows[window].values[measure] = estimate_interval(value, lo, hi, 100);
}

static const struct shown_change fall = {.since = MAY_12,
                                         .before = {.known = true, .value = 0.714, .n = 20},
                                         .after = {.known = true, .value = 0.38, .n = 14}};

static void practising_fell(void **state)
{
    (void)state;
    shown.relapsing = fall;
    shown.evaluation.diagnosis = 1U << DIAGNOSIS_WORK_DESIGN_GAP | 1U << DIAGNOSIS_NO_ROOM;
    says(
        ALARM_RELAPSING,
        "Practising fell from 71 % to 38 % of the people on a day since 12 May 2025. What is known "
        "points to the design of the work (there is no time or room to learn and try; roles or the "
        "workflow are unclear).");
    shown.relapsing.before.known = false;
    shown.evaluation.diagnosis = 1U << DIAGNOSIS_SKILLS_GAP | 1U << DIAGNOSIS_OLD_TARGETS;
    says(
        ALARM_RELAPSING,
        "Practising fell to 38 % of the people on a day since 12 May 2025. What is known points to "
        "the design of the work (targets are those of the old way of working), and to skills (it "
        "is unclear how to use the tool).");
    shown.relapsing.after.known = false;
    shown.evaluation.diagnosis = 1U << DIAGNOSIS_NO_COACHING;
    says(ALARM_RELAPSING,
         "Practising fell since 12 May 2025; too few people for figures. What is known points to "
         "skills (nobody helps to judge the advice).");
}

static void shares_rose(void **state)
{
    (void)state;
    shown.bypassing = shown.over_trust = fall;
    says(ALARM_BYPASSING,
         "Working around the tool rose from 71 % to 38 % of the tasks since 12 May "
         "2025. What is known does not say why.");
    says(ALARM_OVER_TRUST, "More than half of the wrong advice is accepted: 38 % a day on average, "
                           "as judged since 12 May 2025. What is known does not say why.");
    shown.over_trust.after.known = false;
    says(ALARM_OVER_TRUST, "More than half of the wrong advice is accepted, as judged since 12 May "
                           "2025. What is known does not say why.");
}

static void what_lasted(void **state)
{
    (void)state;
    says(ALARM_STALLED, "Practising is low and does not grow any more. What is known does not say "
                        "why.");
    says(ALARM_FADING, "Training does not last. What is known does not say why.");
    shown.evaluation.step.plateau = estimate_interval(0.42, 0.31, 0.55, 64);
    says(ALARM_STALLED,
         "Practising is low and does not grow any more: 42 % of the people in a week, "
         "over the last eight judged (95 %: 31 to 55 %). What is known does not say "
         "why.");
    know(WINDOW_OWN, MEASURE_durability_14, 0.3, 0.2, 0.45);
    says(ALARM_FADING, "Training does not last: AI was still used two weeks after 30 % of the "
                       "trainings (95 %: 20 to 45 %). What is known does not say why.");
    know(WINDOW_OWN, MEASURE_durability_28, 0.25, 0.2, 0.4);
    says(ALARM_FADING, "Training does not last: AI was still used four weeks after 25 % of the "
                       "trainings (95 %: 20 to 40 %). What is known does not say why.");
    know(WINDOW_OWN, MEASURE_entry_nonroutine_share, 0.12, 0.1, 0.15);
    know(WINDOW_OWN, MEASURE_entry_gap, -0.25, -0.3, -0.2);
    says(ALARM_HOLLOW_ENTRY, "Beginners are left with routine: 12 % of their tasks are anything "
                             "else, 25 points fewer than of everybody else's. What is known does "
                             "not say why.");
}

static void faster_but_worse(void **state)
{
    (void)state;
    know(WINDOW_28D, MEASURE_cycle_ratio, 0.8, 0.7, 0.9);
    know(WINDOW_28D, MEASURE_quality_lift, -0.06, -0.09, -0.03);
    says(ALARM_FASTER_BUT_WORSE,
         "Work with AI is faster, and its results are worse: it takes 20 % less time, quality is 6 "
         "points lower. That is an association: what AI was used for was not drawn by lot. What is "
         "known does not say why.");
    shown.evaluation.windows[WINDOW_28D].values[MEASURE_cycle_ratio].known = false;
    know(WINDOW_28D, MEASURE_success_lift, -0.1, -0.2, -0.05);
    says(
        ALARM_FASTER_BUT_WORSE,
        "Work with AI is faster, and its results are worse: success is 10 points lower. That is an "
        "association: what AI was used for was not drawn by lot. What is known does not say why.");
}

static void faults_of_the_feed(void **state)
{
    (void)state;
    shown.evaluation.diagnosis = 1U << DIAGNOSIS_SKILLS_GAP;
    know(WINDOW_OWN, MEASURE_traceable, 0.09, 0.06, 0.13);
    says(ALARM_BLIND,
         "Outcomes have dried up while the work goes on: 9 % of the tasks with AI have "
         "one (95 %: 6 to 13 %), and once it was at least half. Look at the feed of "
         "outcomes.");
    shown.evaluation.step.last_worked = MAY_12;
    says(ALARM_SILENT, "Nothing is heard of the team's work any more, the last was of 12 May 2025; "
                       "before, it worked regularly, and other teams still do. Look at its feed.");
    alert_sentence_write_silence(3, 15, &out);
    assert_string_equal(strbuf_text(&out),
                        "Hardly anything is heard of the teams of partition 3 for "
                        "15 days. Look at what feeds it.");
}

static void whom_it_concerns(void **state)
{
    (void)state;
    struct text words[ALERT_SUGGESTS_MAX];
    assert_string_equal(alert_sentence_audience(ALARM_BLIND), "service");
    assert_string_equal(alert_sentence_audience(ALARM_SILENT), "service");
    assert_string_equal(alert_sentence_audience(ALARM_RELAPSING), "adoption");
    assert_string_equal(alert_sentence_audience(ALARM_STALLED), "adoption");
    assert_int_equal(alert_sentence_suggest(1U << DIAGNOSIS_FADING, words), 0);
    assert_int_equal(alert_sentence_suggest(~0U, words), 2);
    assert_memory_equal(words[0].bytes, "skills", words[0].length);
    assert_memory_equal(words[1].bytes, "work_design", words[1].length);
    assert_int_equal(alert_sentence_suggest(1U << DIAGNOSIS_TRAINING_ONLY, words), 1);
    assert_memory_equal(words[0].bytes, "work_design", words[0].length);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(practising_fell, start, stop),
        cmocka_unit_test_setup_teardown(shares_rose, start, stop),
        cmocka_unit_test_setup_teardown(what_lasted, start, stop),
        cmocka_unit_test_setup_teardown(faster_but_worse, start, stop),
        cmocka_unit_test_setup_teardown(faults_of_the_feed, start, stop),
        cmocka_unit_test(whom_it_concerns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
