/* What the detectors look at when a day closes. measures.md, Alarms. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/people.h"
#include "model/silence.h"
#include "stat/estimate.h"

/* Shares are known or not; only .known and .value count. */
struct observation {
    int32_t day;
    struct estimate x_relapsing;  /* practising today of the headcount; unknown on a hidden day */
    struct estimate x_bypassing;  /* Bypass tasks of Bypass and AI tasks */
    struct estimate x_over_trust; /* over_reliance of the AI cells of day - 7 */
    int32_t redesigns;            /* of the team, known with a day up to this one */
    enum flag stalled;            /* the plateau; unknown = not judged today: stays as it was */
    struct estimate plateau;      /* practising a week over the eight judged, with its interval */
    uint32_t diagnosis;           /* the conditions that hold, bits of enum diagnosis */
    struct estimate traceable;    /* the measure, with its interval */
    struct silence silence;
    bool hidden;      /* the day was quiet: x_relapsing is unknown */
    uint32_t teams;   /* in A */
    double threshold; /* A */
};

/* What the shard says of people->day, which was opened. decided[w]: a person decided on advice in
 * the team's workflow w on day - 89 ... day. Diagnosis and traceable are left empty. */
struct observation observe_day(const struct people *people, const bool *decided);
