/* What the document says of one team: its record, and its closed days. */
#include <math.h>

#include "base/mem.h"
#include "document_priv.h"
#include "model/evaluation.h"

/* ---- small values --------------------------------------------------------------------------- */

static void put_number(struct json_write *json, bool known, double value)
{
    if (known)
        json_write_number(json, value);
    else
        json_write_null(json);
}

/* NAN = not known. */
static void put_kept(struct json_write *json, const char *name, double value)
{
    json_write_name(json, name);
    put_number(json, !isnan(value), value);
}

static void put_estimate(struct json_write *json, struct estimate estimate)
{
    if (!estimate.known) {
        json_write_null(json);
        return;
    }
    json_write_begin_array(json);
    json_write_number(json, estimate.value);
    put_number(json, estimate.has_interval, estimate.lo);
    put_number(json, estimate.has_interval, estimate.hi);
    json_write_number(json, estimate.n);
    json_write_end_array(json);
}

static void put_measure(struct json_write *json, enum measure_kind kind, struct estimate value)
{
    if (kind == KIND_ESTIMATE || !value.known)
        put_estimate(json, value);
    else if (kind == KIND_FLAG)
        json_write_bool(json, value.value != 0);
    else
        json_write_number(json, value.value);
}

static void put_set(struct json_write *json, const char *name, uint32_t bits, int count,
                    const char *(*name_of)(int bit))
{
    json_write_name(json, name);
    json_write_begin_array(json);
    for (int bit = 0; bit < count; bit++) {
        if ((bits >> bit & 1) != 0)
            json_write_word(json, name_of(bit));
    }
    json_write_end_array(json);
}

static const char *diagnosis_name(int bit)
{
    return evaluation_diagnosis_name((enum diagnosis)bit);
}

static const char *alarm_name(int bit)
{
    return evaluation_alarm_name((enum alarm_kind)bit);
}

/* The document is about adoption: faults of the feed are not in it. */
static void put_alarms(struct json_write *json, const char *name, uint32_t bits)
{
    put_set(json, name, bits & ~(uint32_t)ALARM_SERVICE_KINDS, ALARM_KINDS, alarm_name);
}

/* ---- the record of a team ------------------------------------------------------------------- */

static bool has_measure(const struct measure_info *info, enum measure_where where, bool cells_only)
{
    return info->where == where && (!cells_only || info->source == SOURCE_CELLS);
}

/* The members of one window: its measures, and why some are unknown. */
static void put_measures(struct json_write *json, const struct record *record,
                         enum measure_where where, bool cells_only)
{
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        if (!has_measure(info, where, cells_only))
            continue;
        json_write_name(json, info->name);
        put_measure(json, info->kind, record->values[m]);
    }
    json_write_name(json, "because");
    json_write_begin_object(json);
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        if (!has_measure(info, where, cells_only) || record->values[m].known)
            continue;
        json_write_name(json, info->name);
        json_write_word(json, measure_because_name((enum because)record->because[m]));
    }
    json_write_end_object(json);
}

static void put_windows(struct document *document, const struct record windows[WINDOWS],
                        bool cells_only)
{
    struct json_write *json = &document->json;
    json_write_begin_object(json);
    for (int w = 0; w < WINDOWS; w++) {
        json_write_name(json, measure_window_name((enum window)w));
        json_write_begin_object(json);
        put_measures(json, &windows[w], w == WINDOW_OWN ? WHERE_OWN : WHERE_WINDOWS, cells_only);
        json_write_end_object(json);
    }
    json_write_end_object(json);
    document_flush(document);
}

