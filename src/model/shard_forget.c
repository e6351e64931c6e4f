/* Frees what no evaluation needs any more: forgotten tasks, and old cells, weeks, trainings and answers that are saved. */
#include "shard_priv.h"

static void sweep_tasks(struct shard *shard, size_t records_max)
{
    for (size_t looked = 0; looked < records_max; looked++) {
        if (shard->sweep_next >= shard->tasks.made) {
            shard->sweep_next = 1;
            return;
        }
        uint32_t handle = shard->sweep_next++;
        struct task *task = pool_at(&shard->tasks, handle);
        if (task->said == 0 || shard->watermark_ms < 0 || !shard_forgets(shard, task, 0))
            continue;
        index_remove(&shard->task_index, task->id_high, handle);
        task->said = 0;
        task->dirty = 0;
        pool_give(&shard->tasks, handle);
    }
}

static void forget_trainings(struct shard *shard, struct person *person, int32_t day_min)
{
    uint32_t *link = &person->trainings;
    while (*link != 0) {
        uint32_t handle = *link;
        struct training *training = pool_at(&shard->trainings, handle);
        if (training->dirty || event_day(training->key.time_ms) >= day_min) {
            link = &training->next;
            continue;
        }
        *link = training->next;
        pool_give(&shard->trainings, handle);
    }
}

static void forget_pulses(struct shard *shard, struct person *person, int32_t day_min)
{
    uint32_t *link = &person->pulses;
    while (*link != 0) {
        uint32_t handle = *link;
        struct pulse *pulse = pool_at(&shard->pulses, handle);
        if (pulse->dirty || pulse->day >= day_min) {
            link = &pulse->next;
            continue;
        }
        *link = pulse->next;
        pool_give(&shard->pulses, handle);
    }
}

static void forget_team(struct shard *shard, struct team *team)
{
    if (team->evaluated_through == DAY_BEFORE_ALL)
        return;
    const struct retention *retention = &shard->settings->retention;
    int32_t oldest = team->evaluated_through + 1;
    shard_forget_cells(shard, team);
    if (team->people_forgotten_for == oldest)
        return;
    team->people_forgotten_for = oldest;
    for (uint32_t p = team->persons; p != 0;) {
        struct person *person = shard_person(shard, p);
        person_forget_weeks(person, shard_weeks_needed_from(shard, team));
        forget_trainings(shard, person, oldest - retention->training_days);
        forget_pulses(shard, person, oldest - retention->pulse_days);
        p = person->next_in_team;
    }
}

void shard_forget_slice(struct shard *shard, size_t records_max)
{
    sweep_tasks(shard, records_max);
    /* Looking at a team costs about as much as at some hundred tasks, and is due once a day of the watermark. */
    enum { TASKS_PER_TEAM = 200 };
    size_t teams = records_max / TASKS_PER_TEAM + 1;
    for (size_t i = 0; i < teams && shard->team_count > 0; i++) {
        if (shard->forget_next >= shard->team_count)
            shard->forget_next = 0;
        forget_team(shard, &shard->teams[shard->forget_next++]);
    }
}
