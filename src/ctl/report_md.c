/* A report as Markdown: CommonMark with tables, which also reads as plain text. */
#include <math.h>

#include "codec/day_text.h"
#include "codec/shown_text.h"
#include "ctl/figure_text.h"
#include "ctl/report_writer.h"

enum { WEEK = 7, MONTH = 28, WEEKLY_DAYS_MAX = 182 };

static void add_text(struct strbuf *out, const char *text)
{
    shown_text_add_markdown(out, text_of(text));
}

static void add_paragraph(struct strbuf *out, const char *before, const char *text)
{
    if (text[0] == '\0')
        return;
    strbuf_add_text(out, before);
    add_text(out, text);
    strbuf_add_text(out, "\n\n");
}

static void add_heading(struct strbuf *out, const char *marks, const char *text)
{
    add_paragraph(out, marks, text);
}

/* ---- figures ------------------------------------------------------------------------------ */

static void add_value(struct strbuf *out, const struct report_figure *figure)
{
    struct strbuf text = {.length = 0};
    bool is_count = figure->info != NULL && figure->info->kind == KIND_COUNT;
    if (!figure->value.known)
        strbuf_add_text(&text, "unknown");
    else if (is_count)
        figure_text_add_count(&text, figure->value.value);
    else
        figure_text_add_value(&text, figure->unit, figure->value.value);
    if (figure->value.known && is_count)
        strbuf_add_format(&text, " %s", figure->unit);
    add_text(out, strbuf_text(&text));
    strbuf_done(&text);
}

static void add_interval(struct strbuf *out, const struct report_figure *figure)
{
    if (figure->value.known && figure->value.has_interval)
        figure_text_add_interval(out, figure->unit, figure->value.lo, figure->value.hi);
}

/* "84 % (75 to 89 %, n 220)", or why not. */
static void add_said(struct strbuf *out, const struct report_figure *figure)
{
    struct strbuf text = {.length = 0};
    if (figure->value.known)
        figure_text_add(&text, figure->unit, &figure->value, figure->has_n);
    else
        strbuf_add_format(&text, "unknown. %s", report_words_unknown(figure));
    add_text(out, strbuf_text(&text));
    strbuf_done(&text);
}

/* A line of a table; what a measure says stands last, and why it is unknown. */
static void add_row(struct strbuf *out, const struct report_figure *figure)
{
    strbuf_add_text(out, "| ");
    add_text(out, figure->title);
    if (figure->claim != NULL && strcmp(figure->claim->name, "description") != 0) {
        strbuf_add_text(out, " (");
        add_text(out, figure->claim->name);
        strbuf_add_char(out, ')');
    }
    strbuf_add_text(out, " | ");
    add_value(out, figure);
    strbuf_add_text(out, " | ");
    add_interval(out, figure);
    strbuf_add_text(out, " | ");
    if (figure->value.known && figure->has_n)
        figure_text_add_count(out, figure->value.n);
    strbuf_add_text(out, " | ");
    add_text(out, figure->says);
    if (!figure->value.known) {
        strbuf_add_text(out, " *Unknown:* ");
        add_text(out, report_words_unknown(figure));
    }
    strbuf_add_text(out, " |\n");
}

static void add_figures(struct strbuf *out, const struct report_block *block)
{
    if (block->figure_count == 0)
        return;
    add_heading(out, "### ", block->title);
    strbuf_add_text(out, "| Measure | Estimate | 95 % interval | n | What it says |\n"
                         "| --- | ---: | --- | ---: | --- |\n");
    for (size_t i = 0; i < block->figure_count; i++)
        add_row(out, &block->figures[i]);
    strbuf_add_char(out, '\n');
}

static void add_headline(struct strbuf *out, const struct report_figure *figure)
{
    strbuf_add_text(out, "**");
    add_value(out, figure);
    if (!figure->value.known) {
        strbuf_add_text(out, "**\n\n");
        return;
    }
    strbuf_add_text(out, " of 100**, 95 % interval ");
    add_interval(out, figure);
    strbuf_add_text(out, ", of ");
    figure_text_add_count(out, figure->value.n);
    strbuf_add_text(out, " people.\n\n");
}

/* ---- tables ------------------------------------------------------------------------------- */

