/* Measures by workflow are stored little by little: there are many, and neither reading nor PostgreSQL may wait for them. */
#include "base/mem.h"
#include "store_priv.h"

/* About 0.3 ms of PostgreSQL's time a row. */
enum { ROWS_PER_SECOND = 100, ROWS_MAX = 2000, ROWS_PER_TURN = 200 };

/* What is known of a team's rows. */
struct team_rows {
    bool is_due;
    bool is_whole_due; /* those of the whole team, too */
    int32_t day; /* as of which they are due */
    uint64_t *hashes; /* WINDOWS a workflow, by its number: of what was last written */
    size_t count, capacity;
};

struct workflow_rows {
    uint32_t *due; /* teams, the first due first, from `next` on */
    size_t next, due_count, due_capacity;
    struct team_rows *teams; /* by number */
    size_t team_count, team_capacity;
};

void store_forget_rows(struct held *held)
{
    struct workflow_rows *rows = held->workflow_rows;
    if (rows == NULL)
        return;
    for (size_t i = 0; i < rows->team_count; i++)
        mem_free(rows->teams[i].hashes);
    mem_free(rows->teams);
    mem_free(rows->due);
    mem_free(rows);
    held->workflow_rows = NULL;
}

static struct team_rows *rows_of(struct workflow_rows *rows, size_t team)
{
    if (team >= rows->team_count) {
        mem_reserve(&rows->teams, &rows->team_capacity, team + 1, sizeof *rows->teams);
        while (rows->team_count <= team)
            rows->teams[rows->team_count++] = (struct team_rows){0};
    }
    return &rows->teams[team];
}

void store_want_rows(struct held *held, size_t team, int32_t day, enum rows_wanted wanted)
{
    if (held->workflow_rows == NULL)
        held->workflow_rows = mem_alloc(sizeof *held->workflow_rows);
    struct workflow_rows *rows = held->workflow_rows;
    struct team_rows *of = rows_of(rows, team);
    of->day = day;
    of->is_whole_due = wanted == ROWS_ALL;
    if (of->is_due)
        return;
    of->is_due = true;
    if (rows->next == rows->due_count)
        rows->next = rows->due_count = 0;
    mem_reserve(&rows->due, &rows->due_capacity, rows->due_count + 1, sizeof *rows->due);
    rows->due[rows->due_count++] = (uint32_t)team;
}

static size_t write_whole(struct held *held, uint32_t number, int32_t day)
{
    const struct team *team = &held->owned->shard->teams[number];
    struct evaluation *evaluation = held->store->evaluation;
    evaluation_make(held->owned->shard, team, day, EVALUATION_ALL_WINDOWS, evaluation);
    pg_outputs_add_measures(held->outputs, held->owned->shard, team, evaluation);
    owned_team(held->owned, number)->measured_us = held->store->workflows_us;
    return WINDOWS;
}

/* Returns how many rows that were. */
static size_t write_team(struct held *held, uint32_t number)
{
    const struct shard *shard = held->owned->shard;
    const struct team *team = &shard->teams[number];
    struct team_rows *of = rows_of(held->workflow_rows, number);
    of->is_due = false;
    if (of->is_whole_due && team->changed)
        return 0; /* it is about to be published, and will be due again */
    size_t wanted = team->workflow_count * WINDOWS;
    mem_reserve(&of->hashes, &of->capacity, wanted, sizeof *of->hashes);
    while (of->count < wanted)
        of->hashes[of->count++] = 0;
    size_t written = of->is_whole_due ? write_whole(held, number, of->day) : 0;
    for (size_t w = 0; w < team->workflow_count; w++)
        written += pg_outputs_add_workflow(held->outputs, shard, team, w, of->day,
                                           of->hashes + w * WINDOWS);
    return written;
}

/* Returns how many of the rows that may be written now are left. */
static double write_due(struct held *held, double rows_max)
{
    struct workflow_rows *rows = held->workflow_rows;
    while (rows->next < rows->due_count && rows_max > 0)
        rows_max -= (double)write_team(held, rows->due[rows->next++]);
    return rows_max;
}

void store_run_rows(struct store *store, int64_t now_us)
{
    if (store->workflows_us > 0)
        store->workflow_allowance += (double)(now_us - store->workflows_us) * ROWS_PER_SECOND / 1e6;
    else
        store->workflow_allowance = ROWS_MAX;
    store->workflows_us = now_us;
    if (store->workflow_allowance > ROWS_MAX)
        store->workflow_allowance = ROWS_MAX;
    if (store->is_behind)
        return;
    double share = store->workflow_allowance < ROWS_PER_TURN ? store->workflow_allowance : ROWS_PER_TURN;
    double left = share;
    for (int32_t p = 0; p < store->settings.partitions; p++) {
        struct held *held = store->held[p];
        if (held != NULL && held->owned->state == OWNED_LIVE && held->workflow_rows != NULL)
            left = write_due(held, left);
    }
    store->workflow_allowance -= share - left;
}
