/* What an alarm rests on, as JSON. */
#include "codec/alert_evidence.h"

#include "codec/day_text.h"
#include "codec/json_write.h"

enum { RELATED_MAX = 6 };

/* The measures that belong to each kind, all of one window. */
static const struct related {
    enum window window;
    int count;
    enum measure measures[RELATED_MAX];
} related[ALARM_KINDS] = {
    [ALARM_BLIND] = {WINDOW_OWN, 1, {MEASURE_traceable}},
    [ALARM_BYPASSING] = {WINDOW_28D,
                         3,
                         {MEASURE_bypass_rate, MEASURE_reason_skill_share,
                          MEASURE_reason_design_share}},
    [ALARM_FADING] = {WINDOW_OWN, 2, {MEASURE_durability_14, MEASURE_durability_28}},
    [ALARM_FASTER_BUT_WORSE] = {WINDOW_28D,
                                6,
                                {MEASURE_cycle_ratio, MEASURE_success_lift, MEASURE_quality_lift,
                                 MEASURE_cycle_ratio_randomised, MEASURE_success_lift_randomised,
                                 MEASURE_quality_lift_randomised}},
    [ALARM_HOLLOW_ENTRY] = {WINDOW_OWN, 2, {MEASURE_entry_nonroutine_share, MEASURE_entry_gap}},
    [ALARM_OVER_TRUST] = {WINDOW_28D,
                          3,
                          {MEASURE_over_reliance, MEASURE_over_reliance_adjusted,
                           MEASURE_scored_share}},
    [ALARM_RELAPSING] = {WINDOW_28D, 1, {MEASURE_practising}},
    [ALARM_SILENT] = {WINDOW_OWN, 0, {MEASURE_headcount}},
    [ALARM_STALLED] = {WINDOW_28D, 1, {MEASURE_practising}},
};

static void put_day(struct json_write *json, const char *name, int32_t day)
{
    struct strbuf text = {.length = 0};
    day_text_add_iso(&text, day);
    json_write_name(json, name);
    json_write_text(json, (struct text){text.data, (uint32_t)text.length});
    strbuf_done(&text);
}

static void put_limit(struct json_write *json, bool known, double value)
{
    if (known && isfinite(value))
        json_write_number(json, value);
    else
        json_write_null(json);
}

static void put_estimate(struct json_write *json, const char *name, struct estimate value)
{
    json_write_name(json, name);
    json_write_begin_array(json);
    json_write_number(json, value.value);
    put_limit(json, value.has_interval, value.lo);
    put_limit(json, value.has_interval, value.hi);
    json_write_number(json, value.n);
    json_write_end_array(json);
}

static void put_measures(struct json_write *json, const struct evaluation *evaluation,
                         const struct related *of)
{
    const struct record *record = &evaluation->windows[of->window];
    json_write_name(json, "measures");
    json_write_begin_object(json);
    json_write_name(json, measure_window_name(of->window));
    json_write_begin_object(json);
    for (int i = 0; i < of->count; i++) {
        struct estimate value = record->values[of->measures[i]];
        if (value.known)
            put_estimate(json, measure_info(of->measures[i])->name, value);
    }
    json_write_end_object(json);
    json_write_end_object(json);
    json_write_name(json, "because");
    json_write_begin_object(json);
    for (int i = 0; i < of->count; i++) {
        enum measure measure = of->measures[i];
        if (record->values[measure].known)
            continue;
        json_write_name(json, measure_info(measure)->name);
        json_write_word(json, measure_because_name((enum because)record->because[measure]));
    }
    json_write_end_object(json);
}

static void put_mean(struct json_write *json, const char *name, struct estimate mean)
{
    json_write_name(json, name);
    if (!mean.known) {
        json_write_null(json);
        return;
    }
    json_write_begin_object(json);
    json_write_name(json, "mean");
    json_write_number(json, mean.value);
    json_write_name(json, "days");
    json_write_number(json, mean.n);
    json_write_end_object(json);
}

/* e belongs to the figure that it was worked out from, and is held back with it. */
static void put_detector(struct json_write *json, const struct shown_change *change, double e,
                         const struct alarm_step *step)
{
    if (change->since != INT32_MIN) {
        json_write_name(json, "change");
        json_write_begin_object(json);
        put_day(json, "since", change->since);
        put_mean(json, "before", change->before);
        put_mean(json, "after", change->after);
        json_write_end_object(json);
    }
    json_write_name(json, "detector");
    json_write_begin_object(json);
    json_write_name(json, "e");
    put_limit(json, change->after.known, e);
    json_write_name(json, "threshold");
    put_limit(json, true, step->threshold);
    json_write_name(json, "teams");
    json_write_integer(json, step->teams);
    json_write_end_object(json);
}

static void put_own(struct json_write *json, const struct shown *shown, enum alarm_kind kind)
{
    const struct alarm_step *step = &shown->evaluation.step;
    switch (kind) {
    case ALARM_RELAPSING:
        put_detector(json, &shown->relapsing, step->e_relapsing, step);
        break;
    case ALARM_BYPASSING:
        put_detector(json, &shown->bypassing, step->e_bypassing, step);
        break;
    case ALARM_OVER_TRUST:
        put_detector(json, &shown->over_trust, step->e_over_trust, step);
        break;
    case ALARM_STALLED:
        if (step->plateau.known)
            put_estimate(json, "plateau", step->plateau);
        break;
    case ALARM_SILENT:
        if (step->last_worked != INT32_MIN)
            put_day(json, "last_worked", step->last_worked);
        break;
    case ALARM_FASTER_BUT_WORSE:
        json_write_name(json, "comparison");
        json_write_word(json, "association");
        break;
    default:
        break;
    }
}

void alert_evidence_write(const struct shown *shown, enum alarm_kind kind, struct strbuf *out)
{
    const struct evaluation *evaluation = &shown->evaluation;
    struct json_write json = {.out = out};
    strbuf_reset(out);
    json_write_begin_object(&json);
    put_day(&json, "day", evaluation->day);
    put_measures(&json, evaluation, &related[kind]);
    put_own(&json, shown, kind);
    json_write_name(&json, "diagnosis");
    json_write_begin_array(&json);
    for (int d = 0; d < DIAGNOSES; d++) {
        if ((evaluation->diagnosis >> d & 1U) != 0)
            json_write_word(&json, evaluation_diagnosis_name((enum diagnosis)d));
    }
    json_write_end_array(&json);
    json_write_end_object(&json);
}

void alert_evidence_write_silence(int32_t day, int32_t quiet_days, struct strbuf *out)
{
    struct json_write json = {.out = out};
    strbuf_reset(out);
    json_write_begin_object(&json);
    put_day(&json, "day", day);
    json_write_name(&json, "quiet_days");
    json_write_integer(&json, quiet_days);
    json_write_end_object(&json);
}
