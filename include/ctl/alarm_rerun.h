/* The frozen history of a team under another false-alarm rate: what would have fired. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/alarms.h"

/* A day as it was frozen in uptake.health. */
struct alarm_rerun_day {
    int32_t day;
    struct estimate x_relapsing, x_bypassing, x_over_trust; /* only .known and .value count */
    uint32_t teams;                                         /* in A */
    int32_t redesigns;
};

/* The kinds that depend on the rate, as bits of enum alarm_kind. */
enum { ALARM_RERUN_KINDS = 1 << ALARM_BYPASSING | 1 << ALARM_OVER_TRUST | 1 << ALARM_RELAPSING };

/* Moves the detectors of a team by one day; the days of a team come in order, new detectors before
 * the first. `opened` and `resolved` of the step hold ALARM_RERUN_KINDS only. */
struct alarm_step alarm_rerun_step(struct alarms *alarms, const struct alarm_rerun_day *day,
                                   double false_alarms_per_year);
