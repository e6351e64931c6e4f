/* Quantiles of the normal, Student and chi-square distributions to nearly full double precision. */
#include "stat/special.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "base/panic.h"

static const double PI = 3.14159265358979323846;
static const double TWO_PI = 6.283185307179586;

/* A distribution reduced to what the solver needs. */
struct shape {
    double size; /* Student: degrees of freedom; gamma: the shape */
    double peak; /* Student: the density at 0 */
    bool upper;  /* the mass above x is sought, else below it (Student, normal: from 0 to x) */
};

/* A mass, d ln mass / d ln x and d ln density / d ln x at one x. */
struct mass {
    double mass;
    double slope;
    double bend;
};

/* The x > 0 with mass(x) = target, from a starting value. ln mass is concave in ln x for all masses
 * of this file, so that Newton's steps cannot run away; Halley's term triples the digits once it is
 * small. */
static double solve(double x, double target, const struct shape *shape,
                    struct mass (*mass_at)(double x, const struct shape *shape))
{
    const int steps_max = 200;
    for (int i = 0; i < steps_max; i++) {
        struct mass at = mass_at(x, shape);
        double gap = log(at.mass / target);
        double step = -gap / at.slope;
        double halley = gap * (1 + at.bend - at.slope) / (2 * at.slope);
        if (fabs(halley) < 0.5)
            step /= 1 - halley;
        x *= exp(step);
        if (fabs(gap) < 1e-5 || !(x > 0 && x < HUGE_VAL))
            break;
    }
    return x;
}

/* ---- normal --------------------------------------------------------------------------------- */

double special_normal_density(double x)
{
    return exp(-x * x / 2) / sqrt(TWO_PI);
}

static struct mass normal_mass(double x, const struct shape *shape)
{
    double ordinate = x * special_normal_density(x);
    double mass = shape->upper ? erfc(x / M_SQRT2) / 2 : erf(x / M_SQRT2) / 2;
    return (struct mass){mass, (shape->upper ? -ordinate : ordinate) / mass, -x * x};
}

/* The x with the mass q <= 1/2 above it, within 4.5e-4 (Hastings 1955, sheet 68; Abramowitz and
 * Stegun 26.2.23). */
static double normal_rough(double q)
{
    double t = sqrt(-2 * log(q));
    double above = 2.515517 + t * (0.802853 + t * 0.010328);
    double below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
    return t - above / below;
}

double special_normal_quantile(double p)
{
    UP_ASSERT(p > 0 && p < 1);
    double from_centre = fabs(p - 0.5);
    if (from_centre <= 0)
        return 0;
    double x;
    if (from_centre < 0.25) {
        const struct shape shape = {.upper = false};
        double w = from_centre * sqrt(TWO_PI);
        x = solve(w * (1 + w * w / 6), from_centre, &shape, normal_mass);
    } else {
        const struct shape shape = {.upper = true};
        double q = fmin(p, 1 - p);
        x = solve(normal_rough(q), q, &shape, normal_mass);
    }
    return p < 0.5 ? -x : x;
}

/* ---- Student -------------------------------------------------------------------------------- */

/* Gamma(x + 1/2)/Gamma(x): the recurrence up to x >= 12, then the series in odd powers of 1/x that
 * follows from Stirling's (coefficients (1 - 2^-2k) B_2k/(k (2k - 1))). */
static double gamma_half_ratio(double x)
{
    double factor = 1;
    for (; x < 12; x += 1)
        factor *= x / (x + 0.5);
    double r = 1 / x;
    double r2 = r * r;
    double series = 31.0 / 18432 + r2 * (-691.0 / 180224);
    series = 1.0 / 640 + r2 * (-17.0 / 14336 + r2 * series);
    series = 1.0 / 8 + r2 * (-1.0 / 192 + r2 * series);
    return factor * sqrt(x) * exp(-r * series);
}

/* The mass from 0 to t over t times the density: a series of positive terms, fast while t^2 is
 * small. */
static double student_body_series(double t, double df)
{
    double y = t * t / (df + t * t);
    double term = 1;
    double sum = 1;
    for (double j = 0; term > DBL_EPSILON / 4 * sum; j += 2) {
        term *= y * (df + 1 + j) / (3 + j);
        sum += term;
    }
    return sum;
}

/* The continued fraction of the upper tail, by Steed's algorithm; every partial numerator is
 * positive. */
