/* What evaluations found out, as rows that wait for the next checkpoint. */
#include "codec/pg_outputs.h"

#include "base/mem.h"
#include "base/panic.h"
#include "codec/number.h"
#include "codec/pg_days.h"
#include "codec/pg_sql.h"
#include "model/privacy.h"

enum { HEALTH_FIELDS = 23, MEASURE_FIELDS = 9, ALERT_FIELDS = 8, ROWS_PER_STATEMENT = 1000 };

struct pg_outputs {
    const char *definitions;
    int32_t partition;
    struct pg_array health, alerts;
    struct pg_array measures;
    struct pg_image full; /* statements that have all the rows they should */
    struct pg_days days;
    struct strbuf values, because; /* JSON being written */
    struct record shown;           /* room */
};

struct pg_outputs *pg_outputs_new(int32_t partition, const char *definitions)
{
    struct pg_outputs *outputs = mem_alloc(sizeof *outputs);
    outputs->definitions = definitions;
    outputs->partition = partition;
    return outputs;
}

void pg_outputs_free(struct pg_outputs *outputs)
{
    if (outputs == NULL)
        return;
    pg_array_done(&outputs->health);
    pg_array_done(&outputs->alerts);
    pg_array_done(&outputs->measures);
    pg_image_done(&outputs->full);
    pg_days_done(&outputs->days);
    strbuf_done(&outputs->values);
    strbuf_done(&outputs->because);
    mem_free(outputs);
}

/* ---- JSON: names of measures need no escapes ---------------------------------------------- */

static void begin_json(struct pg_outputs *outputs)
{
    strbuf_reset(&outputs->values);
    strbuf_reset(&outputs->because);
    strbuf_add_char(&outputs->values, '{');
    strbuf_add_char(&outputs->because, '{');
}

static void end_json(struct strbuf *json)
{
    if (json->data[json->length - 1] == ',')
        json->length--;
    strbuf_add_char(json, '}');
}

static void add_name(struct strbuf *json, const char *name)
{
    strbuf_add_char(json, '"');
    strbuf_add_text(json, name);
    strbuf_add(json, "\":", 2);
}

static void add_number(struct strbuf *json, bool is_known, double value)
{
    if (!is_known || !isfinite(value)) {
        strbuf_add_text(json, "null");
        return;
    }
    json->length += number_write(value, strbuf_room(json, NUMBER_BYTES));
}

static void add_value(struct strbuf *json, enum measure_kind kind, const struct estimate *value)
{
    switch (kind) {
    case KIND_FLAG:
        strbuf_add_text(json, value->value > 0 ? "true" : "false");
        break;
    case KIND_COUNT:
        add_number(json, true, value->value);
        break;
    case KIND_ESTIMATE:
        strbuf_add_char(json, '[');
        add_number(json, true, value->value);
        strbuf_add_char(json, ',');
        add_number(json, value->has_interval, value->lo);
        strbuf_add_char(json, ',');
        add_number(json, value->has_interval, value->hi);
        strbuf_add_char(json, ',');
        add_number(json, true, value->n);
        strbuf_add_char(json, ']');
        break;
    }
    strbuf_add_char(json, ',');
}

/* The measures of the record that belong to such windows. */
static void add_record(struct pg_outputs *outputs, const struct record *record,
                       enum measure_where where)
{
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        if (info->where != where)
            continue;
        if (record->values[m].known) {
            add_name(&outputs->values, info->name);
            add_value(&outputs->values, info->kind, &record->values[m]);
        } else if (record->because[m] != BECAUSE_NONE) {
            add_name(&outputs->because, info->name);
            strbuf_add_format(&outputs->because, "\"%s\",",
                              measure_because_name((enum because)record->because[m]));
        }
    }
}

static enum measure_where where_of(enum window window)
{
    return window == WINDOW_OWN ? WHERE_OWN : WHERE_WINDOWS;
}

/* ---- statements --------------------------------------------------------------------------- */

static void add_rows(const struct pg_outputs *outputs, struct pg_image *image,
                     const struct pg_statement *statement, struct strbuf rows)
{
    struct pg_call *call = pg_image_add(image, statement);
    call->values[0] = pg_value_i32(outputs->partition);
    call->values[1] = rows;
}

