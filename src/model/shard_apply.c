/* An accepted event becomes facts: events.md, Facts. */
#include "base/mem.h"
#include "base/panic.h"
#include "model/person_workflow.h"
#include "shard_priv.h"

void shard_touch_team(struct shard *shard, struct team *team)
{
    if (team->changed)
        return;
    team->changed = true;
    mem_reserve(&shard->changed_teams, &shard->changed_capacity, shard->changed_count + 1,
                sizeof *shard->changed_teams);
    shard->changed_teams[shard->changed_count++] = shard_team_number(shard, team);
}

void shard_touch_all(struct shard *shard)
{
    for (size_t i = 0; i < shard->team_count; i++)
        shard_touch_team(shard, &shard->teams[i]);
}

void shard_list_person(struct shard *shard, uint32_t handle)
{
    struct person *person = shard_person(shard, handle);
    if (person->listed)
        return;
    person->listed = true;
    mem_reserve(&shard->dirty_persons, &shard->dirty_person_capacity, shard->dirty_person_count + 1,
                sizeof *shard->dirty_persons);
    shard->dirty_persons[shard->dirty_person_count++] = handle;
}

static void mark_person(struct shard *shard, uint32_t handle)
{
    shard_person(shard, handle)->dirty = true;
    shard_list_person(shard, handle);
}

static void mark_task(struct shard *shard, uint32_t handle)
{
    struct task *task = pool_at(&shard->tasks, handle);
    if (task->dirty)
        return;
    task->dirty = 1;
    mem_reserve(&shard->dirty_tasks, &shard->dirty_task_capacity, shard->dirty_task_count + 1,
                sizeof *shard->dirty_tasks);
    shard->dirty_tasks[shard->dirty_task_count++] = handle;
}

static void count_unmatched(struct team *team, int64_t more)
{
    team->unmatched += more;
    team->dirty = true;
}

/* ---- who works where -------------------------------------------------------------------------------------------- */

static void use_workflow(struct shard *shard, uint32_t handle, uint32_t name, int32_t day)
{
    struct person *person = shard_person(shard, handle);
    for (uint32_t at = person->workflows; at != 0;) {
        struct person_workflow *workflow = pool_at(&shard->person_workflows, at);
        if (workflow->name == name) {
            if (person_workflow_see(workflow, day))
                mark_person(shard, handle);
            return;
        }
        at = workflow->next;
    }
    uint32_t at = pool_take(&shard->person_workflows);
    struct person_workflow *workflow = pool_at(&shard->person_workflows, at);
    person_workflow_begin(workflow, name, day);
    workflow->next = person->workflows;
    person->workflows = at;
    mark_person(shard, handle);
}

/* Of every usage with a task, also one whose task has later work: so the order of events does not matter. A second task
 * of a day is known from the person's record alone. */
static void note_workflow(struct shard *shard, const struct team *team, uint16_t number, uint32_t handle, int32_t day)
{
    struct person *person = shard_person(shard, handle);
    uint32_t bit = number < 32 ? UINT32_C(1) << number : 0;
    if (day == person->noted_day && (person->noted_workflows & bit) != 0)
        return;
    if (day > person->noted_day) {
        person->noted_day = day;
        person->noted_workflows = 0;
    }
    if (day == person->noted_day)
        person->noted_workflows |= bit;
    use_workflow(shard, handle, team->workflows[number].name, day);
}

/* ---- task ------------------------------------------------------------------------------------------------------ */

static bool is_task(const struct task *task, struct task_id id)
{
    return task->id_high == id.high && task->id_low == id.low;
}

/* The task's record; one that is forgotten, or not there, begins as a new task of that name. */
static uint32_t take_task(struct shard *shard, struct team *team, const struct event *event, uint32_t likely)
{
    uint32_t handle = likely;
    if (likely == 0 || !is_task(pool_at(&shard->tasks, likely), event->task))
        handle = shard_find_task(shard, event->task);
    bool begins = handle == 0;
    if (begins) {
        handle = pool_take(&shard->tasks);
    } else {
        struct task *old = pool_at(&shard->tasks, handle);
        begins = shard_forgets(shard, old, event->key.time_ms);
        if (begins) {
            uint8_t dirty = old->dirty;
            *old = (struct task){.id_high = old->id_high, .id_low = old->id_low, .dirty = dirty};
        }
    }
    struct task *task = pool_at(&shard->tasks, handle);
    if (begins) {
        bool indexed = task->id_high != 0 || task->id_low != 0;
        task->id_high = event->task.high;
        task->id_low = event->task.low;
        task->team = shard_team_number(shard, team);
        if (!indexed)
            index_add(&shard->task_index, event->task.high, handle);
        count_unmatched(team, 1);
    }
    return handle;
}

