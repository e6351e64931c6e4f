/* What evaluations found out, as rows that wait for the next checkpoint. */
#include "codec/pg_outputs.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/panic.h"
#include "codec/alert_evidence.h"
#include "codec/alert_sentence.h"
#include "codec/delivery_sql.h"
#include "codec/measures_json.h"
#include "codec/pg_days.h"
#include "codec/pg_redesigns.h"
#include "codec/pg_sql.h"
#include "model/privacy.h"

enum { HEALTH_FIELDS = 30, MEASURE_FIELDS = 9, ALERT_FIELDS = 12, ROWS_PER_STATEMENT = 1000 };

struct pg_outputs {
    const char *definitions;
    int32_t partition;
    const struct text *receivers;
    size_t receiver_count;
    struct pg_array health, alerts;
    struct pg_array measures;
    struct pg_redesigns redesigns;
    struct pg_image full; /* statements that have all the rows they should */
    struct pg_days days;
    struct measures_json json;     /* being written */
    struct record shown;           /* room */
    struct record room[WINDOWS];   /* of a workflow */
    struct strbuf sentence, evidence; /* of an alarm that opens */
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
    pg_redesigns_done(&outputs->redesigns);
    pg_image_done(&outputs->full);
    pg_days_done(&outputs->days);
    measures_json_done(&outputs->json);
    strbuf_done(&outputs->sentence);
    strbuf_done(&outputs->evidence);
    mem_free(outputs);
}

/* ---- statements --------------------------------------------------------------------------- */

static void add_rows(const struct pg_outputs *outputs, struct pg_image *image,
                     const struct pg_statement *statement, struct strbuf rows)
{
    struct pg_call *call = pg_image_add(image, statement);
    call->values[0] = pg_value_i32(outputs->partition);
    call->values[1] = rows;
}

