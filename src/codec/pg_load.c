/* A partition's stored rows become a shard again. */
#include "codec/pg_load.h"

#include <string.h>

#include "base/mem.h"
#include "codec/alarms_state.h"
#include "codec/task_segment.h"

/* More days than that were never opened in a row. */
enum { DAYS_MAX = 1 << 20 };

void pg_load_init(struct pg_load *load, struct shard *shard, const char *const *topics)
{
    *load = (struct pg_load){.shard = shard,
                             .topics = topics,
                             .evaluated_min = INT32_MAX,
                             .first_cell_min = DAY_NEVER,
                             .first_cell_max = INT32_MIN};
    for (int i = 0; i < TOPICS_MAX; i++)
        load->next_offsets[i] = load->greatest_ms[i] = -1;
}

void pg_load_done(struct pg_load *load)
{
    mem_free(load->capabilities);
    mem_free(load->workflows);
    *load = (struct pg_load){0};
}

/* Was the row read to its end, with nothing in it that should not be? */
static int check_row(const struct pg_load *load, const struct pg_row *row, const char *what,
                     struct up_err *err)
{
    if (!row->failed && row->next == row->count)
        return UP_OK;
    return up_fail(err, UP_ECORRUPT, "a row of uptake.%s of partition %d cannot be read", what,
                   load->shard->partition);
}

/* Says which bytes of ours could not be read. */
static int fail_state(const struct pg_load *load, const char *what, struct up_err *err)
{
    return up_fail_context(err, "uptake.%s of partition %d", what, load->shard->partition);
}

/* ---- the shard ---------------------------------------------------------------------------- */

int pg_load_offset(struct pg_load *load, struct pg_row *row, struct up_err *err)
{
    struct text topic = pg_row_text(row);
    int64_t next_offset = pg_row_i64(row);
    int64_t greatest_ms = pg_row_time_or(row, -1);
    int code = check_row(load, row, "shard_offset", err);
    if (code != UP_OK)
        return code;
    for (int i = 0; i < load->shard->topic_count; i++) {
        if (!text_equal(topic, text_of(load->topics[i])))
            continue;
        load->next_offsets[i] = next_offset;
        load->greatest_ms[i] = greatest_ms;
        return UP_OK;
    }
    load->unknown_topics++;
    return UP_OK;
}

static void read_days(struct pg_row *row, struct calendar *calendar)
{
    calendar->kept_from = pg_row_day_or(row, INT32_MIN);
    int64_t expected = calendar->last_opened == INT32_MIN
                           ? 0
                           : (int64_t)calendar->last_opened - calendar->kept_from + 1;
    if (expected < 0 || expected > DAYS_MAX) {
        row->failed = true;
        return;
    }
    size_t count = (size_t)expected;
    bool *quiet = mem_alloc_array(count + 1, sizeof *quiet);
    bool *hidden = mem_alloc_array(count + 1, sizeof *hidden);
    int32_t *teams = mem_alloc_array(count + 1, sizeof *teams);
    if (pg_row_bools(row, quiet, count) != count || pg_row_bools(row, hidden, count) != count ||
        pg_row_i32s(row, teams, count) != count)
        row->failed = true;
    calendar->days = mem_alloc_array(count + 1, sizeof *calendar->days);
    for (size_t i = 0; i < count; i++)
        calendar->days[i] = (struct opened_day){
            .quiet = quiet[i], .hidden = hidden[i], .teams = (uint32_t)teams[i]};
    mem_free(quiet);
    mem_free(hidden);
    mem_free(teams);
}

static void read_calendar(struct pg_row *row, struct calendar *calendar)
{
    calendar_init(calendar);
    calendar->last_opened = pg_row_day_or(row, INT32_MIN);
    size_t history = pg_row_i32s(row, calendar->history, QUIET_HISTORY);
    if (history > QUIET_HISTORY)
        row->failed = true;
    calendar->history_count = (int)history;
    calendar->quiet_run = pg_row_i32(row);
    read_days(row, calendar);
}

