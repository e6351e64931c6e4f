/* Where a task's contribution goes: cells by workflow and day, weeks by person, differences for what is forgotten. */
#include "base/mem.h"
#include "base/panic.h"
#include "shard_priv.h"

enum { DAYS_MIN = 64 };

static const enum counter kind_counters[KINDS] = {COUNTER_kind_routine, COUNTER_kind_judgement, COUNTER_kind_creative,
                                                  COUNTER_kind_relational};

int32_t shard_cells_needed_from(const struct shard *shard, const struct team *team)
{
    if (team->evaluated_through == DAY_BEFORE_ALL)
        return DAY_BEFORE_ALL;
    return team->evaluated_through + 1 - shard->settings->retention.cell_days;
}

int32_t shard_weeks_needed_from(const struct shard *shard, const struct team *team)
{
    if (team->evaluated_through == DAY_BEFORE_ALL)
        return INT32_MIN;
    int32_t day = team->evaluated_through + 1 - shard->settings->retention.week_days;
    return day < 0 ? 0 : day / 7;
}

/* ---- a workflow's days --------------------------------------------------------------------------------------- */

/* Makes first ... last days that the ring holds, besides those it holds. */
static void reach_day(struct workflow *workflow, int32_t day)
{
    if (workflow->capacity == 0) {
        workflow->capacity = DAYS_MIN;
        workflow->heads = mem_alloc_array(DAYS_MIN, sizeof *workflow->heads);
        workflow->first_day = day;
        return;
    }
    int32_t end = workflow->first_day + (int32_t)workflow->capacity;
    if (day >= workflow->first_day && day < end)
        return;
    int32_t first = day < workflow->first_day ? day : workflow->first_day;
    int32_t last = end - 1;
    /* Days at the new end that hold nothing need no room: an early day costs no more than a late one. */
    while (last > workflow->first_day && workflow->heads[(uint32_t)last & (workflow->capacity - 1)] == 0)
        last--;
    last = day > last ? day : last;
    uint32_t capacity = workflow->capacity;
    while (last - first >= (int32_t)capacity)
        capacity *= 2;
    uint32_t *heads = mem_alloc_array(capacity, sizeof *heads);
    for (int32_t d = workflow->first_day; d < end && d <= last; d++)
        heads[(uint32_t)d & (capacity - 1)] = team_cells(workflow, d);
    mem_free(workflow->heads);
    workflow->heads = heads;
    workflow->capacity = capacity;
    workflow->first_day = first;
}

static uint32_t *head_of(struct workflow *workflow, int32_t day)
{
    return &workflow->heads[(uint32_t)day & (workflow->capacity - 1)];
}

/* The cell of that arm in the chain, and the one before it; 0 = none. */
static uint32_t find_cell(const struct cell_store *cells, uint32_t head, enum arm arm, uint32_t *ret_before)
{
    *ret_before = 0;
    for (uint32_t cell = head; cell != 0; cell = cell_next(cells, cell)) {
        if (cell_arm(cells, cell) == arm)
            return cell;
        *ret_before = cell;
    }
    return 0;
}

static void link_cell(struct cell_store *cells, uint32_t *head, uint32_t before, uint32_t cell)
{
    if (before == 0)
        *head = cell;
    else
        cell_set_next(cells, before, cell);
}

static void mark_dirty(struct shard *shard, uint32_t team, uint16_t workflow, int32_t day, uint32_t cell)
{
    if (cell_dirty(&shard->cells, cell))
        return;
    cell_set_dirty(&shard->cells, cell, true);
    mem_reserve(&shard->dirty_cells, &shard->dirty_cell_capacity, shard->dirty_cell_count + 1,
                sizeof *shard->dirty_cells);
    shard->dirty_cells[shard->dirty_cell_count++] =
        (struct dirty_cells){.team = team, .workflow = workflow, .day = day};
}

/* The team's earliest day with a cell, looked for from `from` on. */
static int32_t earliest_cell(const struct team *team, int32_t from)
{
    int32_t earliest = DAY_NEVER;
    for (size_t i = 0; i < team->workflow_count; i++) {
        const struct workflow *workflow = &team->workflows[i];
        int32_t end = workflow->first_day + (int32_t)workflow->capacity;
        int32_t day = from > workflow->first_day ? from : workflow->first_day;
        while (day < end && day < earliest && team_cells(workflow, day) == 0)
            day++;
        if (day < end && day < earliest)
            earliest = day;
    }
    return earliest;
}