static void add_grid(struct strbuf *out, const struct report_block *block)
{
    const struct report_entry *first = &block->entries[0];
    if (strcmp(block->name, "comparison") != 0)
        add_heading(out, "### ", block->title);
    strbuf_add_text(out, "| Of |");
    for (size_t i = 0; i < first->figure_count; i++) {
        strbuf_add_char(out, ' ');
        add_text(out, first->figures[i].title);
        strbuf_add_text(out, " |");
    }
    strbuf_add_text(out, "\n| --- |");
    for (size_t i = 0; i < first->figure_count; i++)
        strbuf_add_text(out, " --- |");
    for (size_t row = 0; row < block->entry_count; row++) {
        const struct report_entry *entry = &block->entries[row];
        strbuf_add_text(out, "\n| ");
        shown_text_add_markdown(out, entry->title);
        if (strcmp(entry->note, "description") != 0) {
            strbuf_add_text(out, " (");
            add_text(out, entry->note);
            strbuf_add_char(out, ')');
        }
        for (size_t i = 0; i < entry->figure_count; i++) {
            strbuf_add_text(out, " | ");
            add_said(out, &entry->figures[i]);
        }
        strbuf_add_text(out, " |");
    }
    strbuf_add_text(out, "\n\n");
}

static void add_matrix(struct strbuf *out, const struct report_block *block)
{
    static const char *const rows[] = {"Accepted", "Overridden"};
    strbuf_add_text(out, "|  | Advice was right | Advice was wrong |\n| --- | ---: | ---: |\n");
    for (size_t i = 0; i < block->entry_count; i++) {
        const struct report_entry *entry = &block->entries[i];
        if (i % 2 == 0)
            strbuf_add_format(out, "| **%s** |", rows[i / 2]);
        strbuf_add_char(out, ' ');
        figure_text_add_count(out, entry->figures[0].value.value);
        strbuf_add_text(out, " (");
        shown_text_add_markdown(out, entry->title);
        strbuf_add_text(out, i % 2 == 0 ? ") |" : ") |\n");
    }
    strbuf_add_char(out, '\n');
}

static void add_words(struct strbuf *out, const struct word *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        strbuf_add_text(out, i > 0 ? ", " : "");
        add_text(out, words[i]->label);
    }
}

static void add_team(struct strbuf *out, const struct report_team_row *team)
{
    const char *unknown = team->is_suppressed ? "held back" : "unknown";
    strbuf_add_text(out, "| ");
    shown_text_add_markdown(out, team->team);
    strbuf_add_format(out, " | %s | ", team->state != NULL ? team->state->label : unknown);
    if (team->health.value.known)
        add_value(out, &team->health);
    else
        strbuf_add_text(out, unknown);
    strbuf_add_text(out, " | ");
    add_interval(out, &team->health);
    strbuf_add_text(out, " | ");
    if (team->health.weeks != NULL)
        report_words_add_weeks(out, team->health.weeks, 0, 100);
    strbuf_add_format(out, " | %s%s", team->verdict != NULL ? team->verdict->label : unknown,
                      team->detail[0] != '\0' ? ": " : "");
    add_text(out, team->detail);
    strbuf_add_text(out, " | ");
    add_words(out, team->diagnosis, team->diagnosis_count);
    strbuf_add_text(out, " | ");
    add_words(out, team->alarms, team->alarm_count);
    strbuf_add_text(out, " |\n");
}

