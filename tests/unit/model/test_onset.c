/* The day from which on the evidence speaks, and the mean since. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/onset.h"
#include "support/near.h"

static void test_the_day_of_the_change(void **state)
{
    (void)state;
    struct onset onset = {.count = 0};
    assert_false(onset_mean(&onset).known);
    for (int32_t day = 100; day < 130; day++)
        onset_step(&onset, day, 0.2, -0.3, 0.5);
    for (int32_t day = 130; day < 135; day++)
        onset_step(&onset, day, 0.9 + 0.01 * (day - 130), 0.4, 0.5);
    assert_int_equal(onset.day, 130);
    assert_near(onset_mean(&onset).value, 0.92, 1e-12);
    assert_near(onset_mean(&onset).n, 5, 0);
}

/* One good day amid many bad ones moves nothing; enough of them do. */
static void test_what_speaks_against_it(void **state)
{
    (void)state;
    struct onset onset = {.count = 0};
    for (int32_t day = 100; day < 105; day++)
        onset_step(&onset, day, 1, 0.5, 0.5);
    onset_step(&onset, 105, 0, -0.5, 0.5);
    assert_int_equal(onset.day, 100);
    for (int32_t day = 106; day < 109; day++)
        onset_step(&onset, day, 0, -0.5, 0.5);
    onset_step(&onset, 109, 1, 0.5, 0.5);
    assert_int_equal(onset.day, 109);
}

static void test_it_never_overflows(void **state)
{
    (void)state;
    struct onset onset = {.count = 0};
    for (int32_t day = 0; day < 3000; day++)
        onset_step(&onset, day, 1, 0.5, 0.5);
    assert_true(onset.product <= 1e100);
    assert_int_equal(onset.day, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_day_of_the_change),
        cmocka_unit_test(test_what_speaks_against_it),
        cmocka_unit_test(test_it_never_overflows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
