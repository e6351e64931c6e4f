/* A CSV file whose first line names its columns, read as a whole: all its mistakes are found, not only the first. */
#include "ctl/table_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/panic.h"
#include "codec/csv.h"
#include "codec/event_members.h"
#include "codec/json_reader.h"
#include "codec/rfc3339.h"
#include "io/file_source.h"

enum { DAY_BYTES = 10 };

/* As many bytes as printf wants them, and their number. */
#define SHOWN(text) (int)((text).length > 140 ? 140 : (text).length), (text).bytes

void table_file_add_mistake(struct table_file *table, size_t line, const char *format, ...)
{
    char text[UP_ERR_TEXT_MAX * 2];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    strbuf_add_format(&table->messages, "%s:%zu: %s\n", table->path, line, text);
    table->mistakes++;
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

bool table_file_check_name(struct table_file *table, size_t column, struct text name)
{
    const char *called = table->columns[column].name;
    if (name.length == 0)
        table_file_add_mistake(table, table->line, "%s is empty", called);
    else if (name.length > EVENT_TEXT_BYTES_MAX)
        table_file_add_mistake(table, table->line, "%s has %u bytes, more than %d", called,
                               name.length, EVENT_TEXT_BYTES_MAX);
    else if (!json_reader_is_utf8(name.bytes, name.length))
        table_file_add_mistake(table, table->line, "%s is not UTF-8", called);
    else if (has_control(name))
        table_file_add_mistake(table, table->line, "%s has a control character", called);
    else
        return true;
    return false;
}

bool table_file_read_day(struct table_file *table, size_t column, struct text text,
                         int32_t *ret_day)
{
    char time[DAY_BYTES + 16];
    int64_t time_ms;
    int length = snprintf(time, sizeof time, "%.*sT00:00:00Z",
                          text.length > DAY_BYTES ? 0 : (int)text.length, text.bytes);
    if (text.length != DAY_BYTES || length != DAY_BYTES + 10 ||
        !rfc3339_parse(text_of(time), &time_ms)) {
        table_file_add_mistake(table, table->line, "%s '%.*s' is no day (YYYY-MM-DD, from 1970 on)",
                               table->columns[column].name, SHOWN(text));
        return false;
    }
    *ret_day = (int32_t)(time_ms / 86400000);
    return true;
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* The names of all columns with this between them. */
static void add_names(struct strbuf *out, const struct table_file *table, const char *between)
{
    for (size_t column = 0; column < table->column_count; column++)
        strbuf_add_format(out, "%s%s", column > 0 ? between : "", table->columns[column].name);
}

static void add_unknown(struct table_file *table, struct text name)
{
    struct strbuf names = {0};
    add_names(&names, table, ", ");
    table_file_add_mistake(table, table->line, "'%.*s' is no column: they are %s", SHOWN(name),
                           strbuf_text(&names));
    strbuf_done(&names);
}

static void read_head(struct table_file *table, const struct text *fields, size_t count)
{
    size_t before = table->mistakes;
    for (size_t f = 0; f < count && f < table->column_count; f++) {
        size_t column = 0;
        while (column < table->column_count &&
               !text_equal(fields[f], text_of(table->columns[column].name)))
            column++;
        if (column == table->column_count)
            add_unknown(table, fields[f]);
        else if (table->places[column] >= 0)
            table_file_add_mistake(table, table->line, "the column %s comes twice",
                                   table->columns[column].name);
        else
            table->places[column] = (int)f;
    }
    for (size_t column = 0; column < table->column_count; column++) {
        if (table->places[column] < 0 && !table->columns[column].is_optional)
            table_file_add_mistake(table, table->line,
                                   "the column %s is missing: the first line names the columns",
                                   table->columns[column].name);
    }
    table->head_is_wrong = table->mistakes > before;
    if (count > table->column_count)
        table_file_add_mistake(table, table->line, "there are %zu columns, not %zu", count,
                               table->column_count);
    table->has_head = true;
    table->fields = count < table->column_count ? count : table->column_count;
}

static void take_row(struct table_file *table, const struct text *fields)
{
    struct text row[TABLE_FILE_COLUMNS_MAX] = {{0}};
    for (size_t column = 0; column < table->column_count; column++) {
        if (table->places[column] >= 0)
            row[column] = fields[table->places[column]];
    }
    table->take(table->owner, table, row);
}

static void read_line(struct table_file *table, struct text line)
{
    static const char mark[] = "\xef\xbb\xbf";
    struct text fields[TABLE_FILE_COLUMNS_MAX];
    struct up_err err;
    table->line++;
    if (table->line == 1 && line.length >= 3 && memcmp(line.bytes, mark, 3) == 0)
        line = (struct text){line.bytes + 3, line.length - 3};
    int count = csv_read_line(line, ',', &table->store, fields, TABLE_FILE_COLUMNS_MAX, &err);
    if (count < 0)
        table_file_add_mistake(table, table->line, "%s", err.text);
    else if (count == 1 && fields[0].length == 0)
        return; /* an empty line */
    else if (!table->has_head)
        read_head(table, fields, (size_t)count);
    else if (table->head_is_wrong)
        return; /* nobody knows what this line says */
    else if ((size_t)count != table->fields)
        table_file_add_mistake(table, table->line, "there are %d fields, not %zu", count,
                               table->fields);
    else
        take_row(table, fields);
}

int table_file_read(struct table_file *table, const char *path, struct up_err *err)
{
    UP_ASSERT(table->column_count <= TABLE_FILE_COLUMNS_MAX);
    table->path = path;
    for (size_t column = 0; column < table->column_count; column++)
        table->places[column] = -1;
    struct file_source *source = NULL;
    int code = file_source_open(path, &source, err);
    if (code != UP_OK)
        return code;
    struct text line;
    while ((code = file_source_next(source, &line, err)) == 1)
        read_line(table, line);
    file_source_close(source);
    if (code == UP_OK && !table->has_head) {
        struct strbuf names = {0};
        add_names(&names, table, ",");
        table_file_add_mistake(table, 1, "the first line must name the columns: %s",
                               strbuf_text(&names));
        strbuf_done(&names);
    }
    return code;
}

void table_file_done(struct table_file *table)
{
    strbuf_done(&table->messages);
    strbuf_done(&table->store);
}
