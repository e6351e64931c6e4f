/* Small groups in the workflows of a team, and those that a difference would show: what may be told of each. measures.md, Small groups. */
#include "base/mem.h"
#include "model/person_workflow.h"
#include "model/privacy.h"
#include "model/record.h"
#include "model/windows.h"

/* The workflows of a team on some days. */
struct table {
    const struct shard *shard;
    const struct team *team;
    int32_t first, last;
    int64_t *people; /* by number of the workflow: with a task there */
    bool *hidden;
};

static bool stands_behind(const struct table *table, const struct person *person, size_t workflow)
{
    const struct person_workflow *of;
    for (uint32_t at = person->workflows; at != 0; at = of->next) {
        of = pool_at(&table->shard->person_workflows, at);
        if (of->name == table->team->workflows[workflow].name)
            return person_workflow_stands_behind(of, table->first, table->last);
    }
    return false;
}

static void count_people(struct table *table)
{
    const struct person *person;
    for (uint32_t p = table->team->persons; p != 0; p = person->next_in_team) {
        person = shard_person(table->shard, p);
        for (size_t w = 0; w < table->team->workflow_count; w++)
            table->people[w] += stands_behind(table, person, w);
    }
}

/* Distinct people with a task in any workflow that is hidden: a difference of totals shows these together. */
static int64_t count_hidden(const struct table *table)
{
    const struct person *person;
    int64_t group = 0;
    for (uint32_t p = table->team->persons; p != 0; p = person->next_in_team) {
        person = shard_person(table->shard, p);
        bool is_hidden = false;
        for (size_t w = 0; w < table->team->workflow_count && !is_hidden; w++)
            is_hidden = table->hidden[w] && stands_behind(table, person, w);
        group += is_hidden;
    }
    return group;
}

/* Hides workflows with fewer than min_group people, and says whether there are any. Of one that nobody is known to
 * stand behind any more the tasks may still be there. */
static bool hide_small(struct table *table, uint32_t min_group)
{
    bool any = false;
    for (size_t w = 0; w < table->team->workflow_count; w++) {
        struct counters sums = {{0}};
        if (table->people[w] == 0)
            windows_add_days(table->shard, &table->team->workflows[w], ARMS_ALL, table->first, table->last, &sums);
        bool has_tasks = table->people[w] > 0 || sums.at[COUNTER_tasks] > 0;
        table->hidden[w] = has_tasks && table->people[w] < (int64_t)min_group;
        any |= table->hidden[w];
    }
    return any;
}

/* The smallest of those that are not hidden, of equal ones the first by name; SIZE_MAX = there is none. */
static size_t find_smallest(const struct table *table)
{
    const struct team *team = table->team;
    const struct names *names = &table->shard->names;
    size_t smallest = SIZE_MAX;
    for (size_t w = 0; w < team->workflow_count; w++) {
        if (table->hidden[w] || table->people[w] == 0)
            continue;
        if (smallest == SIZE_MAX || table->people[w] < table->people[smallest] ||
            (table->people[w] == table->people[smallest] &&
             text_compare(names_text(names, team->workflows[w].name), names_text(names, team->workflows[smallest].name)) < 0))
            smallest = w;
    }
    return smallest;
}

/* Complementary suppression: where those that are hidden have too few people together, the total of the team less the
 * others would show them. One more is enough, for it has min_group people by itself. */
static bool hides(const struct shard *shard, const struct team *team, size_t workflow, int32_t first, int32_t last,
                  uint32_t min_group)
{
    struct table table = {.shard = shard, .team = team, .first = first, .last = last};
    table.people = mem_alloc_array(team->workflow_count, sizeof *table.people);
    table.hidden = mem_alloc_array(team->workflow_count, sizeof *table.hidden);
    count_people(&table);
    bool hidden = table.people[workflow] < (int64_t)min_group;
    if (!hidden && hide_small(&table, min_group) && count_hidden(&table) < (int64_t)min_group)
        hidden = find_smallest(&table) == workflow;
    mem_free(table.people);
    mem_free(table.hidden);
    return hidden;
}

static void suppress_known(struct record *record)
{
    for (int m = 0; m < MEASURES; m++) {
        if (record->values[m].known)
            record_suppress(record, (enum measure)m);
    }
}

void privacy_suppress_workflow(const struct shard *shard, const struct team *team, size_t workflow,
                               int32_t day, uint32_t min_group, struct record windows[WINDOWS])
{
    for (int w = 0; w < WINDOW_OWN; w++) {
        int32_t first = day - measure_window_days((enum window)w) + 1;
        if (hides(shard, team, workflow, first, day, min_group))
            suppress_known(&windows[w]);
    }
    struct record *own = &windows[WINDOW_OWN];
    bool hides_matured = hides(shard, team, workflow, day - 34, day - 7, min_group);
    bool hides_earned = hides(shard, team, workflow, day - 55, day, min_group);
    for (int m = 0; m < MEASURES; m++) {
        bool hidden = m == MEASURE_autonomy_unearned ? hides_earned : hides_matured;
        if (own->values[m].known && hidden)
            record_suppress(own, (enum measure)m);
    }
}
