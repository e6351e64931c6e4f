/* A report as one HTML file that needs nothing else: no script, no address, styles and drawings within. */
#include "codec/page_files.h"
#include "codec/shown_text.h"
#include "report_html_priv.h"

/* Beside the styles of the page: what only a report has, and how it is cut into sheets. */
static const char styles[] =
    "main.report { padding-top: 26px; padding-bottom: 20px; }\n"
    ".page + .page { margin-top: 72px; padding-top: 44px; border-top: 3px solid var(--strong-line); }\n"
    ".contents { display: flex; flex-wrap: wrap; gap: 2px 18px; margin-top: 14px; font-size: 13.5px; }\n"
    ".part.teams, .part.suppressed { border-top: 0; margin-top: 22px; padding-top: 0; }\n"
    "svg.history { height: auto; }\n"
    ".marks { color: var(--soft); font-size: 12.5px; margin-top: 6px; padding-left: 44px; }\n"
    ".readout { max-width: 96ch; min-height: 0; margin-top: 6px; }\n"
    ".teams caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }\n"
    "table.all { width: 100%; margin-top: 22px; }\n"
    ".all caption { font-weight: 620; padding-bottom: 5px; text-align: left; }\n"
    ".all th, .all td { border-top: 1px solid var(--line); padding: 8px 14px 8px 0; vertical-align: top; }\n"
    ".all thead th { font-size: 12.5px; font-weight: 500; color: var(--soft); "
    "border-top: 1px solid var(--strong-line); }\n"
    ".all tbody th { font-weight: 600; width: 44%; }\n"
    ".all .help { display: block; font-weight: 400; color: var(--soft); font-size: 12.5px; line-height: 1.4; }\n"
    ".all .figure { font-weight: 600; white-space: nowrap; }\n"
    ".all .limits { white-space: nowrap; }\n"
    ".against .help { display: block; font-weight: 400; color: var(--soft); font-size: 12.5px; }\n"
    ".against caption { font-weight: 620; padding: 22px 0 5px; text-align: left; }\n"
    ".components { margin-top: 22px; }\n"
    ".evidence .because { grid-column: 2 / -1; font-size: 13.5px; }\n"
    ".fine.cannot { margin: 0; }\n"
    "@media screen and (min-width: 1000px) {\n"
    "  table.against { table-layout: fixed; }\n"
    "  .against thead th:first-child { width: 30%; }\n"
    "}\n"
    "@media screen and (max-width: 760px) {\n"
    "  .split, .split.even, .indicators, .findings { grid-template-columns: 1fr; }\n"
    "  .evidence li, .findings .evidence li { grid-template-columns: 1fr; }\n"
    "  .evidence .because, .evidence li > .limits:nth-child(2) { grid-column: auto; }\n"
    "  .missing > div { grid-template-columns: 1fr; }\n"
    "  .all th, .all td, .against th, .against td { padding-right: 8px; }\n"
    "}\n"
    "@media print {\n"
    "  @page { margin: 16mm 14mm; }\n"
    "  .page + .page { break-before: page; border-top: 0; margin-top: 0; padding-top: 0; }\n"
    "  .part { margin-top: 22px; padding-top: 12px; }\n"
    "  .contents { display: none; }\n"
    "  h2, h3, caption { break-after: avoid; }\n"
    "  tr, li, .plot, .matrix { break-inside: avoid; }\n"
    "  .part > table, .part > .scroll, .part > ul, .part > dl, .part > .split { break-inside: auto; }\n"
    "  .scroll { overflow: visible; }\n"
    "  .all, .against { font-size: 8.5pt; }\n"
    "  .split { grid-template-columns: 200px 1fr; gap: 20px; }\n"
    "  .findings { grid-template-columns: 1fr; }\n"
    "  .evidence li, .findings .evidence li { grid-template-columns: 150px 132px 1fr; font-size: 9pt; padding: 2px 0; }\n"
    "  .evidence .because { grid-column: 2 / -1; }\n"
    "  .all th, .all td, .against th, .against td { padding: 4px 10px 4px 0; }\n"
    "  .all .help, .against .help, .all .because, .against .because { font-size: 7.5pt; line-height: 1.3; }\n"
    "  .missing > div { grid-template-columns: 130px 1fr; padding: 5px 0; }\n"
    "}\n";

