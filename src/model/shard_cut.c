/* Gives every changed row away and marks all as saved. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/panic.h"
#include "model/person_workflow.h"
#include "shard_priv.h"

/* Room that the rows of people borrow. */
struct cut_room {
    uint8_t *sets;
    struct capability_row *capabilities;
    size_t capability_capacity;
    struct person_workflow_row *workflows;
    size_t workflow_capacity;
};

static struct text team_name(const struct shard *shard, uint32_t team)
{
    return names_text(&shard->names, shard->teams[team].name);
}

static struct text workflow_name(const struct shard *shard, uint32_t team, uint16_t workflow)
{
    return names_text(&shard->names, shard->teams[team].workflows[workflow].name);
}

/* ---- shard, teams --------------------------------------------------------------------------------------------- */

static void cut_shard(const struct shard *shard, const struct sink *sink)
{
    int64_t greatest_ms[TOPICS_MAX];
    for (int i = 0; i < shard->topic_count; i++)
        greatest_ms[i] = shard->topics[i].greatest_ms;
    struct shard_row row = {.partition = shard->partition,
                            .watermark_ms = shard->watermark_ms,
                            .greatest_ms = shard->greatest_ms,
                            .accepted = shard->accepted,
                            .calendar = &shard->calendar,
                            .topic_count = shard->topic_count,
                            .topic_greatest_ms = greatest_ms};
    memcpy(row.rejected, shard->rejected, sizeof row.rejected);
    if (sink->shard != NULL)
        sink->shard(sink->arg, &row);
}

static void cut_redesigns(const struct shard *shard, struct team *team, const struct sink *sink)
{
    for (size_t i = 0; i < team->redesign_count; i++) {
        struct redesign *redesign = &team->redesigns[i];
        if (!redesign->dirty)
            continue;
        redesign->dirty = false;
        struct redesign_row row = {.team = names_text(&shard->names, team->name),
                                   .workflow = names_text(&shard->names, redesign->workflow),
                                   .label = names_text(&shard->names, redesign->label),
                                   .key = redesign->key};
        if (sink->redesign != NULL)
            sink->redesign(sink->arg, &row);
    }
}

static void cut_teams(struct shard *shard, const struct sink *sink)
{
    for (size_t i = 0; i < shard->team_count; i++) {
        struct team *team = &shard->teams[i];
        struct text name = names_text(&shard->names, team->name);
        if (team->dirty && sink->team != NULL) {
            struct team_row row = {.team = name,
                                   .first_day = team->first_day,
                                   .first_cell_day = team->first_cell_day,
                                   .evaluated_through = team->evaluated_through,
                                   .unmatched = team->unmatched};
            sink->team(sink->arg, &row);
        }
        if (team->alarms_dirty && sink->alarms != NULL)
            sink->alarms(sink->arg, name, team->alarms);
        team->dirty = team->alarms_dirty = false;
        cut_redesigns(shard, team, sink);
    }
}

/* ---- people ----------------------------------------------------------------------------------------------------- */

/* The 64 days from `day` on, as bits. */
static uint64_t days_at(const uint64_t *words, int32_t set_days, int32_t day)
{
    int32_t at = day % set_days;
    int32_t word = at / 64;
    int32_t shift = at % 64;
    uint64_t bits = words[word] >> shift;
    if (shift > 0)
        bits |= words[(word + 1) % (set_days / 64)] << (64 - shift);
    return bits;
}

/* Fills the row's sets from the first to the last day that any of them has; `bytes` has room for both. */
static void describe_sets(const struct person *person, int32_t set_days, uint8_t *bytes, struct person_row *row)
{
    const uint64_t *worked = person->day_sets;
    const uint64_t *practised = person->day_sets + set_days / 64;
    row->worked = row->practised = bytes;
    if (person->sets_newest == INT32_MIN)
        return;
    int32_t first = person->sets_newest - set_days + 1;
    first = first < 0 ? 0 : first;
    int32_t held = person->sets_newest - first + 1;
    while (held > 0) {
        uint64_t any = days_at(worked, set_days, first) | days_at(practised, set_days, first);
        int32_t skip = any == 0 ? 64 : __builtin_ctzll(any);
        skip = skip < held ? skip : held;
        first += skip;
        held -= skip;
        if (any != 0)
            break;
    }
    /* The newest day is in the set of days worked, so the last byte holds it. */
    size_t length = ((size_t)held + 7) / 8;
    for (int32_t i = 0; i < held; i += 64) {
        uint64_t mask = held - i >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << (held - i)) - 1;
        uint64_t w = days_at(worked, set_days, first + i) & mask;
        uint64_t p = days_at(practised, set_days, first + i) & mask;
        size_t at = (size_t)i / 8;
        size_t part = length - at < 8 ? length - at : 8;
        memcpy(bytes + at, &w, part);
        memcpy(bytes + length + at, &p, part);
    }
    row->sets_first = first;
    row->sets_bytes = (uint32_t)length;
    row->practised = bytes + length;
}

