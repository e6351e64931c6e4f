/* Looks for an event's records ahead of its turn, so that they are on their way from memory when it comes. */
#include "shard_priv.h"

static const struct task *task_at(const struct shard *shard, const struct shard_places *places)
{
    return places->task == 0 ? NULL : pool_at(&shard->tasks, places->task);
}

static void look_for_team(const struct shard *shard, const struct event *event,
                          struct shard_places *places)
{
    if (event->has_task)
        index_prefetch(&shard->task_index, event->task.high);
    const struct team *team = shard_find_team(shard, event->team);
    if (team == NULL)
        return;
    places->team = shard_team_number(shard, team) + 1;
    if (event->has_user)
        index_prefetch(&shard->person_index, shard_person_hash(places->team - 1, event->user));
}

static void look_for_records(const struct shard *shard, const struct event *event,
                             struct shard_places *places)
{
    if (event->has_task) {
        struct index_cursor cursor = index_seek(&shard->task_index, event->task.high);
        places->task = index_next(&cursor);
        if (places->task != 0)
            pool_prefetch(&shard->tasks, places->task);
    }
    if (places->team == 0)
        return;
    if (event->has_user) {
        struct index_cursor cursor =
            index_seek(&shard->person_index, shard_person_hash(places->team - 1, event->user));
        places->person = index_next(&cursor);
        if (places->person != 0 && event->type == EVENT_USAGE)
            person_prefetch(shard_person(shard, places->person),
                            shard->settings->retention.day_set_days, event_day(event->key.time_ms));
        else if (places->person != 0)
            __builtin_prefetch(shard_person(shard, places->person));
    }
    if (event->type == EVENT_USAGE && event->has_task) {
        uint32_t name = names_find(&shard->names, event->usage.workflow);
        places->workflow =
            (uint32_t)(shard_find_workflow(&shard->teams[places->team - 1], name) + 1);
    }
}

/* The day's chain of cells that the task counts in, or the work of this event will; NULL = not known. */
static const uint32_t *chain_of(const struct shard *shard, const struct event *event,
                                const struct shard_places *places)
{
    const struct task *task = task_at(shard, places);
    uint32_t team = places->team - 1, workflow = places->workflow - 1;
    int64_t time_ms = event->key.time_ms;
    if (places->workflow == 0) {
        if (task == NULL || !task_has(task, TASK_WORK))
            return NULL;
        team = task->team;
        workflow = task->workflow;
        time_ms = task_key(task, TASK_WORK).time_ms;
    }
    if (team >= shard->team_count || workflow >= shard->teams[team].workflow_count)
        return NULL;
    return team_head(&shard->teams[team].workflows[workflow], event_day(time_ms));
}

static void look_for_counts(const struct shard *shard, const struct event *event,
                            struct shard_places *places)
{
    const struct task *task = task_at(shard, places);
    if (places->person != 0 && event->type == EVENT_USAGE)
        __builtin_prefetch(shard_person(shard, places->person)->weeks.counts);
    else if (task != NULL && task_has(task, TASK_WORK))
        __builtin_prefetch(&shard_person(shard, task->person)->weeks);
    const uint32_t *head = chain_of(shard, event, places);
    if (head != NULL)
        __builtin_prefetch(head);
}

static void look_for_cells(const struct shard *shard, const struct event *event,
                           struct shard_places *places)
{
    const struct task *task = task_at(shard, places);
    if (event->type != EVENT_USAGE && task != NULL && task_has(task, TASK_WORK))
        __builtin_prefetch(shard_person(shard, task->person)->weeks.counts);
    const uint32_t *head = chain_of(shard, event, places);
    if (head != NULL)
        cell_prefetch(&shard->cells, *head);
}

void shard_look_ahead(const struct shard *shard, const struct event *event, enum shard_step step,
                      struct shard_places *places)
{
    switch (step) {
    case SHARD_STEP_TEAM:
        look_for_team(shard, event, places);
        break;
    case SHARD_STEP_RECORDS:
        look_for_records(shard, event, places);
        break;
    case SHARD_STEP_COUNTS:
        look_for_counts(shard, event, places);
        break;
    case SHARD_STEP_CELLS:
        look_for_cells(shard, event, places);
        break;
    case SHARD_STEPS:
        break;
    }
}
