/* A shard's changed rows as the statements of its checkpoint. */
#include "codec/pg_rows.h"

#include "base/mem.h"
#include "base/panic.h"
#include "codec/alarms_state.h"
#include "codec/pg_array.h"
#include "codec/pg_days.h"
#include "codec/pg_sql.h"
#include "model/alarms.h"

/* A statement takes as many rows as make it worth its overhead, and no more than the server should
 * hold at once. */
enum { STATEMENT_ROWS = 2000, STATEMENT_BYTES = 1 << 20 };

enum table {
    TABLE_SHARD,
    TABLE_OFFSETS,
    TABLE_GAPS,
    TABLE_TEAMS,
    TABLE_PERSONS,
    TABLE_WEEKS,
    TABLE_WEEKS_GONE,
    TABLE_WEEKS_ADD,
    TABLE_TRAININGS,
    TABLE_REDESIGNS,
    TABLE_PULSES,
    TABLE_CELLS,
    TABLE_CELLS_GONE,
    TABLE_CELLS_ADD,
    TABLE_SEGMENTS,
    TABLE_DETECTORS,
    TABLES
};

/* `again`: runs behind it with the same rows. fields: of the composite type. */
static const struct table_info {
    const struct pg_statement *statement, *again;
    uint32_t fields;
} tables[TABLES] = {
    [TABLE_SHARD] = {.statement = &pg_sql_shard, .fields = 12},
    [TABLE_OFFSETS] = {.statement = &pg_sql_offsets, .fields = 3},
    [TABLE_GAPS] = {.statement = &pg_sql_gaps, .fields = 3},
    [TABLE_TEAMS] = {.statement = &pg_sql_teams, .fields = 5},
    [TABLE_PERSONS] = {.statement = &pg_sql_persons, .fields = 23},
    [TABLE_WEEKS] = {.statement = &pg_sql_weeks, .fields = 3 + WEEK_COUNTERS},
    [TABLE_WEEKS_GONE] = {.statement = &pg_sql_weeks_gone, .fields = 3 + WEEK_COUNTERS},
    [TABLE_WEEKS_ADD] = {.statement = &pg_sql_weeks_add,
                         .again = &pg_sql_weeks_add_clear,
                         .fields = 3 + WEEK_COUNTERS},
    [TABLE_TRAININGS] = {.statement = &pg_sql_trainings, .fields = 8},
    [TABLE_REDESIGNS] = {.statement = &pg_sql_redesigns, .fields = 5},
    [TABLE_PULSES] = {.statement = &pg_sql_pulses, .fields = 7},
    [TABLE_CELLS] = {.statement = &pg_sql_cells, .fields = 4 + COUNTERS},
    [TABLE_CELLS_GONE] = {.statement = &pg_sql_cells_gone, .fields = 4 + COUNTERS},
    [TABLE_CELLS_ADD] = {.statement = &pg_sql_cells_add,
                         .again = &pg_sql_cells_add_clear,
                         .fields = 4 + COUNTERS},
    [TABLE_SEGMENTS] = {.statement = &pg_sql_segments, .fields = 7},
    [TABLE_DETECTORS] = {.statement = &pg_sql_detectors, .fields = 2},
};

struct rows {
    const struct pg_cut *cut;
    struct pg_image *image;
    struct pg_array arrays[TABLES];
    struct pg_days days;
    struct strbuf room;
    int32_t part; /* of the next segment */
    int64_t delta_tasks, delta_bytes;
};

/* ---- statements --------------------------------------------------------------------------- */

static struct pg_call *add_call(struct rows *rows, const struct pg_statement *statement)
{
    struct pg_call *call = pg_image_add(rows->image, statement);
    call->values[0] = pg_value_i32(rows->cut->shard->partition);
    return call;
}

