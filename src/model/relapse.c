/* The alarm relapsing: is three quarters of the best practising share kept? measures.md, Alarms. */
#include "model/relapse.h"

#include <math.h>
#include <string.h>

#include "model/calendar.h"

static const double LEVEL_KEPT = 1 - 0.25;
static const double LEVEL_MAX = 0.95;
static const double FACTOR_MIN = 0.5;
static const double FACTOR_MAX = 1.5;

static void forget_reference(struct relapse *relapse)
{
    relapse->window_count = 0;
    relapse->has_r = false;
    relapse->has_q = false;
}

/* How this weekday differs from the others, half of the way. */
static double weekday_factor(const struct relapse *relapse, uint8_t weekday)
{
    double same = 0;
    double all = 0;
    int32_t same_count = 0;
    for (int32_t i = 0; i < relapse->known_count; i++) {
        all += relapse->x[i];
        if (relapse->weekday[i] == weekday) {
            same += relapse->x[i];
            same_count++;
        }
    }
    double overall = all / relapse->known_count;
    if (same_count == 0 || overall <= 0)
        return 1;
    return fmin(FACTOR_MAX, fmax(FACTOR_MIN, (same / same_count + overall) / (2 * overall)));
}

static void remember(struct relapse *relapse, uint8_t weekday, double x, bool restarted)
{
    if (relapse->known_count == RELAPSE_KNOWN) {
        memmove(relapse->x, relapse->x + 1, (RELAPSE_KNOWN - 1) * sizeof relapse->x[0]);
        memmove(relapse->weekday, relapse->weekday + 1, RELAPSE_KNOWN - 1);
        relapse->known_count--;
    }
    relapse->x[relapse->known_count] = x;
    relapse->weekday[relapse->known_count++] = weekday;
    /* A reference restarts from later days only. */
    if (!restarted && relapse->window_count < RELAPSE_WINDOW)
        relapse->window_count++;
}

static void raise_reference(struct relapse *relapse)
{
    int32_t count = relapse->window_count;
    if (count < RELAPSE_WINDOW_MIN)
        return;
    const double *window = relapse->x + relapse->known_count - count;
    double sum = 0;
    for (int32_t i = 0; i < count; i++)
        sum += window[i];
    double mean = sum / count;
    if (relapse->has_r && mean <= relapse->r)
        return;
    relapse->has_r = true;
    relapse->r = mean;
    relapse->has_q = mean > 0;
    if (!relapse->has_q)
        return;
    double capped[RELAPSE_WINDOW];
    for (int32_t i = 0; i < count; i++)
        capped[i] = fmin(1, window[i] / mean);
    relapse->q = edetector_lower_level(capped, (size_t)count);
}

struct relapse_step relapse_close(struct relapse *relapse, int32_t day, struct estimate x,
                                  int32_t redesigns, double threshold)
{
    struct relapse_step step = {.event = EDETECTOR_NOTHING};
    bool restarted = redesigns > relapse->redesigns_noted;
    relapse->redesigns_noted = redesigns;
    if (restarted) {
        forget_reference(relapse);
        if (!relapse->detector.open)
            edetector_restart(&relapse->detector);
    }
    if (!x.known)
        return step;
    uint8_t weekday = calendar_weekday(day);
    if (relapse->has_q) {
        double level = fmin(1, relapse->r * weekday_factor(relapse, weekday));
        double y = fmin(1, x.value / level);
        double m = fmin(LEVEL_MAX, LEVEL_KEPT * relapse->q);
        step.y = estimate_point(y, 1);
        step.m = estimate_point(m, 1);
        step.event = edetector_step(&relapse->detector, m - y, 1 - m, threshold);
        if (step.event == EDETECTOR_RESOLVED) {
            forget_reference(relapse);
            restarted = true;
        }
    }
    remember(relapse, weekday, x.value, restarted);
    if (!restarted)
        raise_reference(relapse);
    return step;
}
