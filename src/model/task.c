/* A task's three registers and the contribution that is a pure function of them. */
#include "model/task.h"

#include <math.h>
#include <string.h>

#include "base/panic.h"

/* Bits of `said`. The first three say which registers are there. */
enum {
    WORK_ASSIST_AT = 3,
    WORK_KIND_AT = 5,
    WORK_EXPLAINED_AT = 8,
    WORK_BATCH_AT = 9,
    WORK_RANDOM_AT = 10,
    WORK_REASON_AT = 11,
    DECISION_ACTION_AT = 13,
    DECISION_REASON_AT = 15,
    DECISION_POLICY_AT = 17,
    OUTCOME_SUCCESS_AT = 18,
    OUTCOME_REWORK_AT = 20,
    OUTCOME_ADVICE_AT = 22,
    OUTCOME_INITIAL_AT = 24,
    OUTCOME_SELF_AT = 26,
    OUTCOME_QUALITY_AT = 27,
};

static const uint32_t register_bits[TASK_REGISTERS] = {
    [TASK_WORK] = 1U << TASK_WORK | 0x3ffU << WORK_ASSIST_AT,
    [TASK_DECISION] = 1U << TASK_DECISION | 0x1fU << DECISION_ACTION_AT,
    [TASK_OUTCOME] = 1U << TASK_OUTCOME | 0x3ffU << OUTCOME_SUCCESS_AT,
};

static const int64_t feedback_ms = INT64_C(7) * DAY_MS;
static const int64_t time_max_ms = INT64_C(253402387199999); /* the end of the year 9999, whatever the offset */

static inline uint32_t field(uint32_t said, uint32_t at, uint32_t bits)
{
    return (said >> at) & ((1U << bits) - 1);
}

/* From two loads: a copy of six bytes to a variable would have to reach memory before it can be read. */
static inline int64_t read_time(const uint8_t *bytes)
{
    uint32_t low;
    uint16_t high;
    memcpy(&low, bytes, sizeof low);
    memcpy(&high, bytes + sizeof low, sizeof high);
    return (int64_t)((uint64_t)high << 32 | low);
}

bool task_has(const struct task *task, enum task_register which)
{
    return (task->said >> which & 1U) != 0;
}

struct event_key task_key(const struct task *task, enum task_register which)
{
    return (struct event_key){.time_ms = read_time(task->times[which]), .hash = task->hash[which]};
}

uint64_t task_cycle_ms(const struct task *task)
{
    uint32_t low;
    memcpy(&low, task->cycle_ms, sizeof low);
    return (uint64_t)task->cycle_ms[sizeof low] << 32 | low;
}

int64_t task_newest_ms(const struct task *task)
{
    /* A register that is not there has time 0, which is no later than any. */
    int64_t newest = read_time(task->times[0]);
    for (int i = 1; i < TASK_REGISTERS; i++) {
        int64_t time_ms = read_time(task->times[i]);
        newest = time_ms > newest ? time_ms : newest;
    }
    return newest;
}

static uint32_t work_bits(const struct usage *usage)
{
    return (uint32_t)usage->assist << WORK_ASSIST_AT | (uint32_t)usage->kind << WORK_KIND_AT |
           (uint32_t)usage->explained << WORK_EXPLAINED_AT | (uint32_t)usage->batch << WORK_BATCH_AT |
           (uint32_t)usage->random << WORK_RANDOM_AT | (uint32_t)usage->reason << WORK_REASON_AT;
}

static uint32_t decision_bits(const struct decision *decision)
{
    return (uint32_t)decision->action << DECISION_ACTION_AT | (uint32_t)decision->reason << DECISION_REASON_AT |
           (uint32_t)decision->by_policy << DECISION_POLICY_AT;
}

static uint32_t outcome_bits(const struct outcome *outcome)
{
    return (uint32_t)outcome->success << OUTCOME_SUCCESS_AT | (uint32_t)outcome->rework << OUTCOME_REWORK_AT |
           (uint32_t)outcome->advice_correct << OUTCOME_ADVICE_AT |
           (uint32_t)outcome->initial_correct << OUTCOME_INITIAL_AT |
           (uint32_t)outcome->by_self << OUTCOME_SELF_AT | (uint32_t)outcome->has_quality << OUTCOME_QUALITY_AT;
}

static enum task_register register_of(enum event_type type)
{
    switch (type) {
    case EVENT_USAGE:
        return TASK_WORK;
    case EVENT_OVERRIDE:
        return TASK_DECISION;
    case EVENT_OUTCOME:
        return TASK_OUTCOME;
    case EVENT_TRAINING:
    case EVENT_PERSON:
    case EVENT_REDESIGN:
    case EVENT_PULSE:
    case EVENT_TYPES:
        break;
    }
    UP_ASSERT(false && "an event that belongs to a task");
    return TASK_WORK;
}