static void complete(struct rows *rows, enum table table)
{
    if (rows->arrays[table].rows == 0)
        return;
    struct strbuf bytes = pg_array_take(&rows->arrays[table]);
    if (tables[table].again == NULL) {
        add_call(rows, tables[table].statement)->values[1] = bytes;
        return;
    }
    add_call(rows, tables[table].statement)->values[1] = pg_value_bytes(bytes.data, bytes.length);
    add_call(rows, tables[table].again)->values[1] = bytes;
}

static struct pg_array *begin(struct rows *rows, enum table table)
{
    struct pg_array *array = &rows->arrays[table];
    if (array->rows >= STATEMENT_ROWS || array->bytes.length >= STATEMENT_BYTES)
        complete(rows, table);
    pg_array_begin_row(array, tables[table].fields);
    return array;
}

/* ---- the shard ---------------------------------------------------------------------------- */

static void add_days(struct pg_array *row, const struct calendar *calendar)
{
    bool any = calendar->last_opened != INT32_MIN && calendar->kept_from <= calendar->last_opened;
    size_t count = any ? (size_t)(calendar->last_opened - calendar->kept_from + 1) : 0;
    bool *quiet = mem_alloc_array(count + 1, sizeof *quiet);
    bool *hidden = mem_alloc_array(count + 1, sizeof *hidden);
    int32_t *teams = mem_alloc_array(count + 1, sizeof *teams);
    for (size_t i = 0; i < count; i++) {
        struct opened_day day = calendar_day(calendar, calendar->kept_from + (int32_t)i);
        quiet[i] = day.quiet;
        hidden[i] = day.hidden;
        teams[i] = (int32_t)day.teams;
    }
    pg_array_day(row, calendar->last_opened == INT32_MIN ? INT32_MIN : calendar->kept_from);
    pg_array_bools(row, quiet, count);
    pg_array_bools(row, hidden, count);
    pg_array_i32s(row, teams, count);
    mem_free(quiet);
    mem_free(hidden);
    mem_free(teams);
}

static void add_offsets(struct rows *rows, const struct shard_row *row)
{
    for (int i = 0; i < row->topic_count; i++) {
        if (rows->cut->next_offsets[i] < 0)
            continue;
        struct pg_array *offset = begin(rows, TABLE_OFFSETS);
        pg_array_text(offset, text_of(rows->cut->topics[i]));
        pg_array_i64(offset, rows->cut->next_offsets[i]);
        pg_array_time(offset, row->topic_greatest_ms[i]);
        pg_array_end_row(offset);
    }
    for (size_t i = 0; i < rows->cut->gap_count; i++) {
        const struct pg_gap *gap = &rows->cut->gaps[i];
        struct pg_array *at = begin(rows, TABLE_GAPS);
        pg_array_text(at, text_of(rows->cut->topics[gap->topic]));
        pg_array_i64(at, gap->from_offset);
        pg_array_i64(at, gap->to_offset);
        pg_array_end_row(at);
    }
}

static void take_shard(void *arg, const struct shard_row *row)
{
    struct rows *rows = arg;
    struct pg_array *at = begin(rows, TABLE_SHARD);
    pg_array_time(at, row->watermark_ms);
    pg_array_time(at, row->greatest_ms);
    pg_array_i32(at, (int32_t)rows->cut->shard->team_count);
    pg_array_i64(at, row->accepted);
    pg_array_i64s(at, row->rejected, REJECT_REASONS);
    pg_array_day(at, row->calendar->last_opened);
    pg_array_i32s(at, row->calendar->history, (size_t)row->calendar->history_count);
    pg_array_i32(at, row->calendar->quiet_run);
    add_days(at, row->calendar);
    pg_array_end_row(at);
    add_offsets(rows, row);
}

static void take_team(void *arg, const struct team_row *row)
{
    struct pg_array *at = begin(arg, TABLE_TEAMS);
    pg_array_text(at, row->team);
    pg_array_day(at, row->first_day);
    pg_array_day(at, row->first_cell_day);
    pg_array_day(at, row->evaluated_through);
    pg_array_i64(at, row->unmatched);
    pg_array_end_row(at);
}

