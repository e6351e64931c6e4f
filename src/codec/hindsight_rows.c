/* Evaluations of the past as rows of uptake.health_hindsight. */
#include "codec/hindsight_rows.h"

#include <math.h>

#include "base/panic.h"
#include "codec/day_text.h"
#include "model/hindsight.h"
#include "model/privacy.h"

#define COLUMNS                                                                                    \
    "partition, team, day, health, lo, hi, n, health_limit, verdict, changed_work, traceable, "    \
    "reproduces, diagnosis, measures, because, suppressed, not_kept, headcount, min_group, "       \
    "definitions, watermark, computed_at"

static void begin_batch(struct hindsight_rows *rows)
{
    strbuf_reset(&rows->array);
    rows->json = (struct json_write){.out = &rows->array};
    rows->count = 0;
    json_write_begin_array(&rows->json);
}

void hindsight_rows_init(struct hindsight_rows *rows, const struct hindsight_run *run)
{
    *rows = (struct hindsight_rows){.run = run};
    begin_batch(rows);
}

void hindsight_rows_done(struct hindsight_rows *rows)
{
    strbuf_done(&rows->array);
    measures_json_done(&rows->measures);
}

/* ---- members --------------------------------------------------------------------------------- */

static void add_number(struct json_write *json, const char *name, bool is_known, double value)
{
    json_write_name(json, name);
    if (is_known && isfinite(value))
        json_write_number(json, value);
    else
        json_write_null(json);
}

static void add_word(struct json_write *json, const char *name, const char *word)
{
    json_write_name(json, name);
    if (word != NULL)
        json_write_word(json, word);
    else
        json_write_null(json);
}

static void add_whole(struct json_write *json, const char *name, int64_t value)
{
    json_write_name(json, name);
    json_write_integer(json, value);
}

static void add_diagnosis(struct json_write *json, const struct evaluation *evaluation, bool is_judged)
{
    json_write_name(json, "diagnosis");
    if (!is_judged) {
        json_write_null(json);
        return;
    }
    json_write_begin_array(json);
    for (int d = 0; d < DIAGNOSES; d++) {
        if ((evaluation->diagnosis >> d & 1U) != 0)
            json_write_word(json, evaluation_diagnosis_name((enum diagnosis)d));
    }
    json_write_end_array(json);
}

static void add_judgements(struct json_write *json, const struct evaluation *evaluation, int32_t sets_from)
{
    const struct estimate *health = &evaluation->health;
    bool is_judged = hindsight_is_judged(evaluation->day, sets_from);
    add_number(json, "health", health->known, health->value);
    add_number(json, "lo", health->known, health->lo);
    add_number(json, "hi", health->known, health->hi);
    add_number(json, "n", health->known, health->n);
    add_word(json, "health_limit",
             evaluation->has_health_limit ? evaluation_component_name(evaluation->health_limit) : NULL);
    add_word(json, "verdict", is_judged ? evaluation_verdict_name(evaluation->verdict) : NULL);
    static const char *const names[INDICATORS] = {"changed_work", "traceable", "reproduces"};
    for (int i = 0; i < INDICATORS; i++)
        add_word(json, names[i], evaluation_presence_name(evaluation->indicators[i]));
    add_diagnosis(json, evaluation, is_judged);
}

static bool is_of(enum measure measure, enum window window)
{
    return measure_info(measure)->where == measures_json_where(window);
}

/* Names of the measures that others than the writer may not see, or that nothing is kept of. */
static void add_names(struct hindsight_rows *rows, const struct shard *shard, const struct team *team,
                      const struct evaluation *evaluation, int32_t sets_from)
{
    static const enum window windows[] = {WINDOW_28D, WINDOW_OWN};
    struct json_write *json = &rows->json;
    json_write_name(json, "suppressed");
    json_write_begin_array(json);
    for (int w = 0; w < 2; w++) {
        const struct record *record = &evaluation->windows[windows[w]];
        rows->shown = *record;
        privacy_suppress(shard, team, evaluation->day, windows[w], shard->settings->min_group, &rows->shown);
        for (int m = 0; m < MEASURES; m++) {
            if (is_of((enum measure)m, windows[w]) && record->values[m].known && !rows->shown.values[m].known)
                json_write_word(json, measure_info((enum measure)m)->name);
        }
    }
    json_write_end_array(json);
    json_write_name(json, "not_kept");
    json_write_begin_array(json);
    for (int m = 0; m < MEASURES; m++) {
        bool is_here = is_of((enum measure)m, WINDOW_28D) || is_of((enum measure)m, WINDOW_OWN);
        if (is_here && !hindsight_is_kept((enum measure)m, evaluation->day, sets_from))
            json_write_word(json, measure_info((enum measure)m)->name);
    }
    json_write_end_array(json);
}

