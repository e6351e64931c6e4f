/* Rows of a CSV file become events as a mapping file says. */
#include "ctl/import_csv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "codec/csv.h"
#include "codec/rfc3339.h"
#include "codec/text_arena.h"
#include "codec/time_pattern.h"

/* A longer value is cut off, and far too long for whatever an event may say. */
enum { FIELDS_MAX = 1024, NUMBER_BYTES_MAX = 64, VALUE_BYTES_MAX = TEXT_ARENA_CHUNK_BYTES / 4 };

struct rows {
    struct import *import;
    const struct import_map *map;
    struct file_source *source;
    uint64_t line;               /* of the one read last */
    struct strbuf joined, store; /* the lines of a row; its fields */
    struct strbuf again;         /* lines to look at once more, from again_at on */
    size_t again_at;
    struct text fields[FIELDS_MAX];
    int count, columns;          /* fields of this row and of the head */
    int places[MAP_COLUMNS_MAX]; /* of the map's columns */
    struct text_arena arena;     /* of the values of one row */
};

/* ---- values ---------------------------------------------------------------------------------- */

static struct text trim(struct text text)
{
    while (text.length > 0 && strchr(" \t\r\n", text.bytes[0]) != NULL)
        text = (struct text){text.bytes + 1, text.length - 1};
    while (text.length > 0 && strchr(" \t\r\n", text.bytes[text.length - 1]) != NULL)
        text.length--;
    return text;
}

static struct text expand(struct rows *rows, const struct map_value *value)
{
    uint32_t length = 0;
    struct text parts[MAP_PARTS_MAX];
    for (size_t i = 0; i < value->part_count; i++) {
        const struct map_part *part = &value->parts[i];
        parts[i] = part->column < 0 ? part->text : rows->fields[rows->places[part->column]];
        if (parts[i].length > VALUE_BYTES_MAX - length)
            parts[i].length = VALUE_BYTES_MAX - length;
        length += parts[i].length;
    }
    if (length == 0)
        return (struct text){NULL, 0};
    char *bytes = text_arena_room(&rows->arena, length), *to = bytes;
    for (size_t i = 0; i < value->part_count; i++) {
        if (parts[i].length > 0)
            memcpy(to, parts[i].bytes, parts[i].length);
        to += parts[i].length;
    }
    return trim((struct text){bytes, length});
}

/* What the table has for it; false where it has nothing. A value without a table is itself. */
static bool look_up(const struct map_value *value, struct text *text)
{
    const struct text any = text_of("*");
    for (size_t i = 0; i < value->pair_count; i++) {
        if (text_equal(value->pairs[i].old, *text) || text_equal(value->pairs[i].old, any)) {
            /* `*` as what it becomes, too, is "as it is". */
            *text = text_equal(value->pairs[i].new, any) ? *text : value->pairs[i].new;
            return true;
        }
    }
    return value->pair_count == 0;
}

/* False when the table does not have it: it is left then. */
static bool evaluate(struct rows *rows, const struct map_value *value, const char *name,
                     struct text *ret_text)
{
    *ret_text = expand(rows, value);
    if (look_up(value, ret_text))
        return true;
    import_leave(rows->import, IMPORT_NOT_LISTED, name);
    return false;
}

static bool read_number(const struct rows *rows, struct text text, double *ret_number)
{
    char digits[NUMBER_BYTES_MAX];
    char *end;
    if (text.length >= sizeof digits)
        return false;
    memcpy(digits, text.bytes, text.length);
    digits[text.length] = '\0';
    char *decimal = strchr(digits, rows->map->decimal);
    if (decimal != NULL)
        *decimal = '.';
    if (strspn(digits, "0123456789.+-eE") != text.length)
        return false;
    *ret_number = strtod(digits, &end);
    return *end == '\0' && isfinite(*ret_number);
}

static bool read_truth(struct text text, enum json_kind *ret_kind)
{
    static const char *const words[] = {"true", "yes", "1", "y", "t", "false", "no", "0", "n", "f"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i]) == text.length &&
            strncasecmp(words[i], text.bytes, text.length) == 0) {
            *ret_kind = i < 5 ? JSON_TRUE : JSON_FALSE;
            return true;
        }
    }
    return false;
}

/* The value as what the member is; an empty one is absent. The example in the guide tells text,
 * number and truth apart. */
