/* Text that others wrote as it is safe to show: in HTML, in Markdown, as a field of CSV. */
#pragma once

#include "base/strbuf.h"
#include "base/text.h"

/* Whatever its name, text stays text: control characters, and those that turn the direction of what follows, come out as
 * U+FFFD, tabs and line ends as blanks. UTF-8 in, UTF-8 out. */

/* Between tags, and within an attribute in double or single quotes. */
void shown_text_add_html(struct strbuf *out, struct text text);
/* Within a paragraph, a heading or a cell of a table. */
void shown_text_add_markdown(struct strbuf *out, struct text text);
/* A field of RFC 4180, byte for byte but for one: a spreadsheet would calculate what begins with = + - @, a tab or a
 * carriage return, so an apostrophe stands before it. Not for numbers. */
void shown_text_add_csv(struct strbuf *out, struct text text);