static void complete_health(struct pg_outputs *outputs)
{
    if (outputs->health.rows > 0)
        add_rows(outputs, &outputs->full, &pg_sql_health, pg_array_take(&outputs->health));
}

/* ---- health ------------------------------------------------------------------------------- */

typedef const char *word_of(int number);

static const char *diagnosis_word(int number)
{
    return evaluation_diagnosis_name((enum diagnosis)number);
}

static const char *alarm_word(int number)
{
    return evaluation_alarm_name((enum alarm_kind)number);
}

static void add_set(struct pg_array *rows, uint32_t bits, int count, word_of *word)
{
    struct text words[32];
    size_t used = 0;
    for (int i = 0; i < count; i++) {
        if ((bits >> i & 1U) != 0)
            words[used++] = text_of(word(i));
    }
    pg_array_texts(rows, words, used);
}

/* Names of the measures that would be suppressed for whoever is not the writer. */
static void add_suppressed(struct pg_outputs *outputs, const struct shard *shard,
                           const struct team *team, const struct evaluation *evaluation)
{
    static const enum window windows[] = {WINDOW_28D, WINDOW_OWN};
    struct text names[MEASURES];
    size_t used = 0;
    for (size_t w = 0; w < sizeof windows / sizeof windows[0]; w++) {
        outputs->shown = evaluation->windows[windows[w]];
        privacy_suppress(shard, team, evaluation->day, windows[w], shard->settings->min_group,
                         &outputs->shown);
        for (int m = 0; m < MEASURES; m++) {
            const struct measure_info *info = measure_info((enum measure)m);
            if (info->where == where_of(windows[w]) &&
                evaluation->windows[windows[w]].values[m].known && !outputs->shown.values[m].known)
                names[used++] = text_of(info->name);
        }
    }
    pg_array_texts(&outputs->health, names, used);
}

static int32_t headcount_of(const struct evaluation *evaluation)
{
    return (int32_t)evaluation->windows[WINDOW_OWN].values[MEASURE_headcount].value;
}

static void add_health_figures(struct pg_array *rows, const struct evaluation *evaluation)
{
    const struct estimate *health = &evaluation->health;
    const double figures[] = {health->value, health->lo, health->hi, health->n};
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        if (health->known && isfinite(figures[i]))
            pg_array_f64(rows, figures[i]);
        else
            pg_array_null_f64(rows);
    }
    if (evaluation->has_health_limit)
        pg_array_text(rows, text_of(evaluation_component_name(evaluation->health_limit)));
    else
        pg_array_null_text(rows);
}

static void add_health(struct pg_outputs *outputs, const struct shard *shard,
                       const struct team *team, const struct evaluation *evaluation)
{
    struct pg_array *rows = &outputs->health;
    pg_array_begin_row(rows, HEALTH_FIELDS);
    pg_array_text(rows, names_text(&shard->names, team->name));
    pg_array_day(rows, evaluation->day);
    add_health_figures(rows, evaluation);
    pg_array_text(rows, text_of(evaluation_verdict_name(evaluation->verdict)));
    for (int i = 0; i < INDICATORS; i++)
        pg_array_text(rows, text_of(evaluation_presence_name(evaluation->indicators[i])));
    add_set(rows, evaluation->diagnosis, DIAGNOSES, diagnosis_word);
    pg_array_text(rows, text_of(evaluation_state_name(evaluation->state)));
    add_set(rows, evaluation->open, ALARM_KINDS, alarm_word);
    pg_array_bool(rows, evaluation->quiet);
    begin_json(outputs);
    add_record(outputs, &evaluation->windows[WINDOW_28D], WHERE_WINDOWS);
    add_record(outputs, &evaluation->windows[WINDOW_OWN], WHERE_OWN);
    end_json(&outputs->values);
    end_json(&outputs->because);
    pg_array_json(rows, outputs->values.data, outputs->values.length);
    pg_array_json(rows, outputs->because.data, outputs->because.length);
    add_suppressed(outputs, shard, team, evaluation);
    pg_array_i32(rows, headcount_of(evaluation));
    pg_array_i32(rows, (int32_t)shard->settings->min_group);
    pg_array_text(rows, text_of(outputs->definitions));
    pg_array_time(rows, shard->watermark_ms);
    pg_array_bool(rows, evaluation->provisional);
    pg_array_end_row(rows);
    pg_days_add(&outputs->days, evaluation->day);
    if (rows->rows >= ROWS_PER_STATEMENT)
        complete_health(outputs);
}