static int compare_capabilities(const void *a, const void *b)
{
    const struct capability_row *left = a;
    const struct capability_row *right = b;
    return text_compare(left->name, right->name);
}

static void describe_capabilities(const struct shard *shard, const struct person *person, struct cut_room *room,
                                  struct person_row *row)
{
    for (uint32_t at = person->capabilities; at != 0;) {
        const struct capability *capability = pool_at(&shard->capabilities, at);
        mem_reserve(&room->capabilities, &room->capability_capacity, row->capability_count + 1,
                    sizeof *room->capabilities);
        room->capabilities[row->capability_count++] =
            (struct capability_row){.name = names_text(&shard->names, capability->name),
                                    .first_day = capability->first_day,
                                    .last_day = capability->last_day};
        at = capability->next;
    }
    if (row->capability_count > 1)
        qsort(room->capabilities, row->capability_count, sizeof *room->capabilities, compare_capabilities);
    row->capabilities = room->capabilities;
}

static int compare_workflows(const void *a, const void *b)
{
    const struct person_workflow_row *left = a;
    const struct person_workflow_row *right = b;
    return text_compare(left->name, right->name);
}

static void describe_workflows(const struct shard *shard, const struct person *person, struct cut_room *room,
                               struct person_row *row)
{
    for (uint32_t at = person->workflows; at != 0;) {
        const struct person_workflow *workflow = pool_at(&shard->person_workflows, at);
        mem_reserve(&room->workflows, &room->workflow_capacity, row->workflow_count + 1, sizeof *room->workflows);
        room->workflows[row->workflow_count++] =
            (struct person_workflow_row){.name = names_text(&shard->names, workflow->name),
                                         .last_day = workflow->last_day,
                                         .days = workflow->days};
        at = workflow->next;
    }
    if (row->workflow_count > 1)
        qsort(room->workflows, row->workflow_count, sizeof *room->workflows, compare_workflows);
    row->workflows = room->workflows;
}

static void cut_person_row(const struct shard *shard, const struct person *person, const struct sink *sink,
                           struct cut_room *room)
{
    int32_t set_days = shard->settings->retention.day_set_days;
    struct person_row row = {.team = team_name(shard, person->team),
                             .user = person->id,
                             .first_seen = person->first_seen,
                             .first_ai = person->first_ai,
                             .status = person->status,
                             .level = person->level,
                             .first_level = person->first_level,
                             .level_name = names_text(&shard->names, person->level.value),
                             .first_level_name = names_text(&shard->names, person->first_level.value),
                             .first_training_ms = person->first_training_ms};
    describe_sets(person, set_days, room->sets, &row);
    describe_capabilities(shard, person, room, &row);
    describe_workflows(shard, person, room, &row);
    sink->person(sink->arg, &row);
}

static void cut_weeks(const struct shard *shard, struct person *person, const struct sink *sink)
{
    struct person_weeks *weeks = &person->weeks;
    for (int32_t week = weeks->dirty_first; week <= weeks->dirty_last && sink->week != NULL; week++) {
        struct week_row row = {.team = team_name(shard, person->team), .user = person->id, .week = week};
        person_read_week(person, week, &row.counters);
        sink->week(sink->arg, &row);
    }
    weeks->dirty_first = INT32_MAX;
    weeks->dirty_last = INT32_MIN;
}

static void cut_trainings(const struct shard *shard, const struct person *person, const struct sink *sink)
{
    for (uint32_t at = person->trainings; at != 0;) {
        struct training *training = pool_at(&shard->trainings, at);
        at = training->next;
        if (!training->dirty)
            continue;
        training->dirty = false;
        struct training_row row = {.team = team_name(shard, person->team),
                                   .program = names_text(&shard->names, training->program),
                                   .user = person->id,
                                   .key = training->key,
                                   .has_teacher = training->has_teacher,
                                   .teacher = training->teacher,
                                   .seconds = training->seconds,
                                   .format = (enum training_format)training->format};
        if (sink->training != NULL)
            sink->training(sink->arg, &row);
    }
}

