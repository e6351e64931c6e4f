/* In which workflows and on which days a person had tasks: who stands behind a figure of one workflow. measures.md, Small groups. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Days that are remembered: as many as any window of a cell-based measure by workflow needs that ends before the last. */
enum { PERSON_WORKFLOW_DAYS = 64 };

struct person_workflow {
    uint32_t name;    /* in the shard's names */
    int32_t last_day; /* of work on a task in the workflow */
    uint64_t days;    /* bit i: such work on last_day less i */
    uint32_t next;    /* in the shard's pool of person_workflows; 0 = last */
};

/* As of a first day of work. */
void person_workflow_begin(struct person_workflow *workflow, uint32_t name, int32_t day);
/* Takes a day of work in; in any order the same comes out. False when it changes nothing. */
bool person_workflow_see(struct person_workflow *workflow, int32_t day);

/* Did its person have a task in the workflow on a day of first ... last? Never true where it was not so, and false
 * where it was only of days that are PERSON_WORKFLOW_DAYS or more behind the last of all. */
bool person_workflow_stands_behind(const struct person_workflow *workflow, int32_t first, int32_t last);
