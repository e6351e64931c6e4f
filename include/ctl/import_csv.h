/* Rows of a CSV file become events as a mapping file says. */
#pragma once

#include "base/err.h"
#include "ctl/import.h"
#include "ctl/import_map.h"
#include "io/file_source.h"

/* A row with line breaks in its fields may be this long; where a quote is not closed by then, the
 * line is no row. */
enum { IMPORT_CSV_ROW_BYTES_MAX = 1 << 16 };

/* Maps all rows of a file; the first line names the columns. UP_EINVAL: it has not a column that
 * the map names, or more than 1024 columns; UP_EIO, UP_ECORRUPT as file_source_next(). */
int import_csv_run(struct import *import, const struct import_map *map, struct file_source *source,
                   struct up_err *err);
