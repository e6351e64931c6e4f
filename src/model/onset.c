/* Since when does the evidence of an alarm speak, and what was seen since? */
#include "model/onset.h"

#include <math.h>

/* The middle of the detector's bets. */
static const double BET = 0.5;
/* Far above every threshold, far below infinity. */
static const double PRODUCT_MAX = 1e100;

void onset_step(struct onset *onset, int32_t day, double x, double surplus, double unit)
{
    if (onset->product <= 1)
        *onset = (struct onset){.product = 1, .day = day};
    onset->product = fmin(PRODUCT_MAX, onset->product * (1 + BET / unit * surplus));
    onset->sum += x;
    onset->count++;
}

struct estimate onset_mean(const struct onset *onset)
{
    if (onset->count == 0)
        return estimate_unknown();
    return estimate_point(onset->sum / onset->count, onset->count);
}
