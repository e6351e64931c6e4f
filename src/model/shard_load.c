/* Rows that a cut gave away become a shard again, one that decides as the saved one would. */
#include "base/mem.h"
#include "base/panic.h"
#include "model/alarms.h"
#include "model/person_workflow.h"
#include "shard_priv.h"

static int find_team(const struct shard *shard, struct text name, struct team **ret_team, struct up_err *err)
{
    *ret_team = shard_find_team(shard, name);
    if (*ret_team == NULL)
        return up_fail(err, UP_ECORRUPT, "a row of a team that partition %d has no row of: %.*s", shard->partition,
                       (int)name.length, name.bytes);
    return UP_OK;
}

static int find_person(const struct shard *shard, struct text team_name, struct pseudonym user, struct team **ret_team,
                       uint32_t *ret_person, struct up_err *err)
{
    int code = find_team(shard, team_name, ret_team, err);
    if (code != UP_OK)
        return code;
    *ret_person = shard_find_person(shard, shard_team_number(shard, *ret_team), user);
    if (*ret_person == 0)
        return up_fail(err, UP_ECORRUPT, "a row of a person that partition %d has no row of, in team %.*s",
                       shard->partition, (int)team_name.length, team_name.bytes);
    return UP_OK;
}

int shard_load_shard(struct shard *shard, const struct shard_row *row, struct up_err *err)
{
    if (row->topic_count > shard->topic_count)
        return up_fail(err, UP_ECORRUPT, "partition %d was saved with %d topics, there are %d", shard->partition,
                       row->topic_count, shard->topic_count);
    shard->watermark_ms = row->watermark_ms;
    shard->greatest_ms = row->greatest_ms;
    shard->accepted = row->accepted;
    memcpy(shard->rejected, row->rejected, sizeof shard->rejected);
    calendar_copy(&shard->calendar, row->calendar);
    for (int i = 0; i < row->topic_count; i++)
        shard->topics[i].greatest_ms = row->topic_greatest_ms[i];
    return UP_OK;
}

int shard_load_team(struct shard *shard, const struct team_row *row, struct up_err *err)
{
    if (shard_find_team(shard, row->team) != NULL)
        return up_fail(err, UP_ECORRUPT, "team %.*s was saved twice in partition %d", (int)row->team.length,
                       row->team.bytes, shard->partition);
    struct team *team = shard_take_team(shard, row->team);
    team->first_day = row->first_day;
    team->first_cell_day = row->first_cell_day;
    team->evaluated_through = row->evaluated_through;
    team->unmatched = row->unmatched;
    team->cells_from = shard_cells_needed_from(shard, team);
    team->dirty = false;
    shard_touch_team(shard, team);
    return UP_OK;
}

static void load_sets(struct shard *shard, struct person *person, const struct person_row *row)
{
    int32_t set_days = shard->settings->retention.day_set_days;
    for (uint32_t i = 0; i < row->sets_bytes * 8; i++) {
        int32_t day = row->sets_first + (int32_t)i;
        uint8_t bit = (uint8_t)(1U << (i % 8));
        if ((row->worked[i / 8] & bit) != 0 && person_add_day(person, set_days, DAY_SET_WORKED, day))
            calendar_count_worked(&shard->calendar, day);
        if ((row->practised[i / 8] & bit) != 0)
            (void)person_add_day(person, set_days, DAY_SET_PRACTISED, day);
    }
}

int shard_load_person(struct shard *shard, const struct person_row *row, struct up_err *err)
{
    struct team *team;
    int code = find_team(shard, row->team, &team, err);
    if (code != UP_OK)
        return code;
    uint32_t number = shard_team_number(shard, team);
    if (shard_find_person(shard, number, row->user) != 0)
        return up_fail(err, UP_ECORRUPT, "a person of team %.*s was saved twice", (int)row->team.length,
                       row->team.bytes);
    struct person *person = shard_person(shard, shard_take_person(shard, number, row->user));
    person->first_seen = row->first_seen;
    person->first_ai = row->first_ai;
    person->status = row->status;
    person->level = row->level;
    person->first_level = row->first_level;
    person->level.value = names_add(&shard->names, row->level_name);
    person->first_level.value = names_add(&shard->names, row->first_level_name);
    person->first_training_ms = row->first_training_ms;
    team->persons_with_event += row->status.key.time_ms >= 0;
    load_sets(shard, person, row);
    for (size_t i = 0; i < row->capability_count; i++) {
        uint32_t handle = pool_take(&shard->capabilities);
        *(struct capability *)pool_at(&shard->capabilities, handle) =
            (struct capability){.name = names_add(&shard->names, row->capabilities[i].name),
                                .first_day = row->capabilities[i].first_day,
                                .last_day = row->capabilities[i].last_day,
                                .next = person->capabilities};
        person->capabilities = handle;
    }
    for (size_t i = 0; i < row->workflow_count; i++) {
        uint32_t handle = pool_take(&shard->person_workflows);
        *(struct person_workflow *)pool_at(&shard->person_workflows, handle) =
            (struct person_workflow){.name = names_add(&shard->names, row->workflows[i].name),
                                     .last_day = row->workflows[i].last_day,
                                     .days = row->workflows[i].days,
                                     .next = person->workflows};
        person->workflows = handle;
    }
    return UP_OK;
}

