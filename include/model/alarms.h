/* All detectors of one team, moved at day closes only. measures.md, Alarms. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/evaluation.h"
#include "model/observe.h"
#include "model/onset.h"
#include "model/relapse.h"
#include "model/run.h"
#include "model/upward.h"

/* Plain data without pointers: what a checkpoint holds, so that a loaded team decides as the saved
 * one would. A zeroed struct is a set of new detectors. */
struct alarms {
    struct relapse relapsing;
    struct upward bypassing;
    struct edetector over_trust;
    bool is_stalled; /* the condition as last judged, on a Sunday */
    struct run stalled, fading, faster_but_worse, hollow_entry;
    struct onset since_relapsing, since_bypassing, since_over_trust;
    bool was_traceable; /* at least half was, at a close since the last `blind` opened */
    struct run blind, silent;
};

/* New detectors for the caller to own. */
struct alarms *alarms_new(void);
void alarms_free(struct alarms *alarms);

/* The kinds that are open, as bits of enum alarm_kind. */
uint32_t alarms_open_kinds(const struct alarms *alarms);

/* Moves every detector by one close. Pure: the same observations give the same steps. */
struct alarm_step alarms_step(struct alarms *alarms, const struct observation *today);

/* The close of people->day: observes, moves the detectors, and fills step and open of an evaluation
 * whose diagnosis is there. decided as in observe_day(). */
void alarms_close(struct alarms *alarms, const struct people *people, const bool *decided,
                  struct evaluation *evaluation);
