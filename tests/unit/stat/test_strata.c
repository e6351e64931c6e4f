/* Stratified differences of proportions: one stratum, symmetry, Simpson's paradox. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stat/interval.h"
#include "stat/strata.h"
#include "support/dice.h"
#include "support/near.h"

enum { STRATA = 6 };

static void assert_same(struct estimate a, struct estimate b, double tolerance)
{
    assert_int_equal(a.known, b.known);
    assert_near(a.value, b.value, tolerance);
    assert_near(a.lo, b.lo, tolerance);
    assert_near(a.hi, b.hi, tolerance);
    assert_near(a.n, b.n, 0);
}

static struct stratum_counts random_stratum(struct dice *dice)
{
    int64_t n1 = 1 + dice_below(dice, INT64_C(1) << dice_below(dice, 36));
    int64_t n0 = 1 + dice_below(dice, INT64_C(1) << dice_below(dice, 36));
    return (struct stratum_counts){dice_below(dice, n1 + 1), n1, dice_below(dice, n0 + 1), n0};
}

static struct stratum_counts swapped(struct stratum_counts s)
{
    return (struct stratum_counts){s.k0, s.n0, s.k1, s.n1};
}

static void test_unknown(void **state)
{
    (void)state;
    const struct stratum_counts apart[] = {{1, 2, 0, 0}, {0, 0, 1, 2}};
    assert_false(strata_mh_difference(NULL, 0).known);
    assert_false(strata_mh_difference(apart, 2).known);
    assert_int_equal(strata_simpson(NULL, 0), FLAG_UNKNOWN);
    assert_int_equal(strata_simpson(apart, 2), FLAG_UNKNOWN);
}

static void test_one_is_newcombe(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < 5000; i++) {
        struct stratum_counts s = random_stratum(&dice);
        assert_same(strata_mh_difference(&s, 1), interval_newcombe(s.k1, s.n1, s.k0, s.n0), 1e-13);
        assert_int_equal(strata_simpson(&s, 1), FLAG_FALSE);
    }
}

static void test_many(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < 5000; i++) {
        struct stratum_counts all[STRATA + 2];
        struct stratum_counts mirrored[STRATA];
        double least = 1;
        double most = -1;
        for (size_t j = 0; j < STRATA; j++) {
            struct stratum_counts s = random_stratum(&dice);
            struct estimate d = interval_newcombe(s.k1, s.n1, s.k0, s.n0);
            least = d.value < least ? d.value : least;
            most = d.value > most ? d.value : most;
            all[j] = s;
            mirrored[STRATA - 1 - j] = swapped(s);
        }
        struct estimate e = strata_mh_difference(all, STRATA);
        assert_true(e.known && e.lo >= -1 && e.hi <= 1);
        assert_true(e.lo <= e.value && e.value <= e.hi);
        assert_true(least - 1e-12 <= e.value && e.value <= most + 1e-12);
        /* Exchanging the sides changes the sign; the order of strata changes nothing. */
        struct estimate mirror = strata_mh_difference(mirrored, STRATA);
        assert_near(e.value, -mirror.value, 1e-13);
        assert_near(e.lo, -mirror.hi, 1e-13);
        /* A workflow with one side only is no stratum. */
        all[STRATA] = (struct stratum_counts){3, 9, 0, 0};
        all[STRATA + 1] = (struct stratum_counts){0, 0, 4, 4};
        assert_same(strata_mh_difference(all, STRATA + 2), e, 0);
        assert_int_equal(strata_simpson(all, STRATA), strata_simpson(mirrored, STRATA));
    }
}

/* Weights that do not sum up to exactly 1 must not leave a sure thing unsure. */
static void test_always_and_never(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < 2000; i++) {
        struct stratum_counts all[STRATA];
        for (size_t j = 0; j < STRATA; j++) {
            all[j] = random_stratum(&dice);
            all[j].k1 = all[j].n1;
            all[j].k0 = 0;
        }
        struct estimate e = strata_mh_difference(all, STRATA);
        assert_true(e.value == 1 && e.hi == 1 && e.lo < 1);
    }
}

/* Charig and others (1986), the two treatments of kidney stones: better on both sizes, worse in
 * all. */
static void test_simpson(void **state)
{
    (void)state;
    const struct stratum_counts stones[] = {{81, 87, 234, 270}, {192, 263, 55, 80}};
    struct estimate lift = strata_mh_difference(stones, 2);
    assert_true(lift.value > 0);
    assert_true(interval_newcombe(273, 350, 289, 350).value < 0);
    assert_false(estimate_excludes_zero(lift));
    assert_int_equal(strata_simpson(stones, 2), FLAG_FALSE);

    struct stratum_counts many[] = {{810, 870, 2340, 2700}, {1920, 2630, 550, 800}};
    assert_int_equal(strata_simpson(many, 2), FLAG_TRUE);
    const struct stratum_counts agreeing[] = {{810, 870, 2340, 2700}, {1920, 2630, 0, 0}};
    assert_int_equal(strata_simpson(agreeing, 1), FLAG_FALSE);
}

/* No sign within 1e-9 of 0, however sure the other one is. */
static void test_simpson_of_no_difference(void **state)
{
    (void)state;
    const struct stratum_counts level[] = {{50, 100, 500, 1000}, {100, 1000, 10, 100}};
    assert_true(interval_newcombe(150, 1100, 510, 1100).hi < 0);
    assert_int_equal(strata_simpson(level, 2), FLAG_FALSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown), cmocka_unit_test(test_one_is_newcombe),
        cmocka_unit_test(test_many),    cmocka_unit_test(test_always_and_never),
        cmocka_unit_test(test_simpson), cmocka_unit_test(test_simpson_of_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
