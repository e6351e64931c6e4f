/* A CSV file whose first line names its columns, read as a whole: all its mistakes are found, not only the first. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "base/text.h"

enum { TABLE_FILE_COLUMNS_MAX = 8 };

struct table_column {
    const char *name;
    bool is_optional;
};

/* What a table has, and what came of reading it. */
struct table_file {
    const struct table_column *columns;
    size_t column_count;
    /* Gets each row with one field a column, absent where the file has not that column; borrowed
     * for the call. */
    void (*take)(void *owner, struct table_file *table, const struct text *fields);
    void *owner;

    const char *path;
    size_t line; /* of the present row */
    size_t mistakes;
    struct strbuf messages;             /* a line each: "path:line: what is wrong" */
    int places[TABLE_FILE_COLUMNS_MAX]; /* of the columns in a line; -1 = not there */
    size_t fields;                      /* that each line has */
    bool has_head, head_is_wrong;
    struct strbuf store;
};

/* Reads a CSV file (RFC 4180, UTF-8, plain or gzipped; - is the standard input) with its columns in
 * any order; lines may be empty. The caller has zeroed the table and set what it has. UP_OK also
 * with mistakes; UP_EIO or UP_ECORRUPT when the file cannot be read. */
int table_file_read(struct table_file *table, const char *path, struct up_err *err);
void table_file_done(struct table_file *table);

/* A mistake in this line. */
void table_file_add_mistake(struct table_file *table, size_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Is the field a name as events have it (1 to 128 bytes of UTF-8, no control characters)? Else says
 * so. */
bool table_file_check_name(struct table_file *table, size_t column, struct text name);

/* A day, YYYY-MM-DD, as days since 1970. Else says so. */
bool table_file_read_day(struct table_file *table, size_t column, struct text text,
                         int32_t *ret_day);
