/* A shard's life, its look-ups, and what it judges before it takes an event. */
#include "model/shard.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/panic.h"
#include "model/alarms.h"
#include "model/evaluation.h"
#include "model/person_workflow.h"
#include "shard_priv.h"

enum { LONG_LIVED_DAYS = 400 };

static uint64_t team_hash(const void *owner, uint32_t handle)
{
    const struct shard *shard = owner;
    return shard->names.hashes[shard->teams[handle - 1].name];
}

static uint64_t person_hash(const void *owner, uint32_t handle)
{
    const struct shard *shard = owner;
    const struct person *person = pool_at(&shard->persons, handle);
    return shard_person_hash(person->team, person->id);
}

static uint64_t task_hash(const void *owner, uint32_t handle)
{
    const struct shard *shard = owner;
    const struct task *task = pool_at(&shard->tasks, handle);
    return task->id_high;
}

struct shard *shard_new(const struct settings *settings, int32_t partition, int topic_count, struct sink *outputs)
{
    UP_ASSERT(topic_count >= 1 && topic_count <= TOPICS_MAX);
    struct shard *shard = mem_alloc(sizeof *shard);
    shard->settings = settings;
    shard->partition = partition;
    shard->outputs = outputs;
    shard->watermark_ms = shard->greatest_ms = -1;
    shard->topic_count = topic_count;
    for (int i = 0; i < topic_count; i++)
        shard->topics[i].greatest_ms = -1;
    shard->sweep_next = 1;
    shard->closed_through = shard->closing_through = INT32_MIN;
    names_init(&shard->names);
    calendar_init(&shard->calendar);
    index_init(&shard->team_index, team_hash, shard);
    pool_init(&shard->persons, person_bytes(settings->retention.day_set_days));
    index_init(&shard->person_index, person_hash, shard);
    pool_init(&shard->capabilities, sizeof(struct capability));
    pool_init(&shard->trainings, sizeof(struct training));
    pool_init(&shard->pulses, sizeof(struct pulse));
    pool_init(&shard->person_workflows, sizeof(struct person_workflow));
    pool_init(&shard->tasks, sizeof(struct task));
    index_init(&shard->task_index, task_hash, shard);
    cell_store_init(&shard->cells);
    shard->evaluation = mem_alloc(sizeof *shard->evaluation);
    return shard;
}

static void free_team(struct team *team)
{
    for (size_t i = 0; i < team->workflow_count; i++)
        mem_free(team->workflows[i].heads);
    mem_free(team->workflows);
    mem_free(team->redesigns);
    alarms_free(team->alarms);
}

void shard_free(struct shard *shard)
{
    if (shard == NULL)
        return;
    for (size_t t = 0; t < shard->team_count; t++) {
        for (uint32_t p = shard->teams[t].persons; p != 0; p = shard_person(shard, p)->next_in_team)
            person_done(shard_person(shard, p));
        free_team(&shard->teams[t]);
    }
    mem_free(shard->teams);
    names_done(&shard->names);
    calendar_done(&shard->calendar);
    index_done(&shard->team_index);
    index_done(&shard->person_index);
    index_done(&shard->task_index);
    pool_done(&shard->persons);
    pool_done(&shard->capabilities);
    pool_done(&shard->trainings);
    pool_done(&shard->pulses);
    pool_done(&shard->person_workflows);
    pool_done(&shard->tasks);
    cell_store_done(&shard->cells);
    mem_free(shard->changed_teams);
    mem_free(shard->dirty_tasks);
    mem_free(shard->dirty_cells);
    mem_free(shard->dirty_persons);
    mem_free(shard->gone_cells);
    mem_free(shard->old_cells);
    mem_free(shard->old_weeks);
    mem_free(shard->evaluation);
    mem_free(shard);
}

/* ---- look-up ------------------------------------------------------------------------------------------------- */

struct team *shard_find_team(const struct shard *shard, struct text name)
{
    struct index_cursor cursor = index_seek(&shard->team_index, hash_xx64(name.bytes, name.length));
    uint32_t handle;
    while ((handle = index_next(&cursor)) != 0) {
        if (text_equal(names_text(&shard->names, shard->teams[handle - 1].name), name))
            return &shard->teams[handle - 1];
    }
    return NULL;
}

struct team *shard_take_team(struct shard *shard, struct text name)
{
    struct team *team = shard_find_team(shard, name);
    if (team != NULL)
        return team;
    mem_reserve(&shard->teams, &shard->team_capacity, shard->team_count + 1, sizeof *shard->teams);
    team = &shard->teams[shard->team_count++];
    *team = (struct team){.name = names_add(&shard->names, name),
                          .first_day = DAY_NEVER,
                          .first_cell_day = DAY_NEVER,
                          .cells_from = DAY_BEFORE_ALL,
                          .evaluated_through = shard->calendar.last_opened,
                          .alarms = alarms_new(),
                          .dirty = true};
    index_add(&shard->team_index, shard->names.hashes[team->name], (uint32_t)shard->team_count);
    return team;
}

int32_t shard_find_workflow(const struct team *team, uint32_t name)
{
    for (size_t i = 0; i < team->workflow_count; i++) {
        if (team->workflows[i].name == name)
            return (int32_t)i;
    }
    return -1;
}