/* ---- people ------------------------------------------------------------------------------- */

/* The three fields of a register. */
static void add_register(struct pg_array *at, const struct person_register *reg, struct text value)
{
    if (reg->key.time_ms < 0) {
        pg_array_null_text(at);
        pg_array_time(at, -1);
        pg_array_null_i64(at);
        return;
    }
    pg_array_text(at, value);
    pg_array_time(at, reg->key.time_ms);
    pg_array_i64(at, (int64_t)reg->key.hash);
}

static void add_capabilities(struct rows *rows, struct pg_array *at, const struct person_row *row)
{
    size_t count = row->capability_count;
    strbuf_reset(&rows->room);
    struct text *names = (struct text *)(void *)strbuf_room(
        &rows->room, count * (sizeof *names + 2 * sizeof(int32_t)));
    int32_t *first = (int32_t *)(void *)(names + count);
    int32_t *last = first + count;
    for (size_t i = 0; i < count; i++) {
        names[i] = row->capabilities[i].name;
        first[i] = row->capabilities[i].first_day;
        last[i] = row->capabilities[i].last_day;
    }
    pg_array_texts(at, names, count);
    pg_array_days(at, first, count);
    pg_array_days(at, last, count);
}

static void add_workflows(struct rows *rows, struct pg_array *at, const struct person_row *row)
{
    size_t count = row->workflow_count;
    strbuf_reset(&rows->room);
    struct text *names = (struct text *)(void *)strbuf_room(
        &rows->room, count * (sizeof *names + sizeof(int64_t) + sizeof(int32_t)));
    int64_t *days = (int64_t *)(void *)(names + count);
    int32_t *last = (int32_t *)(void *)(days + count);
    for (size_t i = 0; i < count; i++) {
        names[i] = row->workflows[i].name;
        last[i] = row->workflows[i].last_day;
        days[i] = (int64_t)row->workflows[i].days;
    }
    pg_array_texts(at, names, count);
    pg_array_days(at, last, count);
    pg_array_i64s(at, days, count);
}

static void take_person(void *arg, const struct person_row *row)
{
    static const char *const statuses[] = {"", "active", "left", "moved"};
    struct pg_array *at = begin(arg, TABLE_PERSONS);
    UP_ASSERT(row->status.key.time_ms < 0 || row->status.value <= STATUS_MOVED);
    pg_array_text(at, row->team);
    pg_array_pseudonym(at, row->user);
    pg_array_day(at, row->first_seen);
    pg_array_day(at, row->first_ai);
    add_register(at, &row->status,
                 text_of(statuses[row->status.key.time_ms < 0 ? 0 : row->status.value]));
    add_register(at, &row->level, row->level_name);
    add_register(at, &row->first_level, row->first_level_name);
    pg_array_time(at, row->first_training_ms);
    pg_array_day(at, row->sets_bytes == 0 ? INT32_MIN : row->sets_first);
    pg_array_bytes(at, row->worked, row->sets_bytes);
    pg_array_bytes(at, row->practised, row->sets_bytes);
    add_capabilities(arg, at, row);
    add_workflows(arg, at, row);
    pg_array_end_row(at);
}

static enum table table_of_week(const struct week_row *row)
{
    if (row->difference)
        return TABLE_WEEKS_ADD;
    return row->counters.at[WEEK_TASKS] == 0 ? TABLE_WEEKS_GONE : TABLE_WEEKS;
}

static void take_week(void *arg, const struct week_row *row)
{
    struct pg_array *at = begin(arg, table_of_week(row));
    pg_array_text(at, row->team);
    pg_array_pseudonym(at, row->user);
    pg_array_i32(at, row->week);
    pg_array_counts(at, row->counters.at, WEEK_COUNTERS);
    pg_array_end_row(at);
}

