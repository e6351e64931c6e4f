/* Closed days evaluated anew from what PostgreSQL holds now. */
#include "ctl/recompute_run.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/hindsight_rows.h"
#include "codec/pg_copy.h"
#include "codec/pg_load.h"
#include "ctl/progress.h"
#include "io/pg_session.h"
#include "model/evaluation.h"
#include "model/hindsight.h"
#include "model/shard.h"

enum { BATCH_ROWS = 100, LOOK_BACK_DAYS = 90 };

struct run {
    const struct recompute_options *options;
    struct settings settings; /* with a longer memory */
    struct hindsight_run of_rows;
    struct hindsight_rows rows;
    struct evaluation *evaluation;
    struct strbuf sql;
    struct strbuf computed_at;
    struct progress progress;
    struct recompute_result result;
};

/* ---- loading a partition --------------------------------------------------------------------- */

typedef int read_row(void *load, struct pg_row *row, struct up_err *err);

struct stream {
    struct pg_copy copy;
    struct pg_load *load;
    read_row *read;
};

static int take_bytes(void *arg, const void *bytes, size_t length, struct up_err *err)
{
    struct stream *stream = arg;
    return pg_copy_feed(&stream->copy, bytes, length, stream->read, stream->load, err);
}

static int read_shard(void *load, struct pg_row *row, struct up_err *err)
{
    return pg_load_taken(load, row, err);
}

static int copy(struct run *run, struct pg_load *load, read_row *read, struct up_err *err)
{
    struct stream stream = {.load = load, .read = read};
    int code = pg_session_copy(run->options->reader, strbuf_text(&run->sql), take_bytes, &stream, err);
    pg_copy_done(&stream.copy);
    return code;
}

/* Detectors and open tasks are of no use here. */
static int load_shard(struct run *run, struct shard *shard, struct up_err *err)
{
    static const char *const topics[] = {""};
    struct pg_load load;
    pg_load_init(&load, shard, topics);
    strbuf_reset(&run->sql);
    pg_load_shard_sql(&load, &run->sql);
    int code = copy(run, &load, read_shard, err);
    for (int table = 0; table < PG_LOAD_DETECTORS && code == UP_OK; table++) {
        load.table = (enum pg_load_table)table;
        strbuf_reset(&run->sql);
        pg_load_sql(&load, &run->sql);
        code = copy(run, &load, pg_load_row, err);
    }
    if (code == UP_OK)
        pg_load_finish(&load);
    pg_load_done(&load);
    return code;
}

/* ---- evaluating ------------------------------------------------------------------------------ */

static int write_batch(struct run *run, struct up_err *err)
{
    if (run->rows.count == 0)
        return UP_OK;
    run->result.rows += (int64_t)run->rows.count;
    strbuf_reset(&run->sql);
    hindsight_rows_take(&run->rows, &run->sql);
    return pg_session_run(run->options->writer, strbuf_text(&run->sql), err);
}

static int write_day(struct run *run, const struct shard *shard, const struct team *team, int32_t day,
                     int32_t sets_from, struct up_err *err)
{
    evaluation_make(shard, team, day, EVALUATION_CLOSE, run->evaluation);
    hindsight_strip(run->evaluation, sets_from);
    hindsight_rows_add(&run->rows, shard, team, run->evaluation, sets_from);
    if (!hindsight_is_judged(day, sets_from) && day >= run->result.complete_from)
        run->result.complete_from = day + 1;
    return run->rows.count >= BATCH_ROWS ? write_batch(run, err) : UP_OK;
}

static int write_team(struct run *run, const struct shard *shard, const struct team *team, struct up_err *err)
{
    int32_t sets_from = hindsight_sets_from(shard, team, run->options->settings->retention.day_set_days);
    int32_t first = team->first_day > run->result.from ? team->first_day : run->result.from;
    int32_t last = team->evaluated_through < run->result.to ? team->evaluated_through : run->result.to;
    int code = UP_OK;
    for (int32_t day = first; day <= last && code == UP_OK; day++)
        code = write_day(run, shard, team, day, sets_from, err);
    progress_show(&run->progress, (uint64_t)(run->result.rows + (int64_t)run->rows.count), -1);
    return code;
}

