/* Means: exact variances at any size, Welch's case by hand, shifts, scales, and the unknown. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stat/mean.h"
#include "stat/special.h"
#include "support/dice.h"
#include "support/near.h"

static struct mean_sums sums_of(const int64_t *values, size_t count)
{
    struct mean_sums sums = {0};
    for (size_t i = 0; i < count; i++) {
        sums.n++;
        sums.total += values[i];
        sums.squares += (up_i128)values[i] * values[i];
    }
    return sums;
}

static struct mean_sums random_sums(struct dice *dice, int64_t centre, int64_t spread)
{
    int64_t values[40];
    size_t count = 2 + (size_t)dice_below(dice, 39);
    for (size_t i = 0; i < count; i++)
        values[i] = centre + dice_below(dice, 2 * spread + 1) - spread;
    return sums_of(values, count);
}

static void test_unknown(void **state)
{
    (void)state;
    const struct mean_sums none = {0};
    const struct mean_sums one = {1, 5, 25};
    const struct mean_sums same = {4, 20, 100};
    const struct mean_sums varied = {2, 3, 5};
    const struct mean_stratum half = {.one = varied, .zero = one};
    assert_false(mean_student(&none, 1, 0).known);
    assert_false(mean_student(&one, 1, 1).known);
    assert_false(mean_difference(NULL, 0, 1).known);
    assert_false(mean_difference(&half, 1, 1).known);
    assert_false(mean_freed_hours(&half, 1, 1).known);
    /* Zero variance on both sides tells nothing about chance; on one side it may. */
    assert_false(mean_welch(&same, &same, 1).known);
    assert_true(mean_welch(&same, &varied, 1).known);
    assert_true(mean_welch(&varied, &same, 1).known);
}

static void test_student(void **state)
{
    (void)state;
    const int64_t values[] = {3, 4, 4, 5};
    struct mean_sums sums = sums_of(values, 4);
    struct estimate e = mean_student(&sums, 1, 0);
    double half = special_t_quantile(0.975, 3) * sqrt(2.0 / 3 / 4);
    assert_near(e.value, 4, 0);
    assert_near(e.lo, 4 - half, 1e-14);
    assert_near(e.hi, 4 + half, 1e-14);
    assert_near(e.n, 4, 0);
    /* Four equal answers are not certain: the least variance enters. */
    const struct mean_sums equal = {4, 12, 36};
    struct estimate least = mean_student(&equal, 1, 1.0 / 12);
    assert_near(least.hi - 3, special_t_quantile(0.975, 3) * sqrt(1.0 / 48), 1e-14);
    struct estimate point = mean_student(&equal, 1, 0);
    assert_true(point.known && point.lo == 3 && point.hi == 3);
}

/* n values with the sum 0 and the variance n: half the width is the quantile itself. */
static void test_each_degree_of_freedom(void **state)
{
    (void)state;
    for (int64_t df = 1; df <= 200; df++) {
        int64_t n = df + 1;
        const struct mean_sums sums = {n, 0, (up_i128)n * df};
        double quantile = special_t_quantile(0.975, (double)df);
        struct estimate first = mean_student(&sums, 1, 0);
        assert_near(first.hi / quantile, 1, 1e-15);
        assert_true(mean_student(&sums, 1, 0).hi == first.hi); /* remembered, too */
    }
}

/* No values have these: a sum of squares has wrapped around. */
static void test_impossible_sums(void **state)
{
    (void)state;
    const struct mean_sums wrapped = {2, 10, 49};
    const struct mean_sums negative = {100000, 0, -1};
    const struct mean_sums fine = {2, 3, 5};
    const struct mean_stratum strata[] = {{fine, fine}, {wrapped, fine}};
    const struct mean_stratum mirrored[] = {{fine, fine}, {fine, wrapped}};
    assert_false(mean_student(&wrapped, 1, 1).known);
    assert_false(mean_student(&negative, 1, 1).known);
    assert_true(mean_difference(strata, 1, 1).known);
    assert_false(mean_difference(strata, 2, 1).known);
    assert_false(mean_difference(mirrored, 2, 1).known);
    assert_true(mean_freed_hours(strata, 1, 1).known);
    assert_false(mean_freed_hours(strata, 2, 1).known);
    assert_false(mean_freed_hours(mirrored, 2, 1).known);
}

/* 2^31 pairs of values around 2^31, one apart from the mean: the variance is exactly 2n/(2n - 1),
 * after 2^94 less 2^94. */
static void test_huge_counts(void **state)
{
    (void)state;
    const int64_t pairs = INT64_C(1) << 31;
    const int64_t centre = INT64_C(1) << 30;
    const struct mean_sums sums = {2 * pairs, 2 * pairs * centre,
                                   (up_i128)2 * pairs * ((up_i128)centre * centre + 1)};
    struct estimate e = mean_student(&sums, 1, 0);
    double n = 2.0 * (double)pairs;
    double half = special_t_quantile(0.975, n - 1) * sqrt(n / (n - 1) / n);
    assert_near(e.value, (double)centre, 0);
    assert_near((e.hi - e.lo) / 2 / half, 1, 1e-2);
    /* About 0 the same spread is seen in full precision. */
    const struct mean_sums centred = {2 * pairs, 0, (up_i128)2 * pairs};
    struct estimate c = mean_student(&centred, 1, 0);
    assert_near(c.hi / half, 1, 1e-15);
    /* And a difference of two of them does not cancel. */
    struct estimate d = mean_welch(&sums, &centred, 1);
    assert_near(d.value, (double)centre, 0);
}

