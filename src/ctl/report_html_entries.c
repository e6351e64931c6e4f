/* What is named in a report, as HTML: signs, findings, alarms, what is missing. */
#include "codec/day_text.h"
#include "codec/shown_text.h"
#include "ctl/svg.h"
#include "report_html_priv.h"

enum { INTERVAL_WIDTH = 220 };

static void add_sign(struct strbuf *out, const struct report_entry *entry)
{
    const struct report_figure *figure = &entry->figures[0];
    strbuf_add_format(out, "<li class=\"indicator %s\"><h3>", entry->presence);
    svg_add_sign(out, entry->presence);
    shown_text_add_html(out, entry->title);
    report_html_add_element(out, "span", "presence", entry->note);
    strbuf_add_text(out, "</h3>\n<p>");
    shown_text_add_html(out, entry->sentence);
    strbuf_add_text(out, "</p>\n");
    if (entry->figure_count > 0) {
        if (figure->value.known)
            report_html_add_interval(out, figure, INTERVAL_WIDTH);
        strbuf_add_text(out, "<p>");
        report_html_add_said(out, figure);
        strbuf_add_text(out, "</p>\n");
    }
    report_html_add_element(out, "p", "fine", entry->more);
    strbuf_add_text(out, "</li>\n");
}

static void add_finding(struct strbuf *out, const struct report_entry *entry)
{
    strbuf_add_text(out, "<li><h3>");
    report_html_add_name(out, entry->title);
    report_html_add_element(out, "small", "claim", entry->note);
    strbuf_add_text(out, "</h3>\n<p>");
    if (entry->since != INT32_MIN) {
        strbuf_add_text(out, "On ");
        day_text_add_spoken(out, entry->since);
        strbuf_add_text(out, ". ");
    }
    shown_text_add_html(out, entry->sentence);
    strbuf_add_text(out, "</p>\n");
    report_html_add_evidence(out, entry->figures, entry->figure_count);
    strbuf_add_text(out, "</li>\n");
}

static void add_alarm(struct strbuf *out, const struct report_entry *entry)
{
    strbuf_add_text(out, "<li><strong><span aria-hidden=\"true\">▲ </span>");
    shown_text_add_html(out, entry->title);
    strbuf_add_text(out, "</strong> since ");
    day_text_add_spoken(out, entry->since);
    strbuf_add_text(out, ". ");
    shown_text_add_html(out, entry->sentence);
    strbuf_add_char(out, ' ');
    report_html_add_element(out, "span", "fine", entry->more);
    strbuf_add_text(out, "</li>\n");
}

static void add_missing(struct strbuf *out, const struct report_entry *entry)
{
    strbuf_add_text(out, "<div><dt>");
    shown_text_add_html(out, entry->title);
    strbuf_add_text(out, "</dt><dd>");
    shown_text_add_html(out, entry->sentence);
    report_html_add_element(out, "small", "", entry->more);
    strbuf_add_text(out, "</dd></div>\n");
}

static void add_lead(struct strbuf *out, const struct report_entry *entry)
{
    strbuf_add_text(out, "<p class=\"lead\">");
    shown_text_add_html(out, entry->sentence);
    strbuf_add_text(out, "</p>\n");
}

void report_html_add_entries(struct strbuf *out, const struct report_block *block)
{
    static const struct {
        const char *name, *tag, *class;
        void (*add)(struct strbuf *out, const struct report_entry *entry);
    } kinds[] = {{"verdict", "div", "", add_lead},
                 {"indicators", "ul", "indicators", add_sign},
                 {"diagnosis", "ul", "findings", add_finding},
                 {"alarms", "ul", "alerts", add_alarm},
                 {"redesigns", "ul", "findings", add_finding},
                 {"because", "dl", "missing", add_missing}};
    report_html_add_element(out, "h3", "sub", block->title);
    if (block->entry_count == 0) {
        report_html_add_element(out, "p", "", block->text);
        return;
    }
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        if (strcmp(kinds[k].name, block->name) != 0)
            continue;
        strbuf_add_format(out, "<%s class=\"%s\">\n", kinds[k].tag, kinds[k].class);
        for (size_t i = 0; i < block->entry_count; i++)
            kinds[k].add(out, &block->entries[i]);
        strbuf_add_format(out, "</%s>\n", kinds[k].tag);
    }
}
