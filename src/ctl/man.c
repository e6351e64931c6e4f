/* Writes pieces of a manual page in the language of man(7). */
#include "ctl/man.h"

#include <stdbool.h>
#include <string.h>

#include "base/version.h"

/* One character; a line must not begin with a point or an apostrophe. */
static void add_char(struct strbuf *page, char c, bool begins_line)
{
    if (begins_line && (c == '.' || c == '\''))
        strbuf_add_text(page, "\\&");
    switch (c) {
    case '\\':
        strbuf_add_text(page, "\\e");
        return;
    case '-':
        strbuf_add_text(page, "\\-");
        return;
    case '\'':
        strbuf_add_text(page, "\\(aq");
        return;
    case '`':
        strbuf_add_text(page, "\\(ga");
        return;
    case '^':
        strbuf_add_text(page, "\\(ha");
        return;
    case '~':
        strbuf_add_text(page, "\\(ti");
        return;
    default:
        strbuf_add_char(page, c);
    }
}

static bool begins_line(const struct strbuf *page)
{
    return page->length == 0 || page->data[page->length - 1] == '\n';
}

static void add_literal(struct strbuf *page, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        add_char(page, text[i], begins_line(page));
}

static void add_words(struct strbuf *page, const char *text, size_t length)
{
    const char *end = text + length;
    for (const char *at = text; at < end;) {
        const char *close = *at == '`' ? memchr(at + 1, '`', (size_t)(end - at - 1)) : NULL;
        if (close != NULL) {
            strbuf_add_text(page, "\\fB");
            add_literal(page, at + 1, (size_t)(close - at - 1));
            strbuf_add_text(page, "\\fR");
            at = close + 1;
        } else {
            add_char(page, *at, begins_line(page));
            at++;
        }
    }
}

void man_words(struct strbuf *page, const char *text)
{
    add_words(page, text, strlen(text));
}

static void add_quoted(struct strbuf *page, const char *text)
{
    strbuf_add_char(page, '"');
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"')
            strbuf_add_text(page, "\\(dq");
        else
            add_char(page, *at, false);
    }
    strbuf_add_char(page, '"');
}

void man_begin(struct strbuf *page, const char *title, int section, const char *name, const char *summary)
{
    strbuf_add_text(page, ".\\\" Made by uptakectl --print-man from the tables of the programs.\n");
    strbuf_add_format(page, ".TH %s %d \"\" \"uptake " UPTAKE_VERSION "\" \"uptake\"\n", title, section);
    /* Ragged and without hyphens: names are to be found and copied. */
    strbuf_add_text(page, ".nh\n.ad l\n.SH NAME\n");
    strbuf_add_format(page, "%s \\- ", name);
    man_words(page, summary);
    strbuf_add_char(page, '\n');
}

void man_section(struct strbuf *page, const char *heading)
{
    strbuf_add_format(page, ".SH %s\n", heading);
}

void man_subsection(struct strbuf *page, const char *heading)
{
    strbuf_add_text(page, ".SS ");
    add_quoted(page, heading);
    strbuf_add_char(page, '\n');
}

/* Begins a paragraph; a heading has begun one already. */
static void part(struct strbuf *page)
{
    const char *last = page->data;
    for (const char *at = last; at != NULL && at + 1 < page->data + page->length; at++) {
        if (*at == '\n')
            last = at + 1;
    }
    if (last == NULL || strncmp(last, ".S", 2) != 0)
        strbuf_add_text(page, ".PP\n");
}

void man_paragraph(struct strbuf *page, const char *text)
{
    part(page);
    man_words(page, text);
    strbuf_add_char(page, '\n');
}

void man_item(struct strbuf *page, const char *term, const char *value, const char *text)
{
    strbuf_add_text(page, ".TP\n\\fB");
    add_literal(page, term, strlen(term));
    strbuf_add_text(page, "\\fR");
    if (*value != '\0') {
        strbuf_add_text(page, " \\fI");
        add_literal(page, value, strlen(value));
        strbuf_add_text(page, "\\fR");
    }
    strbuf_add_char(page, '\n');
    man_words(page, text);
    strbuf_add_text(page, *text != '\0' ? "\n" : "\\&\n");
}

enum prose { PROSE_NONE, PROSE_TEXT, PROSE_LITERAL };

static void change_prose(struct strbuf *page, enum prose from, enum prose to)
{
    if (from == to)
        return;
    if (from == PROSE_LITERAL)
        strbuf_add_text(page, ".fi\n.RE\n");
    if (to != PROSE_NONE)
        part(page);
    if (to == PROSE_LITERAL)
        strbuf_add_text(page, ".RS\n.nf\n");
}

void man_prose(struct strbuf *page, const char *lines)
{
    enum prose prose = PROSE_NONE;
    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n");
        enum prose next = length == 0 ? PROSE_NONE : *lines == ' ' ? PROSE_LITERAL : PROSE_TEXT;
        change_prose(page, prose, next);
        prose = next;
        size_t indent = strspn(lines, " ") > 1 ? 2 : 0;
        if (prose == PROSE_LITERAL)
            add_literal(page, lines + indent, length - indent);
        else
            add_words(page, lines, length);
        if (length > 0)
            strbuf_add_char(page, '\n');
        lines += length;
        lines += *lines == '\n';
    }
    change_prose(page, prose, PROSE_NONE);
}

void man_see_also(struct strbuf *page, const char *references)
{
    man_section(page, "SEE ALSO");
    while (*references != '\0') {
        size_t name = strcspn(references, "(");
        size_t all = strcspn(references, " ");
        strbuf_add_text(page, ".BR ");
        strbuf_add(page, references, name);
        strbuf_add_char(page, ' ');
        strbuf_add(page, references + name, all - name);
        references += all;
        references += *references == ' ';
        strbuf_add_text(page, *references != '\0' ? " ,\n" : "\n");
    }
}
