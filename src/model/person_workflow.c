/* In which workflows and weeks a person had tasks. */
#include "model/person_workflow.h"

enum { WEEK_DAYS = 7, ALL_WEEKS = (1U << PERSON_WORKFLOW_WEEKS) - 1 };

void person_workflow_begin(struct person_workflow *workflow, uint32_t name, int32_t day)
{
    *workflow = (struct person_workflow){.name = name, .last_day = day, .weeks = 1};
}

bool person_workflow_see(struct person_workflow *workflow, int32_t day)
{
    int32_t ahead = day / WEEK_DAYS - workflow->last_day / WEEK_DAYS;
    if (day > workflow->last_day) {
        workflow->weeks = ahead >= PERSON_WORKFLOW_WEEKS ? 0 : workflow->weeks << ahead & ALL_WEEKS;
        workflow->weeks |= 1;
        workflow->last_day = day;
        return true;
    }
    if (-ahead >= PERSON_WORKFLOW_WEEKS || (workflow->weeks >> -ahead & 1) != 0)
        return false;
    workflow->weeks |= 1U << -ahead;
    return true;
}

bool person_workflow_stands_behind(const struct person_workflow *workflow, const struct person *person,
                                   int32_t day_set_days, int32_t first, int32_t last)
{
    if (first <= workflow->last_day && workflow->last_day <= last)
        return true;
    int32_t last_week = workflow->last_day / WEEK_DAYS;
    for (int32_t i = 0; i < PERSON_WORKFLOW_WEEKS && i <= last_week; i++) {
        int32_t week_first = (last_week - i) * WEEK_DAYS, week_last = week_first + WEEK_DAYS - 1;
        if (week_last < first)
            return false;
        if ((workflow->weeks >> i & 1) != 0 && week_first <= last &&
            person_has_any_day(person, day_set_days, DAY_SET_WORKED, week_first > first ? week_first : first,
                               week_last < last ? week_last : last))
            return true;
    }
    return false;
}
