/* All detectors of one team, moved at day closes only. measures.md, Alarms. */
#include "model/alarms.h"

#include "base/mem.h"

/* True evaluations in a row that open an alarm. */
enum { STALLED_SUNDAYS = 2, DIAGNOSED_CLOSES = 7, BLIND_CLOSES = 7, SILENT_CLOSES = 11 };
/* More than half of the wrong advice accepted. */
static const double OVER_TRUST_LEVEL = 0.5;
/* Of traceable: was seen once, is not any more. */
static const double SEEING = 0.5;
static const double BLIND = 0.2;

struct alarms *alarms_new(void)
{
    return mem_alloc(sizeof(struct alarms));
}

void alarms_free(struct alarms *alarms)
{
    mem_free(alarms);
}

uint32_t alarms_open_kinds(const struct alarms *alarms)
{
    return (uint32_t)alarms->blind.open << ALARM_BLIND |
           (uint32_t)alarms->bypassing.detector.open << ALARM_BYPASSING |
           (uint32_t)alarms->fading.open << ALARM_FADING |
           (uint32_t)alarms->faster_but_worse.open << ALARM_FASTER_BUT_WORSE |
           (uint32_t)alarms->hollow_entry.open << ALARM_HOLLOW_ENTRY |
           (uint32_t)alarms->over_trust.open << ALARM_OVER_TRUST |
           (uint32_t)alarms->relapsing.detector.open << ALARM_RELAPSING |
           (uint32_t)alarms->silent.open << ALARM_SILENT |
           (uint32_t)alarms->stalled.open << ALARM_STALLED;
}

static void note(struct alarm_step *step, enum alarm_kind kind, enum edetector_event event)
{
    step->opened |= (uint32_t)(event == EDETECTOR_OPENED) << kind;
    step->resolved |= (uint32_t)(event == EDETECTOR_RESOLVED) << kind;
}

/* Follows an e-detector that took the observation x: stands still while its alarm is open, and
 * begins anew with it. */
static struct alarm_since follow(struct onset *onset, bool was_open, enum edetector_event event,
                                 int32_t day, struct estimate x, struct estimate surplus,
                                 double unit)
{
    if (event == EDETECTOR_RESOLVED)
        *onset = (struct onset){.count = 0};
    else if (!was_open && x.known && surplus.known)
        onset_step(onset, day, x.value, surplus.value, unit);
    return (struct alarm_since){.day = onset->day, .mean = onset_mean(onset)};
}

static struct estimate minus(struct estimate a, struct estimate b)
{
    return a.known && b.known ? estimate_point(a.value - b.value, 1) : estimate_unknown();
}

static void step_relapsing(struct alarms *alarms, const struct observation *today,
                           struct alarm_step *step)
{
    bool was_open = alarms->relapsing.detector.open;
    if (today->redesigns > alarms->relapsing.redesigns_noted && !was_open)
        alarms->since_relapsing = (struct onset){.count = 0};
    struct relapse_step relapse = relapse_close(&alarms->relapsing, today->day, today->x_relapsing,
                                                today->redesigns, today->threshold);
    note(step, ALARM_RELAPSING, relapse.event);
    step->m = relapse.m;
    step->y = relapse.y;
    if (alarms->relapsing.has_r)
        step->r = estimate_point(alarms->relapsing.r, 1);
    step->since_relapsing =
        follow(&alarms->since_relapsing, was_open, relapse.event, today->day, today->x_relapsing,
               minus(relapse.m, relapse.y), 1 - relapse.m.value);
}

static void step_upward(struct alarms *alarms, const struct observation *today,
                        struct alarm_step *step)
{
    bool was_open = alarms->bypassing.detector.open;
    enum edetector_event event =
        upward_close(&alarms->bypassing, today->x_bypassing, today->threshold, &step->b);
    note(step, ALARM_BYPASSING, event);
    step->since_bypassing =
        follow(&alarms->since_bypassing, was_open, event, today->day, today->x_bypassing,
               minus(today->x_bypassing, step->b), step->b.value);

