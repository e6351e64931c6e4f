/* The sentences that the writers of reports for people share. */
#include <math.h>

#include "codec/day_text.h"
#include "ctl/figure_text.h"
#include "ctl/report_writer.h"
#include "ctl/terminal.h"

const char *report_words_unknown(const struct report_figure *figure)
{
    return figure->because != NULL ? figure->because->sentence : words_find(WORD_note, "not_worked_out")->sentence;
}

static void add_point(struct strbuf *out, const struct report_point *point, const char *unit, const char *before)
{
    const struct estimate value = {.known = true,
                                   .has_interval = !isnan(point->lo) && !isnan(point->hi),
                                   .value = point->value,
                                   .lo = point->lo,
                                   .hi = point->hi};
    strbuf_add_text(out, before);
    figure_text_add(out, unit, &value, false);
    strbuf_add_text(out, " on ");
    day_text_add_spoken(out, point->day);
}

void report_words_add_history(struct strbuf *out, const struct report_history *history, const char *unit)
{
    const struct report_point *first = NULL, *last = NULL, *least = NULL, *most = NULL;
    size_t unknown = 0;
    for (size_t i = 0; i < history->point_count; i++) {
        const struct report_point *point = &history->points[i];
        if (isnan(point->value)) {
            unknown++;
            continue;
        }
        first = first != NULL ? first : point;
        last = point;
        least = least != NULL && least->value <= point->value ? least : point;
        most = most != NULL && most->value >= point->value ? most : point;
    }
    if (first == NULL) {
        strbuf_add_text(out, words_find(WORD_note, "never_known")->sentence);
        return;
    }
    add_point(out, first, unit, "From ");
    add_point(out, last, unit, " to ");
    add_point(out, least, unit, "; at the least ");
    add_point(out, most, unit, ", at the most ");
    strbuf_add_char(out, '.');
    if (unknown > 0)
        strbuf_add_format(out, " Unknown on %zu %s.", unknown, unknown == 1 ? "day" : "days");
}

const char *report_words_mark(enum report_mark_kind kind)
{
    static const char *const words[] = {
        [REPORT_ALARM] = "alarm, and while it was open",
        [REPORT_REDESIGN] = "redesign of a workflow",
        [REPORT_TRAINING] = "week of training",
        [REPORT_RULES] = "other rules: not one line",
    };
    return words[kind];
}

bool report_words_has_mark(const struct report_history *history, enum report_mark_kind kind)
{
    for (size_t i = 0; i < history->mark_count; i++) {
        if (history->marks[i].kind == kind)
            return true;
    }
    return false;
}

static void add_text(struct strbuf *out, struct text text)
{
    strbuf_add(out, text.bytes, text.length);
}

static void add_alarm(struct strbuf *out, const struct report_mark *mark)
{
    struct strbuf name = {.length = 0};
    add_text(&name, mark->what);
    const struct word *word = words_find(WORD_alarm, strbuf_text(&name));
    strbuf_done(&name);
    strbuf_add_text(out, "Alarm ");
    add_text(out, word != NULL ? text_of(word->label) : mark->what);
    strbuf_add_text(out, mark->until == INT32_MAX ? ", since " : ", from ");
    day_text_add_spoken(out, mark->day);
    if (mark->until == INT32_MAX)
        return;
    strbuf_add_text(out, " to ");
    day_text_add_spoken(out, mark->until);
}

void report_words_add_mark(struct strbuf *out, const struct report_mark *mark)
{
    switch (mark->kind) {
    case REPORT_ALARM:
        add_alarm(out, mark);
        return;
    case REPORT_REDESIGN:
        strbuf_add_text(out, "Redesign of ");
        add_text(out, mark->workflow.length > 0 ? mark->workflow : text_of("work without a workflow"));
        if (mark->what.length > 0) {
            strbuf_add_text(out, ": ");
            add_text(out, mark->what);
        }
        strbuf_add_text(out, ", ");
        break;
    case REPORT_TRAINING:
        figure_text_add_count(out, mark->sessions);
        strbuf_add_text(out, mark->sessions > 1 ? " trainings of " : " training of ");
        figure_text_add_count(out, mark->people);
        strbuf_add_text(out, " people in the week of ");
        break;
    case REPORT_RULES:
        strbuf_add_text(out, "Other rules: figures before and after do not compare, ");
        break;
    }
    day_text_add_spoken(out, mark->day);
}

void report_words_add_weeks(struct strbuf *out, const double *weeks, double low, double high)
{
    for (size_t i = 0; i < REPORT_WEEKS; i++)
        strbuf_add_text(out, terminal_bar((weeks[i] - low) / (high - low)));
}