int shard_load_cell(struct shard *shard, const struct cell_row *row, struct up_err *err)
{
    struct team *team;
    int code = find_team(shard, row->team, &team, err);
    if (code != UP_OK)
        return code;
    uint16_t workflow = shard_take_workflow(shard, team, names_add(&shard->names, row->workflow));
    shard_put_cell(shard, team, workflow, row->day, row->arm, &row->counters);
    return UP_OK;
}

int shard_load_week(struct shard *shard, const struct week_row *row, struct up_err *err)
{
    struct team *team;
    uint32_t handle;
    int code = find_person(shard, row->team, row->user, &team, &handle, err);
    if (code != UP_OK)
        return code;
    struct person *person = shard_person(shard, handle);
    (void)person_add_week(person, row->week, &row->counters, shard_weeks_needed_from(shard, team));
    person->weeks.dirty_first = INT32_MAX;
    person->weeks.dirty_last = INT32_MIN;
    return UP_OK;
}

int shard_load_training(struct shard *shard, const struct training_row *row, struct up_err *err)
{
    struct team *team;
    uint32_t person;
    int code = find_person(shard, row->team, row->user, &team, &person, err);
    if (code != UP_OK)
        return code;
    uint32_t handle = pool_take(&shard->trainings);
    *(struct training *)pool_at(&shard->trainings, handle) =
        (struct training){.key = row->key,
                          .program = names_add(&shard->names, row->program),
                          .seconds = row->seconds,
                          .teacher = row->teacher,
                          .has_teacher = row->has_teacher,
                          .format = (uint8_t)row->format,
                          .next = shard_person(shard, person)->trainings};
    shard_person(shard, person)->trainings = handle;
    return UP_OK;
}

int shard_load_redesign(struct shard *shard, const struct redesign_row *row, struct up_err *err)
{
    struct team *team;
    int code = find_team(shard, row->team, &team, err);
    if (code != UP_OK)
        return code;
    struct redesign redesign = {.key = row->key,
                                .workflow = names_add(&shard->names, row->workflow),
                                .label = names_add(&shard->names, row->label)};
    shard_put_redesign(team, &redesign);
    return UP_OK;
}

int shard_load_pulse(struct shard *shard, const struct pulse_row *row, struct up_err *err)
{
    struct team *team;
    uint32_t person;
    int code = find_person(shard, row->team, row->user, &team, &person, err);
    if (code != UP_OK)
        return code;
    uint32_t handle = pool_take(&shard->pulses);
    *(struct pulse *)pool_at(&shard->pulses, handle) = (struct pulse){.key = row->key,
                                                                      .day = row->day,
                                                                      .question = (uint8_t)row->question,
                                                                      .score = row->score,
                                                                      .next = shard_person(shard, person)->pulses};
    shard_person(shard, person)->pulses = handle;
    return UP_OK;
}

int shard_load_task(struct shard *shard, const struct task *task, struct text team_name, struct text workflow,
                    const struct pseudonym *person, struct up_err *err)
{
    if (shard_forgets(shard, task, 0))
        return UP_OK;
    struct team *team;
    int code = find_team(shard, team_name, &team, err);
    if (code != UP_OK)
        return code;
    struct task loaded = *task;
    loaded.team = shard_team_number(shard, team);
    loaded.workflow = 0;
    loaded.person = 0;
    loaded.dirty = 0;
    if (task_has(task, TASK_WORK)) {
        uint32_t handle_of_person;
        code = find_person(shard, team_name, *person, &team, &handle_of_person, err);
        if (code != UP_OK)
            return code;
        loaded.person = handle_of_person;
        loaded.workflow = shard_take_workflow(shard, team, names_add(&shard->names, workflow));
    }
    struct task_id id = {.high = task->id_high, .low = task->id_low};
    uint32_t handle = shard_find_task(shard, id);
    bool begins = handle == 0;
    if (begins)
        handle = pool_take(&shard->tasks);
    *(struct task *)pool_at(&shard->tasks, handle) = loaded;
    if (begins)
        index_add(&shard->task_index, id.high, handle);
    return UP_OK;
}

int shard_load_alarms(struct shard *shard, struct text team_name, struct alarms *alarms, struct up_err *err)
{
    struct team *team;
    int code = find_team(shard, team_name, &team, err);
    if (code != UP_OK)
        return code;
    alarms_free(team->alarms);
    team->alarms = alarms;
    return UP_OK;
}

void shard_load_done(struct shard *shard)
{
    int32_t oldest = shard->calendar.last_opened;
    for (size_t i = 0; i < shard->team_count; i++) {
        if (shard->teams[i].evaluated_through < oldest)
            oldest = shard->teams[i].evaluated_through;
    }
    shard->closed_through = shard->closing_through = oldest;
}
