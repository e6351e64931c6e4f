/* What a redesign changed: 28 days before it against 28 from it on. measures.md, Redesign. */
#include "model/redesign.h"

#include <stdlib.h>

#include "base/mem.h"
#include "model/pulse_measures.h"
#include "model/record.h"
#include "model/windows.h"
#include "stat/interval.h"
#include "stat/mean.h"

/* Only the first training of so many days before the redesign says which came first. */
enum { TRAINING_DAYS = 90, CYCLE_SCALE = 65536 };

struct judged {
    const struct redesign *redesign;
    struct text workflow;
};

/* All arms of the redesigned workflow, and of the team's others that nobody redesigned, on both
 * sides. */
struct sides {
    struct counters after, before;
    struct counters others_after, others_before;
};

static bool is_judged(const struct redesign *redesign, int32_t day)
{
    int32_t age = day - event_day(redesign->key.time_ms);
    return REDESIGN_JUDGED_FROM <= age && age <= REDESIGN_JUDGED_TO;
}

static int compare_judged(const void *a, const void *b)
{
    const struct judged *one = a, *other = b;
    int order = text_compare(one->workflow, other->workflow);
    if (order != 0)
        return order;
    int64_t t = one->redesign->key.time_ms, u = other->redesign->key.time_ms;
    return (t > u) - (t < u);
}

bool redesign_is_moved(const struct team *team, uint32_t workflow, int32_t first_day, int32_t last_day)
{
    for (size_t i = 0; i < team->redesign_count; i++) {
        int32_t day = event_day(team->redesigns[i].key.time_ms);
        if (team->redesigns[i].workflow == workflow && first_day <= day && day <= last_day)
            return true;
    }
    return false;
}

static void sum_sides(const struct people *people, const struct redesign *redesign,
                      struct sides *ret_sides)
{
    const struct team *team = people->team;
    int32_t from = event_day(redesign->key.time_ms);
    int32_t first = from - REDESIGN_SIDE_DAYS, last = from + REDESIGN_SIDE_DAYS - 1;
    *ret_sides = (struct sides){.after = {{0}}};
    for (size_t i = 0; i < team->workflow_count; i++) {
        const struct workflow *workflow = &team->workflows[i];
        bool own = workflow->name == redesign->workflow;
        if (!own && redesign_is_moved(team, workflow->name, first, last))
            continue;
        windows_add_days(people->shard, workflow, ARMS_ALL, from, last,
                         own ? &ret_sides->after : &ret_sides->others_after);
        windows_add_days(people->shard, workflow, ARMS_ALL, first, from - 1,
                         own ? &ret_sides->before : &ret_sides->others_before);
    }
}

static struct estimate success_change(const struct counters *after, const struct counters *before)
{
    return interval_newcombe(after->at[COUNTER_success_k], after->at[COUNTER_success_n],
                             before->at[COUNTER_success_k], before->at[COUNTER_success_n]);
}

static int64_t not_routine(const struct counters *c)
{
    return c->at[COUNTER_kind_judgement] + c->at[COUNTER_kind_creative] +
           c->at[COUNTER_kind_relational];
}

static struct mean_sums cycle_of(const struct counters *c)
{
    return (struct mean_sums){.n = c->at[COUNTER_cycle_n],
                              .total = c->at[COUNTER_cycle_ln],
                              .squares = c->at[COUNTER_cycle_ln_sq]};
}

/* A side without this counter. */
static uint32_t lacking(enum because word, const struct sides *sides, enum counter counter)
{
    return record_reason(word, sides->after.at[counter] == 0 || sides->before.at[counter] == 0);
}