static void take_training(void *arg, const struct training_row *row)
{
    static const char *const formats[] = {"", "course", "on_the_job", "coaching", "peer"};
    struct pg_array *at = begin(arg, TABLE_TRAININGS);
    UP_ASSERT(row->format <= FORMAT_PEER);
    pg_array_text(at, row->team);
    pg_array_pseudonym(at, row->user);
    pg_array_text(at, row->program);
    pg_array_time(at, row->key.time_ms);
    pg_array_i64(at, (int64_t)row->key.hash);
    if (row->has_teacher)
        pg_array_pseudonym(at, row->teacher);
    else
        pg_array_null_pseudonym(at);
    pg_array_i64(at, row->seconds);
    if (row->format == FORMAT_ABSENT)
        pg_array_null_text(at);
    else
        pg_array_text(at, text_of(formats[row->format]));
    pg_array_end_row(at);
}

static void take_redesign(void *arg, const struct redesign_row *row)
{
    struct pg_array *at = begin(arg, TABLE_REDESIGNS);
    pg_array_text(at, row->team);
    pg_array_text(at, row->workflow);
    pg_array_time(at, row->key.time_ms);
    pg_array_i64(at, (int64_t)row->key.hash);
    if (row->label.length == 0)
        pg_array_null_text(at);
    else
        pg_array_text(at, row->label);
    pg_array_end_row(at);
}

static void take_pulse(void *arg, const struct pulse_row *row)
{
    struct pg_array *at = begin(arg, TABLE_PULSES);
    pg_array_text(at, row->team);
    pg_array_pseudonym(at, row->user);
    pg_array_text(at, text_of(event_question_name(row->question)));
    pg_array_day(at, row->day);
    pg_array_time(at, row->key.time_ms);
    pg_array_i64(at, (int64_t)row->key.hash);
    pg_array_i16(at, row->score);
    pg_array_end_row(at);
}

static void take_alarms(void *arg, struct text team, const struct alarms *alarms)
{
    struct rows *rows = arg;
    struct pg_array *at = begin(rows, TABLE_DETECTORS);
    strbuf_reset(&rows->room);
    alarms_state_encode(alarms, &rows->room);
    pg_array_text(at, team);
    pg_array_bytes(at, rows->room.data, rows->room.length);
    pg_array_end_row(at);
}

/* ---- cells -------------------------------------------------------------------------------- */

static enum table table_of_cell(const struct cell_row *row)
{
    if (row->difference)
        return TABLE_CELLS_ADD;
    return row->counters.at[COUNTER_tasks] == 0 ? TABLE_CELLS_GONE : TABLE_CELLS;
}

static void take_cell(void *arg, const struct cell_row *row)
{
    struct rows *rows = arg;
    struct pg_array *at = begin(rows, table_of_cell(row));
    pg_array_text(at, row->team);
    pg_array_text(at, row->workflow);
    pg_array_day(at, row->day);
    pg_array_text(at, text_of(cell_arm_name(row->arm)));
    pg_array_counts(at, row->counters.at, COUNTERS);
    pg_array_end_row(at);
    pg_days_add(&rows->days, row->day);
}

/* ---- tasks -------------------------------------------------------------------------------- */

static int64_t add_segment(struct rows *rows, const uint32_t *handles, size_t count,
                           const struct task_pages_segment *page)
{
    strbuf_reset(&rows->room);
    task_segment_write(rows->cut->writer, rows->cut->shard, handles, count, &rows->room);
    struct pg_array *at = begin(rows, TABLE_SEGMENTS);
    pg_array_i64(at, rows->cut->number);
    pg_array_i32(at, rows->part++);
    if (page == NULL) {
        pg_array_null_i32(at);
        pg_array_null_i32(at);
        pg_array_null_i64(at);
    } else {
        pg_array_i32(at, page->page);
        pg_array_i32(at, (int32_t)page->pages);
        pg_array_i64(at, page->round);
    }
    pg_array_i32(at, (int32_t)count);
    pg_array_bytes(at, rows->room.data, rows->room.length);
    pg_array_end_row(at);
    return (int64_t)rows->room.length;
}