static void test_no_cancellation(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < 2000; i++) {
        int64_t values[30];
        int64_t shifted[30];
        const int64_t far = INT64_C(1) << 40;
        for (size_t j = 0; j < 30; j++) {
            values[j] = dice_below(&dice, 1000);
            shifted[j] = values[j] + far;
        }
        struct mean_sums near_sums = sums_of(values, 30);
        struct mean_sums far_sums = sums_of(shifted, 30);
        struct estimate e = mean_student(&near_sums, 1, 0);
        struct estimate f = mean_student(&far_sums, 1, 0);
        assert_near((f.hi - (double)far) - (f.lo - (double)far), e.hi - e.lo, 1e-3);
        assert_near(f.value - (double)far, e.value, 1e-3);
        struct mean_sums other = random_sums(&dice, far, 500);
        struct estimate d = mean_welch(&far_sums, &other, 1);
        struct mean_sums other_near = {other.n, other.total - far * other.n,
                                       other.squares - (up_i128)2 * far * other.total +
                                           (up_i128)far * far * other.n};
        struct estimate g = mean_welch(&near_sums, &other_near, 1);
        assert_near(d.hi - d.lo, g.hi - g.lo, 1e-3);
    }
}

/* Welch's degrees of freedom by hand: variances of the means 1 and 4/3. */
static void test_welch(void **state)
{
    (void)state;
    const int64_t a[] = {10, 12};
    const int64_t b[] = {1, 3, 5};
    struct mean_sums one = sums_of(a, 2);
    struct mean_sums zero = sums_of(b, 3);
    double va = 2.0 / 2;
    double vb = 4.0 / 3;
    double df = (va + vb) * (va + vb) / (va * va / 1 + vb * vb / 2);
    double half = special_t_quantile(0.975, df) * sqrt(va + vb);
    struct estimate e = mean_welch(&one, &zero, 1);
    assert_near(e.value, 8, 0);
    assert_near(e.lo, 8 - half, 1e-14);
    assert_near(e.hi, 8 + half, 1e-14);
    assert_near(e.n, 5, 0);
}

static void test_difference(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < 2000; i++) {
        struct mean_stratum strata[4];
        struct mean_stratum swapped[4];
        for (size_t j = 0; j < 4; j++) {
            strata[j].one = random_sums(&dice, 5000, 3000);
            strata[j].zero = random_sums(&dice, 6000, 3000);
            swapped[j] = (struct mean_stratum){strata[j].zero, strata[j].one};
        }
        struct estimate e = mean_difference(strata, 4, 10000);
        struct estimate mirror = mean_difference(swapped, 4, 10000);
        assert_true(e.known && e.lo < e.value && e.value < e.hi);
        assert_near(e.value, -mirror.value, 1e-15);
        assert_near(e.lo, -mirror.hi, 1e-15);
        /* Other units change nothing but the units. */
        struct estimate whole = mean_difference(strata, 4, 1);
        assert_near(e.value * 10000, whole.value, 1e-10);
        assert_near(e.hi * 10000, whole.hi, 1e-10);
        /* A stratum with one value on a side is left out. */
        strata[3].zero = (struct mean_sums){1, 7, 49};
        struct estimate less = mean_difference(strata, 4, 10000);
        struct estimate three = mean_difference(strata, 3, 10000);
        assert_true(less.value == three.value && less.hi == three.hi && less.n == three.n);
    }
}

static void test_freed_hours(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < 2000; i++) {
        struct mean_stratum s = {random_sums(&dice, 30000, 9000), random_sums(&dice, 40000, 9000)};
        struct estimate d = mean_welch(&s.one, &s.zero, 10);
        struct estimate freed = mean_freed_hours(&s, 1, 10);
        double tasks = (double)s.one.n;
        assert_near(freed.value, -d.value * tasks / 3600, 1e-12);
        assert_near(freed.lo, -d.hi * tasks / 3600, 1e-12);
        assert_near(freed.hi, -d.lo * tasks / 3600, 1e-12);
        assert_near(freed.n, d.n, 0);
        /* Twice the same workflow frees twice as much. */
        const struct mean_stratum twice[] = {s, s};
        assert_near(mean_freed_hours(twice, 2, 10).value, 2 * freed.value, 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown),         cmocka_unit_test(test_student),
        cmocka_unit_test(test_huge_counts),     cmocka_unit_test(test_no_cancellation),
        cmocka_unit_test(test_welch),           cmocka_unit_test(test_difference),
        cmocka_unit_test(test_freed_hours),     cmocka_unit_test(test_each_degree_of_freedom),
        cmocka_unit_test(test_impossible_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
