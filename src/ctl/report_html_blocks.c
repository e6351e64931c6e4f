/* The blocks of a report as HTML. */
#include <math.h>

#include "codec/shown_text.h"
#include "ctl/figure_text.h"
#include "ctl/svg.h"
#include "report_html_priv.h"

enum { INTERVAL_WIDTH = 132, WIDE_INTERVAL_WIDTH = 220 };

/* ---- figures ------------------------------------------------------------------------------ */

/* What is counted, and yes or no, lie on no axis. */
static bool has_axis(const struct report_figure *figure)
{
    if (figure->info != NULL)
        return figure->info->kind == KIND_ESTIMATE;
    return strcmp(figure->unit, "health") == 0 || strcmp(figure->unit, "share") == 0;
}

void report_html_add_interval(struct strbuf *out, const struct report_figure *figure, int width)
{
    struct figure_axis axis = figure_text_axis(figure->unit, &figure->value, 1);
    if (has_axis(figure))
        svg_add_interval(out, &axis, &figure->value, figure->threshold, width);
}

void report_html_add_said(struct strbuf *out, const struct report_figure *figure)
{
    struct strbuf text = {.length = 0};
    if (!figure->value.known) {
        strbuf_add_text(out, "<span class=\"because\">Unknown. ");
        report_html_add_text(out, report_words_unknown(figure));
        strbuf_add_text(out, "</span>");
        return;
    }
    figure_text_add(&text, figure->unit, &figure->value, figure->has_n);
    report_html_add_element(out, "span", "limits", strbuf_text(&text));
    strbuf_done(&text);
}

void report_html_add_evidence(struct strbuf *out, const struct report_figure *figures, size_t count)
{
    if (count == 0)
        return;
    strbuf_add_text(out, "<ul class=\"evidence\">\n");
    for (size_t i = 0; i < count; i++) {
        strbuf_add_text(out, "<li>");
        report_html_add_element(out, "span", "", figures[i].title);
        if (figures[i].value.known)
            report_html_add_interval(out, &figures[i], INTERVAL_WIDTH);
        report_html_add_said(out, &figures[i]);
        strbuf_add_text(out, "</li>\n");
    }
    strbuf_add_text(out, "</ul>\n");
}

static void add_headline(struct strbuf *out, const struct report_figure *figure)
{
    struct strbuf text = {.length = 0};
    strbuf_add_text(out, "<div class=\"number-card\">\n");
    if (figure->value.known) {
        figure_text_add_short(&text, figure->unit, figure->value.value);
        strbuf_add_format(out, "<p class=\"big\">%s<small> of 100</small></p>\n", strbuf_text(&text));
        report_html_add_interval(out, figure, WIDE_INTERVAL_WIDTH);
        strbuf_reset(&text);
        strbuf_add_text(&text, "95 % interval ");
        figure_text_add_interval(&text, figure->unit, figure->value.lo, figure->value.hi);
        strbuf_add_text(&text, ", of ");
        figure_text_add_count(&text, figure->value.n);
        strbuf_add_text(&text, " people");
        report_html_add_element(out, "p", "limits", strbuf_text(&text));
    } else {
        report_html_add_element(out, "p", "big none", figure->because != NULL ? "held back" : "unknown");
    }
    strbuf_add_text(out, "</div>\n");
    strbuf_done(&text);
}

static void add_counts(struct strbuf *out, const struct report_block *block)
{
    struct strbuf text = {.length = 0};
    strbuf_add_text(out, "<dl class=\"counts\">\n");
    for (size_t i = 0; i < block->figure_count; i++) {
        const struct report_figure *figure = &block->figures[i];
        strbuf_reset(&text);
        strbuf_add_format(&text, "%s. %s", figure->title, figure->says);
        if (figure->info != NULL && figure->info->where == WHERE_WINDOWS)
            strbuf_add_format(&text, " %s", words_find(WORD_window, figure->window)->sentence);
        strbuf_add_text(out, "<div>");
        report_html_add_element(out, "dt", "", strbuf_text(&text));
        strbuf_reset(&text);
        if (figure->value.known)
            figure_text_add_count(&text, figure->value.value);
        else
            strbuf_add_text(&text, figure->because != NULL ? figure->because->label : "Unknown");
        report_html_add_element(out, "dd", "", strbuf_text(&text));
        strbuf_add_text(out, "</div>\n");
    }
    strbuf_add_text(out, "</dl>\n");
    strbuf_done(&text);
}