/* Does the event come after what the register holds? An outcome by self is older than any by others. */
static bool supersedes(const struct task *task, enum task_register which, const struct event *event)
{
    if (!task_has(task, which))
        return true;
    if (which == TASK_OUTCOME) {
        bool old_self = field(task->said, OUTCOME_SELF_AT, 1) != 0;
        if (old_self != event->outcome.by_self)
            return old_self;
    }
    return event_key_after(event->key, task_key(task, which));
}

bool task_merge(struct task *task, const struct event *event, uint16_t workflow, uint32_t person)
{
    enum task_register which = register_of(event->type);
    if (!supersedes(task, which, event))
        return false;
    uint32_t bits = 1U << which;
    if (which == TASK_WORK) {
        bits |= work_bits(&event->usage);
        task->workflow = workflow;
        task->person = person;
    } else if (which == TASK_DECISION) {
        bits |= decision_bits(&event->decision);
    } else {
        bits |= outcome_bits(&event->outcome);
        memcpy(task->cycle_ms, &event->outcome.cycle_ms, sizeof task->cycle_ms);
        task->effort_ds = event->outcome.effort_ds;
        task->quality = event->outcome.quality;
    }
    task->said = (task->said & ~register_bits[which]) | bits;
    memcpy(task->times[which], &event->key.time_ms, sizeof task->times[which]);
    task->hash[which] = event->key.hash;
    return true;
}

static bool register_is_sound(const struct task *task, enum task_register which)
{
    int64_t time_ms = read_time(task->times[which]);
    if (task_has(task, which))
        return time_ms <= time_max_ms;
    return (task->said & register_bits[which]) == 0 && time_ms == 0 && task->hash[which] == 0;
}

bool task_is_sound(const struct task *task)
{
    uint32_t said = task->said, known = 0;
    for (int i = 0; i < TASK_REGISTERS; i++) {
        if (!register_is_sound(task, (enum task_register)i))
            return false;
        known |= register_bits[i];
    }
    return said != 0 && (said & ~known) == 0 && field(said, WORK_ASSIST_AT, 2) <= ASSIST_BYPASS &&
           field(said, WORK_KIND_AT, 3) <= WORK_KIND_RELATIONAL &&
           field(said, DECISION_ACTION_AT, 2) <= ACTION_REJECT && field(said, OUTCOME_SUCCESS_AT, 2) <= ANSWER_YES &&
           field(said, OUTCOME_REWORK_AT, 2) <= ANSWER_YES && field(said, OUTCOME_ADVICE_AT, 2) <= ANSWER_YES &&
           field(said, OUTCOME_INITIAL_AT, 2) <= ANSWER_YES;
}

static inline uint64_t bit(enum count count)
{
    return UINT64_C(1) << count;
}

static uint64_t work_counts(uint32_t said)
{
    static const enum count kinds[] = {COUNT_kind_routine, COUNT_kind_judgement, COUNT_kind_creative,
                                         COUNT_kind_relational};
    uint64_t counts = bit(COUNT_tasks);
    uint32_t kind = field(said, WORK_KIND_AT, 3);
    if (kind != WORK_KIND_ABSENT)
        counts |= bit(kinds[kind - 1]);
    if (field(said, WORK_EXPLAINED_AT, 1))
        counts |= bit(COUNT_explained);
    if (field(said, WORK_BATCH_AT, 1))
        counts |= bit(COUNT_batch);
    return counts;
}

static uint64_t reason_counts(uint32_t reason)
{
    switch ((enum reason_class)reason) {
    case REASON_ABSENT:
        return 0;
    case REASON_SKILL:
        return bit(COUNT_reason_n) | bit(COUNT_reason_skill);
    case REASON_DESIGN:
        return bit(COUNT_reason_n) | bit(COUNT_reason_design);
    case REASON_OTHER:
        return bit(COUNT_reason_n);
    }
    return 0;
}

/* Of an AI task on which a person decided, if only by silence. */
static uint64_t decision_counts(uint32_t said)
{
    uint64_t counts = (said >> TASK_DECISION & 1U) != 0 ? bit(COUNT_decided) : 0;
    switch ((enum action)field(said, DECISION_ACTION_AT, 2)) {
    case ACTION_ACCEPT:
        return counts | bit(COUNT_accepted);
    case ACTION_MODIFY:
        return counts | bit(COUNT_modified) | reason_counts(field(said, DECISION_REASON_AT, 2));
    case ACTION_REJECT:
        return counts | bit(COUNT_rejected) | reason_counts(field(said, DECISION_REASON_AT, 2));
    }
    return counts;
}

