/* What an alarm says to people, and what the diagnosis suggests. */
#include "codec/alert_sentence.h"

#include <math.h>
#include <string.h>

#include "codec/day_text.h"

const char alert_kind_partition_silent[] = "partition_silent";

const char *alert_sentence_audience(enum alarm_kind kind)
{
    return ((unsigned)ALARM_SERVICE_KINDS >> kind & 1U) != 0 ? "service" : "adoption";
}

/* ---- why ---------------------------------------------------------------------------------- */

enum lever { LEVER_NONE, LEVER_SKILLS, LEVER_DESIGN };

static const struct reason {
    enum lever lever;
    const char *text;
} reasons[DIAGNOSES] = {
    [DIAGNOSIS_NO_COACHING] = {LEVER_SKILLS, "nobody helps to judge the advice"},
    [DIAGNOSIS_OVER_TRUST] = {LEVER_SKILLS, "wrong advice is accepted too often"},
    [DIAGNOSIS_SKILLS_GAP] = {LEVER_SKILLS, "it is unclear how to use the tool"},
    [DIAGNOSIS_UNDER_TRUST] = {LEVER_SKILLS, "right advice is overridden too often"},
    [DIAGNOSIS_NO_ROOM] = {LEVER_DESIGN, "there is no time or room to learn and try"},
    [DIAGNOSIS_OLD_TARGETS] = {LEVER_DESIGN, "targets are those of the old way of working"},
    [DIAGNOSIS_TRAINING_ONLY] = {LEVER_DESIGN, "there was training, but the work stayed as it was"},
    [DIAGNOSIS_WORK_DESIGN_GAP] = {LEVER_DESIGN, "roles or the workflow are unclear"},
};

static bool holds(uint32_t diagnosis, int d, enum lever lever)
{
    return (diagnosis >> d & 1U) != 0 && reasons[d].lever == lever;
}

static bool points_to(uint32_t diagnosis, enum lever lever)
{
    for (int d = 0; d < DIAGNOSES; d++) {
        if (holds(diagnosis, d, lever))
            return true;
    }
    return false;
}

size_t alert_sentence_suggest(uint32_t diagnosis, struct text ret_words[static ALERT_SUGGESTS_MAX])
{
    size_t count = 0;
    if (points_to(diagnosis, LEVER_SKILLS))
        ret_words[count++] = text_of("skills");
    if (points_to(diagnosis, LEVER_DESIGN))
        ret_words[count++] = text_of("work_design");
    return count;
}

static void add_reasons(struct strbuf *out, uint32_t diagnosis, enum lever lever)
{
    const char *before = " (";
    for (int d = 0; d < DIAGNOSES; d++) {
        if (!holds(diagnosis, d, lever))
            continue;
        strbuf_add_format(out, "%s%s", before, reasons[d].text);
        before = "; ";
    }
    strbuf_add_char(out, ')');
}

static void add_why(struct strbuf *out, uint32_t diagnosis)
{
    bool skills = points_to(diagnosis, LEVER_SKILLS);
    bool design = points_to(diagnosis, LEVER_DESIGN);
    if (!skills && !design) {
        strbuf_add_text(out, " What is known does not say why.");
        return;
    }
    strbuf_add_text(out, " What is known points to ");
    if (design) {
        strbuf_add_text(out, "the design of the work");
        add_reasons(out, diagnosis, LEVER_DESIGN);
    }
    if (skills) {
        strbuf_add_text(out, design ? ", and to skills" : "skills");
        add_reasons(out, diagnosis, LEVER_SKILLS);
    }
    strbuf_add_char(out, '.');
}

/* ---- what happened ------------------------------------------------------------------------ */

static double percent(double share)
{
    return round(100 * share);
}

static void add_limits(struct strbuf *out, const struct estimate *value)
{
    if (value->has_interval)
        strbuf_add_format(out, " (95 %%: %.0f to %.0f %%)", percent(value->lo), percent(value->hi));
}

/* "<what> <moved> from 71 % to 38 % <of> since 12 May 2025." */
static void add_change(struct strbuf *out, const char *what, const char *moved, const char *of,
                       const struct shown_change *change)
{
    strbuf_add_format(out, "%s %s", what, moved);
    bool both = change->before.known && change->after.known;
    if (both)
        strbuf_add_format(out, " from %.0f %% to %.0f %%%s", percent(change->before.value),
                          percent(change->after.value), of);
    else if (change->after.known)
        strbuf_add_format(out, " to %.0f %%%s", percent(change->after.value), of);
    if (change->since != INT32_MIN) {
        strbuf_add_text(out, " since ");
        day_text_add_spoken(out, change->since);
    }
    strbuf_add_text(out, change->after.known ? "." : "; too few people for figures.");
}

static void add_over_trust(struct strbuf *out, const struct shown *shown)
{
    const struct shown_change *change = &shown->over_trust;
    strbuf_add_text(out, "More than half of the wrong advice is accepted");
    if (change->after.known)
        strbuf_add_format(out, ": %.0f %% a day on average", percent(change->after.value));
    if (change->since != INT32_MIN) {
        strbuf_add_text(out, ", as judged since ");
        day_text_add_spoken(out, change->since);
    }
    strbuf_add_char(out, '.');
}

