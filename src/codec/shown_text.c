/* Text that others wrote as it is safe to show. */
#include "codec/shown_text.h"

#include <stdbool.h>
#include <stdint.h>

/* The character at `at`, which is UTF-8 (a broken one counts as one byte); *ret_length gets its bytes. */
static uint32_t read_character(struct text text, uint32_t at, uint32_t *ret_length)
{
    const unsigned char *bytes = (const unsigned char *)text.bytes + at;
    uint32_t length = bytes[0] < 0xc0 ? 1 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
    if (length > text.length - at)
        length = 1;
    uint32_t code = length == 1 ? bytes[0] : bytes[0] & (0x7fU >> length);
    for (uint32_t i = 1; i < length; i++)
        code = code << 6 | (bytes[i] & 0x3fU);
    *ret_length = length;
    return code;
}

/* What shows nothing of its own and changes how other text looks. */
static bool is_hidden(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x61c || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

/* add_ascii writes the first of `rest`, which a reader of the format might take for more than a character. */
static void add_shown(struct strbuf *out, struct text text, void (*add_ascii)(struct strbuf *out, struct text rest))
{
    uint32_t length;
    for (uint32_t at = 0; at < text.length; at += length) {
        uint32_t code = read_character(text, at, &length);
        if (code == '\t' || code == '\n' || code == '\r')
            strbuf_add_char(out, ' ');
        else if (is_hidden(code))
            strbuf_add_text(out, "\xef\xbf\xbd");
        else if (length > 1)
            strbuf_add(out, text.bytes + at, length);
        else
            add_ascii(out, (struct text){text.bytes + at, text.length - at});
    }
}

static void add_html(struct strbuf *out, struct text rest)
{
    switch (rest.bytes[0]) {
    case '&':
        strbuf_add_text(out, "&amp;");
        break;
    case '<':
        strbuf_add_text(out, "&lt;");
        break;
    case '>':
        strbuf_add_text(out, "&gt;");
        break;
    case '"':
        strbuf_add_text(out, "&quot;");
        break;
    case '\'':
        strbuf_add_text(out, "&#39;");
        break;
    default:
        strbuf_add_char(out, rest.bytes[0]);
    }
}

static bool begins_with(struct text text, const char *part)
{
    struct text wanted = text_of(part);
    return text.length >= wanted.length && memcmp(text.bytes, wanted.bytes, wanted.length) == 0;
}

/* An address would become a link. */
static void add_markdown(struct strbuf *out, struct text rest)
{
    char c = rest.bytes[0];
    if (strchr("\\`*_[]<>|&~#", c) != NULL || begins_with(rest, "://"))
        strbuf_add_char(out, '\\');
    strbuf_add_char(out, c);
    if (begins_with(rest, "w.") && out->length >= 3 && memcmp(out->data + out->length - 3, "www", 3) == 0)
        strbuf_add_char(out, '\\');
}

void shown_text_add_html(struct strbuf *out, struct text text)
{
    add_shown(out, text, add_html);
}

void shown_text_add_markdown(struct strbuf *out, struct text text)
{
    add_shown(out, text, add_markdown);
}

void shown_text_add_csv(struct strbuf *out, struct text text)
{
    bool is_formula = text.length > 0 && memchr("=+-@\t\r", text.bytes[0], 6) != NULL;
    bool is_quoted = false;
    for (uint32_t i = 0; i < text.length; i++)
        is_quoted = is_quoted || memchr(",\"\r\n", text.bytes[i], 4) != NULL;
    if (is_quoted)
        strbuf_add_char(out, '"');
    if (is_formula)
        strbuf_add_char(out, '\'');
    for (uint32_t i = 0; i < text.length; i++) {
        if (text.bytes[i] == '"')
            strbuf_add_char(out, '"');
        strbuf_add_char(out, text.bytes[i]);
    }
    if (is_quoted)
        strbuf_add_char(out, '"');
}