static void put_work(const struct sides *sides, struct record *record)
{
    const struct counters *after = &sides->after, *before = &sides->before;
    uint32_t no_work = lacking(BECAUSE_NO_WORK, sides, COUNTER_tasks);
    uint32_t no_success = no_work | lacking(BECAUSE_NO_OUTCOMES, sides, COUNTER_success_n);
    struct estimate change = success_change(after, before);
    record_put(record, MEASURE_redesign_success_change, change, no_success);
    struct estimate others = success_change(&sides->others_after, &sides->others_before);
    record_put(record, MEASURE_redesign_success_did, interval_square_and_add(change, others),
               no_success | record_reason(BECAUSE_NO_COMPARISON, true));
    struct mean_sums one = cycle_of(after), zero = cycle_of(before);
    record_put(record, MEASURE_redesign_cycle_ratio,
               interval_exp(mean_welch(&one, &zero, CYCLE_SCALE)),
               no_work | lacking(BECAUSE_NO_OUTCOMES, sides, COUNTER_cycle_n));
    int64_t new_after = not_routine(after), new_before = not_routine(before);
    record_put(record, MEASURE_redesign_kind_change,
               interval_newcombe(new_after, new_after + after->at[COUNTER_kind_routine], new_before,
                                 new_before + before->at[COUNTER_kind_routine]),
               no_work | record_reason(BECAUSE_NO_KIND, true));
}

static void put_role_change(const struct people *people, int32_t from, struct record *record)
{
    struct mean_sums after[QUESTIONS], before[QUESTIONS];
    pulse_sum_answers(people, from, from + REDESIGN_SIDE_DAYS - 1, after);
    pulse_sum_answers(people, from - REDESIGN_SIDE_DAYS, from - 1, before);
    const struct mean_sums *one = &after[QUESTION_ROLE_CLEAR], *zero = &before[QUESTION_ROLE_CLEAR];
    record_put(record, MEASURE_redesign_role_change, mean_welch(one, zero, 1),
               record_reason(BECAUSE_NO_SURVEY, one->n == 0 || zero->n == 0));
}

/* Day of the team's first training on first_day ... last_day; DAY_NEVER without one. */
static int32_t first_training(const struct people *people, int32_t first_day, int32_t last_day)
{
    int32_t earliest = DAY_NEVER;
    const struct training *training;
    for (size_t i = 0; i < people->count; i++) {
        for (uint32_t at = people->members[i].person->trainings; at != 0; at = training->next) {
            training = pool_at(&people->shard->trainings, at);
            int32_t day = event_day(training->key.time_ms);
            if (first_day <= day && day <= last_day && day < earliest)
                earliest = day;
        }
    }
    return earliest;
}

static void put_order(const struct people *people, int32_t from, struct record *record)
{
    int32_t training = first_training(people, from - TRAINING_DAYS + 1, people->day);
    record_put_flag(record, MEASURE_redesign_before_training,
                    training == DAY_NEVER ? FLAG_UNKNOWN : flag_of(from < training),
                    record_reason(BECAUSE_NO_TRAINING, true));
}

static void measure_one(const struct people *people, const struct redesign *redesign,
                        struct redesign_evaluation *ret_redesign)
{
    *ret_redesign = (struct redesign_evaluation){
        .workflow = redesign->workflow,
        .label = redesign->label,
        .time_ms = redesign->key.time_ms,
    };
    struct sides sides;
    sum_sides(people, redesign, &sides);
    put_work(&sides, &ret_redesign->values);
    int32_t from = event_day(redesign->key.time_ms);
    put_role_change(people, from, &ret_redesign->values);
    put_order(people, from, &ret_redesign->values);
}

size_t redesign_count_judged(const struct team *team, int32_t day)
{
    size_t count = 0;
    for (size_t i = 0; i < team->redesign_count; i++)
        count += is_judged(&team->redesigns[i], day);
    return count;
}

size_t redesign_measure(const struct people *people, struct redesign_evaluation *ret_redesigns,
                        size_t max)
{
    const struct team *team = people->team;
    struct judged *judged = mem_alloc_array(team->redesign_count + 1, sizeof *judged);
    size_t count = 0;
    for (size_t i = 0; i < team->redesign_count; i++) {
        const struct redesign *redesign = &team->redesigns[i];
        if (is_judged(redesign, people->day))
            judged[count++] =
                (struct judged){.redesign = redesign,
                                .workflow = names_text(&people->shard->names, redesign->workflow)};
    }
    qsort(judged, count, sizeof *judged, compare_judged);
    for (size_t i = 0; i < count && i < max; i++)
        measure_one(people, judged[i].redesign, &ret_redesigns[i]);
    mem_free(judged);
    return count;
}
