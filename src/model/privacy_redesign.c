/* Small groups behind what a redesign changed: of each side, and of the workflows it is compared with. measures.md, Small groups. */
#include "model/person_workflow.h"
#include "model/privacy.h"
#include "model/pulse_measures.h"
#include "model/record.h"
#include "model/redesign.h"

/* The people of a team on both sides of a redesign: days first ... from - 1 and from ... last. */
struct table {
    const struct people *people;
    uint32_t workflow; /* that was redesigned */
    int32_t first, from, last;
};

typedef int64_t count_people(const struct table *table, int32_t first, int32_t last);

static bool is_own(const struct table *table, uint32_t workflow)
{
    return workflow == table->workflow;
}

static bool is_other(const struct table *table, uint32_t workflow)
{
    return !redesign_is_moved(table->people->team, workflow, table->first, table->last);
}

/* Distinct people with a task on first ... last in a workflow of which `holds` is true. */
static int64_t count(const struct table *table, bool (*holds)(const struct table *table, uint32_t workflow),
                     int32_t first, int32_t last)
{
    const struct person_workflow *of;
    int64_t group = 0;
    for (size_t i = 0; i < table->people->count; i++) {
        bool stands_behind = false;
        for (uint32_t at = table->people->members[i].person->workflows; at != 0 && !stands_behind; at = of->next) {
            of = pool_at(&table->people->shard->person_workflows, at);
            stands_behind = person_workflow_stands_behind(of, first, last) && holds(table, of->name);
        }
        group += stands_behind;
    }
    return group;
}

static int64_t count_own(const struct table *table, int32_t first, int32_t last)
{
    return count(table, is_own, first, last);
}

static int64_t count_others(const struct table *table, int32_t first, int32_t last)
{
    return count(table, is_other, first, last);
}

static int64_t count_answers(const struct table *table, int32_t first, int32_t last)
{
    struct mean_sums sums[QUESTIONS];
    pulse_sum_answers(table->people, first, last, sums);
    return sums[QUESTION_ROLE_CLEAR].n;
}

static int64_t smaller_side(const struct table *table, count_people *counted)
{
    int64_t before = counted(table, table->first, table->from - 1);
    int64_t after = counted(table, table->from, table->last);
    return before < after ? before : after;
}

void privacy_suppress_redesign(const struct shard *shard, const struct team *team, int32_t day,
                               uint32_t min_group, struct redesign_evaluation *redesign)
{
    struct people people;
    people_init(&people, shard, team, day);
    int32_t from = event_day(redesign->time_ms);
    struct table table = {.people = &people,
                          .workflow = redesign->workflow,
                          .first = from - REDESIGN_SIDE_DAYS,
                          .from = from,
                          .last = from + REDESIGN_SIDE_DAYS - 1};
    int64_t own = smaller_side(&table, count_own), others = smaller_side(&table, count_others);
    int64_t answered = smaller_side(&table, count_answers);
    for (int m = 0; m < MEASURES; m++) {
        int64_t group = own;
        if (m == MEASURE_redesign_success_did && others < own)
            group = others;
        else if (m == MEASURE_redesign_role_change)
            group = answered;
        else if (m == MEASURE_redesign_before_training)
            group = people.headcount;
        if (group < (int64_t)min_group)
            record_suppress(&redesign->values, (enum measure)m);
    }
    people_done(&people);
}
