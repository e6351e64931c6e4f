/* What can still be said of a day long ago. */
#include "model/hindsight.h"

enum { MONTH = 27, TRAINING_DAYS = 399, YEAR = 364, ALL_OF_IT = TRAINING_DAYS };

int32_t hindsight_sets_from(const struct shard *shard, const struct team *team, int32_t set_days)
{
    int32_t from = INT32_MIN;
    const struct person *person;
    for (uint32_t p = team->persons; p != 0; p = person->next_in_team) {
        person = shard_person(shard, p);
        if (person->sets_newest == INT32_MIN)
            continue;
        int32_t kept_from = person->sets_newest - set_days + 1;
        if (kept_from > person->first_seen && kept_from > from)
            from = kept_from;
    }
    return from;
}

/* How many days before the evaluated one the sets of days are looked at; -1 = never. */
static int32_t days_needed(enum measure measure)
{
    switch (measure) {
    case MEASURE_durability_14:
    case MEASURE_durability_28:
    case MEASURE_durability_180:
        return TRAINING_DAYS;
    case MEASURE_attrition_365:
        return YEAR + MONTH; /* the headcount of its first day */
    case MEASURE_reproduction:
        return 89 + 14;
    case MEASURE_attrition:
    case MEASURE_entry_headcount_change:
        return 2 * MONTH + 1;
    case MEASURE_changed_work:
    case MEASURE_kept_using:
        return 34; /* five weeks, the last of which has begun */
    case MEASURE_headcount:
    case MEASURE_practising:
    case MEASURE_regular:
    case MEASURE_capabilities_new:
    case MEASURE_capabilities_held:
    case MEASURE_progressed:
    case MEASURE_pulse_response:
        return MONTH;
    default:
        return -1;
    }
}

static bool reaches(int32_t day, int32_t days, int32_t sets_from)
{
    return days < 0 || sets_from == INT32_MIN || day - days >= sets_from;
}

bool hindsight_is_kept(enum measure measure, int32_t day, int32_t sets_from)
{
    return reaches(day, days_needed(measure), sets_from);
}

bool hindsight_is_judged(int32_t day, int32_t sets_from)
{
    return reaches(day, ALL_OF_IT, sets_from);
}

void hindsight_strip(struct evaluation *evaluation, int32_t sets_from)
{
    int32_t day = evaluation->day;
    struct record *records[] = {&evaluation->windows[WINDOW_28D], &evaluation->windows[WINDOW_OWN]};
    for (int m = 0; m < MEASURES; m++) {
        for (int r = 0; r < 2 && !hindsight_is_kept((enum measure)m, day, sets_from); r++) {
            records[r]->values[m].known = false;
            records[r]->because[m] = BECAUSE_NONE;
        }
    }
    if (!hindsight_is_kept(MEASURE_changed_work, day, sets_from))
        evaluation->indicators[INDICATOR_CHANGED_WORK] = PRESENCE_UNKNOWN;
    if (!hindsight_is_kept(MEASURE_reproduction, day, sets_from))
        evaluation->indicators[INDICATOR_REPRODUCES] = PRESENCE_UNKNOWN;
    if (!hindsight_is_judged(day, sets_from)) {
        evaluation->health.known = evaluation->has_health_limit = false;
        evaluation->diagnosis = 0;
    }
}
