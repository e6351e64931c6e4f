/* The latest measures of a team as /metrics shows them. */
#include "app/team_gauges.h"

#include <math.h>

void team_gauges_clear(struct team_gauges *gauges)
{
    gauges->health = NAN;
    for (int m = 0; m < MEASURES; m++)
        gauges->measures[m] = NAN;
}

void team_gauges_note(struct team_gauges *gauges, const struct evaluation *evaluation,
                      uint32_t min_group)
{
    team_gauges_clear(gauges);
    const struct record *own = &evaluation->windows[WINDOW_OWN];
    if (evaluation->health.known && own->values[MEASURE_headcount].value >= min_group)
        gauges->health = (float)evaluation->health.value;
    for (int m = 0; m < MEASURES; m++) {
        enum measure_where where = measure_info((enum measure)m)->where;
        const struct record *record = where == WHERE_OWN ? own : &evaluation->windows[WINDOW_28D];
        if (where != WHERE_REDESIGN && record->values[m].known)
            gauges->measures[m] = (float)record->values[m].value;
    }
}
