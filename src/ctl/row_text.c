/* Rows that PostgreSQL gave as text, cut into their columns. */
#include "ctl/row_text.h"

bool row_text_next(const struct strbuf *rows, size_t *at, struct text *ret_columns, size_t count)
{
    if (*at >= rows->length)
        return false;
    const char *row = rows->data + *at;
    const char *line_end = memchr(row, '\n', rows->length - *at);
    const char *end = line_end != NULL ? line_end : rows->data + rows->length;
    const char *from = row;
    for (size_t i = 0; i < count; i++) {
        const char *tab = from < end ? memchr(from, '\t', (size_t)(end - from)) : NULL;
        const char *to = tab != NULL ? tab : end;
        ret_columns[i] = (struct text){from, (uint32_t)(to - from)};
        from = tab != NULL ? tab + 1 : end;
    }
    *at += (size_t)(end - row) + 1;
    return true;
}
