/* A team: its workflows with their cells by day, its people, its redesigns, and how far it is evaluated. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/cell.h"
#include "model/event.h"
#include "model/person.h"

struct alarms;

enum { BASELINE_DAYS = 28, KINDS = 4, DAY_BEFORE_ALL = INT32_MIN };

/* heads[day & (capacity - 1)] = first cell of the day's chain, for days from first_day to first_day + capacity - 1;
 * capacity is a power of 2 or 0. */
struct workflow {
    uint32_t name; /* in the shard's names */
    int32_t first_day;
    uint32_t capacity;
    uint32_t *heads;
    int64_t baseline_kinds[KINDS]; /* tasks by kind of the baseline's days that memory has forgotten */
    int32_t first_redesign_day;    /* day of its first redesign, for good; DAY_NEVER = none */
};

struct redesign {
    struct event_key key; /* of the latest event; its time is part of the identity */
    uint32_t workflow;    /* a name: a redesigned workflow needs no task */
    uint32_t label;       /* a name, 0 = none */
    bool dirty;
};

struct team {
    uint32_t name;    /* in the shard's names */
    uint32_t persons; /* head of the list, 0 = empty */
    uint32_t person_count;
    uint32_t persons_with_event; /* people of whom a `person` event is known */
    struct workflow *workflows;
    size_t workflow_count, workflow_capacity;
    struct redesign *redesigns; /* in the order they came in */
    size_t redesign_count, redesign_capacity;
    int32_t first_day;         /* day of the earliest fact */
    int32_t first_cell_day;    /* day of the earliest cell; DAY_NEVER = none */
    int32_t cells_from;        /* cells of earlier days are forgotten: changes to them are differences */
    int32_t evaluated_through; /* last day that was evaluated, or was open when the team appeared; DAY_BEFORE_ALL */
    int32_t people_forgotten_for; /* oldest day not evaluated when its people's rows were last looked through */
    int64_t unmatched;         /* tasks without work, forgotten ones too */
    struct alarms *alarms;     /* owned; model/alarms.h */
    bool dirty;                /* the team's own row changed since the last cut */
    bool alarms_dirty;
    bool changed; /* is in the shard's list of teams to publish */
};

/* Where the first cell of the day's chain stands, NULL where the ring does not reach. */
static inline uint32_t *team_head(const struct workflow *workflow, int32_t day)
{
    if (day < workflow->first_day || day - workflow->first_day >= (int64_t)workflow->capacity)
        return NULL;
    return &workflow->heads[(uint32_t)day & (workflow->capacity - 1)];
}

/* First cell of the chain of that workflow and day, 0 = none (or forgotten). */
static inline uint32_t team_cells(const struct workflow *workflow, int32_t day)
{
    const uint32_t *head = team_head(workflow, day);
    return head == NULL ? 0 : *head;
}