static void take_tasks(void *arg, const struct shard *shard, const uint32_t *handles, size_t count)
{
    struct rows *rows = arg;
    UP_ASSERT(shard == rows->cut->shard);
    for (size_t at = 0; at < count; at += TASK_SEGMENT_TASKS_MAX) {
        size_t part = count - at < TASK_SEGMENT_TASKS_MAX ? count - at : TASK_SEGMENT_TASKS_MAX;
        rows->delta_bytes += add_segment(rows, handles + at, part, NULL);
    }
    rows->delta_tasks += (int64_t)count;
}

struct handles {
    uint32_t *at;
    size_t count, capacity;
};

static void collect(void *arg, uint32_t handle)
{
    struct handles *handles = arg;
    mem_reserve(&handles->at, &handles->capacity, handles->count + 1, sizeof *handles->at);
    handles->at[handles->count++] = handle;
}

/* A page that is larger than a segment (hashes are even, but the shard may have grown in the round)
 * has several. */
static int64_t add_page(struct rows *rows, const struct handles *handles,
                        const struct task_pages_segment *page)
{
    int64_t bytes = 0;
    size_t at = 0;
    do {
        size_t left = handles->count - at;
        size_t part = left < TASK_SEGMENT_TASKS_MAX ? left : TASK_SEGMENT_TASKS_MAX;
        bytes += add_segment(rows, handles->at + at, part, page);
        at += part;
    } while (at < handles->count);
    return bytes;
}

static void add_pages(struct rows *rows)
{
    const struct pg_cut *cut = rows->cut;
    struct handles handles = {0};
    struct task_pages_segment page;
    uint64_t first, last;
    int64_t forget_before = 0;
    task_pages_begin(cut->pages, cut->number, rows->delta_tasks, rows->delta_bytes,
                     (int64_t)cut->shard->task_index.count);
    while (task_pages_next(cut->pages, cut->number, &page, &first, &last)) {
        handles.count = 0;
        index_each_in_range(&cut->shard->task_index, first, last, collect, &handles);
        int64_t bytes = add_page(rows, &handles, &page);
        forget_before = task_pages_wrote(cut->pages, (int64_t)handles.count, bytes);
    }
    mem_free(handles.at);
    complete(rows, TABLE_SEGMENTS);
    if (forget_before > 0)
        add_call(rows, &pg_sql_segments_forget)->values[1] = pg_value_i64(forget_before);
}

/* ---- the cut ------------------------------------------------------------------------------ */

void pg_rows_cut(const struct pg_cut *cut, struct pg_image *image)
{
    struct rows rows = {.cut = cut, .image = image};
    struct sink sink = {.arg = &rows,
                        .shard = take_shard,
                        .team = take_team,
                        .person = take_person,
                        .cell = take_cell,
                        .week = take_week,
                        .training = take_training,
                        .redesign = take_redesign,
                        .pulse = take_pulse,
                        .tasks = take_tasks,
                        .alarms = take_alarms};
    size_t months = image->count;
    /* Must come before the rows, and is known after them. */
    (void)pg_image_add(image, &pg_sql_add_months);
    shard_cut(cut->shard, &sink);
    for (int t = 0; t < TABLES; t++)
        complete(&rows, (enum table)t);
    add_pages(&rows);
    if (cut->outputs != NULL) {
        pg_outputs_list_days(cut->outputs, &rows.days);
        pg_outputs_take(cut->outputs, image);
    }
    image->calls[months].values[0] = pg_value_days(rows.days.ends, rows.days.count);
    pg_days_done(&rows.days);
    strbuf_done(&rows.room);
}
