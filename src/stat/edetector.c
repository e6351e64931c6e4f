/* The e-detector of the alarms: evidence of a change with a guaranteed rate of false alarms. */
#include "stat/edetector.h"

#include <math.h>
#include <string.h>

#include "base/panic.h"

static const double BETS[EDETECTOR_BETS] = {0.25, 0.5, 0.75, 0.95};

void edetector_restart(struct edetector *detector)
{
    memset(detector->m, 0, sizeof detector->m);
    detector->calm = 0;
}

double edetector_evidence(const struct edetector *detector)
{
    double sum = 0;
    for (size_t i = 0; i < EDETECTOR_BETS; i++)
        sum += detector->m[i];
    return sum / EDETECTOR_BETS;
}

static enum edetector_event step_open(struct edetector *detector, double surplus)
{
    detector->calm = surplus <= 0 ? detector->calm + 1 : 0;
    if (detector->calm < EDETECTOR_CALM)
        return EDETECTOR_NOTHING;
    detector->open = false;
    edetector_restart(detector);
    return EDETECTOR_RESOLVED;
}

enum edetector_event edetector_step(struct edetector *detector, double surplus, double unit,
                                    double threshold)
{
    UP_ASSERT(unit > 0);
    UP_ASSERT(surplus >= -unit * (1 + 1e-9));
    if (detector->open)
        return step_open(detector, surplus);
    for (size_t i = 0; i < EDETECTOR_BETS; i++)
        detector->m[i] = (detector->m[i] + 1) * (1 + BETS[i] / unit * surplus);
    if (edetector_evidence(detector) < threshold)
        return EDETECTOR_NOTHING;
    detector->open = true;
    detector->calm = 0;
    return EDETECTOR_OPENED;
}

double edetector_lower_level(const double *values, size_t count)
{
    UP_ASSERT(count >= 2);
    double k = (double)count;
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    double mean = sum / k;
    double squares = 0;
    for (size_t i = 0; i < count; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    return fmax(0, mean - sqrt(squares / (k - 1) / k));
}