static int write_partition(struct run *run, int32_t partition, struct up_err *err)
{
    struct shard *shard = shard_new(&run->settings, partition, 1, NULL);
    int code = load_shard(run, shard, err);
    for (size_t i = 0; i < shard->team_count && code == UP_OK; i++)
        code = write_team(run, shard, &shard->teams[i], err);
    if (code == UP_OK)
        code = write_batch(run, err);
    shard_free(shard);
    return code;
}

/* ---- all partitions -------------------------------------------------------------------------- */

/* The next whole number of a row that pg_session_ask() gave; moves behind it. */
static int32_t take_number(char **at)
{
    char *begin = *at;
    long number = strtol(begin, at, 10);
    if (**at != '\0')
        (*at)++;
    return (int32_t)number;
}

/* Days that have closed, and of whose windows all cells are kept: months that were dropped left the teams' first days
 * behind. Both are read in the snapshot that the rest is read in. */
static int find_days(struct run *run, struct up_err *err)
{
    static const char sql[] =
        "SELECT coalesce(max(evaluated_through) - DATE 'epoch', -1), "
        "CASE WHEN EXISTS (SELECT FROM uptake.cell_baseline) THEN "
        "(SELECT min(to_date(right(c.relname, 6), 'YYYYMM')) - DATE 'epoch' FROM pg_inherits i "
        "JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'uptake.cell'::regclass) ELSE -1 END, "
        "now() FROM uptake.team";
    struct strbuf answer = {0};
    int code = pg_session_ask(run->options->reader, sql, &answer, err);
    if (code == UP_OK) {
        (void)strbuf_text(&answer);
        char *at = answer.data;
        int32_t last = take_number(&at), kept_from = take_number(&at);
        int32_t first = kept_from < 0 ? 0 : kept_from + LOOK_BACK_DAYS - 1;
        run->result.from = run->options->from > first ? run->options->from : first;
        run->result.to = run->options->to < last ? run->options->to : last;
        run->result.complete_from = run->result.from;
        strbuf_add(&run->computed_at, at, strcspn(at, "\n"));
        if (last > run->result.from)
            settings_keep_longer(&run->settings, last - run->result.from);
    }
    strbuf_done(&answer);
    return code;
}

static int write_partitions(struct run *run, struct up_err *err)
{
    struct strbuf partitions = {0};
    int code = pg_session_ask(run->options->reader, "SELECT partition FROM uptake.shard ORDER BY 1", &partitions, err);
    (void)strbuf_text(&partitions);
    for (char *at = partitions.data; code == UP_OK && *at != '\0';)
        code = write_partition(run, take_number(&at), err);
    strbuf_done(&partitions);
    return code;
}

int recompute_run(const struct recompute_options *options, struct recompute_result *ret_result, struct up_err *err)
{
    struct run run = {.options = options, .settings = *options->settings, .of_rows = {.definitions = options->definitions}};
    run.evaluation = mem_alloc(sizeof *run.evaluation);
    progress_begin(&run.progress, "rows", options->quiet);
    int code = pg_session_run(options->writer, "SET standard_conforming_strings = on", err);
    if (code == UP_OK)
        code = pg_session_run(options->reader, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err);
    if (code == UP_OK)
        code = find_days(&run, err);
    if (code == UP_OK && run.result.from <= run.result.to) {
        run.of_rows.computed_at = strbuf_text(&run.computed_at);
        hindsight_rows_init(&run.rows, &run.of_rows);
        code = write_partitions(&run, err);
        hindsight_rows_done(&run.rows);
    }
    if (code == UP_OK)
        code = pg_session_run(options->reader, "COMMIT", err);
    progress_clear(&run.progress);
    mem_free(run.evaluation);
    strbuf_done(&run.sql);
    strbuf_done(&run.computed_at);
    *ret_result = run.result;
    return code;
}
