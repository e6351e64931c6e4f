/* Reliance on advice: symmetries of the measures, and what correcting for scoring must do. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stat/interval.h"
#include "stat/reliance.h"
#include "support/dice.h"
#include "support/near.h"

static int64_t random_count(struct dice *dice)
{
    return dice_below(dice, INT64_C(1) << dice_below(dice, 34));
}

static struct reliance_counts random_scored(struct dice *dice)
{
    return (struct reliance_counts){random_count(dice), random_count(dice), random_count(dice),
                                    random_count(dice)};
}

/* The one who does the opposite every time. */
static struct reliance_counts opposite(struct reliance_counts s)
{
    return (struct reliance_counts){.ca = s.wo, .wa = s.co, .co = s.wa, .wo = s.ca};
}

static void assert_ordered(struct estimate e, double lo, double hi)
{
    assert_true(e.known && e.has_interval);
    assert_true(lo <= e.lo && e.lo <= e.value);
    assert_true(e.value <= e.hi && e.hi <= hi);
}

static void test_unknown(void **state)
{
    (void)state;
    const struct reliance_counts none = {0};
    const struct reliance_counts always_right = {.ca = 4, .wo = 2};
    assert_false(reliance_judgement(&none).known);
    assert_false(reliance_judgement(&always_right).known);
    assert_false(reliance_d_prime(&none).known);
    assert_false(reliance_criterion(&none).known);
    assert_true(reliance_d_prime(&always_right).known);
    assert_false(reliance_over_adjusted(5, 5, &none).known);
    assert_int_equal(reliance_verification_bias(0, 5, &none), FLAG_UNKNOWN);
    assert_int_equal(reliance_verification_bias(5, 0, &none), FLAG_UNKNOWN);
    assert_int_equal(reliance_verification_bias(5, 5, &none), FLAG_FALSE);
}

static void test_judgement(void **state)
{
    (void)state;
    const struct reliance_counts perfect = {.ca = 10, .co = 10};
    const struct reliance_counts blind = {.ca = 10, .wa = 10};
    assert_true(reliance_judgement(&perfect).value == 1 && reliance_judgement(&perfect).hi == 1);
    assert_true(reliance_judgement(&blind).value == 0.5);
    struct dice dice = dice_take();
    for (int i = 0; i < 5000; i++) {
        struct reliance_counts s = random_scored(&dice);
        struct reliance_counts t = opposite(s);
        struct estimate e = reliance_judgement(&s);
        assert_int_equal(e.known, s.ca + s.wo > 0 && s.co + s.wa > 0);
        if (!e.known)
            continue;
        assert_ordered(e, 0, 1);
        assert_near(e.value, 1 - reliance_judgement(&t).value, 1e-14);
        assert_near(e.lo, 1 - reliance_judgement(&t).hi, 1e-14);
        double right = (double)s.ca / (double)(s.ca + s.wo);
        double wrong = (double)s.co / (double)(s.co + s.wa);
        assert_near(e.value, (right + wrong) / 2, 1e-14);
        assert_true(e.n == (double)(s.ca + s.wa + s.co + s.wo));
    }
}

static void test_signal_detection(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < 5000; i++) {
        struct reliance_counts s = random_scored(&dice);
        struct reliance_counts t = opposite(s);
        if (s.ca + s.wa + s.co + s.wo == 0)
            continue;
        struct estimate d = reliance_d_prime(&s);
        struct estimate c = reliance_criterion(&s);
        assert_ordered(d, -HUGE_VAL, HUGE_VAL);
        assert_ordered(c, -HUGE_VAL, HUGE_VAL);
        /* 1 - p of a p near 1 is rounded. */
        assert_near(d.value, -reliance_d_prime(&t).value, 1e-6);
        assert_near(c.value, -reliance_criterion(&t).value, 1e-6);
        assert_near((c.hi - c.lo) * 2, d.hi - d.lo, 1e-12);
        /* One more override of a wrong advice is no less skill and no less readiness to override.
         */
        s.co++;
        assert_true(reliance_d_prime(&s).value >= d.value);
        assert_true(reliance_criterion(&s).value <= c.value);
    }
}

static void test_adjusted_of_equal_scoring(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < 5000; i++) {
        struct reliance_counts s = random_scored(&dice);
        int64_t a = s.ca + s.wa;
        int64_t v = s.co + s.wo;
        if (a == 0 || v == 0 || s.wa + s.co == 0)
            continue;
        /* The same share of both scored: nothing to correct. */
        int64_t times = 1 + dice_below(&dice, 9);
        struct estimate e = reliance_over_adjusted(a * times, v * times, &s);
        assert_true(e.known && e.lo >= 0 && e.hi <= 1);
        assert_near(e.value, (double)s.wa / (double)(s.wa + s.co), 1e-14);
        assert_true(e.n == (double)((a + v) * times));
        assert_int_equal(e.lo <= 0, s.wa == 0);
        assert_int_equal(e.hi >= 1, s.co == 0);
        assert_int_equal(reliance_verification_bias(a * times, v * times, &s), FLAG_FALSE);
        /* Over- and under-reliance exchange roles with accept and override. */
        struct reliance_counts t = {.ca = s.co, .wa = s.wo, .co = s.ca, .wo = s.wa};
        struct estimate under = reliance_under_adjusted(v * times, a * times, &t);
        assert_near(under.value, e.value, 0);
        assert_near(under.lo, e.lo, 0);
        assert_near(under.hi, e.hi, 0);
        /* Half of the accepted only: twice as many of the wrong ones are among the rest. */
        struct estimate more = reliance_over_adjusted(2 * a * times, v * times, &s);
        assert_true(more.value >= e.value);
    }
}

static void test_verification_bias_at_its_limit(void **state)
{
    (void)state;
    /* 0.5 against 0.3 of large sides: sure to differ, by 0.2 exactly, which is not beyond it. */
    const struct reliance_counts level = {.ca = 500000, .wo = 300000};
    const struct reliance_counts beyond = {.ca = 500001, .wo = 300000};
    const struct reliance_counts other = {.ca = 300000, .wo = 500001};
    assert_int_equal(reliance_verification_bias(1000000, 1000000, &level), FLAG_FALSE);
    assert_int_equal(reliance_verification_bias(1000000, 1000000, &beyond), FLAG_TRUE);
    assert_int_equal(reliance_verification_bias(1000000, 1000000, &other), FLAG_TRUE);
    /* Products beyond 64 bits. */
    const int64_t large = INT64_C(1) << 40;
    const struct reliance_counts half = {.ca = large / 2, .wo = large / 4};
    assert_int_equal(reliance_verification_bias(large, large, &half), FLAG_TRUE);
    /* Far apart, but of so few that it may be chance. */
    const struct reliance_counts few = {.ca = 1};
    assert_int_equal(reliance_verification_bias(1, 1, &few), FLAG_FALSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_judgement),
        cmocka_unit_test(test_signal_detection),
        cmocka_unit_test(test_adjusted_of_equal_scoring),
        cmocka_unit_test(test_verification_bias_at_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
