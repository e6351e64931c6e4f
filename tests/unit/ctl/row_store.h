/* Keeps every row that a shard gives away, as a database would: to compare shards by, and to load
 * one from. */
#pragma once

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/panic.h"
#include "base/strbuf.h"
#include "model/alarms.h"
#include "model/names.h"
#include "model/rows.h"
#include "model/shard.h"

enum row_kind {
    ROW_TEAM,
    ROW_PERSON,
    ROW_CELL,
    ROW_WEEK,
    ROW_TRAINING,
    ROW_REDESIGN,
    ROW_PULSE,
    ROW_ALARMS,
    ROW_TASK
};

struct stored_task {
    struct task task;
    struct text team, workflow;
    struct pseudonym person;
};

struct stored_row {
    enum row_kind kind;
    uint64_t hash; /* of kind and key: who is who */
    bool gone;
    uint8_t *sets; /* of a person */
    struct capability_row *capabilities;
    struct person_workflow_row *workflows;
    struct text team; /* of alarms */
    union {
        struct team_row of_team;
        struct person_row person;
        struct cell_row cell;
        struct week_row week;
        struct training_row training;
        struct redesign_row redesign;
        struct pulse_row pulse;
        struct alarms alarms;
        struct stored_task task;
    };
};

/* Must not move while its sink is in use. */
struct row_store {
    struct sink sink;
    struct names names; /* texts of rows live here */
    struct stored_row *rows;
    size_t count, capacity;
    struct index index;
    bool has_shard;
    struct shard_row shard;
    struct calendar calendar;
    int64_t topics[TOPICS_MAX];
    struct sink *also; /* gets every cell too; may be NULL */
};

static inline uint64_t row_store_hash_of(const void *owner, uint32_t handle)
{
    return ((const struct row_store *)owner)->rows[handle - 1].hash;
}

static inline struct text row_store_keep(struct row_store *store, struct text text)
{
    return names_text(&store->names, names_add(&store->names, text));
}