static void add_json(struct pg_array *rows, const struct measures_json *json)
{
    pg_array_json(rows, json->values.data, json->values.length);
    pg_array_json(rows, json->because.data, json->because.length);
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
            if (info->where == measures_json_where(windows[w]) &&
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

static void add_share(struct pg_array *rows, struct estimate share)
{
    if (share.known)
        pg_array_f64(rows, share.value);
    else
        pg_array_null_f64(rows);
}

/* What the detectors saw: with it they can be run again. */
static void add_observed(struct pg_array *rows, const struct alarm_step *step)
{
    add_share(rows, step->x_relapsing);
    add_share(rows, step->x_bypassing);
    add_share(rows, step->x_over_trust);
    pg_array_bool(rows, step->hidden);
    pg_array_i32(rows, (int32_t)step->teams);
    pg_array_i32(rows, step->redesigns);
    if (step->stalled == FLAG_UNKNOWN)
        pg_array_null_bool(rows);
    else
        pg_array_bool(rows, step->stalled == FLAG_TRUE);
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
    measures_json_begin(&outputs->json);
    measures_json_add(&outputs->json, &evaluation->windows[WINDOW_28D], WHERE_WINDOWS);
    measures_json_add(&outputs->json, &evaluation->windows[WINDOW_OWN], WHERE_OWN);
    measures_json_end(&outputs->json);
    add_json(rows, &outputs->json);
    add_suppressed(outputs, shard, team, evaluation);
    pg_array_i32(rows, headcount_of(evaluation));
    pg_array_i32(rows, (int32_t)shard->settings->min_group);
    pg_array_text(rows, text_of(outputs->definitions));
    pg_array_time(rows, shard->watermark_ms);
    pg_array_bool(rows, evaluation->provisional);
    add_observed(rows, &evaluation->step);
    pg_array_end_row(rows);
    pg_days_add(&outputs->days, evaluation->day);
    if (rows->rows >= ROWS_PER_STATEMENT)
        complete_health(outputs);
}

/* One change of an alarm, up to the words that only an opening has. */
static void begin_alert(struct pg_outputs *outputs, struct text team, const char *kind, int32_t day,
                        bool opens, const char *audience)
{
    struct pg_array *rows = &outputs->alerts;
    pg_array_begin_row(rows, ALERT_FIELDS);
    pg_array_text(rows, team);
    pg_array_text(rows, text_of(kind));
    pg_array_day(rows, day);
    pg_array_bool(rows, opens);
    pg_array_text(rows, text_of(audience));
    pg_array_text(rows, (struct text){outputs->sentence.data, (uint32_t)outputs->sentence.length});
}

static void end_alert(struct pg_outputs *outputs, const struct shard *shard, int32_t headcount)
{
    struct pg_array *rows = &outputs->alerts;
    pg_array_json(rows, outputs->evidence.data, outputs->evidence.length);
    pg_array_i32(rows, (int32_t)shard->settings->min_group);
    pg_array_i32(rows, headcount);
    pg_array_text(rows, text_of(outputs->definitions));
    pg_array_time(rows, shard->watermark_ms);
    pg_array_end_row(rows);
}

/* A resolving has neither sentence nor evidence: those of the opening stay. */
static void say_nothing(struct pg_outputs *outputs)
{
    strbuf_reset(&outputs->sentence);
    strbuf_reset(&outputs->evidence);
    strbuf_add_text(&outputs->evidence, "{}");
}

static void add_alerts(struct pg_outputs *outputs, const struct shard *shard,
                       const struct team *team, const struct evaluation *evaluation)
{
    const struct alarm_step *step = &evaluation->step;
    struct shown *shown = step->opened != 0 ? shown_new(shard, team, evaluation) : NULL;
    for (int k = 0; k < ALARM_KINDS; k++) {
        enum alarm_kind kind = (enum alarm_kind)k;
        bool opens = (step->opened >> k & 1U) != 0;
        if (!opens && (step->resolved >> k & 1U) == 0)
            continue;
        struct text words[ALERT_SUGGESTS_MAX];
        size_t count = 0;
        say_nothing(outputs);
        if (opens) {
            alert_sentence_write(shown, kind, &outputs->sentence);
            alert_evidence_write(shown, kind, &outputs->evidence);
            count = alert_sentence_suggest(shown->evaluation.diagnosis, words);
        }
        begin_alert(outputs, names_text(&shard->names, team->name), alarm_word(k), evaluation->day,
                    opens, alert_sentence_audience(kind));
        pg_array_texts(&outputs->alerts, words, count);
        end_alert(outputs, shard, headcount_of(evaluation));
    }
    shown_free(shown);
}

static void silence_changed(void *arg, const struct shard *shard, int32_t day, bool begins)
{
    struct pg_outputs *outputs = arg;
    say_nothing(outputs);
    if (begins) {
        int32_t quiet_days = shard->calendar.quiet_run;
        alert_sentence_write_silence(shard->partition, quiet_days, &outputs->sentence);
        alert_evidence_write_silence(day, quiet_days, &outputs->evidence);
    }
    begin_alert(outputs, (struct text){0}, alert_kind_partition_silent, day, begins, "service");
    pg_array_texts(&outputs->alerts, NULL, 0);
    end_alert(outputs, shard, 0);
}

/* Of a redesign that is judged for the last time this is what stays. */
static void closed(void *arg, const struct shard *shard, const struct team *team,
                   const struct evaluation *evaluation)
{
    struct pg_outputs *outputs = arg;
    add_health(outputs, shard, team, evaluation);
    add_alerts(outputs, shard, team, evaluation);
    pg_redesigns_add(&outputs->redesigns, shard, team, evaluation->day, REDESIGNS_LAST,
                     outputs->definitions);
}

void pg_outputs_tell(struct pg_outputs *outputs, const struct text *receivers, size_t count)
{
    outputs->receivers = receivers;
    outputs->receiver_count = count;
}

struct sink pg_outputs_sink(struct pg_outputs *outputs)
{
    return (struct sink){.arg = outputs, .closed = closed, .silence = silence_changed};
}

/* ---- measures ----------------------------------------------------------------------------- */

static void complete_measures(struct pg_outputs *outputs)
{
    if (outputs->measures.rows > 0)
        add_rows(outputs, &outputs->full, &pg_sql_measures, pg_array_take(&outputs->measures));
}

/* A row of the JSON that is being written. workflow: NULL = all of the team. */
static void add_measure_row(struct pg_outputs *outputs, const struct shard *shard,
                            const struct team *team, const struct text *workflow,
                            enum window window, int32_t day, bool is_provisional)
{
    struct pg_array *rows = &outputs->measures;
    pg_array_begin_row(rows, MEASURE_FIELDS);
    pg_array_text(rows, names_text(&shard->names, team->name));
    if (workflow == NULL)
        pg_array_null_text(rows);
    else
        pg_array_text(rows, *workflow);
    pg_array_text(rows, text_of(measure_window_name(window)));
    pg_array_day(rows, day);
    add_json(rows, &outputs->json);
    pg_array_text(rows, text_of(outputs->definitions));
    pg_array_time(rows, shard->watermark_ms);
    pg_array_bool(rows, is_provisional);
    pg_array_end_row(rows);
}

static void write_window(struct pg_outputs *outputs, const struct record *record,
                         enum window window)
{
    measures_json_begin(&outputs->json);
    measures_json_add(&outputs->json, record, measures_json_where(window));
    measures_json_end(&outputs->json);
}

void pg_outputs_add_measures(struct pg_outputs *outputs, const struct shard *shard,
                             const struct team *team, struct evaluation *evaluation)
{
    UP_ASSERT(shard->watermark_ms >= 0);
    for (int w = 0; w < WINDOWS; w++) {
        privacy_suppress(shard, team, evaluation->day, (enum window)w, shard->settings->min_group,
                         &evaluation->windows[w]);
        write_window(outputs, &evaluation->windows[w], (enum window)w);
        add_measure_row(outputs, shard, team, NULL, (enum window)w, evaluation->day,
                        evaluation->provisional);
    }
    pg_redesigns_add(&outputs->redesigns, shard, team, evaluation->day, REDESIGNS_ALL,
                     outputs->definitions);
    if (outputs->measures.rows >= ROWS_PER_STATEMENT)
        complete_measures(outputs);
}

/* Of what a row says. Without work in any window a row says the same every day. */
static uint64_t hash_row(const struct measures_json *json, bool has_work, int32_t day,
                         bool is_provisional)
{
    uint64_t parts[] = {hash_xx64(json->values.data, json->values.length),
                        hash_xx64(json->because.data, json->because.length),
                        has_work ? (uint64_t)day : UINT64_MAX,
                        has_work && is_provisional};
    return hash_xx64(parts, sizeof parts);
}

size_t pg_outputs_add_workflow(struct pg_outputs *outputs, const struct shard *shard,
                               const struct team *team, size_t workflow, int32_t day,
                               uint64_t hashes[WINDOWS])
{
    UP_ASSERT(shard->watermark_ms >= 0);
    struct text name = names_text(&shard->names, team->workflows[workflow].name);
    bool is_provisional = day > shard->calendar.last_opened;
    size_t written = 0;
    evaluation_make_workflow(shard, team, workflow, day, outputs->room);
    bool has_work = outputs->room[WINDOW_90D].because[MEASURE_ai_share] != BECAUSE_NO_WORK;
    privacy_suppress_workflow(shard, team, workflow, day, shard->settings->min_group,
                              outputs->room);
    for (int w = 0; w < WINDOWS; w++) {
        write_window(outputs, &outputs->room[w], (enum window)w);
        uint64_t hash = hash_row(&outputs->json, has_work, day, is_provisional);
        if (hash == hashes[w])
            continue;
        hashes[w] = hash;
        written++;
        add_measure_row(outputs, shard, team, &name, (enum window)w, day, is_provisional);
    }
    if (outputs->measures.rows >= ROWS_PER_STATEMENT)
        complete_measures(outputs);
    return written;
}

size_t pg_outputs_bytes(const struct pg_outputs *outputs)
{
    return outputs->health.bytes.length + outputs->alerts.bytes.length +
           outputs->measures.bytes.length + outputs->redesigns.rows.bytes.length +
           pg_image_bytes(&outputs->full);
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
    pg_redesigns_take(&outputs->redesigns, outputs->partition, image);
    if (outputs->alerts.rows > 0) {
        struct strbuf rows = pg_array_take(&outputs->alerts);
        add_rows(outputs, image, &pg_sql_alerts_open, pg_value_bytes(rows.data, rows.length));
        add_rows(outputs, image, &pg_sql_alerts_resolve, pg_value_bytes(rows.data, rows.length));
        add_rows(outputs, image, &delivery_sql_add, rows);
        image->calls[image->count - 1].values[2] = pg_value_texts(outputs->receivers, outputs->receiver_count);
    }
    pg_days_done(&outputs->days);
}