/* Was the choice to follow the advice the right one? Of a judged AI task whose outcome says who was right. */
static uint64_t truth_counts(uint32_t said)
{
    bool right = field(said, OUTCOME_ADVICE_AT, 2) == ANSWER_YES;
    bool accepted = field(said, DECISION_ACTION_AT, 2) == ACTION_ACCEPT;
    enum count cell = accepted ? (right ? COUNT_ca : COUNT_wa) : (right ? COUNT_wo : COUNT_co);
    uint64_t counts = bit(cell);
    if (field(said, WORK_EXPLAINED_AT, 1))
        counts |= bit((enum count)(cell - COUNT_ca + COUNT_ca_x));
    uint32_t first = field(said, OUTCOME_INITIAL_AT, 2);
    uint32_t success = field(said, OUTCOME_SUCCESS_AT, 2);
    if (first != ANSWER_ABSENT && success != ANSWER_ABSENT && (first == ANSWER_YES) != right) {
        counts |= bit(right ? COUNT_rair_n : COUNT_rsr_n);
        if (success == ANSWER_YES)
            counts |= bit(right ? COUNT_rair_k : COUNT_rsr_k);
    }
    return counts;
}

static void outcome_amounts(const struct task *task, struct amounts *amounts)
{
    uint32_t said = task->said;
    uint32_t success = field(said, OUTCOME_SUCCESS_AT, 2);
    uint32_t rework = field(said, OUTCOME_REWORK_AT, 2);
    uint64_t counts = bit(COUNT_outcomes);
    if (success != ANSWER_ABSENT)
        counts |= bit(COUNT_success_n) | (success == ANSWER_YES ? bit(COUNT_success_k) : 0);
    if (rework != ANSWER_ABSENT)
        counts |= bit(COUNT_rework_n) | (rework == ANSWER_YES ? bit(COUNT_rework_k) : 0);
    if (field(said, OUTCOME_QUALITY_AT, 1)) {
        counts |= bit(COUNT_quality_n);
        amounts->quality_sum = task->quality;
        amounts->quality_sq = (int64_t)task->quality * task->quality;
    }
    uint64_t cycle_ms = task_cycle_ms(task);
    if (cycle_ms != 0) {
        counts |= bit(COUNT_cycle_n);
        amounts->cycle_ln = (int64_t)floor(log((double)cycle_ms) * 65536 + 0.5);
        amounts->cycle_ln_sq = amounts->cycle_ln * amounts->cycle_ln;
    }
    if (task->effort_ds != 0) {
        counts |= bit(COUNT_effort_n);
        amounts->effort_s10 = task->effort_ds;
        amounts->effort_sq = (int64_t)task->effort_ds * task->effort_ds;
    }
    amounts->counts |= counts;
}

void task_contribution(const struct task *task, struct contribution *ret_contribution)
{
    *ret_contribution = (struct contribution){.counted = task_has(task, TASK_WORK)};
    if (!ret_contribution->counted)
        return;
    uint32_t said = task->said;
    enum assist assist = (enum assist)field(said, WORK_ASSIST_AT, 2);
    int64_t work_ms = read_time(task->times[TASK_WORK]);
    ret_contribution->arm = (uint8_t)(2 * (uint32_t)assist + field(said, WORK_RANDOM_AT, 1));
    ret_contribution->workflow = task->workflow;
    ret_contribution->person = task->person;
    ret_contribution->day = event_day(work_ms);

    struct amounts *amounts = &ret_contribution->amounts;
    bool ai = assist == ASSIST_AI;
    bool judged = ai && !field(said, DECISION_POLICY_AT, 1);
    amounts->counts = work_counts(said);
    if (assist == ASSIST_BYPASS)
        amounts->counts |= reason_counts(field(said, WORK_REASON_AT, 2));
    if (ai)
        amounts->counts |= judged ? decision_counts(said) : bit(COUNT_auto);
    if (!task_has(task, TASK_OUTCOME))
        return;
    if (field(said, OUTCOME_SELF_AT, 1)) {
        amounts->counts |= bit(COUNT_self_outcomes);
        return;
    }
    outcome_amounts(task, amounts);
    if (ai && read_time(task->times[TASK_OUTCOME]) <= work_ms + feedback_ms)
        amounts->counts |= bit(COUNT_fed_back);
    if (judged && field(said, OUTCOME_ADVICE_AT, 2) != ANSWER_ABSENT)
        amounts->counts |= truth_counts(said);
}
