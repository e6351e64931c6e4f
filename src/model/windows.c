/* Sums of cells over days, by workflow and arm: all measures made of cells follow from them. */
#include "model/windows.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/panic.h"

enum { DECISION_DAYS = 90, PREFETCH_DAYS = 8 };

/* Days of memory of one workflow that lie in first ... last. */
struct day_range {
    int64_t first, last;
};

static struct day_range clip_days(const struct workflow *workflow, int32_t first_day,
                                  int32_t last_day)
{
    int64_t end = (int64_t)workflow->first_day + workflow->capacity - 1;
    return (struct day_range){
        .first = first_day > workflow->first_day ? first_day : workflow->first_day,
        .last = last_day < end ? last_day : end,
    };
}

/* What the order of workflows follows from. */
struct place {
    struct text name;
    uint32_t number;
};

static int compare_names(const void *a, const void *b)
{
    const struct place *one = a, *other = b;
    return text_compare(one->name, other->name);
}

/* Sums of doubles over workflows must not hang on the order in which these came in. */
static void name_workflows(struct window_sums *sums, size_t first)
{
    const struct names *names = &sums->shard->names;
    struct place *places = mem_alloc_array(sums->count + 1, sizeof *places);
    for (size_t i = 0; i < sums->count; i++) {
        uint32_t name = sums->team->workflows[first + i].name;
        places[i] = (struct place){names_text(names, name), (uint32_t)(first + i)};
    }
    qsort(places, sums->count, sizeof *places, compare_names);
    for (size_t i = 0; i < sums->count; i++) {
        sums->workflows[i].name = places[i].name;
        sums->workflows[i].number = places[i].number;
    }
    mem_free(places);
}

struct window_sums *windows_new(const struct shard *shard, const struct team *team, int32_t day,
                                size_t only)
{
    UP_ASSERT(only == WINDOWS_WHOLE_TEAM || only < team->workflow_count);
    size_t first = only == WINDOWS_WHOLE_TEAM ? 0 : only;
    size_t count = only == WINDOWS_WHOLE_TEAM ? team->workflow_count : 1;
    struct window_sums *sums = mem_alloc(sizeof *sums + count * sizeof sums->workflows[0]);
    sums->shard = shard;
    sums->team = team;
    sums->day = day;
    sums->first_day = day + 1;
    sums->count = count;
    sums->decided = mem_alloc_array(team->workflow_count + 1, sizeof *sums->decided);
    name_workflows(sums, first);
    for (size_t i = first; i < first + count; i++)
        sums->decided[i] = windows_is_decided(shard, &team->workflows[i], day);
    return sums;
}

void windows_free(struct window_sums *sums)
{
    if (sums == NULL)
        return;
    mem_free(sums->decided);
    mem_free(sums);
}

/* Back from the last day, as windows grow: what is asked for ahead of the first day is needed soon,
 * too. */
static void total_days(const struct cell_store *cells, const struct workflow *workflow,
                       struct day_range range, struct cell_totals *ret_totals)
{
    cell_totals_init(ret_totals);
    for (int64_t day = range.last; day >= range.first; day--) {
        cell_prefetch(cells, team_cells(workflow, (int32_t)day - PREFETCH_DAYS));
        cell_totals_add(ret_totals, cells, team_cells(workflow, (int32_t)day));
    }
}

static void extend_workflow(const struct cell_store *cells, const struct workflow *workflow,
                            struct day_range range, bool layered, struct workflow_sums *sums)
{
    struct cell_totals totals;
    total_days(cells, workflow, range, &totals);
    uint32_t arms = cell_totals_arms(&totals);
    sums->arms |= arms;
    for (uint32_t left = arms; left != 0; left &= left - 1) {
        enum arm arm = (enum arm)__builtin_ctz(left);
        int64_t tasks_before = sums->by_arm[arm].at[COUNTER_tasks];
        cell_totals_add_to(&totals, arm, &sums->by_arm[arm]);
        if (layered && (1U << arm & ARMS_AI) != 0)
            sums->layered += sums->by_arm[arm].at[COUNTER_tasks] - tasks_before;
    }
}

