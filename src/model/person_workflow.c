/* In which workflows and on which days a person had tasks. */
#include "model/person_workflow.h"

void person_workflow_begin(struct person_workflow *workflow, uint32_t name, int32_t day)
{
    *workflow = (struct person_workflow){.name = name, .last_day = day, .days = 1};
}

bool person_workflow_see(struct person_workflow *workflow, int32_t day)
{
    int64_t behind = (int64_t)workflow->last_day - day;
    if (behind < 0) {
        workflow->days = -behind < PERSON_WORKFLOW_DAYS ? workflow->days << -behind | 1 : 1;
        workflow->last_day = day;
        return true;
    }
    if (behind >= PERSON_WORKFLOW_DAYS || (workflow->days >> behind & 1) != 0)
        return false;
    workflow->days |= UINT64_C(1) << behind;
    return true;
}

bool person_workflow_stands_behind(const struct person_workflow *workflow, int32_t first, int32_t last)
{
    int64_t newest = (int64_t)workflow->last_day - last, oldest = (int64_t)workflow->last_day - first;
    if (newest < 0)
        newest = 0;
    if (oldest >= PERSON_WORKFLOW_DAYS)
        oldest = PERSON_WORKFLOW_DAYS - 1;
    if (newest > oldest)
        return false;
    uint64_t wanted = UINT64_MAX >> (PERSON_WORKFLOW_DAYS - 1 - (oldest - newest));
    return (workflow->days >> newest & wanted) != 0;
}
