/* A shard with one team of hand-made cells, without any event. */
#pragma once

#include "base/mem.h"
#include "model/person_workflow.h"
#include "model/shard.h"

enum { HAND_MADE_DAYS = 1024, HAND_MADE_FIRST_DAY = 20000 };

/* Counters by name: HAND_MADE_CELL([COUNTER_tasks] = 10, [COUNTER_ca] = 3). */
#define HAND_MADE_CELL(...) (&(const struct counters){.at = {__VA_ARGS__}})

struct hand_made {
    struct settings settings;
    struct shard shard;
    struct team team;
};

static inline void hand_made_init(struct hand_made *made)
{
    *made = (struct hand_made){.team = {.first_cell_day = DAY_NEVER}};
    settings_default(&made->settings);
    made->shard.settings = &made->settings;
    names_init(&made->shard.names);
    cell_store_init(&made->shard.cells);
    pool_init(&made->shard.persons, person_bytes(made->settings.retention.day_set_days));
    pool_init(&made->shard.capabilities, sizeof(struct capability));
    pool_init(&made->shard.trainings, sizeof(struct training));
    pool_init(&made->shard.pulses, sizeof(struct pulse));
    pool_init(&made->shard.person_workflows, sizeof(struct person_workflow));
    made->team.name = names_add(&made->shard.names, text_of("team"));
}

static inline void hand_made_done(struct hand_made *made)
{
    for (size_t i = 0; i < made->team.workflow_count; i++)
        mem_free(made->team.workflows[i].heads);
    mem_free(made->team.workflows);
    mem_free(made->team.redesigns);
    pool_done(&made->shard.person_workflows);
    pool_done(&made->shard.pulses);
    pool_done(&made->shard.trainings);
    pool_done(&made->shard.capabilities);
    pool_done(&made->shard.persons);
    cell_store_done(&made->shard.cells);
    names_done(&made->shard.names);
}

/* The number of the workflow in the team, made if it is new. */
static inline size_t hand_made_workflow(struct hand_made *made, const char *name)
{
    struct team *team = &made->team;
    uint32_t number = names_add(&made->shard.names, text_of(name));
    for (size_t i = 0; i < team->workflow_count; i++) {
        if (team->workflows[i].name == number)
            return i;
    }
    mem_reserve(&team->workflows, &team->workflow_capacity, team->workflow_count + 1,
                sizeof team->workflows[0]);
    team->workflows[team->workflow_count] = (struct workflow){
        .name = number,
        .first_day = HAND_MADE_FIRST_DAY,
        .capacity = HAND_MADE_DAYS,
        .heads = mem_alloc_array(HAND_MADE_DAYS, sizeof(uint32_t)),
        .first_redesign_day = DAY_NEVER,
    };
    return team->workflow_count++;
}

/* Adds counters to the cell, which is made if it is new. */
static inline void hand_made_add(struct hand_made *made, const char *workflow, int32_t day,
                                 enum arm arm, const struct counters *counters)
{
    size_t number = hand_made_workflow(made, workflow);
    struct workflow *of = &made->team.workflows[number];
    struct cell_store *cells = &made->shard.cells;
    uint32_t *head = &of->heads[(uint32_t)day & (HAND_MADE_DAYS - 1)];
    uint32_t before = 0, cell = *head;
    while (cell != 0 && cell_arm(cells, cell) != arm) {
        before = cell;
        cell = cell_next(cells, cell);
    }
    if (cell == 0) {
        cell = cell_new(cells, arm);
        cell_set_next(cells, cell, *head);
        *head = cell;
        before = 0;
    }
    cell = cell_merge(cells, cell, counters);
    if (before == 0)
        *head = cell;
    else
        cell_set_next(cells, before, cell);
    if (day < made->team.first_cell_day)
        made->team.first_cell_day = day;
}

/* Adds a redesign of a workflow, which needs no cell. */
static inline void hand_made_redesign(struct hand_made *made, const char *workflow, int32_t day)
{
    struct team *team = &made->team;
    uint32_t name = names_add(&made->shard.names, text_of(workflow));
    mem_reserve(&team->redesigns, &team->redesign_capacity, team->redesign_count + 1,
                sizeof team->redesigns[0]);
    team->redesigns[team->redesign_count++] =
        (struct redesign){.key = {.time_ms = (int64_t)day * DAY_MS}, .workflow = name};
    for (size_t i = 0; i < team->workflow_count; i++) {
        struct workflow *of = &team->workflows[i];
        if (of->name == name && day < of->first_redesign_day)
            of->first_redesign_day = day;
    }
}