int pg_load_taken(struct pg_load *load, struct pg_row *row, struct up_err *err)
{
    struct shard_row shard = {.partition = load->shard->partition,
                              .topic_count = load->shard->topic_count,
                              .topic_greatest_ms = load->greatest_ms};
    load->epoch = pg_row_i64(row);
    struct pg_field claim = pg_row_field(row);
    if (claim.length == (int32_t)sizeof load->claim)
        memcpy(load->claim, claim.bytes, sizeof load->claim);
    else
        row->failed = true;
    load->number = pg_row_i64(row);
    shard.watermark_ms = pg_row_time_or(row, -1);
    shard.greatest_ms = pg_row_time_or(row, -1);
    shard.accepted = pg_row_i64(row);
    if (pg_row_i64s(row, shard.rejected, REJECT_REASONS) != REJECT_REASONS)
        row->failed = true;
    struct calendar calendar;
    read_calendar(row, &calendar);
    shard.calendar = &calendar;
    int code = check_row(load, row, "shard", err);
    if (code == UP_OK)
        code = shard_load_shard(load->shard, &shard, err);
    calendar_done(&calendar);
    return code;
}

/* ---- teams and people --------------------------------------------------------------------- */

static int load_team(struct pg_load *load, struct pg_row *row, struct up_err *err)
{
    struct team_row team = {.team = pg_row_text(row)};
    team.first_day = pg_row_day_or(row, DAY_NEVER);
    team.first_cell_day = pg_row_day_or(row, DAY_NEVER);
    team.evaluated_through = pg_row_day_or(row, DAY_BEFORE_ALL);
    team.unmatched = pg_row_i64(row);
    if (team.evaluated_through < load->evaluated_min)
        load->evaluated_min = team.evaluated_through;
    if (team.first_cell_day < load->first_cell_min)
        load->first_cell_min = team.first_cell_day;
    if (team.first_cell_day != DAY_NEVER && team.first_cell_day > load->first_cell_max)
        load->first_cell_max = team.first_cell_day;
    int code = check_row(load, row, "team", err);
    return code == UP_OK ? shard_load_team(load->shard, &team, err) : code;
}

/* The place of a word in a list, 0 when it is not there or absent. */
static uint32_t word_in(struct text word, const char *const *words, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        if (text_equal(word, text_of(words[i])))
            return i;
    }
    return 0;
}

static struct person_register read_register(struct pg_row *row, struct text *ret_value)
{
    struct person_register reg = {0};
    *ret_value = pg_row_text(row);
    reg.key.time_ms = pg_row_time_or(row, -1);
    reg.key.hash = (uint64_t)pg_row_i64_or(row, 0);
    return reg;
}

static void read_capabilities(struct pg_load *load, struct pg_row *row, struct person_row *person)
{
    struct pg_row again = *row;
    size_t count = pg_row_texts(&again, NULL, 0);
    mem_reserve(&load->capabilities, &load->capability_capacity, count + 1,
                sizeof *load->capabilities);
    struct text *names = mem_alloc_array(count + 1, sizeof *names);
    int32_t *first = mem_alloc_array(count + 1, sizeof *first);
    int32_t *last = mem_alloc_array(count + 1, sizeof *last);
    (void)pg_row_texts(row, names, count);
    if (pg_row_days(row, first, count) != count || pg_row_days(row, last, count) != count)
        row->failed = true;
    for (size_t i = 0; i < count; i++)
        load->capabilities[i] =
            (struct capability_row){.name = names[i], .first_day = first[i], .last_day = last[i]};
    person->capability_count = count;
    person->capabilities = load->capabilities;
    mem_free(names);
    mem_free(first);
    mem_free(last);
}

static void read_workflows(struct pg_load *load, struct pg_row *row, struct person_row *person)
{
    struct pg_row again = *row;
    size_t count = pg_row_texts(&again, NULL, 0);
    mem_reserve(&load->workflows, &load->workflow_capacity, count + 1, sizeof *load->workflows);
    struct text *names = mem_alloc_array(count + 1, sizeof *names);
    int32_t *last = mem_alloc_array(count + 1, sizeof *last);
    int64_t *days = mem_alloc_array(count + 1, sizeof *days);
    (void)pg_row_texts(row, names, count);
    if (pg_row_days(row, last, count) != count || pg_row_i64s(row, days, count) != count)
        row->failed = true;
    for (size_t i = 0; i < count; i++)
        load->workflows[i] = (struct person_workflow_row){
            .name = names[i], .last_day = last[i], .days = (uint64_t)days[i]};
    person->workflow_count = count;
    person->workflows = load->workflows;
    mem_free(names);
    mem_free(last);
    mem_free(days);
}

