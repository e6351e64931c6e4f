/* People for a hand-made team, with all that may be known of them, without any event. */
#pragma once

#include <stdio.h>

#include "model/people.h"
#include "unit/model/hand_made.h"

static inline struct pseudonym hand_made_id(uint64_t number)
{
    return (struct pseudonym){.low = number, .high = ~number};
}

/* A person first seen on a day, of whom nothing else is known. */
static inline struct person *hand_made_person(struct hand_made *made, uint64_t number, int32_t day)
{
    uint32_t handle = pool_take(&made->shard.persons);
    struct person *person = pool_at(&made->shard.persons, handle);
    person->id = hand_made_id(number);
    person->next_in_team = made->team.persons;
    person->first_seen = day;
    person->first_ai = DAY_NEVER;
    person->status.key.time_ms = person->level.key.time_ms = person->first_level.key.time_ms = -1;
    person->first_training_ms = INT64_MAX;
    person->sets_newest = INT32_MIN;
    person_done(person); /* no weeks */
    made->team.persons = handle;
    made->team.person_count++;
    return person;
}

/* To be called before hand_made_done(). */
static inline void hand_made_people_done(struct hand_made *made)
{
    struct person *person;
    for (uint32_t at = made->team.persons; at != 0; at = person->next_in_team) {
        person = pool_at(&made->shard.persons, at);
        person_done(person);
    }
}

static inline void hand_made_see(struct person *person, int32_t day)
{
    if (day < person->first_seen)
        person->first_seen = day;
}

/* A day of work, with AI or without. */
static inline void hand_made_work(const struct hand_made *made, struct person *person, int32_t day,
                                  bool ai)
{
    int32_t set_days = made->settings.retention.day_set_days;
    hand_made_see(person, day);
    person_add_day(person, set_days, DAY_SET_WORKED, day);
    if (!ai)
        return;
    person_add_day(person, set_days, DAY_SET_PRACTISED, day);
    if (day < person->first_ai)
        person->first_ai = day;
}

/* Work with AI on every day of first ... last that is `step` days apart from the first. */
static inline void hand_made_practise(const struct hand_made *made, struct person *person,
                                      int32_t first, int32_t last, int32_t step)
{
    for (int32_t day = first; day <= last; day += step)
        hand_made_work(made, person, day, true);
}

/* A day of work with AI on a task in the workflow (number in the team). */
static inline void hand_made_task(struct hand_made *made, struct person *person, size_t workflow, int32_t day)
{
    struct workflow *in = &made->team.workflows[workflow];
    struct text name = names_text(&made->shard.names, in->name);
    char terminated[64];
    (void)snprintf(terminated, sizeof terminated, "%.*s", (int)name.length, name.bytes);
    hand_made_add(made, terminated, day, ARM_AI, HAND_MADE_CELL([COUNTER_tasks] = 1));
    hand_made_work(made, person, day, true);
    struct person_workflow *of;
    for (uint32_t at = person->workflows; at != 0; at = of->next) {
        of = pool_at(&made->shard.person_workflows, at);
        if (of->name == in->name) {
            (void)person_workflow_see(of, day);
            return;
        }
    }
    uint32_t handle = pool_take(&made->shard.person_workflows);
    of = pool_at(&made->shard.person_workflows, handle);
    person_workflow_begin(of, in->name, day);
    of->next = person->workflows;
    person->workflows = handle;
}

/* The latest `person` event; the level NULL = not told. */
static inline void hand_made_status(struct hand_made *made, struct person *person, int32_t day,
                                    enum person_status status, const char *level)
{
    struct event_key key = {.time_ms = (int64_t)day * DAY_MS + 1000};
    hand_made_see(person, day);
    made->team.persons_with_event += person->status.key.time_ms < 0;
    person->status = (struct person_register){.key = key, .value = status};
    if (level == NULL)
        return;
    person->level = (struct person_register){
        .key = key, .value = names_add(&made->shard.names, text_of(level))};
    if (person->first_level.key.time_ms < 0)
        person->first_level = person->level;
}

/* One AI use of a capability more; days may come in any order. */
static inline void hand_made_capability(struct hand_made *made, struct person *person,
                                        const char *name, int32_t first_day, int32_t last_day)
{
    uint32_t handle = pool_take(&made->shard.capabilities);
    struct capability *capability = pool_at(&made->shard.capabilities, handle);
    *capability = (struct capability){.name = names_add(&made->shard.names, text_of(name)),
                                      .first_day = first_day,
                                      .last_day = last_day,
                                      .next = person->capabilities};
    person->capabilities = handle;
}

/* A training at noon of a day; teacher 0 = none. */
static inline struct training *hand_made_training(struct hand_made *made, struct person *person,
                                                  int32_t day, uint64_t teacher)
{
    uint32_t handle = pool_take(&made->shard.trainings);
    struct training *training = pool_at(&made->shard.trainings, handle);
    *training = (struct training){
        .key = {.time_ms = (int64_t)day * DAY_MS + DAY_MS / 2},
        .program = names_add(&made->shard.names, text_of("program")),
        .teacher = hand_made_id(teacher),
        .has_teacher = teacher != 0,
        .next = person->trainings,
    };
    person->trainings = handle;
    hand_made_see(person, day);
    if (training->key.time_ms < person->first_training_ms)
        person->first_training_ms = training->key.time_ms;
    return training;
}

static inline void hand_made_answer(struct hand_made *made, struct person *person, int32_t day,
                                    enum question question, uint8_t score)
{
    uint32_t handle = pool_take(&made->shard.pulses);
    struct pulse *pulse = pool_at(&made->shard.pulses, handle);
    *pulse = (struct pulse){.key = {.time_ms = (int64_t)day * DAY_MS},
                            .day = day,
                            .question = (uint8_t)question,
                            .score = score,
                            .next = person->pulses};
    person->pulses = handle;
    hand_made_see(person, day);
}

static inline void hand_made_week(struct person *person, int32_t week,
                                  const struct week_counters *counters)
{
    person_add_week(person, week, counters, 0);
}
