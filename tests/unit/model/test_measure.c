/* The registry of measures: names that are unique and lead somewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/measure.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_are_unique),
        cmocka_unit_test(test_rows_are_whole),
        cmocka_unit_test(test_windows),
        cmocka_unit_test(test_reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
