/* Theil-Sen slopes and the plateau condition: exact lines, shifts, which slopes are the limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "stat/slope.h"
#include "support/dice.h"
#include "support/near.h"

static void test_unknown(void **state)
{
    (void)state;
    const double one = 3;
    assert_false(slope_theil_sen(&one, 0).known);
    assert_false(slope_theil_sen(&one, 1).known);
}

static void test_line(void **state)
{
    (void)state;
    double y[SLOPE_POINTS_MAX];
    for (size_t count = 2; count <= SLOPE_POINTS_MAX; count++) {
        for (size_t i = 0; i < count; i++)
            y[i] = 4 - 0.25 * (double)i;
        struct estimate e = slope_theil_sen(y, count);
        assert_true(e.value == -0.25 && e.lo == -0.25 && e.hi == -0.25);
        assert_near(e.n, (double)count, 0);
    }
}

/* Of eight points the 28 slopes of y = i^2 are i + j: the 7th smallest is 5 (after 1, 2, 3, 3, 4,
 * 4), the 7th largest 9. */
static void test_limits_of_eight(void **state)
{
    (void)state;
    double y[8];
    for (size_t i = 0; i < 8; i++)
        y[i] = (double)(i * i);
    struct estimate e = slope_theil_sen(y, 8);
    assert_true(e.value == 7);
    assert_true(e.lo == 5);
    assert_true(e.hi == 9);
}

static void test_any_series(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < 3000; i++) {
        double y[SLOPE_POINTS_MAX];
        double tilted[SLOPE_POINTS_MAX];
        double reversed[SLOPE_POINTS_MAX];
        size_t count = 5 + (size_t)dice_below(&dice, SLOPE_POINTS_MAX - 4);
        for (size_t j = 0; j < count; j++) {
            y[j] = dice_unit(&dice);
            tilted[j] = 7 + y[j] + 0.5 * (double)j;
            reversed[count - 1 - j] = y[j];
        }
        struct estimate e = slope_theil_sen(y, count);
        struct estimate t = slope_theil_sen(tilted, count);
        struct estimate r = slope_theil_sen(reversed, count);
        assert_true(e.lo <= e.value && e.value <= e.hi);
        assert_near(t.value, e.value + 0.5, 1e-14);
        assert_near(t.lo, e.lo + 0.5, 1e-14);
        assert_near(t.hi, e.hi + 0.5, 1e-14);
        assert_near(r.value, -e.value, 1e-15);
        assert_near(r.lo, -e.hi, 1e-15);
        /* One wild point moves the median less than its own size over the span. */
        y[0] += 1e6;
        assert_true(slope_theil_sen(y, count).value < 2);
    }
}

static void fill(struct slope_week weeks[SLOPE_PLATEAU_WEEKS], int64_t practising, int64_t growth)
{
    for (int64_t i = 0; i < SLOPE_PLATEAU_WEEKS; i++)
        weeks[i] = (struct slope_week){practising + growth * i, 100};
}

static void test_plateau(void **state)
{
    (void)state;
    struct slope_week weeks[SLOPE_PLATEAU_WEEKS];
    fill(weeks, 20, 0);
    assert_true(slope_is_plateau(weeks));
    fill(weeks, 40, -5);
    assert_true(slope_is_plateau(weeks));
    fill(weeks, 20, 3);
    assert_false(slope_is_plateau(weeks));
    fill(weeks, 90, 0);
    assert_false(slope_is_plateau(weeks));
    /* 0.57 of 800 has its upper limit above 0.6, 0.56 below. */
    fill(weeks, 57, 0);
    assert_false(slope_is_plateau(weeks));
    fill(weeks, 56, 0);
    assert_true(slope_is_plateau(weeks));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown),         cmocka_unit_test(test_line),
        cmocka_unit_test(test_limits_of_eight), cmocka_unit_test(test_any_series),
        cmocka_unit_test(test_plateau),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
