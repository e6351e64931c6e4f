/* Every row of the reference vectors that concerns stat gives the same figures here. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "stat/divergence.h"
#include "stat/edetector.h"
#include "stat/interval.h"
#include "stat/mean.h"
#include "stat/reliance.h"
#include "stat/slope.h"
#include "stat/special.h"
#include "stat/strata.h"
#include "support/json_value.h"
#include "support/near.h"

typedef const struct json_value json;

enum { STRATA_MAX = 32 };

/* Of figures, and of limits that quantiles of t and chi-square enter. */
static const double EXACT = 1e-12;
static const double QUANTILE = 1e-9;

static double number(json *array, size_t i)
{
    return json_number(json_item(array, i));
}

static int64_t whole(json *array, size_t i)
{
    return json_integer(json_item(array, i));
}

static void check_estimate(struct estimate actual, json *out, double tolerance)
{
    assert_int_equal(actual.known, out->kind != JSON_NULL);
    if (!actual.known)
        return;
    assert_true(actual.has_interval);
    assert_near(actual.value, number(out, 0), EXACT);
    assert_near(actual.lo, number(out, 1), tolerance);
    assert_near(actual.hi, number(out, 2), tolerance);
    if (out->count == 4)
        assert_near(actual.n, number(out, 3), 0);
}

static void check_flag(enum flag actual, json *out)
{
    enum flag expected = out->kind == JSON_NULL ? FLAG_UNKNOWN : flag_of(out->truth);
    assert_int_equal(actual, expected);
}

/* ---- intervals, special functions ----------------------------------------------------------- */

static void check_wilson(json *in, json *out)
{
    check_estimate(interval_wilson(whole(in, 0), whole(in, 1)), out, EXACT);
}

static void check_newcombe(json *in, json *out)
{
    check_estimate(interval_newcombe(whole(in, 0), whole(in, 1), whole(in, 2), whole(in, 3)), out,
                   EXACT);
}

static struct estimate estimate_of(json *in)
{
    if (in->kind == JSON_NULL)
        return estimate_unknown();
    return estimate_interval(number(in, 0), number(in, 1), number(in, 2), number(in, 3));
}

static void check_square_and_add(json *in, json *out)
{
    struct estimate a = estimate_of(json_item(in, 0));
    struct estimate b = estimate_of(json_item(in, 1));
    check_estimate(interval_square_and_add(a, b), out, EXACT);
}

static void check_garwood(json *in, json *out)
{
    check_estimate(interval_garwood(whole(in, 0), number(in, 1)), out, QUANTILE);
}

static void check_phi_inv(json *in, json *out)
{
    assert_near(special_normal_quantile(number(in, 0)), json_number(out), EXACT);
}

static void check_t_quantile(json *in, json *out)
{
    assert_near(special_t_quantile(number(in, 0), number(in, 1)), json_number(out), QUANTILE);
}

static void check_chi2_quantile(json *in, json *out)
{
    assert_near(special_chi2_quantile(number(in, 0), number(in, 1)), json_number(out), QUANTILE);
}

/* ---- strata --------------------------------------------------------------------------------- */

struct strata {
    struct stratum_counts at[STRATA_MAX];
    size_t count;
};

static struct strata strata_of(json *in)
{
    json *rows = json_item(in, 0);
    struct strata strata = {.count = rows->count};
    assert_true(strata.count <= STRATA_MAX);
    for (size_t i = 0; i < strata.count; i++) {
        json *s = json_item(rows, i);
        strata.at[i] = (struct stratum_counts){whole(s, 0), whole(s, 1), whole(s, 2), whole(s, 3)};
    }
    return strata;
}

static void check_mh_difference(json *in, json *out)
{
    struct strata strata = strata_of(in);
    check_estimate(strata_mh_difference(strata.at, strata.count), out, EXACT);
}

static void check_simpson(json *in, json *out)
{
    struct strata strata = strata_of(in);
    check_flag(strata_simpson(strata.at, strata.count), out);
}

/* ---- reliance ------------------------------------------------------------------------------- */

static struct reliance_counts scored_of(json *in, size_t from)
{
    return (struct reliance_counts){whole(in, from), whole(in, from + 1), whole(in, from + 2),
                                    whole(in, from + 3)};
}