void report_html_add_text(struct strbuf *out, const char *text)
{
    shown_text_add_html(out, text_of(text));
}

void report_html_add_name(struct strbuf *out, struct text name)
{
    strbuf_add_text(out, "<bdi>");
    shown_text_add_html(out, name);
    strbuf_add_text(out, "</bdi>");
}

void report_html_add_element(struct strbuf *out, const char *tag, const char *class, const char *text)
{
    if (text[0] == '\0')
        return;
    if (class[0] != '\0')
        strbuf_add_format(out, "<%s class=\"%s\">", tag, class);
    else
        strbuf_add_format(out, "<%s>", tag);
    report_html_add_text(out, text);
    strbuf_add_format(out, "</%s>\n", tag);
}

void report_html_begin_table(struct strbuf *out, const char *class, const char *caption)
{
    strbuf_add_text(out, "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"");
    report_html_add_text(out, caption);
    strbuf_add_format(out, "\"><table class=\"%s\">", class);
    report_html_add_element(out, "caption", "", caption);
}

static void add_page_styles(struct strbuf *out)
{
    size_t count;
    const struct page_file *files = page_files_list(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(files[i].name, "page.css") == 0)
            strbuf_add(out, files[i].bytes, files[i].length);
    }
}

static void begin(struct report_output *output)
{
    struct strbuf *out = &output->text;
    strbuf_add_text(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<title>");
    if (output->is_all)
        strbuf_add_text(out, "All teams");
    else
        shown_text_add_html(out, output->team);
    strbuf_add_text(out, " – uptake</title>\n"
                         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                         "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
                         "<meta name=\"robots\" content=\"noindex\"/>\n"
                         "<meta name=\"referrer\" content=\"no-referrer\"/>\n"
                         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
                         "'unsafe-inline'; base-uri 'none'; form-action 'none'\"/>\n<style>\n");
    add_page_styles(out);
    strbuf_add_text(out, styles);
    strbuf_add_text(out, "</style>\n</head>\n<body>\n<main class=\"report\">\n");
}

static void end(struct report_output *output)
{
    strbuf_add_text(&output->text, "</main>\n<footer class=\"foot\">\n");
    report_html_add_element(&output->text, "p", "", words_find(WORD_note, "about_all")->sentence);
    strbuf_add_text(&output->text, "</footer>\n</body>\n</html>\n");
}

static void add_section(struct strbuf *out, const struct report_page *page, const struct report_section *section)
{
    strbuf_add_format(out, "<section class=\"part %s\">\n", section->name);
    report_html_add_element(out, "h2", "", section->title);
    report_html_add_element(out, "p", "intro", section->intro);
    for (size_t i = 0; i < section->block_count; i++)
        report_html_add_block(out, page, &section->blocks[i]);
    strbuf_add_text(out, "</section>\n");
}

static void write_page(struct report_output *output, const struct report_page *page)
{
    struct strbuf *out = &output->text;
    strbuf_add_format(out, "<article class=\"page\" id=\"p%zu\">\n", page->number);
    if (page->number > 0 && output->is_all)
        strbuf_add_text(out, "<p class=\"back\"><a href=\"#p0\">← All teams</a></p>\n");
    strbuf_add_text(out, "<h1>");
    if (page->number == 0)
        report_html_add_text(out, "All teams");
    else
        report_html_add_name(out, page->team);
    strbuf_add_text(out, "</h1>\n<p class=\"lead\">");
    if (page->state != NULL) {
        strbuf_add_text(out, "<strong>");
        report_html_add_text(out, page->state->label);
        strbuf_add_text(out, "</strong>. ");
        report_html_add_text(out, page->state->sentence);
        strbuf_add_char(out, ' ');
    }
    report_html_add_text(out, page->lead);
    strbuf_add_text(out, "</p>\n");
    for (size_t i = 0; i < page->section_count; i++)
        add_section(out, page, &page->sections[i]);
    strbuf_add_text(out, "<p class=\"fine origin\">Rules ");
    shown_text_add_html(out, page->definitions.length > 0 ? page->definitions : text_of("differ between teams"));
    strbuf_add_text(out, "</p>\n</article>\n");
}

const struct report_writer report_html_writer = {"html", begin, write_page, end};
