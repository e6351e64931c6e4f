/* Random cells that could come from tasks: every count fits the others. */
#pragma once

#include "support/dice.h"
#include "unit/model/hand_made.h"

static inline bool random_cells_flip(struct dice *dice, double chance)
{
    return dice_unit(dice) < chance;
}

static inline void random_cells_outcome(struct dice *dice, bool overridden, bool judged,
                                        struct counters *c)
{
    int64_t value = dice_below(dice, 10001);
    int64_t ln = 300000 + dice_below(dice, 900000);
    bool success = random_cells_flip(dice, 0.6);
    c->at[COUNTER_outcomes]++;
    if (random_cells_flip(dice, 0.8)) {
        c->at[COUNTER_success_n]++;
        c->at[COUNTER_success_k] += success;
    }
    if (random_cells_flip(dice, 0.5)) {
        c->at[COUNTER_quality_n]++;
        c->at[COUNTER_quality_sum] += value;
        c->at[COUNTER_quality_sq] += value * value;
        c->at[COUNTER_cycle_n]++;
        c->at[COUNTER_cycle_ln] += ln;
        c->at[COUNTER_cycle_ln_sq] += ln * ln;
        c->at[COUNTER_effort_n]++;
        c->at[COUNTER_effort_s10] += value + 1;
        c->at[COUNTER_effort_sq] += (value + 1) * (value + 1);
    }
    if (random_cells_flip(dice, 0.5)) {
        c->at[COUNTER_rework_n]++;
        c->at[COUNTER_rework_k] += random_cells_flip(dice, 0.2);
    }
    if (!judged || random_cells_flip(dice, 0.4))
        return;
    bool right = random_cells_flip(dice, 0.6);
    enum counter accepted = right ? COUNTER_ca : COUNTER_wa;
    enum counter scored = overridden ? (right ? COUNTER_wo : COUNTER_co) : accepted;
    c->at[scored]++;
    c->at[right ? COUNTER_rair_n : COUNTER_rsr_n]++;
    c->at[right ? COUNTER_rair_k : COUNTER_rsr_k] += success;
    if (random_cells_flip(dice, 0.5)) {
        c->at[scored + (COUNTER_ca_x - COUNTER_ca)]++;
        c->at[COUNTER_explained]++;
    }
}

/* The counters of up to `tasks_max` tasks of an arm; in a silent workflow nobody decides. */
static inline struct counters random_cells_make(struct dice *dice, enum arm arm, bool silent,
                                                int64_t tasks_max)
{
    struct counters c = {{0}};
    bool ai = (1U << arm & ARMS_AI) != 0;
    for (int64_t left = 1 + dice_below(dice, tasks_max); left > 0; left--) {
        bool judged = ai && random_cells_flip(dice, 0.9);
        bool overridden = judged && !silent && random_cells_flip(dice, 0.4);
        c.at[COUNTER_tasks]++;
        if (random_cells_flip(dice, 0.8))
            c.at[COUNTER_kind_routine + dice_below(dice, KINDS)]++;
        c.at[COUNTER_batch] += random_cells_flip(dice, 0.2);
        c.at[COUNTER_auto] += ai && !judged;
        c.at[COUNTER_accepted] += judged && !overridden;
        c.at[COUNTER_rejected] += overridden;
        c.at[COUNTER_decided] += judged && !silent;
        if ((overridden || (1U << arm & ARMS_BYPASS) != 0) && random_cells_flip(dice, 0.5)) {
            c.at[COUNTER_reason_n]++;
            c.at[COUNTER_reason_skill] += random_cells_flip(dice, 0.4);
        }
        if (random_cells_flip(dice, 0.7)) {
            random_cells_outcome(dice, overridden, judged, &c);
            c.at[COUNTER_fed_back] += ai && random_cells_flip(dice, 0.5);
        } else if (random_cells_flip(dice, 0.5)) {
            c.at[COUNTER_self_outcomes]++;
        }
    }
    return c;
}

/* Fills first_day ... last_day of a workflow, a cell of each arm and day with the given chance. */
static inline void random_cells_fill(struct dice *dice, struct hand_made *made,
                                     const char *workflow, int32_t first_day, int32_t last_day,
                                     double chance)
{
    bool silent = random_cells_flip(dice, 0.2);
    for (int32_t day = first_day; day <= last_day; day++) {
        for (int arm = 0; arm < ARMS; arm++) {
            if (!random_cells_flip(dice, chance))
                continue;
            struct counters cell = random_cells_make(dice, (enum arm)arm, silent, 8);
            hand_made_add(made, workflow, day, (enum arm)arm, &cell);
        }
    }
}