static void cut_pulses(const struct shard *shard, const struct person *person, const struct sink *sink)
{
    for (uint32_t at = person->pulses; at != 0;) {
        struct pulse *pulse = pool_at(&shard->pulses, at);
        at = pulse->next;
        if (!pulse->dirty)
            continue;
        pulse->dirty = false;
        struct pulse_row row = {.team = team_name(shard, person->team),
                                .user = person->id,
                                .key = pulse->key,
                                .day = pulse->day,
                                .question = (enum question)pulse->question,
                                .score = pulse->score};
        if (sink->pulse != NULL)
            sink->pulse(sink->arg, &row);
    }
}

static int compare_persons(const void *a, const void *b, void *arg)
{
    const struct shard *shard = arg;
    const struct person *left = shard_person(shard, *(const uint32_t *)a);
    const struct person *right = shard_person(shard, *(const uint32_t *)b);
    if (left->team != right->team)
        return left->team < right->team ? -1 : 1;
    return memcmp(&left->id, &right->id, sizeof left->id);
}

/* Rows of a team go side by side: PostgreSQL finds the next one where it found the last, and readers of a team find them
 * all on few pages. */
static void sort_persons(struct shard *shard)
{
    if (shard->dirty_person_count > 1)
        qsort_r(shard->dirty_persons, shard->dirty_person_count, sizeof *shard->dirty_persons, compare_persons, shard);
}

static void cut_persons(struct shard *shard, const struct sink *sink)
{
    sort_persons(shard);
    struct cut_room room = {.sets = mem_alloc((size_t)shard->settings->retention.day_set_days / 4 + 16)};
    for (size_t i = 0; i < shard->dirty_person_count; i++) {
        struct person *person = shard_person(shard, shard->dirty_persons[i]);
        if (person->dirty && sink->person != NULL)
            cut_person_row(shard, person, sink, &room);
        cut_weeks(shard, person, sink);
        cut_trainings(shard, person, sink);
        cut_pulses(shard, person, sink);
        person->dirty = person->listed = false;
    }
    shard->dirty_person_count = 0;
    mem_free(room.sets);
    mem_free(room.capabilities);
    mem_free(room.workflows);
}

static int compare_old_weeks(const void *a, const void *b)
{
    const struct old_week *left = a;
    const struct old_week *right = b;
    if (left->person != right->person)
        return left->person < right->person ? -1 : 1;
    return (left->week > right->week) - (left->week < right->week);
}

static void cut_old_weeks(struct shard *shard, const struct sink *sink)
{
    struct old_week *old = shard->old_weeks;
    size_t count = shard->old_week_count;
    if (count > 1)
        qsort(old, count, sizeof *old, compare_old_weeks);
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count && compare_old_weeks(&old[i], &old[i + 1]) == 0) {
            for (int c = 0; c < WEEK_COUNTERS; c++)
                old[i + 1].difference.at[c] += old[i].difference.at[c];
            continue;
        }
        const struct person *person = shard_person(shard, old[i].person);
        struct week_row row = {.team = team_name(shard, person->team),
                               .user = person->id,
                               .week = old[i].week,
                               .difference = true,
                               .counters = old[i].difference};
        if (sink->week != NULL)
            sink->week(sink->arg, &row);
    }
    shard->old_week_count = 0;
}

/* ---- cells ------------------------------------------------------------------------------------------------------- */

static void give_cell(const struct shard *shard, const struct sink *sink, uint32_t team, uint16_t workflow,
                      struct cell_row *row)
{
    row->team = team_name(shard, team);
    row->workflow = workflow_name(shard, team, workflow);
    if (sink->cell != NULL)
        sink->cell(sink->arg, row);
}

static int compare_places(const void *a, const void *b)
{
    const struct gone_cell *left = a;
    const struct gone_cell *right = b;
    if (left->team != right->team)
        return left->team < right->team ? -1 : 1;
    if (left->workflow != right->workflow)
        return left->workflow < right->workflow ? -1 : 1;
    if (left->day != right->day)
        return left->day < right->day ? -1 : 1;
    return (left->arm > right->arm) - (left->arm < right->arm);
}

static int compare_dirty_cells(const void *a, const void *b)
{
    const struct dirty_cells *left = a, *right = b;
    struct gone_cell one = {.team = left->team, .workflow = left->workflow, .day = left->day};
    struct gone_cell other = {.team = right->team, .workflow = right->workflow, .day = right->day};
    return compare_places(&one, &other);
}