static bool convert(struct rows *rows, const struct map_member *member, struct text text,
                    struct json_value *ret_value)
{
    char example = member->guide->example[0];
    bool right = true;
    *ret_value = import_text(text);
    if (text.length == 0 || example == '"')
        return true;
    if (example == 't' || example == 'f') {
        right = read_truth(text, &ret_value->kind);
    } else {
        double number;
        right = read_number(rows, text, &number);
        if (right)
            *ret_value = (struct json_value){
                .kind = JSON_NUMBER,
                .number = member->value.times > 0 ? number * member->value.times : number};
    }
    if (!right)
        import_leave(rows->import, IMPORT_FIELD, member->guide->name);
    return right;
}

/* ---- one event ------------------------------------------------------------------------------- */

static bool read_time(struct rows *rows, const struct map_event *event, int64_t *ret_time_ms)
{
    struct text text;
    double number;
    bool right = false;
    if (!evaluate(rows, &event->time, "time", &text))
        return false;
    if (strcmp(event->time_format, "rfc3339") == 0) {
        right = rfc3339_parse(text, ret_time_ms);
    } else if (strchr(event->time_format, '%') != NULL) {
        right = time_pattern_parse(event->time_format, text, event->zone_min, ret_time_ms);
    } else if (text.length > 0 && read_number(rows, text, &number)) {
        number *= strcmp(event->time_format, "epoch_s") == 0 ? 1000 : 1;
        right = number >= 0 && number < 253402300800e3;
        *ret_time_ms = right ? (int64_t)floor(number) : 0;
    }
    if (!right)
        import_leave(rows->import, IMPORT_TIME, "time");
    return right;
}

/* What the map says the row is known by, or else all that the row says. */
static bool make_id(struct rows *rows, const struct map_event *event, struct text *ret_id)
{
    struct text id = {0};
    if (event->id.part_count > 0 && !evaluate(rows, &event->id, "id", &id))
        return false;
    if (event->id.part_count > 0 && (id.length == 0 || id.length == VALUE_BYTES_MAX)) {
        import_leave(rows->import, IMPORT_FIELD, "id");
        return false;
    }
    import_id_begin(rows->import, event->name);
    if (id.length > 0)
        import_id_add(rows->import, id);
    for (int f = 0; f < rows->count && id.length == 0; f++)
        import_id_add(rows->import, rows->fields[f]);
    *ret_id = import_id_end(rows->import);
    return true;
}

static void map_event(struct rows *rows, const struct map_event *event)
{
    struct import_member members[MAP_MEMBERS_MAX];
    struct import_event made = {.type = event->type,
                                .source = rows->map->source,
                                .members = members,
                                .member_count = event->member_count};
    if (!read_time(rows, event, &made.time_ms) ||
        !evaluate(rows, &event->team, "team", &made.team) ||
        !evaluate(rows, &event->user, "user", &made.user) ||
        !evaluate(rows, &event->team_of, "team_of", &made.team_of))
        return;
    if (event->user.part_count > 0 && made.user.length == 0) {
        import_leave(rows->import, IMPORT_NO_USER, "user");
        return;
    }
    for (size_t i = 0; i < event->member_count; i++) {
        const struct map_member *member = &event->members[i];
        struct text text;
        members[i].name = member->guide->name;
        if (!evaluate(rows, &member->value, member->guide->name, &text) ||
            !convert(rows, member, text, &members[i].value))
            return;
    }
    if (make_id(rows, event, &made.id))
        (void)import_emit(rows->import, &made);
}