static void add_teams(struct strbuf *out, const struct report_block *block)
{
    if (block->team_count == 0)
        return;
    strbuf_add_text(out, "| Team | State | Health | 95 % interval | 26 weeks | Signs | In the way | Open alarms |\n"
                         "| --- | --- | ---: | --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < block->team_count; i++)
        add_team(out, &block->teams[i]);
    strbuf_add_char(out, '\n');
}

/* ---- entries and histories ---------------------------------------------------------------- */

static void add_entry(struct strbuf *out, const struct report_entry *entry)
{
    strbuf_add_text(out, "- **");
    shown_text_add_markdown(out, entry->title);
    strbuf_add_text(out, "**");
    if (entry->note[0] != '\0') {
        strbuf_add_text(out, ": ");
        add_text(out, entry->note);
    }
    if (entry->since != INT32_MIN) {
        strbuf_add_text(out, strcmp(entry->name, "redesign") == 0 ? ", on " : ", since ");
        day_text_add_spoken(out, entry->since);
    }
    strbuf_add_text(out, ". ");
    shown_text_add_markdown(out, entry->sentence);
    strbuf_add_text(out, entry->more[0] != '\0' ? " " : "");
    add_text(out, entry->more);
    strbuf_add_char(out, '\n');
    for (size_t i = 0; i < entry->figure_count; i++) {
        strbuf_add_text(out, "    - ");
        add_text(out, entry->figures[i].title);
        strbuf_add_text(out, ": ");
        add_said(out, &entry->figures[i]);
        strbuf_add_char(out, '\n');
    }
}

static void add_entries(struct strbuf *out, const struct report_block *block)
{
    add_heading(out, "### ", block->title);
    if (block->entry_count == 0)
        add_paragraph(out, "", block->text);
    for (size_t i = 0; i < block->entry_count; i++) {
        if (block->style == REPORT_LEAD)
            shown_text_add_markdown(out, block->entries[i].sentence);
        else
            add_entry(out, &block->entries[i]);
    }
    strbuf_add_text(out, block->style == REPORT_LEAD ? "\n\n" : block->entry_count > 0 ? "\n" : "");
}

static void add_points(struct strbuf *out, const struct report_history *history)
{
    size_t step = history->point_count > WEEKLY_DAYS_MAX ? MONTH : WEEK;
    strbuf_add_text(out, "| Day | Health | 95 % interval |\n| --- | ---: | --- |\n");
    for (size_t i = 0; i < history->point_count; i++) {
        const struct report_point *point = &history->points[i];
        if ((history->point_count - 1 - i) % step != 0)
            continue;
        strbuf_add_text(out, "| ");
        day_text_add_spoken(out, point->day);
        strbuf_add_text(out, " | ");
        if (isnan(point->value))
            strbuf_add_text(out, "unknown");
        else
            figure_text_add_short(out, "health", point->value);
        strbuf_add_text(out, " | ");
        if (!isnan(point->lo) && !isnan(point->hi))
            figure_text_add_interval(out, "health", point->lo, point->hi);
        strbuf_add_text(out, " |\n");
    }
    strbuf_add_char(out, '\n');
}

static void add_history(struct strbuf *out, const struct report_history *history)
{
    struct strbuf said = {.length = 0};
    report_words_add_history(&said, history, "health");
    add_paragraph(out, "", strbuf_text(&said));
    if (history->point_count > 0)
        add_points(out, history);
    for (size_t i = 0; i < history->mark_count; i++) {
        strbuf_reset(&said);
        report_words_add_mark(&said, &history->marks[i]);
        strbuf_add_text(out, "- ");
        add_text(out, strbuf_text(&said));
        strbuf_add_char(out, '\n');
    }
    strbuf_add_text(out, history->mark_count > 0 ? "\n" : "");
    strbuf_done(&said);
}

/* ---- the document ------------------------------------------------------------------------- */

static void add_block(struct strbuf *out, const struct report_block *block)
{
    switch (block->kind) {
    case REPORT_TEXT:
        add_paragraph(out, block->style == REPORT_NOTICE ? "> " : "", block->text);
        break;
    case REPORT_HEADLINE:
        add_headline(out, &block->figures[0]);
        break;
    case REPORT_FIGURES:
    case REPORT_MEASURES:
    case REPORT_COUNTS:
        add_figures(out, block);
        break;
    case REPORT_CURVE:
        for (size_t i = 0; i < block->figure_count; i++) {
            strbuf_add_text(out, "- ");
            add_text(out, block->figures[i].title);
            strbuf_add_text(out, ": ");
            add_said(out, &block->figures[i]);
            strbuf_add_char(out, '\n');
        }
        strbuf_add_char(out, '\n');
        break;
    case REPORT_ENTRIES:
        add_entries(out, block);
        break;
    case REPORT_GRID:
        add_grid(out, block);
        break;
    case REPORT_MATRIX:
        add_matrix(out, block);
        break;
    case REPORT_HISTORY:
        add_history(out, &block->history);
        break;
    case REPORT_TEAMS:
        add_teams(out, block);
        break;
    }
}

static void begin(struct report_output *output)
{
    (void)output;
}

static void write_page(struct report_output *output, const struct report_page *page)
{
    struct strbuf *out = &output->text;
    strbuf_add_text(out, "# ");
    shown_text_add_markdown(out, page->number == 0 ? text_of("All teams") : page->team);
    strbuf_add_text(out, "\n\n");
    if (page->state != NULL)
        strbuf_add_format(out, "**%s.** %s ", page->state->label, page->state->sentence);
    add_text(out, page->lead);
    strbuf_add_text(out, "\n\n");
    for (size_t i = 0; i < page->section_count; i++) {
        const struct report_section *section = &page->sections[i];
        add_heading(out, "## ", section->title);
        add_paragraph(out, "", section->intro);
        for (size_t b = 0; b < section->block_count; b++)
            add_block(out, &section->blocks[b]);
    }
    strbuf_add_text(out, "Rules ");
    shown_text_add_markdown(out, page->definitions.length > 0 ? page->definitions : text_of("differ between teams"));
    strbuf_add_text(out, "\n\n");
}

static void end(struct report_output *output)
{
    strbuf_add_text(&output->text, "---\n\n");
    add_text(&output->text, words_find(WORD_note, "about_all")->sentence);
    strbuf_add_char(&output->text, '\n');
}

const struct report_writer report_md_writer = {"md", begin, write_page, end};