static void check_judgement(json *in, json *out)
{
    struct reliance_counts scored = scored_of(in, 0);
    check_estimate(reliance_judgement(&scored), out, EXACT);
}

static void check_d_prime(json *in, json *out)
{
    struct reliance_counts scored = scored_of(in, 0);
    check_estimate(reliance_d_prime(&scored), out, EXACT);
}

static void check_criterion(json *in, json *out)
{
    struct reliance_counts scored = scored_of(in, 0);
    check_estimate(reliance_criterion(&scored), out, EXACT);
}

static void check_over_adjusted(json *in, json *out)
{
    struct reliance_counts scored = scored_of(in, 2);
    check_estimate(reliance_over_adjusted(whole(in, 0), whole(in, 1), &scored), out, EXACT);
}

static void check_under_adjusted(json *in, json *out)
{
    struct reliance_counts scored = scored_of(in, 2);
    check_estimate(reliance_under_adjusted(whole(in, 0), whole(in, 1), &scored), out, EXACT);
}

static void check_verification_bias(json *in, json *out)
{
    struct reliance_counts scored = scored_of(in, 2);
    check_flag(reliance_verification_bias(whole(in, 0), whole(in, 1), &scored), out);
}

/* ---- means ---------------------------------------------------------------------------------- */

static struct mean_sums sums_of(json *in)
{
    return (struct mean_sums){whole(in, 0), whole(in, 1), whole(in, 2)};
}

static void check_student(json *in, json *out)
{
    struct mean_sums sums = sums_of(in);
    check_estimate(mean_student(&sums, whole(in, 3), number(in, 4)), out, QUANTILE);
}

static void check_welch(json *in, json *out)
{
    struct mean_sums one = sums_of(json_item(in, 1));
    struct mean_sums zero = sums_of(json_item(in, 2));
    check_estimate(mean_welch(&one, &zero, whole(in, 0)), out, QUANTILE);
}

struct mean_strata {
    struct mean_stratum at[STRATA_MAX];
    size_t count;
};

static struct mean_strata mean_strata_of(json *rows)
{
    struct mean_strata strata = {.count = rows->count};
    assert_true(strata.count <= STRATA_MAX);
    for (size_t i = 0; i < strata.count; i++) {
        json *s = json_item(rows, i);
        strata.at[i] = (struct mean_stratum){sums_of(json_item(s, 0)), sums_of(json_item(s, 1))};
    }
    return strata;
}

static void check_mean_difference(json *in, json *out)
{
    struct mean_strata strata = mean_strata_of(json_item(in, 1));
    check_estimate(mean_difference(strata.at, strata.count, whole(in, 0)), out, QUANTILE);
}

static void check_freed_hours(json *in, json *out)
{
    struct mean_strata strata = mean_strata_of(json_item(in, 0));
    check_estimate(mean_freed_hours(strata.at, strata.count, 10), out, QUANTILE);
}

/* ---- divergence, slope, plateau, e-detector ------------------------------------------------- */

static void check_jensen_shannon(json *in, json *out)
{
    int64_t counts[2][STRATA_MAX];
    int64_t n = 0;
    size_t length = json_item(in, 0)->count;
    assert_true(length <= STRATA_MAX);
    for (size_t side = 0; side < 2; side++) {
        for (size_t i = 0; i < length; i++)
            n += counts[side][i] = whole(json_item(in, side), i);
    }
    struct estimate e = divergence_jensen_shannon(counts[0], counts[1], length);
    assert_true(e.known);
    assert_false(e.has_interval);
    assert_near(e.value, json_number(out), EXACT);
    assert_near(e.n, (double)n, 0);
}

static void check_theil_sen(json *in, json *out)
{
    json *points = json_item(in, 0);
    double y[SLOPE_POINTS_MAX];
    assert_true(points->count <= SLOPE_POINTS_MAX);
    for (size_t i = 0; i < points->count; i++)
        y[i] = number(points, i);
    check_estimate(slope_theil_sen(y, points->count), out, EXACT);
}

