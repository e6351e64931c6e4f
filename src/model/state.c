/* Where a team stands on its way: the first word that holds. measures.md, Alarms, at its end. */
#include "model/state.h"

#include "stat/interval.h"

static const int32_t MONTH_DAYS = 28;

enum team_state state_find(const struct people *people, uint32_t open)
{
    if (people->first_ai_day == DAY_NEVER)
        return STATE_NO_DATA;
    if (people->day - people->first_ai_day < MONTH_DAYS)
        return STATE_EMERGING;
    if (open & 1U << ALARM_RELAPSING)
        return STATE_RELAPSING;
    if (open & 1U << ALARM_STALLED)
        return STATE_STALLED;
    struct people_share now = people_practising(people, people->day, MONTH_DAYS);
    struct people_share before = people_practising(people, people->day - MONTH_DAYS, MONTH_DAYS);
    struct estimate growth = interval_newcombe(now.practising, now.headcount, before.practising,
                                               before.headcount);
    return growth.known && growth.lo > 0 ? STATE_GROWING : STATE_LEVEL;
}
