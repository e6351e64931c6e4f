/* The quantiles against points computed with 50 digits, and their symmetries and limits. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stat/special.h"
#include "support/dice.h"
#include "support/near.h"

struct point {
    double p;
    double df;
    double quantile;
};

/* mpmath: Newton on erfc, 2F1 and the regularised incomplete gamma function at 50 digits. */
static const struct point NORMAL[] = {
    {1e-300, 0, -37.0470962993612},        {1e-100, 0, -21.273453560965326},
    {1e-12, 0, -7.034483825301132},        {1e-06, 0, -4.753424308822899},
    {0.001, 0, -3.0902323061678136},       {0.025, 0, -1.9599639845400543},
    {0.2, 0, -0.8416212335729142},         {0.25, 0, -0.6744897501960817},
    {0.3, 0, -0.5244005127080408},         {0.4999, 0, -0.00025066283008800747},
    {0.5000001, 0, 2.506628273311648e-07}, {0.75, 0, 0.6744897501960817},
    {0.9, 0, 1.2815515655446006},          {0.975, 0, 1.9599639845400538},
    {0.999999, 0, 4.753424308817087},      {0.999999999999, 0, 7.0344869100478356},
};

static const struct point STUDENT[] = {
    {1e-12, 0.5, -1.02849115631634e+23},
    {1e-06, 0.5, -102849115631.63402},
    {0.025, 0.5, -164.55767348048852},
    {0.3, 0.5, -1.0095258786071661},
    {0.5000001, 0.5, 3.708149352651193e-07},
    {0.975, 0.5, 164.55767348048823},
    {0.999999999, 0.5, 1.0284912144917752e+17},
    {1e-12, 1, -318309886183.79065},
    {1e-06, 1, -318309.8861827435},
    {0.025, 1, -12.706204736174705},
    {0.3, 1, -0.7265425280053609},
    {0.5000001, 1, 3.1415926519363007e-07},
    {0.975, 1, 12.706204736174694},
    {0.999999999, 1, 318309895.1862093},
    {1e-12, 1.5, -52194694.27344635},
    {1e-06, 1.5, -5219.469324706946},
    {0.025, 1.5, -6.0166631044279315},
    {0.3, 1.5, -0.6517954826023571},
    {0.5000001, 1.5, 2.9348322138559665e-07},
    {0.975, 1.5, 6.016663104427928},
    {0.999999999, 1.5, 521946.95257454924},
    {1e-12, 4.25, -920.3067476634819},
    {1e-06, 4.25, -35.608889189109654},
    {0.025, 4.25, -2.7132058471460603},
    {0.3, 4.25, -0.5659195680774605},
    {0.5000001, 4.25, 2.65714065625391e-07},
    {0.975, 4.25, 2.71320584714606},
    {0.999999999, 4.25, 181.1454993389803},
    {1e-12, 10, -40.5320961786626},
    {1e-06, 10, -9.75199549094058},
    {0.025, 10, -2.228138851986275},
    {0.3, 10, -0.5415280387550157},
    {0.5000001, 10, 2.5699780335778006e-07},
    {0.975, 10, 2.2281388519862744},
    {0.999999999, 10, 20.144697824931782},
    {1e-12, 24, -13.097492743383265},
    {1e-06, 24, -6.217662306925043},
    {0.025, 24, -2.063898561628026},
    {0.3, 24, -0.531438056118017},
    {0.5000001, 24, 2.532867832749994e-07},
    {0.975, 24, 2.0638985616280254},
    {0.999999999, 24, 9.297284891401457},
    {1e-12, 60.5, -8.800469803317968},
    {1e-06, 60.5, -5.258965164423968},
    {0.025, 60.5, -1.9999578623144918},
    {0.3, 60.5, -0.5271749106407542},
    {0.5000001, 60.5, 2.5170071982118836e-07},
    {0.975, 60.5, 1.9999578623144914},
    {0.999999999, 60.5, 7.046998416738096},
    {1e-12, 1000, -7.1242289253144095},
    {1e-06, 1000, -4.781608620458351},
    {0.025, 1000, -1.9623390808264085},
    {0.3, 1000, -0.524567707309227},
    {0.5000001, 1000, 2.507255008614169e-07},
    {0.975, 1000, 1.962339080826408},
    {0.999999999, 1000, 6.0536902768005225},
    {1e-12, 1000000.0, -7.034572608411256},
    {1e-06, 1000000.0, -4.753452348279681},
    {0.025, 1000000.0, -1.959966356814107},
    {0.3, 1000000.0, -0.5244006798602089},
    {0.5000001, 1000000.0, 2.506628899968795e-07},
    {0.975, 1000000.0, 1.9599663568141066},
    {0.999999999, 1000000.0, 5.9978624603049715},
};

