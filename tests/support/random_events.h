/* Random events of a few teams: facts of every kind, in any order, with repetitions. */
#pragma once

#include <stdint.h>

#include "model/event.h"
#include "support/dice.h"

struct random_world {
    struct dice *dice;
    int64_t from_ms, to_ms;      /* times of the events */
    int64_t teams, users, tasks; /* users and tasks of a team */
};

static inline struct text random_name(int64_t number)
{
    static const char *const names[] = {
        "alpha", "beta", "gamma \"quoted\"", "d\\elta", "\xc3\xa9psilon", "zeta", "eta", "theta"};
    return text_of(names[number % 8]);
}

/* At most 64 teams. */
static inline struct text random_team(int64_t number)
{
    static char names[64][16];
    char *name = names[number % 64];
    if (name[0] == '\0') {
        name[0] = 't';
        name[1] = (char)('0' + number / 10 % 10);
        name[2] = (char)('0' + number % 10);
        name[3] = '\0';
    }
    return text_of(name);
}

static inline struct pseudonym random_user(int64_t team, int64_t user)
{
    return (struct pseudonym){.low = (uint64_t)(team * 1000 + user) * UINT64_C(0x9e3779b97f4a7c15),
                              .high = (uint64_t)user};
}

static inline void random_usage(struct dice *dice, struct event *event)
{
    event->type = EVENT_USAGE;
    event->usage = (struct usage){.assist = (enum assist)dice_below(dice, 3),
                                  .kind = (enum work_kind)dice_below(dice, 5),
                                  .explained = dice_below(dice, 2) == 0,
                                  .batch = dice_below(dice, 4) == 0,
                                  .random = dice_below(dice, 4) == 0};
    if (event->usage.assist == ASSIST_BYPASS)
        event->usage.reason = (enum reason_class)dice_below(dice, 4);
    if (dice_below(dice, 4) != 0)
        event->usage.workflow = random_name(dice_below(dice, 3));
    if (dice_below(dice, 2) == 0)
        event->usage.capability = random_name(dice_below(dice, 8));
}

static inline void random_outcome(struct dice *dice, struct event *event)
{
    event->type = EVENT_OUTCOME;
    event->outcome = (struct outcome){.by_self = dice_below(dice, 5) == 0,
                                      .success = (enum answer)dice_below(dice, 3),
                                      .rework = (enum answer)dice_below(dice, 3),
                                      .advice_correct = (enum answer)dice_below(dice, 3),
                                      .initial_correct = (enum answer)dice_below(dice, 3),
                                      .has_quality = dice_below(dice, 2) == 0};
    if (event->outcome.has_quality)
        event->outcome.quality = (uint16_t)dice_below(dice, 10001);
    if (dice_below(dice, 2) == 0)
        event->outcome.cycle_ms = 1 + (uint64_t)dice_below(dice, 100000000);
    if (dice_below(dice, 2) == 0)
        event->outcome.effort_ds = 1 + (uint32_t)dice_below(dice, 100000);
}

static inline void random_decision(struct dice *dice, struct event *event)
{
    event->type = EVENT_OVERRIDE;
    event->decision = (struct decision){.action = (enum action)dice_below(dice, 3),
                                        .by_policy = dice_below(dice, 6) == 0};
    if (event->decision.action != ACTION_ACCEPT)
        event->decision.reason = (enum reason_class)dice_below(dice, 4);
}

static inline void random_fact_of_person(const struct random_world *world, int64_t team,
                                         struct event *event)
{
    struct dice *dice = world->dice;
    switch (dice_below(dice, 4)) {
    case 0:
        event->type = EVENT_TRAINING;
        event->training =
            (struct training_event){.program = random_name(dice_below(dice, 3)),
                                    .has_teacher = dice_below(dice, 2) == 0,
                                    .seconds = (uint32_t)dice_below(dice, 20000),
                                    .format = (enum training_format)dice_below(dice, 5)};
        if (event->training.has_teacher)
            event->training.teacher = random_user(team, dice_below(dice, world->users));
        break;
    case 1:
        event->type = EVENT_PERSON;
        event->person =
            (struct person_event){.status = (enum person_status)(1 + dice_below(dice, 3))};
        if (dice_below(dice, 2) == 0)
            event->person.level = random_name(dice_below(dice, 4));
        break;
    case 2:
        event->type = EVENT_REDESIGN;
        event->has_user = false;
        event->redesign = (struct redesign_event){.workflow = random_name(dice_below(dice, 3))};
        if (dice_below(dice, 2) == 0)
            event->redesign.label = random_name(dice_below(dice, 8));
        break;
    default:
        event->type = EVENT_PULSE;
        event->pulse = (struct pulse_event){.question = (enum question)dice_below(dice, QUESTIONS),
                                            .score = (uint8_t)(1 + dice_below(dice, 5))};
        break;
    }
}

/* Times come whole to 10 minutes, so that some meet. */
static inline struct event random_event(const struct random_world *world)
{
    struct dice *dice = world->dice;
    int64_t team = dice_below(dice, world->teams);
    struct event event = {.team = random_team(team), .has_user = true};
    event.user = random_user(team, dice_below(dice, world->users));
    int64_t grain_ms = 600000;
    event.key.time_ms =
        (world->from_ms + dice_below(dice, world->to_ms - world->from_ms)) / grain_ms * grain_ms;
    event.key.hash = dice_bits(dice);
    int64_t task = dice_below(dice, world->tasks);
    event.task.high = (uint64_t)(team * world->tasks + task + 1) * UINT64_C(0xbf58476d1ce4e5b9);
    event.task.low = (uint32_t)task;
    event.has_task = true;
    int64_t kind = dice_below(dice, 20);
    if (kind < 9) {
        random_usage(dice, &event);
        event.has_task = dice_below(dice, 10) != 0;
    } else if (kind < 13) {
        random_decision(dice, &event);
    } else if (kind < 18) {
        random_outcome(dice, &event);
        event.has_user = false;
    } else {
        event.has_task = false;
        random_fact_of_person(world, team, &event);
    }
    return event;
}
