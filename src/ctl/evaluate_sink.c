/* Keeps the cells that a shard gives away, and the days it has closed. */
#include "ctl/evaluate_sink.h"

#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/panic.h"

static uint64_t hash_place(uint32_t team, uint32_t workflow, int32_t day, uint8_t arm)
{
    const uint32_t place[] = {team, workflow, (uint32_t)day, arm};
    return hash_xx64(place, sizeof place);
}

static uint64_t cell_hash(const void *owner, uint32_t handle)
{
    const struct evaluate_sink *sink = owner;
    const struct kept_cell *kept = pool_at(&sink->cells, handle);
    return hash_place(kept->team, kept->workflow, kept->day, kept->arm);
}

/* ---- cells ----------------------------------------------------------------------------------- */

static uint32_t find_cell(const struct evaluate_sink *sink, const struct kept_cell *place,
                          uint64_t hash)
{
    struct index_cursor cursor = index_seek(&sink->index, hash);
    uint32_t handle;
    while ((handle = index_next(&cursor)) != 0) {
        const struct kept_cell *kept = pool_at(&sink->cells, handle);
        if (kept->team == place->team && kept->workflow == place->workflow &&
            kept->day == place->day && kept->arm == place->arm)
            return handle;
    }
    return 0;
}

static void take_cell(void *arg, const struct cell_row *row)
{
    struct evaluate_sink *sink = arg;
    const struct kept_cell place = {.team = names_add(&sink->names, row->team),
                                    .workflow = names_add(&sink->names, row->workflow),
                                    .day = row->day,
                                    .arm = (uint8_t)row->arm};
    uint64_t hash = hash_place(place.team, place.workflow, place.day, place.arm);
    uint32_t handle = find_cell(sink, &place, hash);
    if (handle == 0) {
        if (row->counters.at[COUNTER_tasks] == 0)
            return;
        handle = pool_take(&sink->cells);
        struct kept_cell *made = pool_at(&sink->cells, handle);
        *made = place;
        made->cell = cell_new(&sink->store, row->arm);
        index_add(&sink->index, hash, handle);
    }
    struct kept_cell *kept = pool_at(&sink->cells, handle);
    struct counters more = row->counters;
    if (!row->difference) {
        struct counters held;
        cell_read(&sink->store, kept->cell, &held);
        for (int c = 0; c < COUNTERS; c++)
            more.at[c] = cell_wrap_subtract(more.at[c], held.at[c]);
    }
    kept->cell = cell_merge(&sink->store, kept->cell, &more);
    if (cell_get(&sink->store, kept->cell, COUNTER_tasks) == 0) {
        cell_free(&sink->store, kept->cell);
        index_remove(&sink->index, hash, handle);
        kept->cell = 0; /* marks a record that is free */
        pool_give(&sink->cells, handle);
    }
}

/* ---- days ------------------------------------------------------------------------------------ */

static double known_or_nan(bool known, double value)
{
    return known ? value : (double)NAN;
}

static double value_of(struct estimate estimate)
{
    return known_or_nan(estimate.known, estimate.value);
}

static void keep_estimate(struct estimate estimate, double ret_quadruple[4])
{
    bool limits = estimate.known && estimate.has_interval;
    ret_quadruple[0] = value_of(estimate);
    ret_quadruple[1] = known_or_nan(limits, estimate.lo);
    ret_quadruple[2] = known_or_nan(limits, estimate.hi);
    ret_quadruple[3] = known_or_nan(estimate.known, estimate.n);
}

static void keep_step(const struct alarm_step *step, struct kept_day *kept)
{
    kept->x_relapsing = value_of(step->x_relapsing);
    kept->x_bypassing = value_of(step->x_bypassing);
    kept->x_over_trust = value_of(step->x_over_trust);
    kept->r = value_of(step->r);
    kept->y = value_of(step->y);
    kept->m = value_of(step->m);
    kept->b = value_of(step->b);
    kept->e_relapsing = step->e_relapsing;
    kept->e_bypassing = step->e_bypassing;
    kept->e_over_trust = step->e_over_trust;
    kept->opened = (uint16_t)step->opened;
    kept->resolved = (uint16_t)step->resolved;
}

