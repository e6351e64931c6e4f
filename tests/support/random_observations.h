/* Random days of a team as its detectors see them. */
#pragma once

#include <stdint.h>

#include "model/alarms.h"
#include "support/dice.h"

static inline struct estimate random_share(struct dice *dice, double level)
{
    if (dice_below(dice, 4) == 0)
        return estimate_unknown();
    int64_t k = 0;
    for (int i = 0; i < 9; i++)
        k += dice_unit(dice) < level;
    return estimate_point((double)k / 9, 9);
}

/* What the detectors see of a day of a team that does well, then badly, then well again. */
static inline struct observation random_observation(struct dice *dice, int32_t day)
{
    bool bad = day / 100 % 2 == 1;
    return (struct observation){
        .day = day,
        .x_relapsing = random_share(dice, bad ? 0.2 : 0.8),
        .x_bypassing = random_share(dice, bad ? 0.8 : 0.1),
        .x_over_trust = random_share(dice, bad ? 0.9 : 0.2),
        .redesigns = day / 250,
        .stalled = (enum flag)dice_below(dice, 3),
        .diagnosis = bad ? 1U << DIAGNOSIS_FADING | 1U << DIAGNOSIS_HOLLOW_ENTRY : 0,
        .traceable =
            bad ? estimate_interval(0.05, 0.01, 0.15, 40) : estimate_interval(0.8, 0.6, 0.9, 40),
        .silence = {.counted = dice_below(dice, 4) != 0, .day = bad, .week = bad, .regular = true},
        .threshold = 50,
    };
}
