"""Figures by our definitions where a data set publishes other ones; none of it is the daemon's
code. Figures are (estimate, lo, hi, n), as the daemon's are."""
import math
import statistics

Z = 1.959963984540054
CYCLE_UNIT = 65536  # cycle times are kept as integers, ln(ms) in units of 2^-16 (events.md, Facts)
NORMAL = statistics.NormalDist()


def wilson(k, n):
    """Limits of k/n; both may be fractions of a trial."""
    centre, spread = k + Z * Z / 2, Z * math.sqrt(k * (n - k) / n + Z * Z / 4)
    return max(0, (centre - spread) / (n + Z * Z)), min(1, (centre + spread) / (n + Z * Z))


def square_and_add(p1, limits1, p0, limits0):
    """Newcombe's method 10: (difference, lo, hi) of two independent figures."""
    (lo1, hi1), (lo0, hi0) = limits1, limits0
    d = p1 - p0
    return d, d - math.hypot(p1 - lo1, hi0 - p0), d + math.hypot(hi1 - p1, p0 - lo0)


def lift(strata):
    """Mantel-Haenszel risk difference of [(k1, n1, k0, n0)], limits after Yan and Su (2010)."""
    weights = [n1 * n0 / (n1 + n0) for _, n1, _, n0 in strata]
    share = [w / sum(weights) for w in weights]
    sides = []
    for k, n in (0, 1), (2, 3):
        p = sum(w * stratum[k] / stratum[n] for w, stratum in zip(share, strata))
        size = 1 / sum(w * w / stratum[n] for w, stratum in zip(share, strata))
        sides += [p, wilson(p * size, size)]
    d, lo, hi = square_and_add(*sides)
    return d, max(-1, lo), min(1, hi), sum(n1 + n0 for _, n1, _, n0 in strata)


def judgement(ca, wa, co, wo):
    """Balanced accuracy of accepting right and overriding wrong advice."""
    j = square_and_add(co / (co + wa), wilson(co, co + wa), wo / (wo + ca), wilson(wo, wo + ca))
    return tuple((1 + x) / 2 for x in j) + (ca + wa + co + wo,)


def d_prime(ca, wa, co, wo):
    """Sensitivity to wrong advice (Hautus 1995)."""
    hit, false_alarm = (co + .5) / (co + wa + 1), (wo + .5) / (wo + ca + 1)
    estimate = NORMAL.inv_cdf(hit) - NORMAL.inv_cdf(false_alarm)
    variance = sum(p * (1 - p) / (n * NORMAL.pdf(NORMAL.inv_cdf(p)) ** 2)
                   for p, n in ((hit, co + wa + 1), (false_alarm, wo + ca + 1)))
    half = Z * math.sqrt(variance)
    return estimate, estimate - half, estimate + half, ca + wa + co + wo


def in_cycle_units(seconds):
    """ln(ms) as the daemon keeps it."""
    return math.floor(math.log(math.floor(seconds * 1000 + .5)) * CYCLE_UNIT + .5) / CYCLE_UNIT


def mean_difference(strata):
    """(difference of means, standard error, degrees of freedom, n) of [(values1, values0)], strata
    weighed as in lift(); one stratum gives Welch's."""
    weights = [len(v1) * len(v0) / (len(v1) + len(v0)) for v1, v0 in strata]
    share = [w / sum(weights) for w in weights]
    estimate = sum(w * (statistics.fmean(v1) - statistics.fmean(v0))
                   for w, (v1, v0) in zip(share, strata))
    parts = [(w * w * statistics.variance(v) / len(v), len(v))
             for w, both in zip(share, strata) for v in both]
    variance = sum(a for a, _ in parts)
    freedom = variance ** 2 / sum(a * a / (n - 1) for a, n in parts)
    return estimate, math.sqrt(variance), freedom, sum(n for _, n in parts)


def cycle_ratio(strata, quantile=None):
    """Ratio of geometric means, the values being logarithms; limits by Student's t unless a
    quantile is given."""
    estimate, error, freedom, n = mean_difference(strata)
    half = error * (quantile or student_quantile(freedom))
    return math.exp(estimate), math.exp(estimate - half), math.exp(estimate + half), n


def student_quantile(freedom):
    """The 97.5 % quantile of Student's t: bisection of the integral (Simpson) of its density."""
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2))
    scale /= math.sqrt(freedom * math.pi)

    def density(t):
        return scale * (1 + t * t / freedom) ** (-(freedom + 1) / 2)

    def above_zero(t, steps=2000):
        h = t / steps
        inner = sum((4 if i % 2 else 2) * density(i * h) for i in range(1, steps))
        return h / 3 * (density(0) + inner + density(t))

    lo, hi = 1.0, 20.0  # enough from 1 degree of freedom on
    while hi - lo > 1e-11:
        middle = (lo + hi) / 2
        lo, hi = (middle, hi) if above_zero(middle) < .475 else (lo, middle)
    return lo
