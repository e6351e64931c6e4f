/* What the files of the HTML writer share. */
#pragma once

#include "ctl/report_writer.h"

/* Text, never markup. A name may run from right to left without turning what stands around it. */
void report_html_add_text(struct strbuf *out, const char *text);
void report_html_add_name(struct strbuf *out, struct text name);
/* <tag class="class">text</tag>; nothing where the text is "". */
void report_html_add_element(struct strbuf *out, const char *tag, const char *class, const char *text);

/* A table that can be scrolled by keyboard where it is too wide: <div><table>, both to be ended. */
void report_html_begin_table(struct strbuf *out, const char *class, const char *caption);

/* "84 % (75 to 89 %, n 220)", or why not. */
void report_html_add_said(struct strbuf *out, const struct report_figure *figure);
/* A list of figures, each with its drawing. */
void report_html_add_evidence(struct strbuf *out, const struct report_figure *figures, size_t count);

void report_html_add_block(struct strbuf *out, const struct report_page *page, const struct report_block *block);
void report_html_add_entries(struct strbuf *out, const struct report_block *block);
void report_html_add_teams(struct strbuf *out, const struct report_block *block);
/* The drawing of an interval on the axis of its unit. */
void report_html_add_interval(struct strbuf *out, const struct report_figure *figure, int width);