static uint16_t take_workflow(struct shard *shard, struct team *team, const struct event *event,
                              const struct shard_places *places)
{
    if (places->workflow != 0)
        return (uint16_t)(places->workflow - 1);
    return shard_take_workflow(shard, team, names_add(&shard->names, event->usage.workflow));
}

static void apply_task(struct shard *shard, struct team *team, const struct event *event, uint32_t person,
                       const struct shard_places *places)
{
    uint32_t handle = take_task(shard, team, event, places->task);
    struct task *task = pool_at(&shard->tasks, handle);
    uint16_t workflow = 0;
    if (event->type == EVENT_USAGE) {
        workflow = take_workflow(shard, team, event, places);
        note_workflow(shard, team, workflow, person, event_day(event->key.time_ms));
    }
    struct contribution before, after;
    task_contribution(task, &before);
    if (!task_merge(task, event, workflow, person))
        return;
    mark_task(shard, handle);
    task_contribution(task, &after);
    if (after.counted && !before.counted)
        count_unmatched(team, -1);
    shard_count(shard, team, &before, &after);
}

/* ---- person ---------------------------------------------------------------------------------------------------- */

static void use_capability(struct shard *shard, uint32_t handle, struct text text, int32_t day)
{
    struct person *person = shard_person(shard, handle);
    uint32_t name = names_add(&shard->names, text);
    uint32_t at = person->capabilities;
    while (at != 0) {
        struct capability *capability = pool_at(&shard->capabilities, at);
        if (capability->name == name) {
            if (day >= capability->first_day && day <= capability->last_day)
                return;
            if (day < capability->first_day)
                capability->first_day = day;
            if (day > capability->last_day)
                capability->last_day = day;
            mark_person(shard, handle);
            return;
        }
        at = capability->next;
    }
    at = pool_take(&shard->capabilities);
    struct capability *capability = pool_at(&shard->capabilities, at);
    *capability =
        (struct capability){.name = name, .first_day = day, .last_day = day, .next = person->capabilities};
    person->capabilities = at;
    mark_person(shard, handle);
}

static void apply_usage(struct shard *shard, struct team *team, const struct event *event, uint32_t handle,
                        const struct shard_places *places)
{
    struct person *person = shard_person(shard, handle);
    int32_t set_days = shard->settings->retention.day_set_days;
    int32_t day = event_day(event->key.time_ms);
    if (person_add_day(person, set_days, DAY_SET_WORKED, day)) {
        calendar_count_worked(&shard->calendar, day);
        mark_person(shard, handle);
    }
    if (event->usage.assist == ASSIST_AI) {
        if (person_add_day(person, set_days, DAY_SET_PRACTISED, day))
            mark_person(shard, handle);
        if (day < person->first_ai) {
            person->first_ai = day;
            mark_person(shard, handle);
        }
        if (event->usage.capability.length > 0)
            use_capability(shard, handle, event->usage.capability, day);
    }
    if (event->has_task)
        apply_task(shard, team, event, handle, places);
}

static bool register_empty(const struct person_register *held)
{
    return held->key.time_ms < 0;
}

static void apply_person(struct shard *shard, struct team *team, const struct event *event, uint32_t handle)
{
    struct person *person = shard_person(shard, handle);
    struct event_key key = event->key;
    if (register_empty(&person->status))
        team->persons_with_event++;
    if (register_empty(&person->status) || event_key_after(key, person->status.key)) {
        person->status = (struct person_register){.key = key, .value = event->person.status};
        mark_person(shard, handle);
    }
    if (event->person.level.length == 0)
        return;
    uint32_t level = names_add(&shard->names, event->person.level);
    if (register_empty(&person->level) || event_key_after(key, person->level.key)) {
        person->level = (struct person_register){.key = key, .value = level};
        mark_person(shard, handle);
    }
    if (register_empty(&person->first_level) || event_key_after(person->first_level.key, key)) {
        person->first_level = (struct person_register){.key = key, .value = level};
        mark_person(shard, handle);
    }
}

/* ---- training, redesign, pulse --------------------------------------------------------------------------------- */

static void apply_training(struct shard *shard, const struct event *event, uint32_t handle)
{
    struct person *person = shard_person(shard, handle);
    uint32_t program = names_add(&shard->names, event->training.program);
    struct training *training = NULL;
    for (uint32_t at = person->trainings; at != 0 && training == NULL;) {
        struct training *held = pool_at(&shard->trainings, at);
        if (held->program == program && held->key.time_ms == event->key.time_ms)
            training = held;
        at = held->next;
    }
    if (training != NULL && !event_key_after(event->key, training->key))
        return;
    if (training == NULL) {
        uint32_t at = pool_take(&shard->trainings);
        training = pool_at(&shard->trainings, at);
        training->next = person->trainings;
        training->program = program;
        person->trainings = at;
    }
    training->key = event->key;
    training->seconds = event->training.seconds;
    training->has_teacher = event->training.has_teacher;
    training->teacher = event->training.has_teacher ? event->training.teacher : (struct pseudonym){0, 0};
    training->format = (uint8_t)event->training.format;
    training->dirty = true;
    if (event->key.time_ms < person->first_training_ms) {
        person->first_training_ms = event->key.time_ms;
        mark_person(shard, handle);
    }
    shard_list_person(shard, handle);
}

