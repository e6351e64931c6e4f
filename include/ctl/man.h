/* Writes pieces of a manual page in the language of man(7). */
#pragma once

#include "base/strbuf.h"

/* Begins a page: title in capitals, its section, and the line behind its name. */
void man_begin(struct strbuf *page, const char *title, int section, const char *name, const char *summary);

void man_section(struct strbuf *page, const char *heading);
void man_subsection(struct strbuf *page, const char *heading);

/* Adds text with what roff would misread taken care of; `words` in backticks become bold. It stays
 * within the line. */
void man_words(struct strbuf *page, const char *text);

/* A paragraph. */
void man_paragraph(struct strbuf *page, const char *text);

/* An item of a list: what is explained (bold, then italics), and the explanation. Either of the last
 * two may be empty. */
void man_item(struct strbuf *page, const char *term, const char *value, const char *text);

/* Many lines: those that begin with a blank stay as they are, others flow; an empty one parts
 * paragraphs. */
void man_prose(struct strbuf *page, const char *lines);

/* A heading and references such as "uptaked(8)", divided by blanks. */
void man_see_also(struct strbuf *page, const char *references);
