/* The COPY statements of a load: only rows that memory keeps. */
#include "base/panic.h"
#include "codec/pg_load.h"
#include "codec/pg_sql.h"

#define CELL_COLUMNS "c.team, c.workflow, c.day, c.arm"

static const char cell_columns[] = CELL_COLUMNS
#define COUNTER(name, help) ", c." #name
#define SUM(name, help) ", c." #name
#include "model/counters.def"
#undef COUNTER
#undef SUM
    ;

enum { DAYS_PER_WEEK = 7 };

/* A bound that every day keeps. */
static int32_t day_bound(const struct pg_load *load, int32_t days_kept)
{
    if (load->evaluated_min == INT32_MIN || load->evaluated_min == INT32_MAX)
        return 0;
    int32_t day = load->evaluated_min + 1 - days_kept;
    return day < 0 ? 0 : day;
}

static void select_weeks(const struct pg_load *load, struct strbuf *sql)
{
    int32_t day = day_bound(load, load->shard->settings->retention.week_days);
    strbuf_add_format(sql,
                      "SELECT w.team, w.person, w.week, w.tasks, w.ai, w.engaged, w.bypass, "
                      "w.kinds, w.not_routine, w.ca, w.wa, w.co, w.wo FROM uptake.person_week w "
                      "JOIN uptake.person p USING (partition, team, person) WHERE w.partition = "
                      "%d AND (w.week >= %d OR w.week BETWEEN (p.first_ai - date '1970-01-01') / "
                      "7 AND (p.first_ai - date '1970-01-01') / 7 + %d)",
                      load->shard->partition, day / DAYS_PER_WEEK, FIRST_WEEKS - 1);
}

static void select_cells(const struct pg_load *load, struct strbuf *sql)
{
    strbuf_add_format(
        sql,
        "SELECT %s FROM uptake.cell c WHERE c.partition = %d AND c.day >= date '1970-01-01' + %d",
        cell_columns, load->shard->partition,
        day_bound(load, load->shard->settings->retention.cell_days));
}

/* Cells of the teams' first days that are older than what select_cells() gives. */
static void select_baseline(const struct pg_load *load, struct strbuf *sql)
{
    int32_t partition = load->shard->partition;
    int32_t bound = day_bound(load, load->shard->settings->retention.cell_days);
    strbuf_add_format(sql, "SELECT %s FROM uptake.cell_baseline c WHERE c.partition = %d",
                      cell_columns, partition);
    if (load->first_cell_min >= bound)
        return;
    int32_t last = load->first_cell_max + BASELINE_DAYS - 1;
    strbuf_add_format(
        sql,
        " UNION ALL SELECT %s FROM uptake.cell c JOIN uptake.team t USING (partition, team) WHERE "
        "c.partition = %d AND c.day >= date '1970-01-01' + %d AND c.day <= date '1970-01-01' + %d "
        "AND c.day BETWEEN t.first_cell_day AND t.first_cell_day + %d",
        cell_columns, partition, load->first_cell_min, last < bound ? last : bound - 1,
        BASELINE_DAYS - 1);
}

static void select_rows(const struct pg_load *load, struct strbuf *sql)
{
    const struct retention *retention = &load->shard->settings->retention;
    int32_t partition = load->shard->partition;
    switch (load->table) {
    case PG_LOAD_TEAMS:
        strbuf_add_format(
            sql,
            "SELECT team, first_day, first_cell_day, evaluated_through, unmatched FROM "
            "uptake.team WHERE partition = %d",
            partition);
        return;
    case PG_LOAD_PERSONS:
        strbuf_add_format(sql,
                          "SELECT team, person, first_seen, first_ai, status, status_at, "
                          "status_hash, level, level_at, level_hash, first_level, first_level_at, "
                          "first_level_hash, first_training_at, days_from, worked, practised, "
                          "capability, capability_first, capability_last, workflow, "
                          "workflow_last, workflow_days FROM uptake.person WHERE partition = %d",
                          partition);
        return;
    case PG_LOAD_WEEKS:
        select_weeks(load, sql);
        return;
    case PG_LOAD_CELLS:
        select_cells(load, sql);
        return;
    case PG_LOAD_BASELINE:
        select_baseline(load, sql);
        return;
    case PG_LOAD_TRAININGS:
        strbuf_add_format(
            sql,
            "SELECT team, person, program, at, hash, teacher, seconds, format FROM "
            "uptake.training WHERE partition = %d AND at >= timestamptz '1970-01-01 00:00+00' + "
            "interval '%d days'",
            partition, day_bound(load, retention->training_days));
        return;
    case PG_LOAD_REDESIGNS:
        strbuf_add_format(
            sql, "SELECT team, workflow, at, hash, label FROM uptake.redesign WHERE partition = %d",
            partition);
        return;
    case PG_LOAD_PULSES:
        strbuf_add_format(sql,
                          "SELECT team, person, question, day, at, hash, score FROM uptake.pulse "
                          "WHERE partition = %d AND day >= date '1970-01-01' + %d",
                          partition, day_bound(load, retention->pulse_days));
        return;
    case PG_LOAD_DETECTORS:
        strbuf_add_format(sql, "SELECT team, state FROM uptake.detector WHERE partition = %d",
                          partition);
        return;
    case PG_LOAD_SEGMENTS:
        strbuf_add_format(sql,
                          "SELECT number, page, pages, round, tasks, data FROM "
                          "uptake.task_segment WHERE partition = %d ORDER BY number, part",
                          partition);
        return;
    case PG_LOAD_TABLES:
        break;
    }
    UP_ASSERT(load->table < PG_LOAD_TABLES);
}

void pg_load_shard_sql(const struct pg_load *load, struct strbuf *sql)
{
    strbuf_add_format(sql,
                      "COPY (SELECT " PG_SQL_SHARD_COLUMNS
                      " FROM uptake.shard WHERE partition = %d) TO STDOUT (FORMAT binary)",
                      load->shard->partition);
}

void pg_load_sql(const struct pg_load *load, struct strbuf *sql)
{
    strbuf_add_text(sql, "COPY (");
    select_rows(load, sql);
    strbuf_add_text(sql, ") TO STDOUT (FORMAT binary)");
}
