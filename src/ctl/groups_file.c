/* Which group a team belongs to, and when, as a CSV file says it: read as a whole, checked as a whole. */
#include "ctl/groups_file.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/csv.h"
#include "codec/json_reader.h"
#include "codec/json_write.h"
#include "codec/rfc3339.h"
#include "io/file_source.h"

enum column { COLUMN_TEAM, COLUMN_GROUP, COLUMN_FROM, COLUMN_TO, COLUMNS };
enum { NAME_BYTES_MAX = 128, DAY_BYTES = 10 };

static const char *const column_names[COLUMNS] = {"team", "grp", "valid_from", "valid_to"};

struct period {
    size_t line;
    char *team, *group;      /* owned */
    char from[DAY_BYTES + 1]; /* YYYY-MM-DD: order of text is order of time */
    char to[DAY_BYTES + 1];   /* empty = none */
};

struct reading {
    const char *path;
    size_t line;
    struct groups_file *file;
    bool has_head;
    int places[COLUMNS]; /* of the columns in a line; -1 = unknown */
    struct strbuf store;
    struct period *periods;
    size_t count, capacity;
};

static void add_mistake(struct reading *reading, size_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add_mistake(struct reading *reading, size_t line, const char *format, ...)
{
    char text[UP_ERR_TEXT_MAX * 2];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    strbuf_add_format(&reading->file->messages, "%s:%zu: %s\n", reading->path, line, text);
    reading->file->mistakes++;
}

/* ---- one line -------------------------------------------------------------------------------------------------- */

/* As many bytes as printf wants them, and their number. */
#define SHOWN(text) (int)((text).length > 140 ? 140 : (text).length), (text).bytes

static void read_head(struct reading *reading, const struct text *fields, int count)
{
    for (int f = 0; f < count && f < COLUMNS; f++) {
        int column = 0;
        while (column < COLUMNS && !text_equal(fields[f], text_of(column_names[column])))
            column++;
        if (column == COLUMNS)
            add_mistake(reading, reading->line, "'%.*s' is no column: they are team, grp, valid_from, valid_to", SHOWN(fields[f]));
        else if (reading->places[column] >= 0)
            add_mistake(reading, reading->line, "the column %s comes twice", column_names[column]);
        else
            reading->places[column] = f;
    }
    for (int column = 0; column < COLUMNS; column++) {
        if (reading->places[column] < 0)
            add_mistake(reading, reading->line, "the column %s is missing: the first line names the columns", column_names[column]);
    }
    if (count > COLUMNS)
        add_mistake(reading, reading->line, "there are %d columns, not %d", count, COLUMNS);
    reading->has_head = true;
}

static bool has_control(struct text text)
{
    for (uint32_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        bool is_c1 = c == 0xc2 && i + 1 < text.length && (unsigned char)text.bytes[i + 1] < 0xa0;
        if (c < 0x20 || c == 0x7f || is_c1)
            return true;
    }
    return false;
}

/* A name as events.md has it; what is none is said. */
static bool check_name(struct reading *reading, enum column column, struct text name)
{
    if (name.length == 0)
        add_mistake(reading, reading->line, "%s is empty", column_names[column]);
    else if (name.length > NAME_BYTES_MAX)
        add_mistake(reading, reading->line, "%s has %u bytes, more than %d", column_names[column], name.length, NAME_BYTES_MAX);
    else if (!json_reader_is_utf8(name.bytes, name.length))
        add_mistake(reading, reading->line, "%s is not UTF-8", column_names[column]);
    else if (has_control(name))
        add_mistake(reading, reading->line, "%s has a control character", column_names[column]);
    else
        return true;
    return false;
}

static bool read_day(struct reading *reading, enum column column, struct text text, char ret_day[static DAY_BYTES + 1])
{
    char time[DAY_BYTES + 16];
    int64_t time_ms;
    int length = snprintf(time, sizeof time, "%.*sT00:00:00Z", text.length > DAY_BYTES ? 0 : (int)text.length, text.bytes);
    if (text.length != DAY_BYTES || length != DAY_BYTES + 10 || !rfc3339_parse(text_of(time), &time_ms)) {
        add_mistake(reading, reading->line, "%s '%.*s' is no day (YYYY-MM-DD, from 1970 on)", column_names[column], SHOWN(text));
        return false;
    }
    memcpy(ret_day, text.bytes, DAY_BYTES);
    ret_day[DAY_BYTES] = '\0';
    return true;
}

static void read_period(struct reading *reading, const struct text *fields)
{
    struct text team = fields[reading->places[COLUMN_TEAM]], group = fields[reading->places[COLUMN_GROUP]];
    struct text from = fields[reading->places[COLUMN_FROM]], to = fields[reading->places[COLUMN_TO]];
    struct period period = {.line = reading->line};
    bool sound = check_name(reading, COLUMN_TEAM, team);
    sound = check_name(reading, COLUMN_GROUP, group) && sound;
    bool days = read_day(reading, COLUMN_FROM, from, period.from);
    if (to.length > 0)
        days = read_day(reading, COLUMN_TO, to, period.to) && days;
    if (days && period.to[0] != '\0' && strcmp(period.to, period.from) <= 0) {
        add_mistake(reading, reading->line, "valid_to %s is not after valid_from %s", period.to, period.from);
        days = false;
    }
    if (!sound || !days)
        return;
    period.team = mem_copy_text(team.bytes, team.length);
    period.group = mem_copy_text(group.bytes, group.length);
    mem_reserve(&reading->periods, &reading->capacity, reading->count + 1, sizeof *reading->periods);
    reading->periods[reading->count++] = period;
}

static void read_line(struct reading *reading, struct text line)
{
    static const char mark[] = "\xef\xbb\xbf";
    struct text fields[COLUMNS];
    struct up_err err;
    reading->line++;
    if (reading->line == 1 && line.length >= 3 && memcmp(line.bytes, mark, 3) == 0)
        line = (struct text){line.bytes + 3, line.length - 3};
    int count = csv_read_line(line, &reading->store, fields, COLUMNS, &err);
    if (count < 0)
        add_mistake(reading, reading->line, "%s", err.text);
    else if (count == 1 && fields[0].length == 0)
        return; /* an empty line */
    else if (!reading->has_head)
        read_head(reading, fields, count);
    else if (reading->places[COLUMN_TEAM] < 0 || reading->places[COLUMN_GROUP] < 0 ||
             reading->places[COLUMN_FROM] < 0 || reading->places[COLUMN_TO] < 0)
        return; /* the first line was wrong: nobody knows what this one says */
    else if (count != COLUMNS)
        add_mistake(reading, reading->line, "there are %d fields, not %d", count, COLUMNS);
    else
        read_period(reading, fields);
}

/* ---- all of them ----------------------------------------------------------------------------------------------- */

static int compare_periods(const void *a, const void *b)
{
    const struct period *one = a, *other = b;
    int order = strcmp(one->team, other->team);
    if (order == 0)
        order = strcmp(one->group, other->group);
    if (order == 0)
        order = strcmp(one->from, other->from);
    return order != 0 ? order : (one->line > other->line) - (one->line < other->line);
}

/* The periods are sorted: says where one begins before another of the same team and group is over. */
static void find_overlaps(struct reading *reading)
{
    const struct period *before = NULL; /* of those so far with this team and group the one that ends last */
    for (size_t i = 0; i < reading->count; i++) {
        const struct period *period = &reading->periods[i];
        if (before != NULL && (strcmp(before->team, period->team) != 0 || strcmp(before->group, period->group) != 0))
            before = NULL;
        if (before != NULL && (before->to[0] == '\0' || strcmp(period->from, before->to) < 0)) {
            bool later = period->line > before->line;
            add_mistake(reading, later ? period->line : before->line,
                        "team '%s' is in group '%s' at the same time by line %zu", period->team, period->group,
                        later ? before->line : period->line);
        }
        if (before == NULL || (before->to[0] != '\0' && (period->to[0] == '\0' || strcmp(period->to, before->to) > 0)))
            before = period;
    }
}

static void write_json(struct reading *reading)
{
    struct json_write json = {.out = &reading->file->json};
    json_write_begin_array(&json);
    for (size_t i = 0; i < reading->count; i++) {
        const struct period *period = &reading->periods[i];
        json_write_begin_object(&json);
        json_write_name(&json, "team");
        json_write_word(&json, period->team);
        json_write_name(&json, "grp");
        json_write_word(&json, period->group);
        json_write_name(&json, "valid_from");
        json_write_word(&json, period->from);
        json_write_name(&json, "valid_to");
        if (period->to[0] == '\0')
            json_write_null(&json);
        else
            json_write_word(&json, period->to);
        json_write_end_object(&json);
    }
    json_write_end_array(&json);
}

static void check_all(struct reading *reading)
{
    if (!reading->has_head)
        add_mistake(reading, 1, "the first line must name the columns: team,grp,valid_from,valid_to");
    if (reading->count > 0)
        qsort(reading->periods, reading->count, sizeof *reading->periods, compare_periods);
    find_overlaps(reading);
    reading->file->rows = reading->count;
    write_json(reading);
}

int groups_file_read(const char *path, struct groups_file *ret_file, struct up_err *err)
{
    *ret_file = (struct groups_file){.rows = 0};
    struct reading reading = {.path = path, .file = ret_file, .places = {-1, -1, -1, -1}};
    struct file_source *source = NULL;
    int code = file_source_open(path, &source, err);
    if (code != UP_OK)
        return code;
    struct text line;
    while ((code = file_source_next(source, &line, err)) == 1)
        read_line(&reading, line);
    file_source_close(source);
    if (code == UP_OK)
        check_all(&reading);
    for (size_t i = 0; i < reading.count; i++) {
        mem_free(reading.periods[i].team);
        mem_free(reading.periods[i].group);
    }
    mem_free(reading.periods);
    strbuf_done(&reading.store);
    return code;
}

void groups_file_done(struct groups_file *file)
{
    strbuf_done(&file->json);
    strbuf_done(&file->messages);
}
