/* One record of a CSV file, RFC 4180. */
#include "codec/csv.h"

#include <stdbool.h>

/* Adds a quoted field that begins at `at`, the place behind its quote; *ret_end gets the place behind the closing one. */
static int add_quoted(struct text line, char separator, size_t at, struct strbuf *store, size_t *ret_end,
                      struct up_err *err)
{
    for (; at < line.length; at++) {
        if (line.bytes[at] != '"') {
            strbuf_add_char(store, line.bytes[at]);
        } else if (at + 1 < line.length && line.bytes[at + 1] == '"') {
            strbuf_add_char(store, '"');
            at++;
        } else if (at + 1 < line.length && line.bytes[at + 1] != separator) {
            return up_fail(err, UP_EINVAL, "something stands behind a closing quote (a quote inside a field is \"\")");
        } else {
            *ret_end = at + 1;
            return UP_OK;
        }
    }
    return up_fail(err, UP_EAGAIN, "a quote is not closed on its line");
}

static int add_plain(struct text line, char separator, size_t at, struct strbuf *store, size_t *ret_end,
                     struct up_err *err)
{
    for (; at < line.length && line.bytes[at] != separator; at++) {
        if (line.bytes[at] == '"')
            return up_fail(err, UP_EINVAL, "a quote stands inside a field that does not begin with one");
        strbuf_add_char(store, line.bytes[at]);
    }
    *ret_end = at;
    return UP_OK;
}

int csv_read_line(struct text line, char separator, struct strbuf *store, struct text *ret_fields, size_t fields_max,
                  struct up_err *err)
{
    if (line.length > 0 && line.bytes[line.length - 1] == '\r')
        line.length--;
    strbuf_reset(store);
    /* No more bytes than the line has are added, so that the fields stay where they are. */
    (void)strbuf_room(store, line.length + 1);
    int count = 0;
    for (size_t at = 0;; at++) {
        size_t begin = store->length;
        bool quoted = at < line.length && line.bytes[at] == '"';
        int code = quoted ? add_quoted(line, separator, at + 1, store, &at, err)
                          : add_plain(line, separator, at, store, &at, err);
        if (code != UP_OK)
            return code;
        if ((size_t)count < fields_max)
            ret_fields[count] =
                (struct text){.bytes = store->data + begin, .length = (uint32_t)(store->length - begin)};
        count++;
        if (at >= line.length)
            return count;
    }
}
