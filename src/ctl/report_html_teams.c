/* The table of all teams as HTML. */
#include "codec/shown_text.h"
#include "ctl/figure_text.h"
#include "ctl/svg.h"
#include "report_html_priv.h"

static void add_none(struct strbuf *out, const char *meaning)
{
    strbuf_add_text(out, "<span class=\"none\" aria-hidden=\"true\">–</span><span class=\"unseen\">");
    report_html_add_text(out, meaning);
    strbuf_add_text(out, "</span>");
}

static void add_health(struct strbuf *out, const struct report_figure *figure)
{
    struct strbuf text = {.length = 0};
    strbuf_add_text(out, "<td class=\"health\">");
    if (figure->value.known) {
        figure_text_add_short(&text, figure->unit, figure->value.value);
        report_html_add_element(out, "span", "figure", strbuf_text(&text));
        report_html_add_interval(out, figure, 132);
        strbuf_reset(&text);
        figure_text_add_interval(&text, figure->unit, figure->value.lo, figure->value.hi);
        report_html_add_element(out, "span", "limits", strbuf_text(&text));
    } else {
        report_html_add_element(out, "span", "none", figure->because != NULL ? "held back" : "unknown");
    }
    strbuf_add_text(out, "</td>");
    strbuf_done(&text);
}

static void add_past(struct strbuf *out, const struct report_figure *figure)
{
    strbuf_add_text(out, "<td class=\"past\">");
    if (figure->weeks != NULL)
        svg_add_weeks(out, figure->weeks, REPORT_WEEKS, 0, 100);
    else
        add_none(out, "no history");
    strbuf_add_text(out, "</td>");
}

static void add_signs(struct strbuf *out, const struct report_team_row *team)
{
    strbuf_add_text(out, "<td class=\"signs\">");
    if (team->verdict == NULL) {
        report_html_add_element(out, "span", "none", team->is_suppressed ? "held back" : "unknown");
    } else {
        strbuf_add_text(out, "<span class=\"discs\">");
        for (int i = 0; i < 3; i++)
            svg_add_sign(out, team->presence[i]);
        strbuf_add_text(out, "</span><span class=\"verdict\">");
        report_html_add_text(out, team->verdict->label);
        report_html_add_element(out, "small", "", team->detail);
        strbuf_add_text(out, "</span>");
    }
    strbuf_add_text(out, "</td>");
}

static void add_words(struct strbuf *out, const char *class, const char *before, const struct word *const *words,
                      size_t count)
{
    strbuf_add_text(out, "<td>");
    for (size_t i = 0; i < count; i++) {
        strbuf_add_format(out, "<span class=\"%s\">%s", class, before);
        report_html_add_text(out, words[i]->label);
        strbuf_add_text(out, "</span>");
    }
    if (count == 0)
        add_none(out, "none known");
    strbuf_add_text(out, "</td>");
}

void report_html_add_teams(struct strbuf *out, const struct report_block *block)
{
    static const char triangle[] = "<span aria-hidden=\"true\">▲ </span>";
    if (block->team_count == 0)
        return;
    report_html_begin_table(out, "teams", "All teams");
    strbuf_add_text(out, "<thead><tr><th scope=\"col\">Team</th><th scope=\"col\">Health</th>"
                         "<th scope=\"col\">26 weeks</th><th scope=\"col\">Signs</th><th scope=\"col\">In the way</th>"
                         "<th scope=\"col\">Open alarms</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < block->team_count; i++) {
        const struct report_team_row *team = &block->teams[i];
        strbuf_add_format(out, "<tr><th scope=\"row\" class=\"name\"><a href=\"#p%zu\">", team->page);
        report_html_add_name(out, team->team);
        strbuf_add_text(out, "</a>");
        report_html_add_element(out, "span", "state",
                                team->state != NULL    ? team->state->label
                                : team->is_suppressed ? "held back"
                                                      : "unknown");
        strbuf_add_text(out, "</th>");
        add_health(out, &team->health);
        add_past(out, &team->health);
        add_signs(out, team);
        add_words(out, "tag", "", team->diagnosis, team->diagnosis_count);
        add_words(out, "alarm", triangle, team->alarms, team->alarm_count);
        strbuf_add_text(out, "</tr>\n");
    }
    strbuf_add_text(out, "</tbody></table></div>\n");
}