static void remove_cell(struct shard *shard, struct team *team, uint16_t workflow_number, int32_t day, uint32_t cell,
                        uint32_t before)
{
    struct workflow *workflow = &team->workflows[workflow_number];
    mem_reserve(&shard->gone_cells, &shard->gone_cell_capacity, shard->gone_cell_count + 1,
                sizeof *shard->gone_cells);
    shard->gone_cells[shard->gone_cell_count++] = (struct gone_cell){.team = shard_team_number(shard, team),
                                                                     .workflow = workflow_number,
                                                                     .arm = (uint8_t)cell_arm(&shard->cells, cell),
                                                                     .day = day};
    link_cell(&shard->cells, head_of(workflow, day), before, cell_next(&shard->cells, cell));
    cell_free(&shard->cells, cell);
    if (day == team->first_cell_day && *head_of(workflow, day) == 0) {
        team->first_cell_day = earliest_cell(team, day);
        team->dirty = true;
    }
}

static void see_cell_day(struct team *team, int32_t day)
{
    if (day < team->first_cell_day) {
        team->first_cell_day = day;
        team->dirty = true;
    }
}

/* ---- what memory has forgotten ------------------------------------------------------------------------------ */

static bool in_baseline(const struct team *team, int32_t day)
{
    return team->first_cell_day != DAY_NEVER && day >= team->first_cell_day &&
           day < team->first_cell_day + BASELINE_DAYS;
}

static void difference_to_cell(struct shard *shard, struct team *team, const struct contribution *place,
                               const struct amounts *gained, const struct amounts *lost)
{
    struct counters counters = {{0}};
    amounts_add_to(gained, 1, &counters);
    amounts_add_to(lost, -1, &counters);
    uint32_t number = shard_team_number(shard, team);
    if (in_baseline(team, place->day)) {
        for (int k = 0; k < KINDS; k++)
            team->workflows[place->workflow].baseline_kinds[k] += counters.at[kind_counters[k]];
    }
    mem_reserve(&shard->old_cells, &shard->old_cell_capacity, shard->old_cell_count + 1, sizeof *shard->old_cells);
    shard->old_cells[shard->old_cell_count++] = (struct old_cell){.team = number,
                                                                  .workflow = place->workflow,
                                                                  .arm = place->arm,
                                                                  .day = place->day,
                                                                  .difference = counters};
}

static void difference_to_week(struct shard *shard, uint32_t person, int32_t week, uint32_t gained, uint32_t lost)
{
    mem_reserve(&shard->old_weeks, &shard->old_week_capacity, shard->old_week_count + 1, sizeof *shard->old_weeks);
    struct old_week *old = &shard->old_weeks[shard->old_week_count++];
    *old = (struct old_week){.person = person, .week = week};
    for (int c = 0; c < WEEK_COUNTERS; c++)
        old->difference.at[c] = (int64_t)(gained >> c & 1U) - (int64_t)(lost >> c & 1U);
}

/* ---- counting -------------------------------------------------------------------------------------------------- */

static inline uint32_t has(const struct amounts *amounts, enum count count)
{
    return (uint32_t)(amounts->counts >> count & 1U);
}

/* What the task adds 1 to in its person's week: a bit for each enum week_counter. */
static uint32_t week_of(const struct contribution *contribution)
{
    const struct amounts *amounts = &contribution->amounts;
    uint32_t ai = (1U << contribution->arm & (unsigned)ARMS_AI) != 0;
    uint32_t bypass = (1U << contribution->arm & (unsigned)ARMS_BYPASS) != 0;
    uint32_t looked = has(amounts, COUNT_explained) | has(amounts, COUNT_modified) | has(amounts, COUNT_rejected);
    uint32_t not_routine = has(amounts, COUNT_kind_judgement) | has(amounts, COUNT_kind_creative) |
                           has(amounts, COUNT_kind_relational);
    uint32_t scores = (uint32_t)(amounts->counts >> COUNT_ca) & ((1U << FIRST_SCORES) - 1);
    return 1U << WEEK_TASKS | ai << WEEK_AI | (ai & ~has(amounts, COUNT_auto) & looked) << WEEK_ENGAGED |
           bypass << WEEK_BYPASS | (not_routine | has(amounts, COUNT_kind_routine)) << WEEK_KINDS |
           not_routine << WEEK_NOT_ROUTINE | scores << WEEK_CA;
}

static int32_t week_number(const struct contribution *contribution)
{
    return contribution->day / 7;
}

static void count_week(struct shard *shard, const struct team *team, const struct contribution *place, uint32_t gained,
                       uint32_t lost)
{
    if (gained == lost)
        return;
    struct person *person = shard_person(shard, place->person);
    int32_t week = week_number(place);
    if (person_count_week(person, week, gained & ~lost, lost & ~gained, shard_weeks_needed_from(shard, team)))
        shard_list_person(shard, place->person);
    else
        difference_to_week(shard, place->person, week, gained, lost);
}