void windows_extend(struct window_sums *sums, int32_t first_day)
{
    UP_ASSERT(first_day <= sums->first_day);
    const struct cell_store *cells = &sums->shard->cells;
    for (size_t i = 0; i < sums->count; i++) {
        struct workflow_sums *of = &sums->workflows[i];
        const struct workflow *workflow = &sums->team->workflows[of->number];
        struct day_range days = clip_days(workflow, first_day, sums->first_day - 1);
        struct day_range before = days, since = days;
        if (before.last >= workflow->first_redesign_day)
            before.last = (int64_t)workflow->first_redesign_day - 1;
        if (since.first < workflow->first_redesign_day)
            since.first = workflow->first_redesign_day;
        extend_workflow(cells, workflow, since, false, of);
        extend_workflow(cells, workflow, before, true, of);
    }
    sums->first_day = first_day;
}

static void add(const struct counters *from, struct counters *counters)
{
    for (int c = 0; c < COUNTERS; c++)
        counters->at[c] = cell_wrap_add(counters->at[c], from->at[c]);
}

void windows_pool(const struct workflow_sums *workflow, uint32_t arms, struct counters *counters)
{
    for (uint32_t left = workflow->arms & arms; left != 0; left &= left - 1)
        add(&workflow->by_arm[__builtin_ctz(left)], counters);
}

void windows_pool_all(const struct window_sums *sums, uint32_t arms, struct counters *counters)
{
    for (size_t i = 0; i < sums->count; i++)
        windows_pool(&sums->workflows[i], arms, counters);
}

bool windows_any_decided(const struct window_sums *sums)
{
    for (size_t i = 0; i < sums->count; i++) {
        if (sums->decided[sums->workflows[i].number])
            return true;
    }
    return false;
}

struct counters windows_minus(const struct counters *a, const struct counters *b)
{
    struct counters difference;
    for (int c = 0; c < COUNTERS; c++)
        difference.at[c] = cell_wrap_subtract(a->at[c], b->at[c]);
    return difference;
}

void windows_add_days(const struct shard *shard, const struct workflow *workflow, uint32_t arms,
                      int32_t first_day, int32_t last_day, struct counters *counters)
{
    struct cell_totals totals;
    total_days(&shard->cells, workflow, clip_days(workflow, first_day, last_day), &totals);
    for (uint32_t left = cell_totals_arms(&totals) & arms; left != 0; left &= left - 1)
        cell_totals_add_to(&totals, (enum arm)__builtin_ctz(left), counters);
}

/* Is there a cell of the pool on day - 89 ... day in which the counter is not 0? */
static bool any_cell(const struct shard *shard, const struct workflow *workflow, uint32_t arms,
                     enum counter counter, int32_t day)
{
    struct day_range range = clip_days(workflow, day - DECISION_DAYS + 1, day);
    for (int64_t at = range.last; at >= range.first; at--) {
        uint32_t cell = team_cells(workflow, (int32_t)at);
        for (; cell != 0; cell = cell_next(&shard->cells, cell)) {
            if ((1U << cell_arm(&shard->cells, cell) & arms) != 0 &&
                cell_get(&shard->cells, cell, counter) != 0)
                return true;
        }
    }
    return false;
}

bool windows_is_decided(const struct shard *shard, const struct workflow *workflow, int32_t day)
{
    return any_cell(shard, workflow, ARMS_AI, COUNTER_decided, day);
}

bool windows_has_manual_work(const struct shard *shard, const struct team *team, int32_t day)
{
    for (size_t i = 0; i < team->workflow_count; i++) {
        if (any_cell(shard, &team->workflows[i], ARMS_MANUAL, COUNTER_tasks, day))
            return true;
    }
    return false;
}