static bool is_wanted(struct rows *rows, const struct map_event *event)
{
    for (size_t i = 0; i < event->only_count; i++) {
        struct text text = expand(rows, &event->only[i]);
        if (!look_up(&event->only[i], &text))
            return false;
    }
    return true;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void map_row(struct rows *rows)
{
    const struct import_map *map = rows->map;
    size_t wanted = 0;
    import_begin(rows->import);
    if (rows->count != rows->columns) {
        import_leave(rows->import, IMPORT_NOT_CSV, "");
        return;
    }
    for (size_t i = 0; i < map->event_count; i++) {
        text_arena_reset(&rows->arena);
        if (!is_wanted(rows, &map->events[i]))
            continue;
        wanted++;
        map_event(rows, &map->events[i]);
    }
    if (wanted == 0)
        import_leave(rows->import, IMPORT_CONDITION, "only");
}

/* The next line, first of those that were read in vain for a row that was none. */
static int next_line(struct rows *rows, struct text *ret_line, struct up_err *err)
{
    if (rows->again_at == rows->again.length) {
        int code = file_source_next(rows->source, ret_line, err);
        rows->line += code > 0;
        if (code > 0 && rows->line == 1 && ret_line->length >= 3 &&
            memcmp(ret_line->bytes, "\xef\xbb\xbf", 3) == 0)
            *ret_line = (struct text){ret_line->bytes + 3, ret_line->length - 3};
        return code;
    }
    const char *from = rows->again.data + rows->again_at;
    size_t left = rows->again.length - rows->again_at;
    const char *end = memchr(from, '\n', left);
    size_t length = end != NULL ? (size_t)(end - from) : left;
    *ret_line = (struct text){from, (uint32_t)length};
    rows->again_at += length + (end != NULL);
    rows->line++;
    return 1;
}

/* Only the first line of the row that was tried is none: those behind it are looked at again. */
static void go_back(struct rows *rows, uint64_t first_line)
{
    const char *end = memchr(rows->joined.data, '\n', rows->joined.length);
    struct strbuf again = {0};
    if (end != NULL)
        strbuf_add(&again, end + 1, rows->joined.length - (size_t)(end + 1 - rows->joined.data));
    if (rows->again_at < rows->again.length) {
        if (again.length > 0)
            strbuf_add_char(&again, '\n');
        strbuf_add(&again, rows->again.data + rows->again_at, rows->again.length - rows->again_at);
    }
    strbuf_done(&rows->again);
    rows->again = again;
    rows->again_at = 0;
    rows->line = first_line;
}

static int cut(struct rows *rows, struct text line)
{
    struct up_err broken;
    rows->count =
        csv_read_line(line, rows->map->separator, &rows->store, rows->fields, FIELDS_MAX, &broken);
    return rows->count;
}

/* Puts more lines behind a first one whose last quote is open, until it is closed or cannot be. */
static int join_lines(struct rows *rows, struct text line, struct up_err *err)
{
    int count = UP_EAGAIN;
    strbuf_reset(&rows->joined);
    strbuf_add(&rows->joined, line.bytes, line.length);
    while (count == UP_EAGAIN && rows->joined.length < IMPORT_CSV_ROW_BYTES_MAX) {
        int code = next_line(rows, &line, err);
        if (code < 0)
            return code;
        if (code == 0)
            break;
        strbuf_add_char(&rows->joined, '\n');
        strbuf_add(&rows->joined, line.bytes, line.length);
        if (line.length > 0 && memchr(line.bytes, '"', line.length) != NULL)
            count = cut(rows, (struct text){rows->joined.data, (uint32_t)rows->joined.length});
    }
    return UP_OK;
}

/* The next row into `fields`. Returns 1, 0 at the end, or an error; what is no row has count -1. */
static int next_row(struct rows *rows, struct up_err *err)
{
    struct text line;
    int code = next_line(rows, &line, err);
    if (code <= 0)
        return code;
    uint64_t first_line = rows->line;
    import_at(rows->import, first_line);
    if (cut(rows, line) == UP_EAGAIN) {
        code = join_lines(rows, line, err);
        if (code != UP_OK)
            return code;
        if (rows->count < 0 || (rows->columns > 0 && rows->count != rows->columns)) {
            go_back(rows, first_line);
            rows->count = -1;
        }
    }
    rows->count = rows->count < 0 || rows->count > FIELDS_MAX ? -1 : rows->count;
    return 1;
}

static int read_head(struct rows *rows, struct up_err *err)
{
    int code = next_row(rows, err);
    if (code < 0)
        return code;
    if (code == 0 || rows->count < 0)
        return up_fail(err, UP_EINVAL, "the first line must name the columns (at most %d)",
                       FIELDS_MAX);
    rows->columns = rows->count;
    for (size_t i = 0; i < rows->map->column_count; i++) {
        rows->places[i] = -1;
        for (int f = 0; f < rows->count; f++) {
            if (text_equal(trim(rows->fields[f]), text_of(rows->map->columns[i])))
                rows->places[i] = f;
        }
        if (rows->places[i] < 0)
            return up_fail(err, UP_EINVAL, "there is no column '%s' (is the separator right?)",
                           rows->map->columns[i]);
    }
    return UP_OK;
}

int import_csv_run(struct import *import, const struct import_map *map, struct file_source *source,
                   struct up_err *err)
{
    struct rows *rows = mem_alloc(sizeof *rows);
    rows->import = import;
    rows->map = map;
    rows->source = source;
    int code = read_head(rows, err);
    while (code == UP_OK && (code = next_row(rows, err)) == 1) {
        code = UP_OK;
        if (rows->count != 1 || rows->fields[0].length > 0) /* an empty line */
            map_row(rows);
    }
    text_arena_done(&rows->arena);
    strbuf_done(&rows->joined);
    strbuf_done(&rows->again);
    strbuf_done(&rows->store);
    mem_free(rows);
    return code;
}