static void count_cell(struct shard *shard, struct team *team, const struct contribution *contribution,
                       const struct amounts *gained, const struct amounts *lost)
{
    if (amounts_equal(gained, lost))
        return;
    if (contribution->day < team->cells_from) {
        difference_to_cell(shard, team, contribution, gained, lost);
        return;
    }
    struct workflow *workflow = &team->workflows[contribution->workflow];
    reach_day(workflow, contribution->day);
    uint32_t *head = head_of(workflow, contribution->day);
    uint32_t before;
    uint32_t cell = find_cell(&shard->cells, *head, (enum arm)contribution->arm, &before);
    if (cell == 0) {
        cell = cell_new(&shard->cells, (enum arm)contribution->arm);
        link_cell(&shard->cells, head, before, cell);
        see_cell_day(team, contribution->day);
    }
    uint32_t now = cell_apply(&shard->cells, cell, gained, lost);
    if (now != cell)
        link_cell(&shard->cells, head, before, now);
    if (cell_get(&shard->cells, now, COUNTER_tasks) == 0)
        remove_cell(shard, team, contribution->workflow, contribution->day, now, before);
    else
        mark_dirty(shard, shard_team_number(shard, team), contribution->workflow, contribution->day, now);
}

static bool same_week(const struct contribution *a, const struct contribution *b)
{
    return a->counted && b->counted && a->person == b->person && week_number(a) == week_number(b);
}

static bool same_cell(const struct contribution *a, const struct contribution *b)
{
    return a->counted && b->counted && a->arm == b->arm && a->workflow == b->workflow && a->day == b->day;
}

void shard_count(struct shard *shard, struct team *team, const struct contribution *before,
                 const struct contribution *after)
{
    static const struct amounts nothing = {0};
    uint32_t week_before = before->counted ? week_of(before) : 0, week_after = after->counted ? week_of(after) : 0;
    if (same_week(before, after)) {
        count_week(shard, team, after, week_after, week_before);
    } else {
        count_week(shard, team, before, 0, week_before);
        count_week(shard, team, after, week_after, 0);
    }
    if (same_cell(before, after)) {
        count_cell(shard, team, after, &after->amounts, &before->amounts);
        return;
    }
    if (after->counted)
        count_cell(shard, team, after, &after->amounts, &nothing);
    if (before->counted)
        count_cell(shard, team, before, &nothing, &before->amounts);
}

void shard_put_cell(struct shard *shard, struct team *team, uint16_t workflow_number, int32_t day, enum arm arm,
                    const struct counters *counters)
{
    struct workflow *workflow = &team->workflows[workflow_number];
    if (day < team->cells_from) {
        if (in_baseline(team, day)) {
            for (int k = 0; k < KINDS; k++)
                workflow->baseline_kinds[k] += counters->at[kind_counters[k]];
        }
        return;
    }
    reach_day(workflow, day);
    uint32_t *head = head_of(workflow, day);
    uint32_t before;
    uint32_t cell = find_cell(&shard->cells, *head, arm, &before);
    UP_ASSERT(cell == 0);
    cell = cell_new(&shard->cells, arm);
    link_cell(&shard->cells, head, before, cell);
    uint32_t now = cell_merge(&shard->cells, cell, counters);
    if (now != cell)
        link_cell(&shard->cells, head, before, now);
}

/* ---- forgetting -------------------------------------------------------------------------------------------------- */

static bool day_is_saved(const struct shard *shard, const struct team *team, int32_t day)
{
    for (size_t i = 0; i < team->workflow_count; i++) {
        for (uint32_t cell = team_cells(&team->workflows[i], day); cell != 0; cell = cell_next(&shard->cells, cell)) {
            if (cell_dirty(&shard->cells, cell))
                return false;
        }
    }
    return true;
}

static void forget_day(struct shard *shard, const struct team *team, struct workflow *workflow, int32_t day)
{
    if (team_cells(workflow, day) != 0) {
        uint32_t *head = head_of(workflow, day);
        while (*head != 0) {
            uint32_t cell = *head;
            for (int k = 0; in_baseline(team, day) && k < KINDS; k++)
                workflow->baseline_kinds[k] += cell_get(&shard->cells, cell, kind_counters[k]);
            *head = cell_next(&shard->cells, cell);
            cell_free(&shard->cells, cell);
        }
    }
    if (workflow->capacity > 0 && workflow->first_day <= day)
        workflow->first_day = day + 1;
}

void shard_forget_cells(struct shard *shard, struct team *team)
{
    int32_t needed_from = shard_cells_needed_from(shard, team);
    if (needed_from <= team->cells_from)
        return;
    int32_t from = team->cells_from;
    if (from == DAY_BEFORE_ALL)
        from = team->first_cell_day < needed_from ? team->first_cell_day : needed_from;
    /* A day goes whole or not at all: what is left of it must never be taken for all of it. */
    while (from < needed_from && day_is_saved(shard, team, from)) {
        for (size_t i = 0; i < team->workflow_count; i++)
            forget_day(shard, team, &team->workflows[i], from);
        team->cells_from = ++from;
    }
}