static void add_alerts(struct pg_outputs *outputs, const struct shard *shard,
                       const struct team *team, const struct evaluation *evaluation)
{
    const struct alarm_step *step = &evaluation->step;
    struct pg_array *rows = &outputs->alerts;
    for (int kind = 0; kind < ALARM_KINDS; kind++) {
        bool opens = (step->opened >> kind & 1U) != 0;
        if (!opens && (step->resolved >> kind & 1U) == 0)
            continue;
        pg_array_begin_row(rows, ALERT_FIELDS);
        pg_array_text(rows, names_text(&shard->names, team->name));
        pg_array_text(rows, text_of(alarm_word(kind)));
        pg_array_day(rows, evaluation->day);
        pg_array_bool(rows, opens);
        pg_array_i32(rows, (int32_t)shard->settings->min_group);
        pg_array_i32(rows, headcount_of(evaluation));
        pg_array_text(rows, text_of(outputs->definitions));
        pg_array_time(rows, shard->watermark_ms);
        pg_array_end_row(rows);
    }
}

static void closed(void *arg, const struct shard *shard, const struct team *team,
                   const struct evaluation *evaluation)
{
    add_health(arg, shard, team, evaluation);
    add_alerts(arg, shard, team, evaluation);
}

struct sink pg_outputs_sink(struct pg_outputs *outputs)
{
    return (struct sink){.arg = outputs, .closed = closed};
}

/* ---- measures ----------------------------------------------------------------------------- */

static void complete_measures(struct pg_outputs *outputs)
{
    if (outputs->measures.rows > 0)
        add_rows(outputs, &outputs->full, &pg_sql_measures, pg_array_take(&outputs->measures));
}

void pg_outputs_add_measures(struct pg_outputs *outputs, const struct shard *shard,
                             const struct team *team, struct evaluation *evaluation)
{
    struct pg_array *rows = &outputs->measures;
    UP_ASSERT(shard->watermark_ms >= 0);
    for (int w = 0; w < WINDOWS; w++) {
        enum window window = (enum window)w;
        privacy_suppress(shard, team, evaluation->day, window, shard->settings->min_group,
                         &evaluation->windows[w]);
        begin_json(outputs);
        add_record(outputs, &evaluation->windows[w], where_of(window));
        end_json(&outputs->values);
        end_json(&outputs->because);
        pg_array_begin_row(rows, MEASURE_FIELDS);
        pg_array_text(rows, names_text(&shard->names, team->name));
        pg_array_null_text(rows);
        pg_array_text(rows, text_of(measure_window_name(window)));
        pg_array_day(rows, evaluation->day);
        pg_array_json(rows, outputs->values.data, outputs->values.length);
        pg_array_json(rows, outputs->because.data, outputs->because.length);
        pg_array_text(rows, text_of(outputs->definitions));
        pg_array_time(rows, shard->watermark_ms);
        pg_array_bool(rows, evaluation->provisional);
        pg_array_end_row(rows);
    }
    if (rows->rows >= ROWS_PER_STATEMENT)
        complete_measures(outputs);
}

size_t pg_outputs_bytes(const struct pg_outputs *outputs)
{
    return outputs->health.bytes.length + outputs->alerts.bytes.length +
           outputs->measures.bytes.length + pg_image_bytes(&outputs->full);
}

void pg_outputs_list_days(const struct pg_outputs *outputs, struct pg_days *days)
{
    for (size_t i = 0; i < outputs->days.count; i++)
        pg_days_add(days, outputs->days.ends[i]);
}

void pg_outputs_take(struct pg_outputs *outputs, struct pg_image *image)
{
    complete_health(outputs);
    complete_measures(outputs);
    pg_image_append(image, &outputs->full);
    if (outputs->alerts.rows > 0) {
        struct strbuf rows = pg_array_take(&outputs->alerts);
        add_rows(outputs, image, &pg_sql_alerts_open, pg_value_bytes(rows.data, rows.length));
        add_rows(outputs, image, &pg_sql_alerts_resolve, rows);
    }
    pg_days_done(&outputs->days);
}