/* The row of that key, a new one if there is none. */
static inline struct stored_row *row_store_take(struct row_store *store, enum row_kind kind,
                                                const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static inline struct stored_row *row_store_take(struct row_store *store, enum row_kind kind,
                                                const char *format, ...)
{
    char key[700];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(key, sizeof key, format, arguments);
    va_end(arguments);
    UP_ASSERT(length > 0 && (size_t)length < sizeof key);
    uint64_t hash = hash_xx64(key, (size_t)length) + (uint64_t)kind;
    struct index_cursor cursor = index_seek(&store->index, hash);
    uint32_t handle;
    while ((handle = index_next(&cursor)) != 0) {
        if (store->rows[handle - 1].hash == hash)
            return &store->rows[handle - 1];
    }
    mem_reserve(&store->rows, &store->capacity, store->count + 1, sizeof *store->rows);
    struct stored_row *row = &store->rows[store->count++];
    *row = (struct stored_row){.kind = kind, .hash = hash, .gone = true};
    index_add(&store->index, hash, (uint32_t)store->count);
    return row;
}

#define ROW_TEXT(text) (int)(text).length, (text).bytes

/* ---- the sink -------------------------------------------------------------------------------- */

static inline void row_store_shard(void *arg, const struct shard_row *row)
{
    struct row_store *store = arg;
    store->has_shard = true;
    store->shard = *row;
    calendar_copy(&store->calendar, row->calendar);
    memcpy(store->topics, row->topic_greatest_ms, (size_t)row->topic_count * sizeof *store->topics);
    store->shard.calendar = &store->calendar;
    store->shard.topic_greatest_ms = store->topics;
}

static inline void row_store_team(void *arg, const struct team_row *row)
{
    struct row_store *store = arg;
    struct stored_row *kept = row_store_take(store, ROW_TEAM, "%.*s", ROW_TEXT(row->team));
    kept->gone = false;
    kept->of_team = *row;
    kept->of_team.team = row_store_keep(store, row->team);
}

static inline void row_store_person(void *arg, const struct person_row *row)
{
    struct row_store *store = arg;
    struct stored_row *kept = row_store_take(store, ROW_PERSON, "%.*s/%016" PRIx64 "%016" PRIx64,
                                             ROW_TEXT(row->team), row->user.high, row->user.low);
    mem_free(kept->sets);
    mem_free(kept->capabilities);
    mem_free(kept->workflows);
    kept->gone = false;
    kept->person = *row;
    kept->person.team = row_store_keep(store, row->team);
    kept->person.level_name = row_store_keep(store, row->level_name);
    kept->person.first_level_name = row_store_keep(store, row->first_level_name);
    kept->sets = mem_alloc((size_t)row->sets_bytes * 2 + 1);
    if (row->sets_bytes > 0) {
        memcpy(kept->sets, row->worked, row->sets_bytes);
        memcpy(kept->sets + row->sets_bytes, row->practised, row->sets_bytes);
    }
    kept->person.worked = kept->sets;
    kept->person.practised = kept->sets + row->sets_bytes;
    kept->capabilities = mem_alloc_array(row->capability_count + 1, sizeof *kept->capabilities);
    for (size_t i = 0; i < row->capability_count; i++) {
        kept->capabilities[i] = row->capabilities[i];
        kept->capabilities[i].name = row_store_keep(store, row->capabilities[i].name);
    }
    kept->person.capabilities = kept->capabilities;
    kept->workflows = mem_alloc_array(row->workflow_count + 1, sizeof *kept->workflows);
    for (size_t i = 0; i < row->workflow_count; i++) {
        kept->workflows[i] = row->workflows[i];
        kept->workflows[i].name = row_store_keep(store, row->workflows[i].name);
    }
    kept->person.workflows = kept->workflows;
}

static inline void row_store_cell(void *arg, const struct cell_row *row)
{
    struct row_store *store = arg;
    struct stored_row *kept =
        row_store_take(store, ROW_CELL, "%.*s/%.*s/%d/%d", ROW_TEXT(row->team),
                       ROW_TEXT(row->workflow), row->day, (int)row->arm);
    struct counters before = kept->gone ? (struct counters){{0}} : kept->cell.counters;
    kept->cell = *row;
    kept->cell.difference = false;
    kept->cell.team = row_store_keep(store, row->team);
    kept->cell.workflow = row_store_keep(store, row->workflow);
    for (int c = 0; row->difference && c < COUNTERS; c++)
        kept->cell.counters.at[c] += before.at[c];
    kept->gone = kept->cell.counters.at[COUNTER_tasks] == 0;
    if (store->also != NULL)
        store->also->cell(store->also->arg, row);
}

static inline void row_store_week(void *arg, const struct week_row *row)
{
    struct row_store *store = arg;
    struct stored_row *kept =
        row_store_take(store, ROW_WEEK, "%.*s/%016" PRIx64 "%016" PRIx64 "/%d", ROW_TEXT(row->team),
                       row->user.high, row->user.low, row->week);
    struct week_counters before = kept->gone ? (struct week_counters){{0}} : kept->week.counters;
    kept->week = *row;
    kept->week.difference = false;
    kept->week.team = row_store_keep(store, row->team);
    for (int c = 0; row->difference && c < WEEK_COUNTERS; c++)
        kept->week.counters.at[c] += before.at[c];
    kept->gone = kept->week.counters.at[WEEK_TASKS] == 0;
}

static inline void row_store_training(void *arg, const struct training_row *row)
{
    struct row_store *store = arg;
    struct stored_row *kept = row_store_take(
        store, ROW_TRAINING, "%.*s/%016" PRIx64 "%016" PRIx64 "/%.*s/%" PRId64, ROW_TEXT(row->team),
        row->user.high, row->user.low, ROW_TEXT(row->program), row->key.time_ms);
    kept->gone = false;
    kept->training = *row;
    kept->training.team = row_store_keep(store, row->team);
    kept->training.program = row_store_keep(store, row->program);
}

static inline void row_store_redesign(void *arg, const struct redesign_row *row)
{
    struct row_store *store = arg;
    struct stored_row *kept =
        row_store_take(store, ROW_REDESIGN, "%.*s/%.*s/%" PRId64, ROW_TEXT(row->team),
                       ROW_TEXT(row->workflow), row->key.time_ms);
    kept->gone = false;
    kept->redesign = *row;
    kept->redesign.team = row_store_keep(store, row->team);
    kept->redesign.workflow = row_store_keep(store, row->workflow);
    kept->redesign.label = row_store_keep(store, row->label);
}

static inline void row_store_pulse(void *arg, const struct pulse_row *row)
{
    struct row_store *store = arg;
    struct stored_row *kept = row_store_take(
        store, ROW_PULSE, "%.*s/%016" PRIx64 "%016" PRIx64 "/%d/%d", ROW_TEXT(row->team),
        row->user.high, row->user.low, row->day, (int)row->question);
    kept->gone = false;
    kept->pulse = *row;
    kept->pulse.team = row_store_keep(store, row->team);
}

static inline void row_store_alarms(void *arg, struct text team, const struct alarms *alarms)
{
    struct row_store *store = arg;
    struct stored_row *kept = row_store_take(store, ROW_ALARMS, "%.*s", ROW_TEXT(team));
    kept->gone = false;
    kept->team = row_store_keep(store, team);
    kept->alarms = *alarms;
}

static inline void row_store_tasks(void *arg, const struct shard *shard, const uint32_t *handles,
                                   size_t count)
{
    struct row_store *store = arg;
    for (size_t i = 0; i < count; i++) {
        const struct task *task = pool_at(&shard->tasks, handles[i]);
        const struct team *team = &shard->teams[task->team];
        struct stored_row *kept = row_store_take(store, ROW_TASK, "%016" PRIx64 "%08" PRIx32,
                                                 task->id_high, task->id_low);
        kept->gone = false;
        kept->task = (struct stored_task){
            .task = *task, .team = row_store_keep(store, names_text(&shard->names, team->name))};
        if (task_has(task, TASK_WORK)) {
            uint32_t workflow = team->workflows[task->workflow].name;
            kept->task.workflow = row_store_keep(store, names_text(&shard->names, workflow));
            kept->task.person = shard_person(shard, task->person)->id;
        }
    }
}

static inline void row_store_init(struct row_store *store, struct sink *also)
{
    *store = (struct row_store){.also = also,
                                .sink = {.shard = row_store_shard,
                                         .team = row_store_team,
                                         .person = row_store_person,
                                         .cell = row_store_cell,
                                         .week = row_store_week,
                                         .training = row_store_training,
                                         .redesign = row_store_redesign,
                                         .pulse = row_store_pulse,
                                         .tasks = row_store_tasks,
                                         .alarms = row_store_alarms}};
    store->sink.arg = store;
    names_init(&store->names);
    calendar_init(&store->calendar);
    index_init(&store->index, row_store_hash_of, store);
}

static inline void row_store_done(struct row_store *store)
{
    for (size_t i = 0; i < store->count; i++) {
        mem_free(store->rows[i].sets);
        mem_free(store->rows[i].capabilities);
        mem_free(store->rows[i].workflows);
    }
    mem_free(store->rows);
    names_done(&store->names);
    calendar_done(&store->calendar);
    index_done(&store->index);
}

/* ---- loading --------------------------------------------------------------------------------- */

static inline int row_store_load_row(const struct stored_row *row, struct shard *shard,
                                     struct up_err *err)
{
    switch (row->kind) {
    case ROW_TEAM:
        return shard_load_team(shard, &row->of_team, err);
    case ROW_PERSON:
        return shard_load_person(shard, &row->person, err);
    case ROW_CELL:
        return shard_load_cell(shard, &row->cell, err);
    case ROW_WEEK:
        return shard_load_week(shard, &row->week, err);
    case ROW_TRAINING:
        return shard_load_training(shard, &row->training, err);
    case ROW_REDESIGN:
        return shard_load_redesign(shard, &row->redesign, err);
    case ROW_PULSE:
        return shard_load_pulse(shard, &row->pulse, err);
    case ROW_ALARMS:
        return shard_load_alarms(shard, row->team, mem_copy(&row->alarms, sizeof row->alarms), err);
    case ROW_TASK:
        return shard_load_task(shard, &row->task.task, row->task.team, row->task.workflow,
                               &row->task.person, err);
    }
    return UP_ECORRUPT;
}

/* Fills a new shard. */
static inline int row_store_load(const struct row_store *store, struct shard *shard,
                                 struct up_err *err)
{
    int code = store->has_shard ? shard_load_shard(shard, &store->shard, err) : UP_OK;
    for (int kind = ROW_TEAM; kind <= ROW_TASK && code == UP_OK; kind++) {
        for (size_t i = 0; i < store->count && code == UP_OK; i++) {
            if (store->rows[i].kind == (enum row_kind)kind && !store->rows[i].gone)
                code = row_store_load_row(&store->rows[i], shard, err);
        }
    }
    shard_load_done(shard);
    return code;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static inline void row_store_print_register(struct strbuf *out, const struct person_register *held,
                                            struct text name)
{
    strbuf_add_format(out, " %" PRId64 ":%016" PRIx64 ":%.*s", held->key.time_ms, held->key.hash,
                      ROW_TEXT(name));
}

static inline void row_store_print_bytes(struct strbuf *out, const uint8_t *bytes, size_t length)
{
    strbuf_add_char(out, ' ');
    for (size_t i = 0; i < length; i++)
        strbuf_add_format(out, "%02x", bytes[i]);
}

static inline void row_store_print_person(struct strbuf *out, const struct person_row *row)
{
    strbuf_add_format(
        out, "person %.*s %016" PRIx64 "%016" PRIx64 " seen %d ai %d trained %" PRId64 " status %d",
        ROW_TEXT(row->team), row->user.high, row->user.low, row->first_seen, row->first_ai,
        row->first_training_ms, (int)row->status.value);
    row_store_print_register(out, &row->status, text_of(""));
    row_store_print_register(out, &row->level, row->level_name);
    row_store_print_register(out, &row->first_level, row->first_level_name);
    strbuf_add_format(out, " from %d", row->sets_bytes > 0 ? row->sets_first : 0);
    row_store_print_bytes(out, row->worked, row->sets_bytes);
    row_store_print_bytes(out, row->practised, row->sets_bytes);
    for (size_t i = 0; i < row->capability_count; i++)
        strbuf_add_format(out, " %.*s:%d:%d", ROW_TEXT(row->capabilities[i].name),
                          row->capabilities[i].first_day, row->capabilities[i].last_day);
    for (size_t i = 0; i < row->workflow_count; i++)
        strbuf_add_format(out, " %.*s:%d:%" PRIx64, ROW_TEXT(row->workflows[i].name),
                          row->workflows[i].last_day, row->workflows[i].days);
}

static inline void row_store_print_counters(struct strbuf *out, const int64_t *counters, int count)
{
    for (int c = 0; c < count; c++)
        strbuf_add_format(out, " %" PRId64, counters[c]);
}

/* What does not hang on the order of events: everything but tasks, detectors and how far days are
 * evaluated. */
static inline void row_store_print_row(struct strbuf *out, const struct stored_row *row)
{
    switch (row->kind) {
    case ROW_TEAM:
        strbuf_add_format(out, "team %.*s first %d cell %d unmatched %" PRId64,
                          ROW_TEXT(row->of_team.team), row->of_team.first_day,
                          row->of_team.first_cell_day, row->of_team.unmatched);
        break;
    case ROW_PERSON:
        row_store_print_person(out, &row->person);
        break;
    case ROW_CELL:
        strbuf_add_format(out, "cell %.*s %.*s %d %s", ROW_TEXT(row->cell.team),
                          ROW_TEXT(row->cell.workflow), row->cell.day,
                          cell_arm_name(row->cell.arm));
        row_store_print_counters(out, row->cell.counters.at, COUNTERS);
        break;
    case ROW_WEEK:
        strbuf_add_format(out, "week %.*s %016" PRIx64 "%016" PRIx64 " %d",
                          ROW_TEXT(row->week.team), row->week.user.high, row->week.user.low,
                          row->week.week);
        row_store_print_counters(out, row->week.counters.at, WEEK_COUNTERS);
        break;
    case ROW_TRAINING:
        strbuf_add_format(
            out,
            "training %.*s %016" PRIx64 " %.*s %" PRId64 " %016" PRIx64 " %016" PRIx64 " %u %d",
            ROW_TEXT(row->training.team), row->training.user.low, ROW_TEXT(row->training.program),
            row->training.key.time_ms, row->training.key.hash, row->training.teacher.low,
            row->training.seconds, (int)row->training.format);
        break;
    case ROW_REDESIGN:
        strbuf_add_format(out, "redesign %.*s %.*s %" PRId64 " %016" PRIx64 " %.*s",
                          ROW_TEXT(row->redesign.team), ROW_TEXT(row->redesign.workflow),
                          row->redesign.key.time_ms, row->redesign.key.hash,
                          ROW_TEXT(row->redesign.label));
        break;
    case ROW_PULSE:
        strbuf_add_format(out, "pulse %.*s %016" PRIx64 " %d %d %" PRId64 " %d",
                          ROW_TEXT(row->pulse.team), row->pulse.user.low, row->pulse.day,
                          (int)row->pulse.question, row->pulse.key.time_ms, row->pulse.score);
        break;
    case ROW_ALARMS:
    case ROW_TASK:
        break;
    }
}

static inline int row_store_compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All rows that are there, sorted, a line each; the caller frees the text with mem_free(). */
static inline char *row_store_print(const struct row_store *store)
{
    char **lines = mem_alloc_array(store->count + 1, sizeof *lines);
    size_t count = 0;
    struct strbuf line = {0};
    for (size_t i = 0; i < store->count; i++) {
        if (store->rows[i].gone)
            continue;
        strbuf_reset(&line);
        row_store_print_row(&line, &store->rows[i]);
        if (line.length > 0)
            lines[count++] = mem_copy_text(line.data, line.length);
    }
    qsort(lines, count, sizeof *lines, row_store_compare_lines);
    strbuf_reset(&line);
    for (size_t i = 0; i < count; i++) {
        strbuf_add_format(&line, "%s\n", lines[i]);
        mem_free(lines[i]);
    }
    mem_free(lines);
    char *text = mem_copy_text(line.data, line.length);
    strbuf_done(&line);
    return text;
}
