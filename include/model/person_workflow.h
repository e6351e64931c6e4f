/* In which workflows and weeks a person had tasks: who stands behind a figure of one workflow. measures.md, Small groups. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/person.h"

/* Weeks that are remembered: more than any window of a cell-based measure is behind the watermark. */
enum { PERSON_WORKFLOW_WEEKS = 31 };

struct person_workflow {
    uint32_t name;    /* in the shard's names */
    int32_t last_day; /* of work on a task in the workflow */
    uint32_t weeks;   /* bit i: such a day in the epoch week of last_day less i */
    uint32_t next;    /* in the shard's pool of person_workflows; 0 = last */
};

/* As of a first day of work. */
void person_workflow_begin(struct person_workflow *workflow, uint32_t name, int32_t day);
/* Takes a day of work in; in any order the same comes out. False when it changes nothing. */
bool person_workflow_see(struct person_workflow *workflow, int32_t day);

/* Did its person, one of sets day_set_days long, have a task in the workflow on a day of first ... last? Days are told
 * by all of the person's work, weeks by that in the workflow: never false where it was so, and true where it was not
 * only for somebody who worked on one of these days elsewhere, and in that week here. */
bool person_workflow_stands_behind(const struct person_workflow *workflow, const struct person *person,
                                   int32_t day_set_days, int32_t first, int32_t last);
