/* The registry of measures: names that are unique and lead somewhere, functions that do what they are named for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/learning.h"
#include "model/measure.h"
#include "model/pulse_measures.h"
#include "model/redesign.h"
#include "model/reliance_measures.h"
#include "model/results.h"
#include "model/task_mix.h"
#include "model/traceability.h"
#include "model/training_measures.h"
#include "unit/model/hand_made_people.h"

enum { D = 20500 };

static bool is_measure(const char *name, size_t length)
{
    for (int m = 0; m < MEASURES; m++) {
        const char *known = measure_info((enum measure)m)->name;
        if (strlen(known) == length && memcmp(known, name, length) == 0)
            return true;
    }
    return false;
}

static void test_names_are_unique(void **state)
{
    (void)state;
    for (int a = 0; a < MEASURES; a++) {
        for (int b = 0; b < a; b++)
            assert_string_not_equal(measure_info((enum measure)a)->name,
                                    measure_info((enum measure)b)->name);
    }
    assert_string_equal(measure_info(MEASURE_over_reliance)->name, "over_reliance");
    assert_string_equal(measure_info(MEASURE_redesign_before_training)->name,
                        "redesign_before_training");
}

static void test_rows_are_whole(void **state)
{
    (void)state;
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        assert_true(strlen(info->help) > 0);
        assert_true(strlen(info->unit) > 0);
        assert_true(strlen(info->cannot_show) > 0);
        assert_true(info->least < info->most);
        assert_int_equal(strlen(info->days) == 0, info->where == WHERE_WINDOWS);
        if (strcmp(info->unit, "proportion") == 0)
            assert_true(info->least == 0 && info->most == 1);
        assert_int_equal(info->kind == KIND_FLAG, strcmp(info->unit, "flag") == 0);
        /* What a surface must show beside a target has to be a measure too. */
        for (const char *at = info->see; *at != '\0';) {
            size_t length = strcspn(at, " ");
            assert_true(is_measure(at, length));
            at += length;
            at += strspn(at, " ");
        }
    }
}

static void test_windows(void **state)
{
    (void)state;
    static const char *const names[WINDOWS] = {"1d", "7d", "28d", "90d", "own"};
    static const int32_t days[WINDOWS] = {1, 7, 28, 90, 0};
    for (int w = 0; w < WINDOWS; w++) {
        assert_string_equal(measure_window_name((enum window)w), names[w]);
        assert_int_equal(measure_window_days((enum window)w), days[w]);
    }
}

static void test_reasons(void **state)
{
    (void)state;
    static const char *const names[BECAUSES] = {
        "",        "no_people",     "no_training", "no_survey",   "too_new",
        "no_work", "no_decisions",  "no_reasons",  "no_outcomes", "no_truth",
        "no_kind", "no_comparison", "too_few",     "suppressed"};
    for (int b = 0; b < BECAUSES; b++)
        assert_string_equal(measure_because_name((enum because)b), names[b]);
}

/* ---- functions ---- */

/* A team of one person and one workflow, which was redesigned: all that any measure is made of. */
struct fixture {
    struct hand_made made;
    struct people people;
    struct window_sums *sums;
};

static void begin(struct fixture *f)
{
    hand_made_init(&f->made);
    hand_made_add(&f->made, "w", D, ARM_AI, HAND_MADE_CELL([COUNTER_tasks] = 1));
    hand_made_redesign(&f->made, "w", D - 30);
    (void)hand_made_person(&f->made, 1, D);
    people_init(&f->people, &f->made.shard, &f->made.team, D);
    f->sums = windows_new(&f->made.shard, &f->made.team, D, WINDOWS_WHOLE_TEAM);
    windows_extend(f->sums, D);
}

static void end(struct fixture *f)
{
    windows_free(f->sums);
    people_done(&f->people);
    hand_made_people_done(&f->made);
    hand_made_done(&f->made);
}

static void run_reliance(const struct fixture *f, struct record *record)
{
    reliance_measure(f->sums, record);
}

static void run_autonomy(const struct fixture *f, struct record *record)
{
    (void)f;
    const struct counters none = {{0}};
    const struct record month = {.because = {[MEASURE_over_reliance] = BECAUSE_NO_WORK}};
    reliance_measure_autonomy(&none, &none, &month, 0, record);
}

static void run_results(const struct fixture *f, struct record *record)
{
    results_measure(f->sums, record);
}

static void run_task_mix(const struct fixture *f, struct record *record)
{
    struct task_mix_baseline baseline = task_mix_look_back(f->sums);
    task_mix_measure(f->sums, &baseline, record);
}

static void run_traceability(const struct fixture *f, struct record *record)
{
    (void)f;
    const struct counters none = {{0}};
    traceability_measure(&none, 0, record);
}

static void run_people(const struct fixture *f, struct record *record)
{
    people_measure(&f->people, WINDOW_28D, record);
}

static void run_people_own(const struct fixture *f, struct record *record)
{
    people_measure_own(&f->people, record);
}

static void run_learning(const struct fixture *f, struct record *record)
{
    learning_measure(&f->people, true, record);
}

static void run_training(const struct fixture *f, struct record *record)
{
    training_measure(&f->people, WINDOW_28D, record);
}

static void run_training_own(const struct fixture *f, struct record *record)
{
    training_measure_own(&f->people, true, record);
}

static void run_pulse(const struct fixture *f, struct record *record)
{
    pulse_measure(&f->people, WINDOW_28D, record);
}

static void run_redesign(const struct fixture *f, struct record *record)
{
    static struct redesign_evaluation redesign;
    assert_int_equal(redesign_measure(&f->people, &redesign, 1), 1);
    *record = redesign.values;
}

typedef void any_function(void);

static any_function *const functions[MEASURES] = {
#define MEASURE(name, kind, unit, least, most, better, where, days, source, function, help,        \
                cannot_show, see, citation)                                                        \
    (any_function *)function,
#include "model/measures.def"
#undef MEASURE
};

static const struct {
    any_function *function;
    void (*run)(const struct fixture *f, struct record *record);
} runs[] = {
    {(any_function *)reliance_measure, run_reliance},
    {(any_function *)reliance_measure_autonomy, run_autonomy},
    {(any_function *)results_measure, run_results},
    {(any_function *)task_mix_measure, run_task_mix},
    {(any_function *)traceability_measure, run_traceability},
    {(any_function *)people_measure, run_people},
    {(any_function *)people_measure_own, run_people_own},
    {(any_function *)learning_measure, run_learning},
    {(any_function *)training_measure, run_training},
    {(any_function *)training_measure_own, run_training_own},
    {(any_function *)pulse_measure, run_pulse},
    {(any_function *)redesign_measure, run_redesign},
};

/* Each puts the measures that name it, known or with the word why not, and no other. */
static void test_functions_put_their_measures(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    int put = 0;
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        static struct record record;
        record = (struct record){.because = {0}};
        runs[i].run(&f, &record);
        for (int m = 0; m < MEASURES; m++) {
            bool is_put = record.values[m].known || record.because[m] != BECAUSE_NONE;
            if (is_put != (functions[m] == runs[i].function))
                fail_msg("%s: %s is the function named, function %zu %s it",
                         measure_info((enum measure)m)->name,
                         measure_info((enum measure)m)->function, i,
                         is_put ? "puts" : "does not put");
            put += is_put;
        }
    }
    assert_int_equal(put, MEASURES);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_are_unique),
        cmocka_unit_test(test_rows_are_whole),
        cmocka_unit_test(test_windows),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_functions_put_their_measures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
