/* A task: three registers, each the latest event of its kind, and what they add up to. events.md, Facts. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/cell.h"
#include "model/event.h"

enum task_register { TASK_WORK, TASK_DECISION, TASK_OUTCOME, TASK_REGISTERS };

/* Packed: a shard holds millions. The bits of `said` are task.c's matter; 0 = a record that is not in use. A
 * register that is not there has no presence bit, and its other fields are 0. */
struct __attribute__((packed)) task {
    uint64_t id_high;
    uint32_t id_low;
    uint32_t team;     /* number of the team in its shard */
    uint32_t person;   /* handle of the person of the work; 0 without work */
    uint16_t workflow; /* number of the workflow in its team */
    uint32_t said;
    uint8_t dirty;
    uint8_t times[TASK_REGISTERS][6]; /* ms, little-endian */
    uint64_t hash[TASK_REGISTERS];
    uint8_t cycle_ms[5]; /* little-endian */
    uint32_t effort_ds;
    uint16_t quality;
};
_Static_assert(sizeof(struct task) <= 82, "a task fits its memory budget");

/* Where and what a task counts; `counted` is false without work. */
struct contribution {
    bool counted;
    uint8_t arm; /* enum arm */
    uint16_t workflow;
    int32_t day;
    uint32_t person;
    struct amounts amounts;
};

/* Does the task have this register? */
bool task_has(const struct task *task, enum task_register which);
/* The key of the register's event; only where task_has(). */
struct event_key task_key(const struct task *task, enum task_register which);
/* Its outcome's elapsed time, ms; 0 = none. */
uint64_t task_cycle_ms(const struct task *task);
/* Greatest time of its registers, ms. */
int64_t task_newest_ms(const struct task *task);

/* Puts the event into its register where it is later than what is there (an outcome by self counts as older than
 * any by others). workflow and person are read with usage only. Returns whether the register changed. */
bool task_merge(struct task *task, const struct event *event, uint16_t workflow, uint32_t person);

/* Could the record have been made by task_merge()? For what comes out of storage; looks at nothing that names others. */
bool task_is_sound(const struct task *task);

/* A pure function of the three registers. */
void task_contribution(const struct task *task, struct contribution *ret_contribution);