static void cut_dirty_cells(struct shard *shard, const struct sink *sink)
{
    if (shard->dirty_cell_count > 1)
        qsort(shard->dirty_cells, shard->dirty_cell_count, sizeof *shard->dirty_cells, compare_dirty_cells);
    for (size_t i = 0; i < shard->dirty_cell_count; i++) {
        struct dirty_cells at = shard->dirty_cells[i];
        uint32_t cell = team_cells(&shard->teams[at.team].workflows[at.workflow], at.day);
        for (; cell != 0; cell = cell_next(&shard->cells, cell)) {
            if (!cell_dirty(&shard->cells, cell))
                continue;
            cell_set_dirty(&shard->cells, cell, false);
            struct cell_row row = {.day = at.day, .arm = cell_arm(&shard->cells, cell)};
            cell_read(&shard->cells, cell, &row.counters);
            give_cell(shard, sink, at.team, at.workflow, &row);
        }
    }
    shard->dirty_cell_count = 0;
}

static bool cell_is_back(const struct shard *shard, const struct gone_cell *gone)
{
    uint32_t cell = team_cells(&shard->teams[gone->team].workflows[gone->workflow], gone->day);
    while (cell != 0 && cell_arm(&shard->cells, cell) != (enum arm)gone->arm)
        cell = cell_next(&shard->cells, cell);
    return cell != 0;
}

static void cut_gone_cells(struct shard *shard, const struct sink *sink)
{
    struct gone_cell *gone = shard->gone_cells;
    size_t count = shard->gone_cell_count;
    if (count > 1)
        qsort(gone, count, sizeof *gone, compare_places);
    for (size_t i = 0; i < count; i++) {
        bool again = i + 1 < count && compare_places(&gone[i], &gone[i + 1]) == 0;
        if (again || cell_is_back(shard, &gone[i]))
            continue;
        struct cell_row row = {.day = gone[i].day, .arm = (enum arm)gone[i].arm};
        give_cell(shard, sink, gone[i].team, gone[i].workflow, &row);
    }
    shard->gone_cell_count = 0;
}

static struct gone_cell place_of(const struct old_cell *old)
{
    return (struct gone_cell){.team = old->team, .workflow = old->workflow, .arm = old->arm, .day = old->day};
}

static int compare_old_cells(const void *a, const void *b)
{
    struct gone_cell left = place_of(a), right = place_of(b);
    return compare_places(&left, &right);
}

static void cut_old_cells(struct shard *shard, const struct sink *sink)
{
    struct old_cell *old = shard->old_cells;
    size_t count = shard->old_cell_count;
    if (count > 1)
        qsort(old, count, sizeof *old, compare_old_cells);
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count && compare_old_cells(&old[i], &old[i + 1]) == 0) {
            for (int c = 0; c < COUNTERS; c++)
                old[i + 1].difference.at[c] =
                    cell_wrap_add(old[i + 1].difference.at[c], old[i].difference.at[c]);
            continue;
        }
        struct cell_row row = {
            .day = old[i].day, .arm = (enum arm)old[i].arm, .difference = true, .counters = old[i].difference};
        give_cell(shard, sink, old[i].team, old[i].workflow, &row);
    }
    shard->old_cell_count = 0;
}

/* ---- tasks ------------------------------------------------------------------------------------------------------- */

static void cut_tasks(struct shard *shard, const struct sink *sink)
{
    /* A record may be on the list twice, or be free by now: what counts is its mark. */
    size_t count = 0;
    for (size_t i = 0; i < shard->dirty_task_count; i++) {
        struct task *task = pool_at_ahead(&shard->tasks, shard->dirty_tasks, shard->dirty_task_count, i);
        if (!task->dirty)
            continue;
        task->dirty = 0;
        shard->dirty_tasks[count++] = shard->dirty_tasks[i];
    }
    if (sink->tasks != NULL && count > 0)
        sink->tasks(sink->arg, shard, shard->dirty_tasks, count);
    shard->dirty_task_count = 0;
}

void shard_cut(struct shard *shard, struct sink *sink)
{
    cut_shard(shard, sink);
    cut_teams(shard, sink);
    cut_persons(shard, sink);
    cut_old_weeks(shard, sink);
    cut_dirty_cells(shard, sink);
    cut_gone_cells(shard, sink);
    cut_old_cells(shard, sink);
    cut_tasks(shard, sink);
}