static void add_stalled(struct strbuf *out, const struct estimate *plateau)
{
    strbuf_add_text(out, "Practising is low and does not grow any more");
    if (plateau->known) {
        strbuf_add_format(out, ": %.0f %% of the people in a week, over the last eight judged",
                          percent(plateau->value));
        add_limits(out, plateau);
    }
    strbuf_add_char(out, '.');
}

static void add_fading(struct strbuf *out, const struct record *own)
{
    const struct estimate *month = &own->values[MEASURE_durability_28];
    const struct estimate *fortnight = &own->values[MEASURE_durability_14];
    bool by_month = month->known && month->hi < 0.5;
    const struct estimate *value = by_month ? month : fortnight;
    strbuf_add_text(out, "Training does not last");
    if (value->known) {
        strbuf_add_format(out, ": AI was still used %s weeks after %.0f %% of the trainings",
                          by_month ? "four" : "two", percent(value->value));
        add_limits(out, value);
    }
    strbuf_add_char(out, '.');
}

static void add_faster_but_worse(struct strbuf *out, const struct record *month)
{
    const struct estimate *ratio = &month->values[MEASURE_cycle_ratio];
    const struct estimate *success = &month->values[MEASURE_success_lift];
    const struct estimate *quality = &month->values[MEASURE_quality_lift];
    strbuf_add_text(out, "Work with AI is faster, and its results are worse");
    if (ratio->known)
        strbuf_add_format(out, ": it takes %.0f %% less time", percent(1 - ratio->value));
    if (success->known && success->hi < 0)
        strbuf_add_format(out, "%s success is %.0f points lower", ratio->known ? "," : ":",
                          percent(-success->value));
    else if (quality->known && quality->hi < 0)
        strbuf_add_format(out, "%s quality is %.0f points lower", ratio->known ? "," : ":",
                          percent(-quality->value));
    strbuf_add_text(out, ". That is an association: what AI was used for was not drawn by lot.");
}

static void add_hollow_entry(struct strbuf *out, const struct record *own)
{
    const struct estimate *share = &own->values[MEASURE_entry_nonroutine_share];
    const struct estimate *gap = &own->values[MEASURE_entry_gap];
    strbuf_add_text(out, "Beginners are left with routine");
    if (share->known)
        strbuf_add_format(out, ": %.0f %% of their tasks are anything else", percent(share->value));
    if (gap->known)
        strbuf_add_format(out, "%s %.0f points fewer than of everybody else's",
                          share->known ? "," : ":", percent(-gap->value));
    strbuf_add_char(out, '.');
}

static void add_blind(struct strbuf *out, const struct shown *shown)
{
    const struct estimate *value = &shown->evaluation.windows[WINDOW_OWN].values[MEASURE_traceable];
    strbuf_add_text(out, "Outcomes have dried up while the work goes on");
    if (value->known) {
        strbuf_add_format(out, ": %.0f %% of the tasks with AI have one", percent(value->value));
        add_limits(out, value);
    }
    strbuf_add_text(out, ", and once it was at least half. Look at the feed of outcomes.");
}

static void add_silent(struct strbuf *out, int32_t last_worked)
{
    strbuf_add_text(out, "Nothing is heard of the team's work any more");
    if (last_worked != INT32_MIN) {
        strbuf_add_text(out, ", the last was of ");
        day_text_add_spoken(out, last_worked);
    }
    strbuf_add_text(out,
                    "; before, it worked regularly, and other teams still do. Look at its feed.");
}

void alert_sentence_write(const struct shown *shown, enum alarm_kind kind, struct strbuf *out)
{
    const struct evaluation *evaluation = &shown->evaluation;
    strbuf_reset(out);
    switch (kind) {
    case ALARM_BLIND:
        add_blind(out, shown);
        break;
    case ALARM_BYPASSING:
        add_change(out, "Working around the tool", "rose", " of the tasks", &shown->bypassing);
        break;
    case ALARM_FADING:
        add_fading(out, &evaluation->windows[WINDOW_OWN]);
        break;
    case ALARM_FASTER_BUT_WORSE:
        add_faster_but_worse(out, &evaluation->windows[WINDOW_28D]);
        break;
    case ALARM_HOLLOW_ENTRY:
        add_hollow_entry(out, &evaluation->windows[WINDOW_OWN]);
        break;
    case ALARM_OVER_TRUST:
        add_over_trust(out, shown);
        break;
    case ALARM_RELAPSING:
        add_change(out, "Practising", "fell", " of the people on a day", &shown->relapsing);
        break;
    case ALARM_SILENT:
        add_silent(out, evaluation->step.last_worked);
        break;
    case ALARM_STALLED:
    case ALARM_KINDS:
        add_stalled(out, &evaluation->step.plateau);
        break;
    }
    if (strcmp(alert_sentence_audience(kind), "adoption") == 0)
        add_why(out, evaluation->diagnosis);
}

void alert_sentence_write_silence(int32_t partition, int32_t quiet_days, struct strbuf *out)
{
    strbuf_reset(out);
    strbuf_add_format(out,
                      "Hardly anything is heard of the teams of partition %d for %d days. Look at "
                      "what feeds it.",
                      (int)partition, (int)quiet_days);
}
