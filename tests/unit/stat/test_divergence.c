/* Jensen-Shannon divergence: range, symmetry, scale, and known values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stat/divergence.h"
#include "support/dice.h"
#include "support/near.h"

static void test_known_values(void **state)
{
    (void)state;
    const int64_t none[] = {0, 0};
    const int64_t first[] = {5, 0};
    const int64_t second[] = {0, 9};
    const int64_t both[] = {7, 7};
    assert_false(divergence_jensen_shannon(none, first, 2).known);
    assert_false(divergence_jensen_shannon(first, none, 2).known);
    assert_near(divergence_jensen_shannon(first, second, 2).value, 1, 0);
    assert_near(divergence_jensen_shannon(both, both, 2).value, 0, 0);
    /* Half of each log2: 0.5 log2(4/3) + 0.25 log2(2/3) + 0.25. */
    assert_near(divergence_jensen_shannon(first, both, 2).value, 0.31127812445913283, 1e-15);
    assert_near(divergence_jensen_shannon(first, second, 2).n, 14, 0);
}

static void test_any_mix(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < 5000; i++) {
        int64_t a[4];
        int64_t b[4];
        int64_t more[4];
        for (size_t j = 0; j < 4; j++) {
            a[j] = dice_below(&dice, INT64_C(1) << dice_below(&dice, 38)) + (j == 0);
            b[j] = dice_below(&dice, INT64_C(1) << dice_below(&dice, 38)) + (j == 1);
            more[j] = 1000 * a[j];
        }
        struct estimate e = divergence_jensen_shannon(a, b, 4);
        assert_true(e.known && !e.has_interval);
        assert_true(e.value >= 0 && e.value <= 1);
        assert_near(e.value, divergence_jensen_shannon(b, a, 4).value, 1e-15);
        assert_near(e.value, divergence_jensen_shannon(more, b, 4).value, 1e-13);
        assert_near(divergence_jensen_shannon(a, more, 4).value, 0, 1e-15);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_values),
        cmocka_unit_test(test_any_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
