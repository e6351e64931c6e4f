/* Alarms that open when a condition holds several times in a row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/run.h"

static enum edetector_event close_times(struct run *run, int times, int32_t needed, bool holds)
{
    enum edetector_event event = EDETECTOR_NOTHING;
    for (int i = 0; i < times; i++) {
        assert_int_equal(event, EDETECTOR_NOTHING); /* only the last may do something */
        event = run_close(run, needed, holds, true);
    }
    return event;
}

static void test_opens_at_the_seventh_and_resolves_after_seven(void **state)
{
    (void)state;
    struct run run = {.streak = 0};
    assert_int_equal(close_times(&run, 7, 7, true), EDETECTOR_OPENED);
    assert_int_equal(close_times(&run, 20, 7, true), EDETECTOR_NOTHING);
    assert_int_equal(close_times(&run, 7, 7, false), EDETECTOR_RESOLVED);
    assert_false(run.open);
    assert_int_equal(close_times(&run, 7, 7, true), EDETECTOR_OPENED);
}

static void test_one_false_close_starts_the_count_again(void **state)
{
    (void)state;
    struct run run = {.streak = 0};
    assert_int_equal(close_times(&run, 6, 7, true), EDETECTOR_NOTHING);
    assert_int_equal(close_times(&run, 1, 7, false), EDETECTOR_NOTHING);
    assert_int_equal(close_times(&run, 6, 7, true), EDETECTOR_NOTHING);
    assert_int_equal(close_times(&run, 1, 7, true), EDETECTOR_OPENED);
    assert_int_equal(close_times(&run, 6, 7, false), EDETECTOR_NOTHING);
    assert_int_equal(close_times(&run, 1, 7, true), EDETECTOR_NOTHING);
    assert_int_equal(close_times(&run, 7, 7, false), EDETECTOR_RESOLVED);
}

/* A condition that is judged on Sundays keeps its value between. */
static void test_between_judgements_the_value_stays(void **state)
{
    (void)state;
    struct run run = {.streak = 0};
    assert_int_equal(run_close(&run, 2, true, true), EDETECTOR_NOTHING);
    for (int day = 0; day < 6; day++)
        assert_int_equal(run_close(&run, 2, true, false), EDETECTOR_NOTHING);
    assert_int_equal(run_close(&run, 2, true, true), EDETECTOR_OPENED);
    for (int day = 0; day < 6; day++)
        assert_int_equal(run_close(&run, 2, true, false), EDETECTOR_NOTHING);
    assert_int_equal(run_close(&run, 2, false, true), EDETECTOR_NOTHING);
    for (int day = 0; day < 5; day++)
        assert_int_equal(run_close(&run, 2, false, false), EDETECTOR_NOTHING);
    assert_int_equal(run_close(&run, 2, false, false), EDETECTOR_RESOLVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opens_at_the_seventh_and_resolves_after_seven),
        cmocka_unit_test(test_one_false_close_starts_the_count_again),
        cmocka_unit_test(test_between_judgements_the_value_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