uint16_t shard_take_workflow(struct shard *shard, struct team *team, uint32_t name)
{
    int32_t found = shard_find_workflow(team, name);
    if (found >= 0)
        return (uint16_t)found;
    UP_ASSERT(team->workflow_count < UINT16_MAX);
    mem_reserve(&team->workflows, &team->workflow_capacity, team->workflow_count + 1, sizeof *team->workflows);
    int32_t first_redesign_day = DAY_NEVER;
    for (size_t i = 0; i < team->redesign_count; i++) {
        int32_t day = event_day(team->redesigns[i].key.time_ms);
        if (team->redesigns[i].workflow == name && day < first_redesign_day)
            first_redesign_day = day;
    }
    team->workflows[team->workflow_count] =
        (struct workflow){.name = name, .first_redesign_day = first_redesign_day};
    if (team->workflow_count + 1 > shard->workflows_most)
        shard->workflows_most = (uint32_t)team->workflow_count + 1;
    return (uint16_t)team->workflow_count++;
}

struct person *shard_person(const struct shard *shard, uint32_t handle)
{
    return pool_at(&shard->persons, handle);
}

uint32_t shard_find_person(const struct shard *shard, uint32_t team, struct pseudonym id)
{
    struct index_cursor cursor = index_seek(&shard->person_index, shard_person_hash(team, id));
    uint32_t handle;
    while ((handle = index_next(&cursor)) != 0) {
        const struct person *person = pool_at(&shard->persons, handle);
        if (person->team == team && pseudonym_equal(person->id, id))
            return handle;
    }
    return 0;
}

uint32_t shard_take_person(struct shard *shard, uint32_t team, struct pseudonym id)
{
    uint32_t handle = shard_find_person(shard, team, id);
    if (handle != 0)
        return handle;
    handle = pool_take(&shard->persons);
    struct person *person = pool_at(&shard->persons, handle);
    struct team *of = &shard->teams[team];
    const struct person_register empty = {.key = {.time_ms = -1}};
    person->id = id;
    person->team = team;
    person->first_seen = DAY_NEVER;
    person->first_ai = DAY_NEVER;
    person->status = person->level = person->first_level = empty;
    person->first_training_ms = INT64_MAX;
    person->sets_newest = person->noted_day = INT32_MIN;
    person_done(person);
    person->next_in_team = of->persons;
    of->persons = handle;
    of->person_count++;
    index_add(&shard->person_index, person_hash(shard, handle), handle);
    return handle;
}

uint32_t shard_find_task(const struct shard *shard, struct task_id id)
{
    struct index_cursor cursor = index_seek(&shard->task_index, id.high);
    uint32_t handle;
    while ((handle = index_next(&cursor)) != 0) {
        const struct task *task = pool_at(&shard->tasks, handle);
        if (task->id_high == id.high && task->id_low == id.low)
            return handle;
    }
    return 0;
}

/* ---- judging --------------------------------------------------------------------------------------------------- */

static bool is_long_lived(enum event_type type)
{
    return type == EVENT_TRAINING || type == EVENT_PERSON || type == EVENT_REDESIGN;
}

/* Would the event bring its team one workflow too many? */
static bool exceeds_workflows(const struct shard *shard, const struct event *event)
{
    /* Most often no team is anywhere near, and none need be looked up. */
    if (shard->workflows_most < shard->settings->workflows_max || event->type != EVENT_USAGE || !event->has_task)
        return false;
    const struct team *team = shard_find_team(shard, event->team);
    if (team == NULL || team->workflow_count < shard->settings->workflows_max)
        return false;
    uint32_t name = names_find(&shard->names, event->usage.workflow);
    return name == UINT32_MAX || shard_find_workflow(team, name) < 0;
}

enum reject shard_judge(const struct shard *shard, const struct event *event, int64_t wall_ms)
{
    const struct settings *settings = shard->settings;
    if (exceeds_workflows(shard, event))
        return REJECT_SCHEMA;
    int64_t limit_ms = is_long_lived(event->type) ? (int64_t)LONG_LIVED_DAYS * DAY_MS : settings->join_window_ms;
    if (shard->watermark_ms >= 0 && shard->watermark_ms - event->key.time_ms > limit_ms)
        return REJECT_TOO_LATE;
    if (wall_ms >= 0 && event->key.time_ms - wall_ms > settings->max_clock_skew_ms)
        return REJECT_FUTURE;
    return REJECT_NONE;
}

void shard_count_reject(struct shard *shard, enum reject reject)
{
    UP_ASSERT(reject < REJECT_REASONS);
    shard->rejected[reject]++;
}

size_t shard_unsaved_bytes(const struct shard *shard)
{
    enum { TASK_BYTES = 70, CELL_BYTES = 400, PERSON_BYTES = 400, OLD_BYTES = 400 };
    return shard->dirty_task_count * TASK_BYTES + shard->dirty_cell_count * CELL_BYTES +
           shard->dirty_person_count * PERSON_BYTES + (shard->old_cell_count + shard->old_week_count) * OLD_BYTES;
}