static double student_tail_fraction(double t, double df)
{
    double r = df / (t * t);
    double d = 1;
    double term = 1;
    double sum = 1;
    for (double j = 1; fabs(term) > DBL_EPSILON / 4 * sum; j += 1) {
        double e = j * (df + j - 1) / ((df + 2 * j - 2) * (df + 2 * j)) * r;
        d = 1 / (1 + e * d);
        term *= d - 1;
        sum += term;
    }
    return sum;
}

static struct mass student_mass(double t, const struct shape *shape)
{
    double df = shape->size;
    double t2 = t * t;
    double density = shape->peak * exp(-(df + 1) / 2 * log1p(t2 / df));
    double above;
    double below;
    if (t2 < fmin(df, 6.25)) {
        below = t * density * student_body_series(t, df);
        above = 0.5 - below;
    } else {
        above = density * (t / df + 1 / t) * student_tail_fraction(t, df);
        below = 0.5 - above;
    }
    double mass = shape->upper ? above : below;
    double slope = (shape->upper ? -t : t) * density / mass;
    return (struct mass){mass, slope, -(df + 1) * (t2 / (df + t2))};
}

/* Where to start for an upper tail of q <= 1/4: the greatest of the normal quantile, which is
 * always too small, the expansion of Cornish and Fisher in 1/df (Abramowitz and Stegun 26.7.5), and
 * the leading term of the far tail. Beyond the solution Newton's steps come back one by one; far
 * below it, where the tail is flat, they would leap to infinity. */
static double student_start(double q, const struct shape *shape)
{
    double df = shape->size;
    double x = normal_rough(q);
    double x2 = x * x;
    double g1 = (x2 + 1) / 4;
    double g2 = ((5 * x2 + 16) * x2 + 3) / 96;
    double g3 = (((3 * x2 + 19) * x2 + 17) * x2 - 15) / 384;
    double g4 = ((((79 * x2 + 776) * x2 + 1482) * x2 - 1920) * x2 - 945) / 92160;
    double near = x * (1 + (g1 + (g2 + (g3 + g4 / df) / df) / df) / df);
    if (df > 50)
        return near;
    double share = pow(q * sqrt(df) / shape->peak, 2 / df);
    double far = share < 1 ? sqrt(df * (1 / share - 1)) : 0;
    return fmax(x, fmax(near, far));
}

double special_t_quantile(double p, double df)
{
    UP_ASSERT(p > 0 && p < 1);
    UP_ASSERT(df > 0);
    double from_centre = fabs(p - 0.5);
    if (from_centre <= 0)
        return 0;
    struct shape shape = {.size = df, .peak = gamma_half_ratio(df / 2) / sqrt(PI * df)};
    double t;
    if (from_centre < 0.25) {
        double w = from_centre / shape.peak;
        t = solve(w * (1 + (df + 1) / df * w * w / 6), from_centre, &shape, student_mass);
    } else {
        double q = fmin(p, 1 - p);
        shape.upper = true;
        t = solve(student_start(q, &shape), q, &shape, student_mass);
    }
    return p < 0.5 ? -t : t;
}

/* ---- gamma and chi-square ------------------------------------------------------------------- */

/* From this shape on Temme's expansion is exact to double precision where |eta| <= 1. */
static const double TEMME_SHAPE_MIN = 12;

/* Taylor coefficients of eta/(lambda - 1), where eta^2/2 = lambda - 1 - ln lambda. */
static const double TEMME[] = {
    1.0,
    -3.33333333333333333e-1,
    8.33333333333333333e-2,
    -1.48148148148148148e-2,
    1.15740740740740741e-3,
    3.52733686067019400e-4,
    -1.78755144032921811e-4,
    3.91926317852243778e-5,
    -2.18544851067999216e-6,
    -1.85406221071515996e-6,
    8.29671134095308601e-7,
    -1.76659527368260793e-7,
    6.70785354340149858e-9,
    1.02618097842403080e-8,
    -4.38203601845335319e-9,
    9.14769958223679023e-10,
    -2.55141939949462498e-11,
    -5.83077213255042507e-11,
    2.43619480206674162e-11,
    -5.02766928011417559e-12,
    1.10043920319561348e-13,
    3.37176326240098538e-13,
    -1.39238872241816207e-13,
    2.85348938070474432e-14,
    -5.13911184424257262e-16,
    -1.97522882943494428e-15,
    8.09952115670456133e-16,
    -1.65225312163981618e-16,
};
enum { TEMME_TERMS = sizeof TEMME / sizeof TEMME[0] };

