/* Intervals of proportions, differences and rates: laws for any counts, published examples. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stat/interval.h"
#include "stat/special.h"
#include "support/dice.h"
#include "support/near.h"

static void assert_ordered(struct estimate e, double lo, double hi)
{
    assert_true(e.known && e.has_interval);
    assert_true(lo <= e.lo && e.lo <= e.value);
    assert_true(e.value <= e.hi && e.hi <= hi);
}

/* Anything from 1 to 2^40, small numbers as often as large ones. */
static int64_t random_count(struct dice *dice)
{
    return 1 + dice_below(dice, INT64_C(1) << dice_below(dice, 41));
}

static void test_unknown(void **state)
{
    (void)state;
    assert_false(interval_wilson(0, 0).known);
    assert_false(interval_newcombe(0, 0, 1, 2).known);
    assert_false(interval_newcombe(1, 2, 0, 0).known);
    assert_false(interval_garwood(0, 0).known);
    assert_false(interval_garwood(3, 0).known);
    assert_false(interval_square_and_add(estimate_unknown(), interval_wilson(1, 2)).known);
    assert_false(interval_exp(estimate_unknown()).known);
}

/* Newcombe (1998), Statistics in Medicine 17, 857-872, table I and 873-890, table II. */
static void test_published(void **state)
{
    (void)state;
    struct estimate wilson = interval_wilson(81, 263);
    assert_near(wilson.lo, 0.2553, 5e-5);
    assert_near(wilson.hi, 0.3662, 5e-5);
    struct estimate few = interval_wilson(1, 29);
    assert_near(few.lo, 0.0061, 5e-5);
    assert_near(few.hi, 0.1718, 5e-5);
    struct estimate difference = interval_newcombe(56, 70, 48, 80);
    assert_near(difference.lo, 0.0524, 5e-5);
    assert_near(difference.hi, 0.3339, 5e-5);
}

static void test_wilson(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < 20000; i++) {
        int64_t n = random_count(&dice);
        int64_t k = dice_below(&dice, n + 1);
        struct estimate e = interval_wilson(k, n);
        struct estimate mirror = interval_wilson(n - k, n);
        assert_ordered(e, 0, 1);
        assert_near(e.lo, 1 - mirror.hi, 1e-15);
        assert_near(e.hi, 1 - mirror.lo, 1e-15);
        assert_int_equal(e.lo <= 0, k == 0);
        assert_int_equal(e.hi >= 1, k == n);
        assert_true(e.n == (double)n);
        if (k < n) {
            struct estimate next = interval_wilson(k + 1, n);
            assert_true(next.value >= e.value && next.lo >= e.lo && next.hi >= e.hi);
        }
        /* Twice the evidence for the same share lies inside. */
        struct estimate twice = interval_wilson(2 * k, 2 * n);
        assert_true(twice.lo >= e.lo && twice.hi <= e.hi);
    }
}

static void test_newcombe(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < 20000; i++) {
        int64_t n1 = random_count(&dice);
        int64_t n0 = random_count(&dice);
        int64_t k1 = dice_below(&dice, n1 + 1);
        int64_t k0 = dice_below(&dice, n0 + 1);
        struct estimate e = interval_newcombe(k1, n1, k0, n0);
        struct estimate swapped = interval_newcombe(k0, n0, k1, n1);
        assert_ordered(e, -1, 1);
        assert_near(e.lo, -swapped.hi, 1e-15);
        assert_near(e.value, -swapped.value, 1e-15);
        assert_true(e.n == (double)(n1 + n0));
    }
    struct estimate all = interval_newcombe(5, 5, 0, 5);
    assert_true(all.value == 1 && all.hi == 1 && all.lo < 1);
}

static void test_square_and_add(void **state)
{
    (void)state;
    struct estimate a = estimate_interval(2, 1, 6, 10);
    struct estimate b = estimate_interval(0.5, -2.5, 1, 7);
    struct estimate d = interval_square_and_add(a, b);
    assert_near(d.value, 1.5, 0);
    assert_near(d.lo, 1.5 - sqrt(1 + 0.25), 1e-15);
    assert_near(d.hi, 1.5 + 5, 1e-15);
    assert_near(d.n, 17, 0);
}

