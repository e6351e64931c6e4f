/* Unknown measures carry the first reason that holds, known ones none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/record.h"

static void test_first_reason(void **state)
{
    (void)state;
    struct record record = {.because = {0}};
    record_put(&record, MEASURE_judgement, estimate_unknown(),
               record_reason(BECAUSE_NO_TRUTH, true) | record_reason(BECAUSE_NO_WORK, true) |
                   record_reason(BECAUSE_NO_PEOPLE, false));
    assert_int_equal(record.because[MEASURE_judgement], BECAUSE_NO_WORK);
    assert_int_equal(record_reasons_of(&record, MEASURE_judgement),
                     record_reason(BECAUSE_NO_WORK, true));
    record_put(&record, MEASURE_rair, estimate_unknown(), 0);
    assert_int_equal(record.because[MEASURE_rair], BECAUSE_TOO_FEW);
}

static void test_known(void **state)
{
    (void)state;
    struct record record = {.because = {0}};
    record_put(&record, MEASURE_judgement, estimate_point(0.5, 3),
               record_reason(BECAUSE_NO_WORK, true));
    assert_int_equal(record.because[MEASURE_judgement], BECAUSE_NONE);
    assert_int_equal(record_reasons_of(&record, MEASURE_judgement), 0);
    record_put_count(&record, MEASURE_headcount, 7);
    assert_true(record.values[MEASURE_headcount].known);
    assert_false(record.values[MEASURE_headcount].has_interval);
    assert_true(record.values[MEASURE_headcount].value == 7);
}

static void test_flags(void **state)
{
    (void)state;
    struct record record = {.because = {0}};
    record_put_flag(&record, MEASURE_simpson, FLAG_TRUE, 0);
    assert_true(record.values[MEASURE_simpson].known && record.values[MEASURE_simpson].value == 1);
    record_put_flag(&record, MEASURE_simpson, FLAG_FALSE, 0);
    assert_true(record.values[MEASURE_simpson].known && record.values[MEASURE_simpson].value == 0);
    record_put_flag(&record, MEASURE_simpson, FLAG_UNKNOWN, 0);
    assert_false(record.values[MEASURE_simpson].known);
    assert_int_equal(record.because[MEASURE_simpson], BECAUSE_TOO_FEW);
}

static void test_suppress(void **state)
{
    (void)state;
    struct record record = {.because = {0}};
    record_put(&record, MEASURE_judgement, estimate_point(0.5, 3), 0);
    record_suppress(&record, MEASURE_judgement);
    assert_false(record.values[MEASURE_judgement].known);
    assert_int_equal(record.because[MEASURE_judgement], BECAUSE_SUPPRESSED);
    record_put(&record, MEASURE_rair, estimate_unknown(), record_reason(BECAUSE_NO_TRUTH, true));
    record_suppress(&record, MEASURE_rair);
    assert_int_equal(record.because[MEASURE_rair], BECAUSE_NO_TRUTH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_reason),
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_suppress),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
