/* Text that others wrote, as a terminal may show it. */
#include "ctl/screen_text.h"

#include <locale.h>
#include <wchar.h>
#include <wctype.h>

#define REPLACEMENT "\xEF\xBF\xBD"
#define ELLIPSIS "\xE2\x80\xA6"

/* A character of a text: where it comes from, and how it shows. */
struct glyph {
    uint32_t length; /* bytes of the text that it stands for */
    struct text shown;
    wchar_t character; /* 0 where the bytes are none */
    int columns;
};

/* Characters are those of Unicode, whatever the environment says: names come from elsewhere. */
static void use_unicode(void)
{
    static locale_t locale;
    if (locale == (locale_t)0)
        locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (locale != (locale_t)0)
        (void)uselocale(locale);
}

/* Marks that turn the direction of writing, and other signs that do not show but act. */
static bool steers(wchar_t c)
{
    return c == 0x61C || (c >= 0x200B && c <= 0x200C) || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
           (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

/* The character at `at`, which is within the text. */
static struct glyph glyph_at(struct text text, uint32_t at)
{
    mbstate_t state = {0};
    struct glyph glyph = {.length = 1, .shown = text_of(REPLACEMENT), .columns = 1};
    wchar_t c;
    size_t length = mbrtowc(&c, text.bytes + at, text.length - at, &state);
    if (length == 0 || length > text.length - at)
        return glyph;
    glyph.length = (uint32_t)length;
    glyph.character = c;
    if (wcwidth(c) < 0 || !iswprint((wint_t)c) || steers(c))
        return glyph;
    glyph.shown = (struct text){.bytes = text.bytes + at, .length = (uint32_t)length};
    glyph.columns = wcwidth(c);
    return glyph;
}

int screen_text_columns(struct text text)
{
    int columns = 0;
    use_unicode();
    for (uint32_t at = 0; at < text.length;) {
        struct glyph glyph = glyph_at(text, at);
        columns += glyph.columns;
        at += glyph.length;
    }
    return columns;
}

static void add_blanks(struct strbuf *out, int count)
{
    for (int i = 0; i < count; i++)
        strbuf_add_char(out, ' ');
}

/* Returns the columns that were taken. */
static int add_glyphs(struct strbuf *out, struct text text, int columns_max)
{
    int columns = 0;
    for (uint32_t at = 0; at < text.length;) {
        struct glyph glyph = glyph_at(text, at);
        if (columns_max != SCREEN_TEXT_WHOLE && columns + glyph.columns > columns_max)
            break;
        strbuf_add(out, glyph.shown.bytes, glyph.shown.length);
        columns += glyph.columns;
        at += glyph.length;
    }
    return columns;
}

void screen_text_add(struct strbuf *out, struct text text, int columns)
{
    int all = screen_text_columns(text);
    if (columns == SCREEN_TEXT_WHOLE || all <= columns) {
        (void)add_glyphs(out, text, SCREEN_TEXT_WHOLE);
        add_blanks(out, columns - all);
    } else if (columns > 0) {
        int taken = add_glyphs(out, text, columns - 1);
        strbuf_add_text(out, ELLIPSIS);
        add_blanks(out, columns - 1 - taken);
    }
}

void screen_text_add_right(struct strbuf *out, struct text text, int columns)
{
    add_blanks(out, columns - screen_text_columns(text));
    screen_text_add(out, text, screen_text_columns(text) < columns ? SCREEN_TEXT_WHOLE : columns);
}

void screen_text_print(FILE *file, struct text text, int columns)
{
    struct strbuf out = {.length = 0};
    screen_text_add(&out, text, columns);
    (void)fwrite(strbuf_text(&out), 1, out.length, file);
    strbuf_done(&out);
}

static bool begins_with(struct text text, uint32_t at, struct text part)
{
    for (uint32_t i = 0; i < part.length;) {
        if (at >= text.length)
            return false;
        struct glyph glyph = glyph_at(text, at), wanted = glyph_at(part, i);
        if (towlower((wint_t)glyph.character) != towlower((wint_t)wanted.character))
            return false;
        at += glyph.length;
        i += wanted.length;
    }
    return true;
}

bool screen_text_contains(struct text text, struct text part)
{
    use_unicode();
    if (part.length == 0)
        return true;
    for (uint32_t at = 0; at < text.length; at += glyph_at(text, at).length) {
        if (begins_with(text, at, part))
            return true;
    }
    return false;
}

/* Only within strings is there anything but printable ASCII and blanks. */
void screen_text_print_json(FILE *file, const struct strbuf *document)
{
    const struct text json = {document->data, (uint32_t)document->length};
    uint32_t from = 0;
    use_unicode();
    for (uint32_t at = 0; at < json.length;) {
        bool is_plain = (unsigned char)json.bytes[at] < 0x7F;
        struct glyph glyph = is_plain ? (struct glyph){.length = 1} : glyph_at(json, at);
        wchar_t c = glyph.character;
        if ((c >= 0x7F && c <= 0x9F) || (c <= 0xFFFF && steers(c))) {
            (void)fwrite(json.bytes + from, 1, at - from, file);
            (void)fprintf(file, "\\u%04x", (unsigned)c);
            from = at + glyph.length;
        }
        at += glyph.length;
    }
    if (json.length > from)
        (void)fwrite(json.bytes + from, 1, json.length - from, file);
}