    was_open = alarms->over_trust.open;
    event = upward_close_fixed(&alarms->over_trust, OVER_TRUST_LEVEL, today->x_over_trust,
                               today->threshold);
    note(step, ALARM_OVER_TRUST, event);
    step->since_over_trust =
        follow(&alarms->since_over_trust, was_open, event, today->day, today->x_over_trust,
               minus(today->x_over_trust, estimate_point(OVER_TRUST_LEVEL, 1)), OVER_TRUST_LEVEL);
}

static void step_detectors(struct alarms *alarms, const struct observation *today,
                           struct alarm_step *step)
{
    step_relapsing(alarms, today, step);
    step_upward(alarms, today, step);
    step->e_relapsing = edetector_evidence(&alarms->relapsing.detector);
    step->e_bypassing = edetector_evidence(&alarms->bypassing.detector);
    step->e_over_trust = edetector_evidence(&alarms->over_trust);
}

static bool holds(const struct observation *today, enum diagnosis diagnosis)
{
    return (today->diagnosis >> diagnosis & 1U) != 0;
}

static void step_runs(struct alarms *alarms, const struct observation *today,
                      struct alarm_step *step)
{
    bool judged = today->stalled != FLAG_UNKNOWN;
    if (judged)
        alarms->is_stalled = today->stalled == FLAG_TRUE;
    note(step, ALARM_STALLED,
         run_close(&alarms->stalled, STALLED_SUNDAYS, alarms->is_stalled, judged));
    note(step, ALARM_FADING,
         run_close(&alarms->fading, DIAGNOSED_CLOSES, holds(today, DIAGNOSIS_FADING), true));
    note(step, ALARM_FASTER_BUT_WORSE,
         run_close(&alarms->faster_but_worse, DIAGNOSED_CLOSES,
                   holds(today, DIAGNOSIS_FASTER_BUT_WORSE), true));
    note(step, ALARM_HOLLOW_ENTRY,
         run_close(&alarms->hollow_entry, DIAGNOSED_CLOSES, holds(today, DIAGNOSIS_HOLLOW_ENTRY),
                   true));
}

/* Faults of the feed: outcomes that dry up while the work goes on, and silence. */
static void step_feed(struct alarms *alarms, const struct observation *today,
                      struct alarm_step *step)
{
    struct estimate traceable = today->traceable;
    if (traceable.known && traceable.value >= SEEING)
        alarms->was_traceable = true;
    bool dried_up =
        traceable.known && traceable.hi < BLIND && (alarms->was_traceable || alarms->blind.open);
    enum edetector_event event = run_close(&alarms->blind, BLIND_CLOSES, dried_up, true);
    note(step, ALARM_BLIND, event);
    if (event == EDETECTOR_OPENED)
        alarms->was_traceable = false;

    const struct silence *silence = &today->silence;
    bool silent = alarms->silent.open ? silence->week : silence->day && silence->regular;
    note(step, ALARM_SILENT, run_close(&alarms->silent, SILENT_CLOSES, silent, silence->counted));
}

struct alarm_step alarms_step(struct alarms *alarms, const struct observation *today)
{
    struct alarm_step step = {.x_relapsing = today->x_relapsing,
                              .x_bypassing = today->x_bypassing,
                              .x_over_trust = today->x_over_trust,
                              .teams = today->teams,
                              .threshold = today->threshold,
                              .hidden = today->hidden,
                              .redesigns = today->redesigns,
                              .stalled = today->stalled,
                              .plateau = today->plateau,
                              .last_worked = today->silence.last_worked};
    step_detectors(alarms, today, &step);
    step_runs(alarms, today, &step);
    step_feed(alarms, today, &step);
    return step;
}

void alarms_close(struct alarms *alarms, const struct people *people, const bool *decided,
                  struct evaluation *evaluation)
{
    struct observation today = observe_day(people, decided);
    today.diagnosis = evaluation->diagnosis;
    today.traceable = evaluation->windows[WINDOW_OWN].values[MEASURE_traceable];
    evaluation->step = alarms_step(alarms, &today);
    evaluation->open = alarms_open_kinds(alarms);
}