void shard_put_redesign(struct team *team, const struct redesign *redesign)
{
    mem_reserve(&team->redesigns, &team->redesign_capacity, team->redesign_count + 1, sizeof *team->redesigns);
    team->redesigns[team->redesign_count++] = *redesign;
    int32_t day = event_day(redesign->key.time_ms);
    int32_t workflow = shard_find_workflow(team, redesign->workflow);
    if (workflow >= 0 && day < team->workflows[workflow].first_redesign_day)
        team->workflows[workflow].first_redesign_day = day;
}

static void apply_redesign(struct shard *shard, struct team *team, const struct event *event)
{
    struct redesign redesign = {.key = event->key,
                                .workflow = names_add(&shard->names, event->redesign.workflow),
                                .label = names_add(&shard->names, event->redesign.label),
                                .dirty = true};
    for (size_t i = 0; i < team->redesign_count; i++) {
        struct redesign *held = &team->redesigns[i];
        if (held->workflow != redesign.workflow || held->key.time_ms != redesign.key.time_ms)
            continue;
        if (event_key_after(redesign.key, held->key))
            *held = redesign;
        return;
    }
    shard_put_redesign(team, &redesign);
}

static void apply_pulse(struct shard *shard, const struct event *event, uint32_t handle)
{
    struct person *person = shard_person(shard, handle);
    int32_t day = event_day(event->key.time_ms);
    struct pulse *pulse = NULL;
    for (uint32_t at = person->pulses; at != 0 && pulse == NULL;) {
        struct pulse *held = pool_at(&shard->pulses, at);
        if (held->day == day && held->question == (uint8_t)event->pulse.question)
            pulse = held;
        at = held->next;
    }
    if (pulse != NULL && !event_key_after(event->key, pulse->key))
        return;
    if (pulse == NULL) {
        uint32_t at = pool_take(&shard->pulses);
        pulse = pool_at(&shard->pulses, at);
        pulse->next = person->pulses;
        pulse->day = day;
        pulse->question = (uint8_t)event->pulse.question;
        person->pulses = at;
    }
    pulse->key = event->key;
    pulse->score = event->pulse.score;
    pulse->dirty = true;
    shard_list_person(shard, handle);
}

/* ---- all of them --------------------------------------------------------------------------------------------- */

static bool is_person(const struct person *person, uint32_t team, struct pseudonym id)
{
    return person->team == team && pseudonym_equal(person->id, id);
}

static uint32_t see_person(struct shard *shard, const struct team *team, const struct event *event, uint32_t likely)
{
    if (!event->has_user)
        return 0;
    uint32_t number = shard_team_number(shard, team);
    uint32_t handle = likely;
    if (likely == 0 || !is_person(shard_person(shard, likely), number, event->user))
        handle = shard_take_person(shard, number, event->user);
    struct person *person = shard_person(shard, handle);
    int32_t day = event_day(event->key.time_ms);
    if (day < person->first_seen) {
        person->first_seen = day;
        mark_person(shard, handle);
    }
    return handle;
}

void shard_apply(struct shard *shard, int topic, const struct event *event)
{
    const struct shard_places nowhere = {0};
    shard_apply_at(shard, topic, event, &nowhere);
}

void shard_apply_at(struct shard *shard, int topic, const struct event *event, const struct shard_places *places)
{
    shard->accepted++;
    shard_see(shard, topic, event->key.time_ms);
    struct team *team =
        places->team != 0 ? &shard->teams[places->team - 1] : shard_take_team(shard, event->team);
    shard_catch_up(shard, team);
    shard_touch_team(shard, team);
    int32_t day = event_day(event->key.time_ms);
    if (day < team->first_day) {
        team->first_day = day;
        team->dirty = true;
    }
    uint32_t person = see_person(shard, team, event, places->person);
    switch (event->type) {
    case EVENT_USAGE:
        apply_usage(shard, team, event, person, places);
        break;
    case EVENT_OVERRIDE:
    case EVENT_OUTCOME:
        apply_task(shard, team, event, 0, places);
        break;
    case EVENT_TRAINING:
        apply_training(shard, event, person);
        break;
    case EVENT_PERSON:
        apply_person(shard, team, event, person);
        break;
    case EVENT_REDESIGN:
        apply_redesign(shard, team, event);
        break;
    case EVENT_PULSE:
        apply_pulse(shard, event, person);
        break;
    case EVENT_TYPES:
        UP_ASSERT(event->type < EVENT_TYPES);
    }
}
