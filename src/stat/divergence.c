/* How far two mixes are apart. */
#include "stat/divergence.h"

#include <math.h>

#include "base/panic.h"

static double sum_of(const int64_t *counts, size_t count)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        UP_ASSERT(counts[i] >= 0);
        sum += counts[i];
    }
    return (double)sum;
}

struct estimate divergence_jensen_shannon(const int64_t *a, const int64_t *b, size_t count)
{
    double sum_a = sum_of(a, count);
    double sum_b = sum_of(b, count);
    if (sum_a <= 0 || sum_b <= 0)
        return estimate_unknown();
    double total = 0;
    for (size_t i = 0; i < count; i++) {
        double p = (double)a[i] / sum_a;
        double q = (double)b[i] / sum_b;
        double middle = (p + q) / 2;
        if (p > 0)
            total += p * log2(p / middle) / 2;
        if (q > 0)
            total += q * log2(q / middle) / 2;
    }
    return estimate_point(fmin(1, fmax(0, total)), sum_a + sum_b);
}
