/* Transformation or theatre: indicators at their thresholds, and every word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/verdict.h"
#include "unit/model/hand_made_people.h"

static struct settings settings;
static struct shard shard;
static struct people people;
static struct evaluation evaluation;

static int start(void **state)
{
    (void)state;
    settings_default(&settings);
    shard = (struct shard){.settings = &settings};
    people = (struct people){.shard = &shard, .worked_28d = true};
    evaluation = (struct evaluation){.day = 20500};
    return 0;
}

static void set(enum measure measure, double value, double lo, double hi)
{
    evaluation.windows[WINDOW_OWN].values[measure] = estimate_interval(value, lo, hi, 20);
}

static void set_all_present(void)
{
    set(MEASURE_changed_work, 0.7, 0.5, 0.9);
    set(MEASURE_traceable, 0.7, 0.5, 0.9);
    set(MEASURE_reproduction, 0.2, 0.05, 0.6);
}

static void check_word(enum verdict word)
{
    verdict_judge(&people, &evaluation);
    assert_int_equal(evaluation.verdict, word);
}

static void check_marks(enum presence changed, enum presence traceable, enum presence reproduces)
{
    verdict_judge(&people, &evaluation);
    assert_int_equal(evaluation.indicators[INDICATOR_CHANGED_WORK], changed);
    assert_int_equal(evaluation.indicators[INDICATOR_TRACEABLE], traceable);
    assert_int_equal(evaluation.indicators[INDICATOR_REPRODUCES], reproduces);
}

static void test_indicators_at_their_thresholds(void **state)
{
    (void)state;
    check_marks(PRESENCE_UNKNOWN, PRESENCE_UNKNOWN, PRESENCE_UNKNOWN);
    set_all_present();
    check_marks(PRESENCE_PRESENT, PRESENCE_PRESENT, PRESENCE_PRESENT);
    set(MEASURE_changed_work, 0.4, 0.3, 0.5); /* hi is not below */
    set(MEASURE_traceable, 0.4, 0.3, 0.4999);
    set(MEASURE_reproduction, 0.1, 0, 0.2);
    check_marks(PRESENCE_UNKNOWN, PRESENCE_ABSENT, PRESENCE_UNKNOWN);
    set(MEASURE_reproduction, 0, 0, 0.1999);
    check_marks(PRESENCE_UNKNOWN, PRESENCE_ABSENT, PRESENCE_ABSENT);
}

static void test_thresholds_are_settings(void **state)
{
    (void)state;
    set_all_present();
    settings.changed_work_threshold = 0.6;
    settings.traceable_threshold = 0.95;
    settings.reproduces_threshold = 0.3;
    check_marks(PRESENCE_UNKNOWN, PRESENCE_ABSENT, PRESENCE_UNKNOWN);
}

static void test_words(void **state)
{
    (void)state;
    check_word(VERDICT_INSUFFICIENT_EVIDENCE);
    set_all_present();
    check_word(VERDICT_TRANSFORMATION);
    evaluation.diagnosis = 1U << DIAGNOSIS_NO_ROOM;
    check_word(VERDICT_UNFINISHED);
    set(MEASURE_reproduction, 0.1, 0, 0.5);
    check_word(VERDICT_INSUFFICIENT_EVIDENCE);
    set(MEASURE_traceable, 0.1, 0, 0.2); /* one absent is enough */
    check_word(VERDICT_THEATRE);
    people.worked_28d = false; /* but nothing is said of people who are not at work */
    check_word(VERDICT_INSUFFICIENT_EVIDENCE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_indicators_at_their_thresholds, start),
        cmocka_unit_test_setup(test_thresholds_are_settings, start),
        cmocka_unit_test_setup(test_words, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