static int load_person(struct pg_load *load, struct pg_row *row, struct up_err *err)
{
    static const char *const statuses[] = {"", "active", "left", "moved"};
    struct person_row person = {.team = pg_row_text(row)};
    struct text status;
    if (!pg_row_pseudonym(row, &person.user))
        row->failed = true;
    person.first_seen = pg_row_day_or(row, DAY_NEVER);
    person.first_ai = pg_row_day_or(row, DAY_NEVER);
    person.status = read_register(row, &status);
    person.status.value = word_in(status, statuses, sizeof statuses / sizeof statuses[0]);
    person.level = read_register(row, &person.level_name);
    person.first_level = read_register(row, &person.first_level_name);
    person.first_training_ms = pg_row_time_or(row, INT64_MAX);
    person.sets_first = pg_row_day_or(row, 0);
    struct pg_field worked = pg_row_field(row);
    struct pg_field practised = pg_row_field(row);
    if (worked.length < 0 || practised.length != worked.length)
        row->failed = true;
    person.sets_bytes = row->failed ? 0 : (uint32_t)worked.length;
    person.worked = worked.bytes;
    person.practised = practised.bytes;
    read_capabilities(load, row, &person);
    read_workflows(load, row, &person);
    int code = check_row(load, row, "person", err);
    return code == UP_OK ? shard_load_person(load->shard, &person, err) : code;
}

static int load_week(struct pg_load *load, struct pg_row *row, struct up_err *err)
{
    struct week_row week = {.team = pg_row_text(row)};
    if (!pg_row_pseudonym(row, &week.user))
        row->failed = true;
    week.week = pg_row_i32(row);
    for (int c = 0; c < WEEK_COUNTERS; c++)
        week.counters.at[c] = pg_row_i64(row);
    int code = check_row(load, row, "person_week", err);
    return code == UP_OK ? shard_load_week(load->shard, &week, err) : code;
}

static int load_training(struct pg_load *load, struct pg_row *row, struct up_err *err)
{
    static const char *const formats[] = {"", "course", "on_the_job", "coaching", "peer"};
    struct training_row training = {.team = pg_row_text(row)};
    if (!pg_row_pseudonym(row, &training.user))
        row->failed = true;
    training.program = pg_row_text(row);
    training.key.time_ms = pg_row_time_or(row, 0);
    training.key.hash = (uint64_t)pg_row_i64(row);
    training.has_teacher = pg_row_pseudonym(row, &training.teacher);
    training.seconds = (uint32_t)pg_row_i64(row);
    training.format = (enum training_format)word_in(pg_row_text(row), formats,
                                                    sizeof formats / sizeof formats[0]);
    int code = check_row(load, row, "training", err);
    return code == UP_OK ? shard_load_training(load->shard, &training, err) : code;
}

static int load_redesign(struct pg_load *load, struct pg_row *row, struct up_err *err)
{
    struct redesign_row redesign = {.team = pg_row_text(row)};
    redesign.workflow = pg_row_text(row);
    redesign.key.time_ms = pg_row_time_or(row, 0);
    redesign.key.hash = (uint64_t)pg_row_i64(row);
    redesign.label = pg_row_text(row);
    int code = check_row(load, row, "redesign", err);
    return code == UP_OK ? shard_load_redesign(load->shard, &redesign, err) : code;
}

static int load_pulse(struct pg_load *load, struct pg_row *row, struct up_err *err)
{
    struct pulse_row pulse = {.team = pg_row_text(row)};
    if (!pg_row_pseudonym(row, &pulse.user))
        row->failed = true;
    struct text question = pg_row_text(row);
    int number = 0;
    while (number < QUESTIONS &&
           !text_equal(question, text_of(event_question_name((enum question)number))))
        number++;
    pulse.day = pg_row_day_or(row, 0);
    pulse.key.time_ms = pg_row_time_or(row, 0);
    pulse.key.hash = (uint64_t)pg_row_i64(row);
    pulse.score = (uint8_t)pg_row_i16(row);
    if (number == QUESTIONS)
        row->failed = true;
    pulse.question = (enum question)(number % QUESTIONS);
    int code = check_row(load, row, "pulse", err);
    return code == UP_OK ? shard_load_pulse(load->shard, &pulse, err) : code;
}