/* ---- tables ------------------------------------------------------------------------------- */

static void add_claim(struct strbuf *out, const struct report_figure *figure)
{
    if (figure->claim != NULL && strcmp(figure->claim->name, "description") != 0)
        report_html_add_element(out, "small", "claim", figure->claim->name);
}

static void add_known_cells(struct strbuf *out, const struct report_figure *figure)
{
    struct strbuf text = {.length = 0};
    strbuf_add_text(out, "<td>");
    figure_text_add_value(&text, figure->unit, figure->value.value);
    report_html_add_element(out, "span", "figure", strbuf_text(&text));
    strbuf_add_text(out, "</td><td>");
    strbuf_reset(&text);
    report_html_add_interval(out, figure, INTERVAL_WIDTH);
    if (figure->value.has_interval)
        figure_text_add_interval(&text, figure->unit, figure->value.lo, figure->value.hi);
    report_html_add_element(out, "span", "limits", figure->value.has_interval ? strbuf_text(&text) : "");
    strbuf_add_text(out, "</td><td class=\"limits\">");
    strbuf_reset(&text);
    if (figure->has_n)
        figure_text_add_count(out, figure->value.n);
    strbuf_add_text(out, "</td>");
    strbuf_done(&text);
}

static void add_measure(struct strbuf *out, const struct report_figure *figure)
{
    strbuf_add_text(out, "<tr><th scope=\"row\">");
    report_html_add_text(out, figure->title);
    add_claim(out, figure);
    strbuf_add_text(out, "<span class=\"help\">");
    report_html_add_text(out, figure->says);
    if (figure->info != NULL && figure->info->cannot_show[0] != '\0') {
        strbuf_add_text(out, " It cannot show ");
        report_html_add_text(out, figure->info->cannot_show);
        strbuf_add_char(out, '.');
    }
    strbuf_add_text(out, "</span></th>");
    if (figure->value.known) {
        add_known_cells(out, figure);
    } else {
        strbuf_add_text(out, "<td colspan=\"3\" class=\"because\">Unknown. ");
        report_html_add_text(out, report_words_unknown(figure));
        strbuf_add_text(out, "</td>");
    }
    strbuf_add_text(out, "<td>");
    if (figure->weeks != NULL)
        svg_add_weeks(out, figure->weeks, REPORT_WEEKS, (double)NAN, 0);
    strbuf_add_text(out, "</td></tr>\n");
}

