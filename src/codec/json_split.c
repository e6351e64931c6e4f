/* Cuts a stream of JSON into the records in it, whatever its form, in bounded memory. */
#include "codec/json_split.h"

#include <string.h>

#include "base/panic.h"

void json_split_init(struct json_split *split, const char *const *containers, size_t bytes_max,
                     json_split_take *take, void *owner)
{
    for (const char *const *name = containers; *name != NULL; name++)
        UP_ASSERT(strlen(*name) < JSON_SPLIT_KEY_BYTES);
    *split = (struct json_split){
        .containers = containers, .take = take, .owner = owner, .bytes_max = bytes_max, .line = 1};
}

void json_split_done(struct json_split *split)
{
    strbuf_done(&split->record);
}

/* ---- records --------------------------------------------------------------------------------- */

static void begin_value(struct json_split *split)
{
    split->inside = true;
    split->begin = split->line;
    split->dropped = split->too_long = false;
    split->key_length = 0;
    split->after_colon = false;
    strbuf_reset(&split->record);
}

/* What the state was outside of every value. */
static void forget(struct json_split *split)
{
    split->inside = split->quoted = split->escaped = split->scalar = split->in_container = false;
    split->depth = split->base = 0;
    strbuf_reset(&split->record);
}

static void refuse(struct json_split *split, uint64_t line, const char *wrong)
{
    split->take(split->owner, line, (struct text){0}, wrong);
}

static void end_value(struct json_split *split)
{
    split->inside = split->scalar = false;
    if (split->too_long)
        refuse(split, split->begin, "a record is too long");
    else if (!split->dropped)
        split->take(split->owner, split->begin,
                    (struct text){split->record.data, (uint32_t)split->record.length}, NULL);
}

static void keep(struct json_split *split, const char *bytes, size_t length)
{
    if (!split->inside || split->dropped || length == 0)
        return;
    if (split->record.length + length > split->bytes_max) {
        split->dropped = split->too_long = true;
        strbuf_reset(&split->record);
        return;
    }
    strbuf_add(&split->record, bytes, length);
}

/* ---- one byte -------------------------------------------------------------------------------- */

static bool is_container(const struct json_split *split)
{
    for (const char *const *name = split->containers; *name != NULL; name++) {
        if (strlen(*name) == split->key_length && memcmp(*name, split->key, split->key_length) == 0)
            return true;
    }
    return false;
}

/* Of the members of the object that may be around a container. */
static bool at_members(const struct json_split *split)
{
    return !split->in_container && split->depth == split->base + 1;
}

static void look_at_string(struct json_split *split, char c)
{
    if (split->escaped) {
        split->escaped = false;
    } else if (c == '\\') {
        split->escaped = true;
    } else if (c == '"') {
        split->quoted = false;
        return;
    }
    if (at_members(split) && !split->after_colon && split->key_length < sizeof split->key)
        split->key[split->key_length++] = c;
}

static void open_bracket(struct json_split *split, char c)
{
    bool of_records =
        split->inside && c == '[' && split->after_colon && at_members(split) && is_container(split);
    split->depth++;
    if (of_records) {
        split->inside = false;
        split->dropped = split->in_container = true;
        strbuf_reset(&split->record);
        split->outer_base = split->base;
        split->base = split->depth;
    } else if (!split->inside && c == '[' && split->depth == 1) {
        split->base = 1;
    } else if (!split->inside) {
        begin_value(split);
    }
    split->after_colon = false;
}

/* True when this byte belongs to the record that it ends. */
static bool close_bracket(struct json_split *split)
{
    if (split->depth == 0) {
        refuse(split, split->line, "a bracket closes nothing");
        return false;
    }
    bool ends_base = split->depth == split->base;
    split->depth--;
    if (ends_base && split->in_container) {
        /* Back in the object around it, of which nothing is kept. */
        split->in_container = false;
        split->inside = split->dropped = true;
        split->too_long = false;
        split->base = split->outer_base;
    } else if (ends_base) {
        split->base = split->depth;
    }
    return !ends_base && split->depth == split->base;
}

static void end_line(struct json_split *split)
{
    if (split->line_has_something && !split->first_line_over) {
        split->first_line_over = true;
        split->by_lines = split->by_lines || split->depth == 0;
    }
    if (split->by_lines && (split->depth > 0 || split->quoted)) {
        refuse(split, split->inside ? split->begin : split->line, "ends in the middle of its line");
        forget(split);
    }
    split->line_has_something = false;
    split->line++;
}

/* Outside of strings; `at` is the byte in `bytes`, of which those before `from` are kept already.
 * Returns the new `from`. */
static const char *look_at(struct json_split *split, const char *from, const char *at)
{
    char c = *at;
    bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    bool opens = c == '{' || c == '[', closes = c == '}' || c == ']';
    if (split->scalar && (blank || closes || c == ',')) {
        keep(split, from, (size_t)(at - from));
        end_value(split);
        from = at;
    }
    bool was_inside = split->inside;
    if (opens) {
        open_bracket(split, c);
    } else if (closes) {
        if (close_bracket(split)) {
            keep(split, from, (size_t)(at + 1 - from));
            end_value(split);
        }
    } else if (!was_inside && !blank && c != ',' && c != ':') {
        begin_value(split);
        split->scalar = true;
    }
    if (c == '"') {
        split->quoted = true;
        if (at_members(split) && !split->after_colon)
            split->key_length = 0;
    } else if (at_members(split) && !opens && !blank) {
        split->after_colon = c == ':';
    }
    split->line_has_something = split->line_has_something || !blank;
    if (c == '\n')
        end_line(split);
    return !was_inside && split->inside ? at : !split->inside ? at + 1 : from;
}

/* ---- the stream ------------------------------------------------------------------------------ */

/* The bytes behind the byte order mark, which may come in pieces. */
static struct text skip_mark(struct json_split *split, struct text bytes)
{
    static const char mark[3] = {'\xef', '\xbb', '\xbf'};
    while (split->marks < sizeof mark && bytes.length > 0) {
        if (*bytes.bytes != mark[split->marks]) {
            split->marks = sizeof mark;
            break;
        }
        split->marks++;
        bytes = (struct text){bytes.bytes + 1, bytes.length - 1};
    }
    return bytes;
}

void json_split_feed(struct json_split *split, struct text bytes)
{
    bytes = skip_mark(split, bytes);
    const char *from = bytes.bytes, *end = bytes.bytes + bytes.length;
    for (const char *at = from; at < end; at++) {
        if (split->quoted && *at != '\n')
            look_at_string(split, *at);
        else if (split->quoted && !split->by_lines)
            split->line++; /* not JSON, as the reader will find */
        else
            from = look_at(split, from, at);
    }
    keep(split, from, (size_t)(end - from));
}

void json_split_end(struct json_split *split)
{
    if (split->depth > 0 || split->quoted)
        refuse(split, split->inside ? split->begin : split->line,
               "the file ends in the middle of it");
    else if (split->scalar)
        end_value(split);
    forget(split);
}
