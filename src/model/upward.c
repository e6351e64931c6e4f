/* The alarms bypassing and over_trust: has a share risen too high? measures.md, Alarms. */
#include "model/upward.h"

#include <math.h>
#include <string.h>

static const double LEVEL_MIN = 0.1;
static const double LEVEL_MAX = 0.9;
/* By so much its own past may be exceeded. */
static const double TOLERATED = 1.5;

static struct estimate level_of_past(const struct upward *upward)
{
    int32_t older = upward->past_count - UPWARD_RECENT;
    if (older < UPWARD_OLDER_MIN)
        return estimate_unknown();
    double sum = 0;
    for (int32_t i = 0; i < older; i++)
        sum += upward->past[i];
    return estimate_point(fmin(LEVEL_MAX, fmax(LEVEL_MIN, TOLERATED * sum / older)), 1);
}

static void remember(struct upward *upward, double x)
{
    if (upward->past_count == UPWARD_PAST) {
        memmove(upward->past, upward->past + 1, (UPWARD_PAST - 1) * sizeof upward->past[0]);
        upward->past_count--;
    }
    upward->past[upward->past_count++] = x;
}

enum edetector_event upward_close(struct upward *upward, struct estimate x, double threshold,
                                  struct estimate *ret_b)
{
    if (!upward->detector.open)
        upward->b = level_of_past(upward);
    *ret_b = upward->b;
    if (!x.known)
        return EDETECTOR_NOTHING;
    enum edetector_event event = EDETECTOR_NOTHING;
    if (upward->b.known)
        event = upward_close_fixed(&upward->detector, upward->b.value, x, threshold);
    remember(upward, x.value);
    return event;
}

enum edetector_event upward_close_fixed(struct edetector *detector, double b, struct estimate x,
                                        double threshold)
{
    return x.known ? edetector_step(detector, x.value - b, b, threshold) : EDETECTOR_NOTHING;
}