static const struct point CHI_SQUARE[] = {
    {1e-12, 0.5, 1.349939578622346e-48},
    {1e-06, 0.5, 1.3499395786223458e-24},
    {0.025, 0.5, 5.273202591259994e-07},
    {0.3, 0.5, 0.010982604948550967},
    {0.5000001, 0.5, 0.08734767707336148},
    {0.975, 0.5, 3.4332352999607743},
    {0.999999999, 0.5, 34.51714652482221},
    {1e-12, 1, 1.5707963267948966e-24},
    {1e-06, 1, 1.5707963267957189e-12},
    {0.025, 1, 0.000982069117175256},
    {0.3, 1, 0.14847186183254543},
    {0.5000001, 1, 0.4549366353724329},
    {0.975, 1, 5.023886187314887},
    {0.999999999, 1, 37.32489310651872},
    {1e-12, 1.5, 1.787132450835319e-16},
    {1e-06, 1.5, 1.7871324599605828e-08},
    {0.025, 1.5, 0.013113021163018952},
    {0.3, 1.5, 0.4015892101266138},
    {0.5000001, 1.5, 0.9083342735022603},
    {0.975, 1.5, 6.275807973333612},
    {0.999999999, 1.5, 39.524086788207555},
    {1e-12, 4.25, 6.604310736960879e-06},
    {1e-06, 4.25, 0.00440212445488022},
    {0.025, 4.25, 0.5646451292752219},
    {0.3, 4.25, 2.3933972800154266},
    {0.5000001, 4.25, 3.6051280705621065},
    {0.975, 4.25, 11.573829100516203},
    {0.999999999, 4.25, 48.60056189869316},
    {1e-12, 10, 0.0207786897050036},
    {1e-06, 10, 0.3381260032429545},
    {0.025, 10, 3.2469727802368413},
    {0.3, 10, 7.2672181659276065},
    {0.5000001, 10, 9.34181884251738},
    {0.975, 10, 20.483177350807395},
    {0.999999999, 10, 62.94545748504156},
    {1e-12, 24, 1.1035610263248052},
    {1e-06, 24, 3.879972017546981},
    {0.025, 24, 12.401150217444433},
    {0.3, 24, 19.943228742038677},
    {0.5000001, 24, 23.336728014460352},
    {0.975, 24, 39.36407702660391},
    {0.999999999, 24, 90.95807284696012},
    {1e-12, 60.5, 11.74387846802489},
    {1e-06, 60.5, 21.70962523562572},
    {0.025, 60.5, 40.89225765906552},
    {0.3, 60.5, 54.28508181590894},
    {0.5000001, 60.5, 59.83465786785736},
    {0.975, 60.5, 83.88724209812858},
    {0.999999999, 60.5, 151.2489829540308},
    {1e-12, 1000, 716.9494787894976},
    {1e-06, 1000, 801.6244376068657},
    {0.025, 1000, 914.257153799259},
    {0.3, 1000, 976.0735912577742},
    {0.5000001, 1000, 999.3334236090035},
    {0.975, 1000, 1089.5309127749135},
    {0.999999999, 1000, 1291.9578664788812},
    {1e-12, 1000000.0, 990084.0366937247},
    {1e-06, 1000000.0, 993292.0337373913},
    {0.025, 1000000.0, 997230.0871432901},
    {0.3, 1000000.0, 999257.9026238887},
    {0.5000001, 1000000.0, 999999.333687903},
    {0.975, 1000000.0, 1002773.701467926},
    {0.999999999, 1000000.0, 1008505.5094573307},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* In relative terms: the near-zero quantiles count as much as the others. */
static void assert_ratio(double actual, double expected, double tolerance)
{
    assert_near(actual / expected, 1, tolerance);
}

static void test_normal_points(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(NORMAL); i++)
        assert_ratio(special_normal_quantile(NORMAL[i].p), NORMAL[i].quantile, 2e-15);
}

static void test_student_points(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(STUDENT); i++) {
        const struct point *at = &STUDENT[i];
        assert_ratio(special_t_quantile(at->p, at->df), at->quantile, at->df < 1 ? 1e-13 : 2e-14);
    }
}

static void test_chi2_points(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(CHI_SQUARE); i++) {
        const struct point *at = &CHI_SQUARE[i];
        assert_ratio(special_chi2_quantile(at->p, at->df), at->quantile, 2e-14);
    }
}

static double random_p(struct dice *dice)
{
    double p = pow(10, -12 * dice_unit(dice));
    return fmin(p / 2, 0.4999);
}

static double random_df(struct dice *dice)
{
    return pow(10, 7 * dice_unit(dice));
}

static void test_symmetry(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    assert_true(special_normal_quantile(0.5) == 0);
    for (int i = 0; i < 2000; i++) {
        /* 1 - p is exact for such a p, so that both sides ask for the same tail. */
        double p = floor(random_p(&dice) * 0x1p53 + 1) * 0x1p-53;
        double df = random_df(&dice);
        assert_ratio(special_normal_quantile(1 - p), -special_normal_quantile(p), 1e-15);
        assert_ratio(special_t_quantile(1 - p, df), -special_t_quantile(p, df), 1e-15);
        assert_true(special_t_quantile(0.5, df) == 0);
    }
}