static bool has_cell(const struct document *document, struct text team, struct text workflow)
{
    const struct names *names = &document->run->sink.names;
    size_t low = 0;
    size_t high = document->cell_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct kept_cell *cell = &document->cells[middle];
        int order = text_compare(names_text(names, cell->team), team);
        if (order == 0)
            order = text_compare(names_text(names, cell->workflow), workflow);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static void put_workflows(struct document *document, const struct listed_team *listed, int32_t day,
                          struct record *room)
{
    struct json_write *json = &document->json;
    json_write_name(json, "workflows");
    json_write_begin_object(json);
    for (size_t w = 0; w < listed->team->workflow_count; w++) {
        struct text name = names_text(&listed->shard->names, listed->team->workflows[w].name);
        if (!has_cell(document, listed->name, name))
            continue;
        evaluation_make_workflow(listed->shard, listed->team, w, day, room);
        json_write_name_text(json, name);
        put_windows(document, room, true);
    }
    json_write_end_object(json);
}

static void put_redesign(struct json_write *json, const struct names *names,
                         const struct redesign_evaluation *redesign)
{
    json_write_begin_object(json);
    json_write_name(json, "workflow");
    json_write_text(json, names_text(names, redesign->workflow));
    json_write_name(json, "time");
    json_write_integer(json, redesign->time_ms);
    json_write_name(json, "label");
    if (redesign->label != 0)
        json_write_text(json, names_text(names, redesign->label));
    else
        json_write_null(json);
    put_measures(json, &redesign->values, WHERE_REDESIGN, false);
    json_write_end_object(json);
}

static void put_redesigns(struct document *document, const struct listed_team *listed, int32_t day)
{
    const struct shard *shard = listed->shard;
    size_t most = listed->team->redesign_count;
    struct redesign_evaluation *redesigns = mem_alloc_array(most + 1, sizeof *redesigns);
    size_t count = evaluation_make_redesigns(shard, listed->team, day, redesigns, most);
    json_write_name(&document->json, "redesigns");
    json_write_begin_array(&document->json);
    for (size_t i = 0; i < count; i++)
        put_redesign(&document->json, &shard->names, &redesigns[i]);
    json_write_end_array(&document->json);
    mem_free(redesigns);
}

static void put_indicators(struct json_write *json, const uint8_t indicators[INDICATORS])
{
    static const char *const names[INDICATORS] = {"changed_work", "traceable", "reproduces"};
    json_write_name(json, "indicators");
    json_write_begin_object(json);
    for (int i = 0; i < INDICATORS; i++) {
        json_write_name(json, names[i]);
        json_write_word(json, evaluation_presence_name((enum presence)indicators[i]));
    }
    json_write_end_object(json);
}

/* What the record of a team and its daily rows have in common. */
static void put_day(struct json_write *json, const struct kept_day *day)
{
    json_write_name(json, "day");
    json_write_integer(json, day->day);
    put_kept(json, "health", day->health);
    put_kept(json, "lo", day->lo);
    put_kept(json, "hi", day->hi);
    put_kept(json, "n", day->n);
    json_write_name(json, "health_limit");
    if (day->health_limit < HEALTH_COMPONENTS)
        json_write_word(json, evaluation_component_name((enum health_component)day->health_limit));
    else
        json_write_null(json);
    json_write_name(json, "verdict");
    json_write_word(json, evaluation_verdict_name((enum verdict)day->verdict));
    put_indicators(json, day->indicators);
    json_write_name(json, "changed_work");
    if (isnan(day->changed_work[0])) {
        json_write_null(json);
    } else {
        json_write_begin_array(json);
        for (int i = 0; i < 4; i++)
            put_number(json, !isnan(day->changed_work[i]), day->changed_work[i]);
        json_write_end_array(json);
    }
    put_set(json, "diagnosis", day->diagnosis, DIAGNOSES, diagnosis_name);
    json_write_name(json, "state");
    json_write_word(json, evaluation_state_name((enum team_state)day->state));
    put_alarms(json, "open", day->open);
}

void document_put_record(struct document *document, const struct listed_team *listed,
                         struct evaluation *room)
{
    struct json_write *json = &document->json;
    const struct evaluate_options *options = document->run->options;
    int32_t day = options->has_as_of ? options->as_of : shard_day(listed->shard);
    evaluation_make(listed->shard, listed->team, day, EVALUATION_ALL_WINDOWS, room);
    struct kept_day kept = {0};
    evaluate_sink_keep_day(room, &kept);
    json_write_name_text(json, listed->name);
    json_write_begin_object(json);
    put_day(json, &kept);
    json_write_name(json, "provisional");
    json_write_bool(json, !options->has_as_of);
    json_write_name(json, "windows");
    put_windows(document, room->windows, false);
    put_redesigns(document, listed, day);
    put_workflows(document, listed, day, room->windows);
    json_write_end_object(json);
}

/* ---- the closed days of a team -------------------------------------------------------------- */

static void put_closed(struct document *document, const struct kept_day *day)
{
    struct json_write *json = &document->json;
    json_write_begin_object(json);
    put_day(json, day);
    json_write_name(json, "x");
    json_write_begin_object(json);
    put_kept(json, "relapsing", day->x_relapsing);
    put_kept(json, "bypassing", day->x_bypassing);
    put_kept(json, "over_trust", day->x_over_trust);
    json_write_end_object(json);
    json_write_name(json, "reference");
    json_write_begin_object(json);
    put_kept(json, "r", day->r);
    put_kept(json, "y", day->y);
    put_kept(json, "m", day->m);
    put_kept(json, "b", day->b);
    json_write_end_object(json);
    json_write_name(json, "e");
    json_write_begin_object(json);
    put_kept(json, "relapsing", day->e_relapsing);
    put_kept(json, "bypassing", day->e_bypassing);
    put_kept(json, "over_trust", day->e_over_trust);
    json_write_end_object(json);
    put_alarms(json, "opened", day->opened);
    put_alarms(json, "resolved", day->resolved);
    json_write_name(json, "quiet");
    json_write_bool(json, day->quiet != 0);
    json_write_end_object(json);
    document_flush(document);
}

void document_put_daily(struct document *document, const struct listed_team *listed)
{
    const struct evaluate_sink *sink = &document->run->sink;
    json_write_name_text(&document->json, listed->name);
    json_write_begin_array(&document->json);
    for (uint32_t at = evaluate_sink_first_day(sink, listed->name); at != 0;) {
        const struct kept_day *day = pool_at(&sink->days, at);
        put_closed(document, day);
        at = day->next;
    }
    json_write_end_array(&document->json);
}