void evaluate_sink_keep_day(const struct evaluation *evaluation, struct kept_day *kept)
{
    double health[4];
    keep_estimate(evaluation->health, health);
    keep_estimate(evaluation->windows[WINDOW_OWN].values[MEASURE_changed_work], kept->changed_work);
    kept->day = evaluation->day;
    kept->health = health[0];
    kept->lo = health[1];
    kept->hi = health[2];
    kept->n = health[3];
    keep_step(&evaluation->step, kept);
    kept->diagnosis = (uint16_t)evaluation->diagnosis;
    kept->open = (uint16_t)evaluation->open;
    kept->health_limit =
        (uint8_t)(evaluation->has_health_limit ? evaluation->health_limit : HEALTH_COMPONENTS);
    kept->verdict = (uint8_t)evaluation->verdict;
    kept->state = (uint8_t)evaluation->state;
    kept->quiet = evaluation->quiet;
    for (int i = 0; i < INDICATORS; i++)
        kept->indicators[i] = (uint8_t)evaluation->indicators[i];
}

static void take_closed(void *arg, const struct shard *shard, const struct team *team,
                        const struct evaluation *evaluation)
{
    struct evaluate_sink *sink = arg;
    uint32_t number = names_add(&sink->names, names_text(&shard->names, team->name));
    mem_reserve(&sink->teams, &sink->team_capacity, number + 1, sizeof *sink->teams);
    while (sink->team_count <= number)
        sink->teams[sink->team_count++] = (struct kept_days){0, 0};
    uint32_t handle = pool_take(&sink->days);
    evaluate_sink_keep_day(evaluation, pool_at(&sink->days, handle));
    struct kept_days *days = &sink->teams[number];
    if (days->first == 0)
        days->first = handle;
    else
        ((struct kept_day *)pool_at(&sink->days, days->last))->next = handle;
    days->last = handle;
}

uint32_t evaluate_sink_first_day(const struct evaluate_sink *sink, struct text team)
{
    uint32_t number = names_find(&sink->names, team);
    return number < sink->team_count ? sink->teams[number].first : 0;
}

/* ---- all of it ------------------------------------------------------------------------------- */

void evaluate_sink_init(struct evaluate_sink *sink)
{
    *sink = (struct evaluate_sink){.sink = {.cell = take_cell, .closed = take_closed}};
    sink->sink.arg = sink;
    names_init(&sink->names);
    cell_store_init(&sink->store);
    pool_init(&sink->cells, sizeof(struct kept_cell));
    index_init(&sink->index, cell_hash, sink);
    pool_init(&sink->days, sizeof(struct kept_day));
}

void evaluate_sink_done(struct evaluate_sink *sink)
{
    names_done(&sink->names);
    cell_store_done(&sink->store);
    pool_done(&sink->cells);
    index_done(&sink->index);
    pool_done(&sink->days);
    mem_free(sink->teams);
}

static int compare_cells(const void *a, const void *b, void *arg)
{
    const struct kept_cell *left = a;
    const struct kept_cell *right = b;
    const struct names *names = arg;
    int order = 0;
    if (left->team != right->team)
        order = text_compare(names_text(names, left->team), names_text(names, right->team));
    if (order == 0 && left->workflow != right->workflow)
        order = text_compare(names_text(names, left->workflow), names_text(names, right->workflow));
    if (order == 0)
        order = (left->day > right->day) - (left->day < right->day);
    if (order == 0)
        order = strcmp(cell_arm_name((enum arm)left->arm), cell_arm_name((enum arm)right->arm));
    return order;
}

struct kept_cell *evaluate_sink_sort_cells(struct evaluate_sink *sink, size_t *ret_count)
{
    struct kept_cell *cells = mem_alloc_array(cell_store_count(&sink->store) + 1, sizeof *cells);
    size_t count = 0;
    for (uint32_t handle = 1; handle < sink->cells.made; handle++) {
        const struct kept_cell *kept = pool_at(&sink->cells, handle);
        if (kept->cell != 0)
            cells[count++] = *kept;
    }
    qsort_r(cells, count, sizeof *cells, compare_cells, &sink->names);
    *ret_count = count;
    return cells;
}