static void test_garwood(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < 3000; i++) {
        int64_t k = dice_below(&dice, INT64_C(1) << dice_below(&dice, 34));
        double exposure = 0.001 + 1000 * dice_unit(&dice);
        struct estimate e = interval_garwood(k, exposure);
        assert_ordered(e, 0, HUGE_VAL);
        assert_int_equal(e.lo <= 0, k == 0);
        assert_near(e.n, exposure, 0);
        struct estimate next = interval_garwood(k + 1, exposure);
        assert_true(next.lo > e.lo && next.hi > e.hi);
        struct estimate twice = interval_garwood(k, 2 * exposure);
        assert_near(twice.lo, e.lo / 2, 1e-15);
        assert_near(twice.hi, e.hi / 2, 1e-15);
    }
    assert_near(interval_garwood(0, 2).hi, -log(0.025) / 2, 1e-14);
}

static void test_garwood_is_chi_square(void **state)
{
    (void)state;
    for (int64_t k = 0; k <= 400; k++) {
        struct estimate e = interval_garwood(k, 1);
        assert_true(interval_garwood(k, 1).hi == e.hi); /* remembered, too */
        double events = (double)k;
        assert_near(e.hi / special_chi2_quantile(0.975, 2 * events + 2), 0.5, 1e-15);
        if (k > 0)
            assert_near(e.lo / special_chi2_quantile(0.025, 2 * events), 0.5, 1e-15);
    }
}

/* By definition the Poisson distribution with mean lo gives k or more, the one with mean hi k or
 * fewer, in 2.5 %. */
static void test_garwood_tails(void **state)
{
    (void)state;
    for (int64_t k = 0; k <= 60; k++) {
        struct estimate e = interval_garwood(k, 1);
        double at_most_k = 0;
        double below_k = 0;
        double term_hi = exp(-e.hi);
        double term_lo = exp(-e.lo);
        for (int64_t j = 0; j <= k; j++) {
            at_most_k += term_hi;
            below_k += j < k ? term_lo : 0;
            term_hi *= e.hi / (double)(j + 1);
            term_lo *= e.lo / (double)(j + 1);
        }
        assert_near(at_most_k, 0.025, 1e-13);
        if (k > 0)
            assert_near(1 - below_k, 0.025, 1e-13);
    }
}

static void test_exp(void **state)
{
    (void)state;
    struct estimate e = interval_exp(estimate_interval(0, -1, 2, 30));
    assert_near(e.value, 1, 0);
    assert_near(e.lo, exp(-1), 1e-15);
    assert_near(e.hi, exp(2), 1e-15);
    assert_near(e.n, 30, 0);
}

static void test_clip_and_zero(void **state)
{
    (void)state;
    struct estimate e = estimate_clip(estimate_interval(1.5, -3, 4, 5), -1, 1);
    assert_true(e.value == 1.5 && e.lo == -1 && e.hi == 1);
    assert_false(estimate_clip(estimate_unknown(), -1, 1).known);
    assert_true(estimate_excludes_zero(estimate_interval(2, 1, 3, 5)));
    assert_true(estimate_excludes_zero(estimate_interval(-2, -3, -1, 5)));
    assert_false(estimate_excludes_zero(estimate_interval(2, 0, 3, 5)));
    assert_false(estimate_excludes_zero(estimate_unknown()));
    assert_false(estimate_excludes_zero(estimate_point(3, 5)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown),        cmocka_unit_test(test_published),
        cmocka_unit_test(test_wilson),         cmocka_unit_test(test_newcombe),
        cmocka_unit_test(test_square_and_add), cmocka_unit_test(test_garwood),
        cmocka_unit_test(test_garwood_tails),  cmocka_unit_test(test_exp),
        cmocka_unit_test(test_clip_and_zero),  cmocka_unit_test(test_garwood_is_chi_square),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
