/* Two common control charts, for comparison with the e-detector: CUSUM and Page-Hinkley. */
#pragma once

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

enum { CHART_WARM = 40, CHART_WEEKDAYS = 5 };

/* Standard deviations below the weekday means of the first 40 known days; allowance a quarter. */
struct cusum {
    double x[CHART_WARM];
    int weekday[CHART_WARM];
    int seen;
    double means[CHART_WEEKDAYS];
    double deviation, sum;
};

static inline void cusum_learn(struct cusum *chart)
{
    double every = 0;
    for (int i = 0; i < CHART_WARM; i++)
        every += chart->x[i] / CHART_WARM;
    for (int w = 0; w < CHART_WEEKDAYS; w++) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < CHART_WARM; i++) {
            sum += chart->weekday[i] == w ? chart->x[i] : 0;
            count += chart->weekday[i] == w;
        }
        chart->means[w] = count > 0 ? sum / count : every;
    }
    double squares = 0;
    for (int i = 0; i < CHART_WARM; i++)
        squares += pow(chart->x[i] - chart->means[chart->weekday[i]], 2);
    chart->deviation = fmax(0.05, sqrt(squares / (CHART_WARM - CHART_WEEKDAYS)));
}

/* One known day, Monday to Friday; after an alarm it begins anew. */
static inline bool cusum_step(struct cusum *chart, int weekday, double x, double threshold)
{
    if (chart->seen < CHART_WARM) {
        chart->x[chart->seen] = x;
        chart->weekday[chart->seen++] = weekday;
        if (chart->seen == CHART_WARM)
            cusum_learn(chart);
        return false;
    }
    chart->sum = fmax(0, chart->sum + (chart->means[weekday] - x) / chart->deviation - 0.25);
    if (chart->sum <= threshold)
        return false;
    *chart = (struct cusum){.seen = 0};
    return true;
}

struct page_hinkley {
    int count;
    double mean, sum, least;
};

static inline bool page_hinkley_step(struct page_hinkley *chart, double x, double threshold)
{
    chart->mean += (x - chart->mean) / ++chart->count;
    chart->sum += chart->mean - x - 0.02;
    chart->least = fmin(chart->least, chart->sum);
    if (chart->count <= CHART_WARM || chart->sum - chart->least <= threshold)
        return false;
    *chart = (struct page_hinkley){.count = 0};
    return true;
}