static void add_measures(struct strbuf *out, const struct report_block *block)
{
    report_html_begin_table(out, "all", block->title);
    strbuf_add_text(out, "<thead><tr><th scope=\"col\">Measure</th><th scope=\"col\">Estimate</th>"
                         "<th scope=\"col\">95 % interval</th><th scope=\"col\">n</th>"
                         "<th scope=\"col\">26 weeks</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < block->figure_count; i++)
        add_measure(out, &block->figures[i]);
    strbuf_add_text(out, "</tbody></table></div>\n");
}

/* On one axis with the figures of the same measure in its column. */
static void add_grid_cell(struct strbuf *out, const struct report_block *block, size_t row, size_t column)
{
    const struct report_figure *figure = &block->entries[row].figures[column];
    struct figure_axis axis = figure_text_axis(figure->unit, &figure->value, 1);
    for (size_t i = 0; i < block->entry_count; i++) {
        const struct report_figure *other = &block->entries[i].figures[column];
        struct figure_axis wanted = figure_text_axis(other->unit, &other->value, 1);
        if (strcmp(other->title, figure->title) == 0 && strcmp(other->unit, figure->unit) == 0) {
            axis.low = fmin(axis.low, wanted.low);
            axis.high = fmax(axis.high, wanted.high);
        }
    }
    strbuf_add_text(out, "<td>");
    if (figure->value.known && has_axis(figure))
        svg_add_interval(out, &axis, &figure->value, figure->threshold, INTERVAL_WIDTH);
    report_html_add_said(out, figure);
    strbuf_add_text(out, "</td>");
}

static void add_grid(struct strbuf *out, const struct report_block *block)
{
    const struct report_entry *first = &block->entries[0];
    report_html_begin_table(out, "against", block->title);
    strbuf_add_text(out, "<thead><tr><th scope=\"col\">Of</th>");
    for (size_t i = 0; i < first->figure_count; i++) {
        const struct report_figure *figure = &first->figures[i];
        strbuf_add_text(out, "<th scope=\"col\">");
        report_html_add_text(out, figure->title);
        if (strcmp(block->name, "comparison") == 0)
            report_html_add_element(out, "small", "",
                                    words_find(WORD_better, figure->info->better == BETTER_MORE ? "more" : "less")->label);
        strbuf_add_text(out, "</th>");
    }
    strbuf_add_text(out, "</tr></thead>\n<tbody>\n");
    for (size_t row = 0; row < block->entry_count; row++) {
        const struct report_entry *entry = &block->entries[row];
        strbuf_add_text(out, "<tr><th scope=\"row\">");
        report_html_add_name(out, entry->title);
        if (strcmp(entry->note, "description") != 0)
            report_html_add_element(out, "small", "claim", entry->note);
        strbuf_add_text(out, "<span class=\"help\">");
        shown_text_add_html(out, entry->sentence);
        strbuf_add_text(out, "</span></th>");
        for (size_t i = 0; i < entry->figure_count; i++)
            add_grid_cell(out, block, row, i);
        strbuf_add_text(out, "</tr>\n");
    }
    strbuf_add_text(out, "</tbody></table></div>\n");
}

static void add_advice(struct strbuf *out, const struct report_entry *entry, bool is_right)
{
    const struct estimate *value = &entry->figures[0].value;
    struct strbuf text = {.length = 0};
    strbuf_add_format(out, "<td class=\"%s\"><strong>", is_right ? "right" : "wrong");
    figure_text_add_count(out, value->value);
    strbuf_add_text(out, "</strong>");
    if (value->n > 0)
        figure_text_add_value(&text, "proportion", value->value / value->n);
    report_html_add_element(out, "span", "", value->n > 0 ? strbuf_text(&text) : "");
    strbuf_reset(&text);
    strbuf_add_format(&text, "%s %.*s", is_right ? "✓" : "✗", (int)entry->title.length, entry->title.bytes);
    report_html_add_element(out, "small", "", strbuf_text(&text));
    strbuf_add_text(out, "</td>");
    strbuf_done(&text);
}

static void add_matrix(struct strbuf *out, const struct report_block *block)
{
    strbuf_add_text(out, "<table class=\"matrix\"><caption class=\"unseen\">Advice accepted or overridden, by whether it "
                         "was right</caption><thead><tr><td></td><th scope=\"col\">Advice was right</th>"
                         "<th scope=\"col\">Advice was wrong</th></tr></thead>\n<tbody>\n"
                         "<tr><th scope=\"row\">Accepted</th>");
    add_advice(out, &block->entries[0], true);
    add_advice(out, &block->entries[1], false);
    strbuf_add_text(out, "</tr>\n<tr><th scope=\"row\">Overridden</th>");
    add_advice(out, &block->entries[2], false);
    add_advice(out, &block->entries[3], true);
    strbuf_add_text(out, "</tr></tbody></table>\n");
}

/* ---- plots -------------------------------------------------------------------------------- */

static void add_legend(struct strbuf *out, const struct report_history *history)
{
    strbuf_add_text(out, "<ul class=\"legend\"><li>");
    svg_add_band_key(out);
    strbuf_add_text(out, "95 % interval</li>");
    for (int kind = REPORT_ALARM; kind <= REPORT_RULES; kind++) {
        if (!report_words_has_mark(history, (enum report_mark_kind)kind))
            continue;
        strbuf_add_text(out, "<li>");
        svg_add_key(out, (enum report_mark_kind)kind);
        report_html_add_text(out, report_words_mark((enum report_mark_kind)kind));
        strbuf_add_text(out, "</li>");
    }
    strbuf_add_text(out, "</ul>\n");
}

static bool is_inside(const struct report_history *history, const struct report_mark *mark)
{
    return history->point_count > 0 && mark->until >= history->points[0].day &&
           mark->day <= history->points[history->point_count - 1].day;
}

static void add_history(struct strbuf *out, const struct report_page *page, const struct report_block *block)
{
    struct strbuf said = {.length = 0};
    struct strbuf id = {.length = 0};
    report_words_add_history(&said, &block->history, "health");
    strbuf_add_format(&id, "p%zu-history", page->number);
    const struct svg_frame frame = {.id = strbuf_text(&id),
                                    .title = text_of("Health, day by day"),
                                    .description = text_of(strbuf_text(&said)),
                                    .unit = "health",
                                    .axis = figure_text_axis("health", NULL, 0)};
    strbuf_add_text(out, "<figure>\n");
    size_t before = out->length;
    svg_add_history(out, &frame, &block->history);
    if (out->length > before)
        add_legend(out, &block->history);
    strbuf_add_text(out, "\n<figcaption class=\"readout\">");
    report_html_add_text(out, strbuf_text(&said));
    strbuf_add_text(out, "</figcaption>\n");
    size_t marks = 0;
    for (size_t i = 0; i < block->history.mark_count; i++) {
        if (!is_inside(&block->history, &block->history.marks[i]))
            continue;
        strbuf_reset(&said);
        report_words_add_mark(&said, &block->history.marks[i]);
        strbuf_add_text(out, marks++ == 0 ? "<ul class=\"marks\">\n" : "");
        report_html_add_element(out, "li", "", strbuf_text(&said));
    }
    strbuf_add_text(out, marks > 0 ? "</ul>\n</figure>\n" : "</figure>\n");
    strbuf_done(&said);
    strbuf_done(&id);
}

static void add_curve(struct strbuf *out, const struct report_page *page, const struct report_block *block)
{
    static const int days[] = {14, 28, 180};
    enum { POINTS = sizeof days / sizeof days[0] };
    struct estimate values[POINTS] = {{.known = false}};
    struct strbuf said = {.length = 0};
    struct strbuf id = {.length = 0};
    for (size_t i = 0; i < POINTS && i < block->figure_count; i++) {
        values[i] = block->figures[i].value;
        strbuf_add_format(&said, "%sAfter %d days: ", i > 0 ? "; " : "", days[i]);
        if (values[i].known)
            figure_text_add(&said, block->figures[i].unit, &values[i], block->figures[i].has_n);
        else
            strbuf_add_text(&said, "unknown");
    }
    strbuf_add_format(&id, "p%zu-durability", page->number);
    const struct svg_frame frame = {.id = strbuf_text(&id),
                                    .title = text_of(block->title),
                                    .description = text_of(strbuf_text(&said)),
                                    .unit = "proportion",
                                    .axis = figure_text_axis("proportion", NULL, 0)};
    strbuf_add_text(out, "<figure>\n");
    svg_add_curve(out, &frame, values, days, POINTS);
    strbuf_add_text(out, "</figure>\n");
    report_html_add_evidence(out, block->figures, block->figure_count);
    strbuf_done(&said);
    strbuf_done(&id);
}

/* ---- any ---------------------------------------------------------------------------------- */

void report_html_add_block(struct strbuf *out, const struct report_page *page, const struct report_block *block)
{
    static const char *const styles[] = {
        [REPORT_PLAIN] = "", [REPORT_LEAD] = "lead", [REPORT_FINE] = "fine", [REPORT_NOTICE] = "notice"};
    switch (block->kind) {
    case REPORT_TEXT:
        report_html_add_element(out, "p", styles[block->style], block->text);
        break;
    case REPORT_HEADLINE:
        add_headline(out, &block->figures[0]);
        break;
    case REPORT_FIGURES:
        report_html_add_element(out, "h3", "sub", block->title);
        report_html_add_evidence(out, block->figures, block->figure_count);
        break;
    case REPORT_MEASURES:
        add_measures(out, block);
        break;
    case REPORT_COUNTS:
        add_counts(out, block);
        break;
    case REPORT_ENTRIES:
        report_html_add_entries(out, block);
        break;
    case REPORT_GRID:
        add_grid(out, block);
        break;
    case REPORT_MATRIX:
        add_matrix(out, block);
        break;
    case REPORT_HISTORY:
        add_history(out, page, block);
        break;
    case REPORT_CURVE:
        add_curve(out, page, block);
        break;
    case REPORT_TEAMS:
        report_html_add_teams(out, block);
        break;
    }
}