static void check_plateau(json *in, json *out)
{
    json *rows = json_item(in, 0);
    assert_int_equal(rows->count, SLOPE_PLATEAU_WEEKS);
    struct slope_week weeks[SLOPE_PLATEAU_WEEKS];
    for (size_t i = 0; i < SLOPE_PLATEAU_WEEKS; i++)
        weeks[i] = (struct slope_week){whole(json_item(rows, i), 0), whole(json_item(rows, i), 1)};
    assert_int_equal(slope_is_plateau(weeks), out->truth);
}

static enum edetector_event event_of(json *value)
{
    if (value->kind == JSON_NULL)
        return EDETECTOR_NOTHING;
    return strcmp(value->text, "opened") == 0 ? EDETECTOR_OPENED : EDETECTOR_RESOLVED;
}

/* The reference b of each day is given; the rest of such an alarm is the detector. */
static void check_upward(json *in, json *out)
{
    struct edetector detector = {0};
    json *x = json_member(in, "x");
    double threshold = json_number(json_member(in, "A"));
    assert_int_equal(x->count, out->count);
    for (size_t day = 0; day < out->count; day++) {
        json *row = json_item(out, day);
        json *b = json_item(row, 0);
        json *seen = json_item(x, day);
        enum edetector_event event = EDETECTOR_NOTHING;
        if (seen->kind != JSON_NULL && b->kind != JSON_NULL)
            event = edetector_step(&detector, json_number(seen) - json_number(b), json_number(b),
                                   threshold);
        assert_int_equal(event, event_of(json_item(row, 2)));
        assert_near(edetector_evidence(&detector), number(row, 1), EXACT);
    }
}

/* ---- the table ------------------------------------------------------------------------------ */

struct checked {
    const char *name;
    void (*check)(json *in, json *out); /* NULL: tested where it is implemented, outside of stat */
    size_t rows_min;
};

static const struct checked CHECKED[] = {
    {"chi2_quantile", check_chi2_quantile, 50},
    {"criterion", check_criterion, 46},
    {"d_prime", check_d_prime, 46},
    {"freed_hours", check_freed_hours, 25},
    {"garwood", check_garwood, 45},
    {"jensen_shannon", check_jensen_shannon, 27},
    {"judgement", check_judgement, 46},
    {"mean_difference", check_mean_difference, 40},
    {"mh_difference", check_mh_difference, 60},
    {"newcombe", check_newcombe, 51},
    {"over_reliance_adjusted", check_over_adjusted, 63},
    {"partition", NULL, 0},
    {"phi_inv", check_phi_inv, 20},
    {"plateau", check_plateau, 40},
    {"quiet", NULL, 0},
    {"relapsing", NULL, 0},
    {"simpson", check_simpson, 68},
    {"square_and_add", check_square_and_add, 30},
    {"student", check_student, 41},
    {"t_quantile", check_t_quantile, 50},
    {"theil_sen", check_theil_sen, 40},
    {"under_reliance_adjusted", check_under_adjusted, 63},
    {"upward", check_upward, 16},
    {"verification_bias", check_verification_bias, 63},
    {"welch", check_welch, 40},
    {"wilson", check_wilson, 47},
};
enum { CHECKED_COUNT = sizeof CHECKED / sizeof CHECKED[0] };

static size_t find_checked(const char *name)
{
    for (size_t i = 0; i < CHECKED_COUNT; i++) {
        if (strcmp(CHECKED[i].name, name) == 0)
            return i;
    }
    fail_msg("vectors of an unknown function %s", name);
    return 0;
}

static void test_every_row(void **state)
{
    (void)state;
    size_t rows[CHECKED_COUNT] = {0};
    struct json_value *vectors = json_read_file("golden/stats_vectors.json");
    for (size_t i = 0; i < vectors->count; i++) {
        json *row = json_item(vectors, i);
        size_t which = find_checked(json_member(row, "f")->text);
        if (CHECKED[which].check == NULL)
            continue;
        CHECKED[which].check(json_member(row, "in"), json_member(row, "out"));
        rows[which]++;
    }
    for (size_t i = 0; i < CHECKED_COUNT; i++) {
        if (rows[i] < CHECKED[i].rows_min)
            fail_msg("only %zu rows of %s", rows[i], CHECKED[i].name);
    }
    json_free(vectors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
