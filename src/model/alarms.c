/* All detectors of one team, moved at day closes only. measures.md, Alarms. */
#include "model/alarms.h"

#include "base/mem.h"

/* True evaluations in a row that open an alarm. */
enum { STALLED_SUNDAYS = 2, DIAGNOSED_CLOSES = 7 };
/* More than half of the wrong advice accepted. */
static const double OVER_TRUST_LEVEL = 0.5;

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
    return (uint32_t)alarms->bypassing.detector.open << ALARM_BYPASSING |
           (uint32_t)alarms->fading.open << ALARM_FADING |
           (uint32_t)alarms->faster_but_worse.open << ALARM_FASTER_BUT_WORSE |
           (uint32_t)alarms->hollow_entry.open << ALARM_HOLLOW_ENTRY |
           (uint32_t)alarms->over_trust.open << ALARM_OVER_TRUST |
           (uint32_t)alarms->relapsing.detector.open << ALARM_RELAPSING |
           (uint32_t)alarms->stalled.open << ALARM_STALLED;
}

static void note(struct alarm_step *step, enum alarm_kind kind, enum edetector_event event)
{
    step->opened |= (uint32_t)(event == EDETECTOR_OPENED) << kind;
    step->resolved |= (uint32_t)(event == EDETECTOR_RESOLVED) << kind;
}

static void step_detectors(struct alarms *alarms, const struct observation *today,
                           struct alarm_step *step)
{
    struct relapse_step relapse = relapse_close(&alarms->relapsing, today->day, today->x_relapsing,
                                                today->redesigns, today->threshold);
    note(step, ALARM_RELAPSING, relapse.event);
    step->m = relapse.m;
    step->y = relapse.y;
    if (alarms->relapsing.has_r)
        step->r = estimate_point(alarms->relapsing.r, 1);
    note(step, ALARM_BYPASSING,
         upward_close(&alarms->bypassing, today->x_bypassing, today->threshold, &step->b));
    note(step, ALARM_OVER_TRUST,
         upward_close_fixed(&alarms->over_trust, OVER_TRUST_LEVEL, today->x_over_trust,
                            today->threshold));
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

struct alarm_step alarms_step(struct alarms *alarms, const struct observation *today)
{
    struct alarm_step step = {.x_relapsing = today->x_relapsing,
                              .x_bypassing = today->x_bypassing,
                              .x_over_trust = today->x_over_trust};
    step_detectors(alarms, today, &step);
    step_runs(alarms, today, &step);
    return step;
}

void alarms_close(struct alarms *alarms, const struct people *people, const bool *decided,
                  struct evaluation *evaluation)
{
    struct observation today = observe_day(people, decided);
    today.diagnosis = evaluation->diagnosis;
    evaluation->step = alarms_step(alarms, &today);
    evaluation->open = alarms_open_kinds(alarms);
}