/* ln of Gamma(a)/(sqrt(2 pi/a) (a/e)^a), Stirling's series; a >= TEMME_SHAPE_MIN. */
static double stirling_correction(double a)
{
    double r = 1 / a;
    double r2 = r * r;
    double series = -1.0 / 1680 + r2 * (1.0 / 1188 - r2 * 691.0 / 360360);
    series = -1.0 / 360 + r2 * (1.0 / 1260 + r2 * series);
    return r * (1.0 / 12 + r2 * series);
}

/* eta at x: signed, eta^2/2 = lambda - 1 - ln lambda, lambda = x/a. */
static double temme_eta(double a, double x)
{
    double mu = (x - a) / a;
    return copysign(sqrt(2 * fmax(0, mu - log1p(mu))), mu);
}

/* x^a e^-x / Gamma(a), which is x times the density. */
static double gamma_ordinate(double a, double x)
{
    if (a < TEMME_SHAPE_MIN)
        return pow(x, a) * exp(-x) / tgamma(a);
    double mu = (x - a) / a;
    return sqrt(a / TWO_PI) * exp(-a * (mu - log1p(mu)) - stirling_correction(a));
}

/* S of R = exp(-a eta^2/2)/sqrt(2 pi a) S, the correction to the complementary error function. */
static double temme_sum(double a, double eta)
{
    double r = 1 / a;
    double above = 0;
    double beta = 0;
    double sum = 0;
    for (int n = TEMME_TERMS - 1; n > 0; n--) {
        double next = TEMME[n] + (n + 1) * r * above;
        above = beta;
        beta = next;
        sum = sum * eta + beta;
    }
    /* Here beta belongs to eta^0 and `above` to eta^1. */
    return sum / (1 + above * r);
}

/* The mass below x over ordinate/a, a series of positive terms; x < a + 1. */
static double gamma_body_series(double a, double x)
{
    double term = 1;
    double sum = 1;
    for (double n = 1; term > DBL_EPSILON / 4 * sum; n += 1) {
        term *= x / (a + n);
        sum += term;
    }
    return sum;
}

/* The mass above x over the ordinate, Legendre's continued fraction by Steed's algorithm; x >= a
 * + 1. */
static double gamma_tail_fraction(double a, double x)
{
    double b = x + 1 - a;
    double d = 1 / b;
    double term = d;
    double sum = d;
    for (double n = 1; fabs(term) > DBL_EPSILON / 4 * sum; n += 1) {
        b += 2;
        d = 1 / (b + n * (a - n) * d);
        term *= b * d - 1;
        sum += term;
    }
    return sum;
}

static struct mass gamma_mass(double x, const struct shape *shape)
{
    double a = shape->size;
    double ordinate = gamma_ordinate(a, x);
    double eta = a < TEMME_SHAPE_MIN ? 2 : temme_eta(a, x);
    double mass;
    if (fabs(eta) <= 1) {
        double z = eta * sqrt(a / 2);
        double correction = exp(-z * z) / sqrt(TWO_PI * a) * temme_sum(a, eta);
        mass = shape->upper ? erfc(z) / 2 + correction : erfc(-z) / 2 - correction;
    } else if (x < a + 1) {
        double below = ordinate / a * gamma_body_series(a, x);
        mass = shape->upper ? 1 - below : below;
    } else {
        double above = ordinate * gamma_tail_fraction(a, x);
        mass = shape->upper ? above : 1 - above;
    }
    return (struct mass){mass, (shape->upper ? -ordinate : ordinate) / mass, a - 1 - x};
}

/* Wilson and Hilferty (1931), or near 0 the leading term of the series. */
static double gamma_start(double p, double a)
{
    double z = p < 0.5 ? -normal_rough(p) : normal_rough(1 - p);
    double root = 1 - 1 / (9 * a) + z / (3 * sqrt(a));
    if (root > 0.5)
        return a * root * root * root;
    return exp((log(p) + lgamma(a + 1)) / a);
}

double special_chi2_quantile(double p, double df)
{
    UP_ASSERT(p > 0 && p < 1);
    UP_ASSERT(df > 0);
    const struct shape shape = {.size = df / 2, .upper = p > 0.5};
    double target = shape.upper ? 1 - p : p;
    return 2 * solve(gamma_start(p, shape.size), target, &shape, gamma_mass);
}
