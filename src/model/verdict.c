/* Transformation or theatre: three indicators and the word that follows. measures.md, Verdict. */
#include "model/verdict.h"

/* Present where the given one of its figures reaches the limit, absent where even its upper limit
 * does not. */
static enum presence presence_of(const struct estimate *measure, double reaches, double limit)
{
    if (!measure->known)
        return PRESENCE_UNKNOWN;
    if (reaches >= limit)
        return PRESENCE_PRESENT;
    return measure->hi < limit ? PRESENCE_ABSENT : PRESENCE_UNKNOWN;
}

static enum verdict word_of(const struct people *people, const struct evaluation *evaluation)
{
    int present = 0;
    int absent = 0;
    for (int i = 0; i < INDICATORS; i++) {
        present += evaluation->indicators[i] == PRESENCE_PRESENT;
        absent += evaluation->indicators[i] == PRESENCE_ABSENT;
    }
    if (!people->worked_28d)
        return VERDICT_INSUFFICIENT_EVIDENCE;
    if (present == INDICATORS)
        return evaluation->diagnosis != 0 ? VERDICT_UNFINISHED : VERDICT_TRANSFORMATION;
    return absent > 0 ? VERDICT_THEATRE : VERDICT_INSUFFICIENT_EVIDENCE;
}

void verdict_judge(const struct people *people, struct evaluation *evaluation)
{
    const struct settings *settings = people->shard->settings;
    const struct estimate *values = evaluation->windows[WINDOW_OWN].values;
    const struct estimate *changed = &values[MEASURE_changed_work];
    const struct estimate *traceable = &values[MEASURE_traceable];
    const struct estimate *reproduction = &values[MEASURE_reproduction];
    enum presence *indicators = evaluation->indicators;
    indicators[INDICATOR_CHANGED_WORK] =
        presence_of(changed, changed->lo, settings->changed_work_threshold);
    indicators[INDICATOR_TRACEABLE] =
        presence_of(traceable, traceable->lo, settings->traceable_threshold);
    /* What one person passes on is rare: its lower limit would hardly ever get there. */
    indicators[INDICATOR_REPRODUCES] =
        presence_of(reproduction, reproduction->value, settings->reproduces_threshold);
    evaluation->verdict = word_of(people, evaluation);
}