static void test_closed_forms(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < 2000; i++) {
        double p = random_p(&dice);
        double z = special_normal_quantile(p);
        assert_ratio(erfc(-z / M_SQRT2) / 2, p, 1e-13);
        assert_ratio(special_t_quantile(p, 1), -1 / tan(M_PI * p), 1e-13);
        assert_ratio(special_t_quantile(p, 2), -(1 - 2 * p) / sqrt(2 * p * (1 - p)), 1e-14);
        assert_ratio(special_chi2_quantile(p, 2), -2 * log1p(-p), 1e-14);
        double q = 1 - (1 - p); /* what the rounding of 1 - p leaves of p */
        double half = special_normal_quantile(q / 2);
        assert_ratio(special_chi2_quantile(1 - p, 2), -2 * log(q), 1e-14);
        assert_ratio(special_chi2_quantile(1 - p, 1), half * half, 1e-14);
    }
}

/* Strictly rising in p; |t| falls and chi-square rises with df. */
static void test_monotone(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int i = 0; i < 5000; i++) {
        double p = random_p(&dice);
        double df = random_df(&dice);
        double more = df * (1 + 0.2 * dice_unit(&dice)) + 0.01;
        assert_true(special_normal_quantile(p) < special_normal_quantile(p * 1.001));
        assert_true(special_t_quantile(p, df) < special_t_quantile(p * 1.001, df));
        assert_true(special_chi2_quantile(p, df) < special_chi2_quantile(p * 1.001, df));
        assert_true(special_t_quantile(p, df) < special_t_quantile(p, more));
        assert_true(special_chi2_quantile(p, df) < special_chi2_quantile(p, more));
        assert_true(special_chi2_quantile(p, df) < special_chi2_quantile(0.9999, df));
    }
}

/* Where one way of computing a mass takes over from another there is no step. */
static void test_seams(void **state)
{
    (void)state;
    static const double seams[] = {2, 4, 6.25, 24, 50, 100};
    for (size_t i = 0; i < COUNT(seams); i++) {
        for (int j = 1; j < 2000; j++) {
            double p = j / 2000.0;
            double below = seams[i] * (1 - 1e-13);
            assert_near(special_t_quantile(p, below), special_t_quantile(p, seams[i]), 1e-12);
            assert_near(special_chi2_quantile(p, below), special_chi2_quantile(p, seams[i]), 1e-12);
        }
    }
    assert_near(special_normal_quantile(0.25), special_normal_quantile(0.25 - 1e-16), 1e-15);
    assert_near(special_t_quantile(0.25, 7), special_t_quantile(0.25 - 1e-16, 7), 1e-15);
}

/* No start leads astray: every p, also where the tails are told from the middle, with any df from
 * 0.2 on. */
static void test_no_start_leads_astray(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    static const double ps[] = {1e-30, 0.2499999, 0.25, 0.2500001, 0.4999999, 0.5, 0.75, 0.9999};
    for (int i = 0; i < 20000; i++) {
        double df = 0.2 * pow(10, 12 * dice_unit(&dice));
        double p = i % 2 ? ps[dice_below(&dice, COUNT(ps))] : dice_unit(&dice) / 2 + 1e-9;
        double t = special_t_quantile(p, df);
        double x = special_chi2_quantile(p, df);
        assert_true(isfinite(t) && (t > 0) == (p > 0.5));
        assert_true(isfinite(x) && x >= 0);
        assert_true(fabs(t) >= fabs(special_normal_quantile(p)) * (1 - 1e-14));
        if (df >= 2 && p >= 0.5)
            assert_true(x > df - 1);
    }
}

static void test_limits_of_many_degrees(void **state)
{
    (void)state;
    static const double ps[] = {1e-12, 0.025, 0.3, 0.6, 0.975, 0.999999};
    const double df = 1e12;
    for (size_t i = 0; i < COUNT(ps); i++) {
        double z = special_normal_quantile(ps[i]);
        assert_ratio(special_t_quantile(ps[i], df), z, 2e-11);
        double root = 1 - 2 / (9 * df) + z * sqrt(2 / (9 * df));
        assert_ratio(special_chi2_quantile(ps[i], df), df * root * root * root, 1e-14);
    }
}

static void test_density(void **state)
{
    (void)state;
    assert_ratio(special_normal_density(0), 0.3989422804014327, 1e-15);
    assert_ratio(special_normal_density(-1.5), 0.12951759566589174, 1e-15);
    assert_true(special_normal_density(2) == special_normal_density(-2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normal_points), cmocka_unit_test(test_student_points),
        cmocka_unit_test(test_chi2_points),   cmocka_unit_test(test_symmetry),
        cmocka_unit_test(test_closed_forms),  cmocka_unit_test(test_monotone),
        cmocka_unit_test(test_seams),         cmocka_unit_test(test_limits_of_many_degrees),
        cmocka_unit_test(test_density),       cmocka_unit_test(test_no_start_leads_astray),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