static void add_measures(struct hindsight_rows *rows, const struct evaluation *evaluation)
{
    struct measures_json *measures = &rows->measures;
    measures_json_begin(measures);
    measures_json_add(measures, &evaluation->windows[WINDOW_28D], WHERE_WINDOWS);
    measures_json_add(measures, &evaluation->windows[WINDOW_OWN], WHERE_OWN);
    measures_json_end(measures);
    json_write_name(&rows->json, "measures");
    json_write_raw(&rows->json, text_of(strbuf_text(&measures->values)));
    json_write_name(&rows->json, "because");
    json_write_raw(&rows->json, text_of(strbuf_text(&measures->because)));
}

void hindsight_rows_add(struct hindsight_rows *rows, const struct shard *shard, const struct team *team,
                        const struct evaluation *evaluation, int32_t sets_from)
{
    struct json_write *json = &rows->json;
    struct strbuf day = {0};
    day_text_add_iso(&day, evaluation->day);
    json_write_begin_object(json);
    add_whole(json, "partition", shard->partition);
    json_write_name(json, "team");
    json_write_text(json, names_text(&shard->names, team->name));
    add_word(json, "day", strbuf_text(&day));
    add_judgements(json, evaluation, sets_from);
    add_measures(rows, evaluation);
    add_names(rows, shard, team, evaluation, sets_from);
    const struct estimate *headcount = &evaluation->windows[WINDOW_OWN].values[MEASURE_headcount];
    /* What is not known to be about enough people is about nobody. */
    add_whole(json, "headcount", headcount->known ? (int64_t)headcount->value : 0);
    add_whole(json, "min_group", shard->settings->min_group);
    add_word(json, "definitions", rows->run->definitions);
    add_number(json, "watermark", true, (double)shard->watermark_ms / 1000);
    add_word(json, "computed_at", rows->run->computed_at);
    json_write_end_object(json);
    strbuf_done(&day);
    rows->count++;
}

/* ---- the statement ---------------------------------------------------------------------------- */

static void add_quoted(struct strbuf *sql, const struct strbuf *text)
{
    strbuf_add_char(sql, '\'');
    for (size_t i = 0; i < text->length; i++) {
        if (text->data[i] == '\'')
            strbuf_add_char(sql, '\'');
        strbuf_add_char(sql, text->data[i]);
    }
    strbuf_add_char(sql, '\'');
}

void hindsight_rows_take(struct hindsight_rows *rows, struct strbuf *sql)
{
    json_write_end_array(&rows->json);
    strbuf_add_text(sql, "INSERT INTO uptake.health_hindsight (" COLUMNS ") SELECT partition, team, day, "
                         "health, lo, hi, n, health_limit, verdict, changed_work, traceable, reproduces, diagnosis, "
                         "measures, because, suppressed, not_kept, headcount, min_group, definitions, "
                         "to_timestamp(watermark), computed_at FROM jsonb_to_recordset(");
    add_quoted(sql, &rows->array);
    strbuf_add_text(
        sql, ") AS r (partition integer, team text, day date, health double precision, lo double precision, "
             "hi double precision, n double precision, health_limit text, verdict text, changed_work text, "
             "traceable text, reproduces text, diagnosis text[], measures jsonb, because jsonb, suppressed text[], "
             "not_kept text[], headcount integer, min_group integer, definitions text, watermark double precision, "
             "computed_at timestamptz) "
             "ON CONFLICT (partition, team, day) DO UPDATE SET (" COLUMNS ") = ROW (excluded.*)");
    begin_batch(rows);
}