static int load_detector(struct pg_load *load, struct pg_row *row, struct up_err *err)
{
    struct text team = pg_row_text(row);
    struct pg_field state = pg_row_field(row);
    int code = check_row(load, row, "detector", err);
    if (code != UP_OK)
        return code;
    struct alarms *alarms = alarms_new();
    code =
        alarms_state_decode(state.bytes, state.length < 0 ? 0 : (size_t)state.length, alarms, err);
    if (code == UP_OK)
        code = shard_load_alarms(load->shard, team, alarms, err);
    if (code == UP_OK)
        return UP_OK;
    alarms_free(alarms);
    return fail_state(load, "detector", err);
}

/* ---- cells, tasks ------------------------------------------------------------------------- */

static int load_cell(struct pg_load *load, struct pg_row *row, struct up_err *err)
{
    struct cell_row cell = {.team = pg_row_text(row)};
    cell.workflow = pg_row_text(row);
    cell.day = pg_row_day_or(row, 0);
    struct text arm = pg_row_text(row);
    int number = 0;
    while (number < ARMS && !text_equal(arm, text_of(cell_arm_name((enum arm)number))))
        number++;
    for (int c = 0; c < COUNTERS; c++)
        cell.counters.at[c] = pg_row_i64(row);
    if (number == ARMS)
        row->failed = true;
    cell.arm = (enum arm)(number % ARMS);
    int code = check_row(load, row, "cell", err);
    return code == UP_OK ? shard_load_cell(load->shard, &cell, err) : code;
}

static int load_segment(struct pg_load *load, struct pg_row *row, struct up_err *err)
{
    struct task_pages_segment segment = {.number = pg_row_i64(row)};
    segment.page = pg_row_i32_or(row, -1);
    segment.pages = (uint32_t)pg_row_i32_or(row, 0);
    segment.round = pg_row_i64_or(row, 0);
    segment.tasks = pg_row_i32(row);
    struct pg_field data = pg_row_field(row);
    segment.bytes = data.length;
    int code = check_row(load, row, "task_segment", err);
    if (code != UP_OK)
        return code;
    if (data.length >= 0 &&
        task_segment_load(load->shard, data.bytes, (size_t)data.length, err) != UP_OK)
        return fail_state(load, "task_segment", err);
    task_pages_restore(&load->pages, &segment);
    load->rows += segment.tasks;
    return UP_OK;
}

/* ---- all tables --------------------------------------------------------------------------- */

int pg_load_row(void *arg, struct pg_row *row, struct up_err *err)
{
    struct pg_load *load = arg;
    load->rows++;
    switch (load->table) {
    case PG_LOAD_TEAMS:
        return load_team(load, row, err);
    case PG_LOAD_PERSONS:
        return load_person(load, row, err);
    case PG_LOAD_WEEKS:
        return load_week(load, row, err);
    case PG_LOAD_CELLS:
    case PG_LOAD_BASELINE:
        return load_cell(load, row, err);
    case PG_LOAD_TRAININGS:
        return load_training(load, row, err);
    case PG_LOAD_REDESIGNS:
        return load_redesign(load, row, err);
    case PG_LOAD_PULSES:
        return load_pulse(load, row, err);
    case PG_LOAD_DETECTORS:
        return load_detector(load, row, err);
    case PG_LOAD_SEGMENTS:
        return load_segment(load, row, err);
    case PG_LOAD_TABLES:
        break;
    }
    return up_fail(err, UP_ECORRUPT, "a row of no table");
}

void pg_load_finish(struct pg_load *load)
{
    shard_load_done(load->shard);
}

const char *pg_load_table_name(enum pg_load_table table)
{
    static const char *const names[PG_LOAD_TABLES] = {
        "team",     "person",   "person_week", "cell",     "cell_baseline",
        "training", "redesign", "pulse",       "detector", "task_segment"};
    return table < PG_LOAD_TABLES ? names[table] : "";
}
