/* Reads the files of an import, whatever their format, record by record. */
#pragma once

#include "base/err.h"
#include "ctl/import.h"
#include "ctl/import_map.h"
#include "ctl/progress.h"

/* A record of JSON may be this long; a file any length. */
enum { IMPORT_RECORD_BYTES_MAX = 64 << 20 };

/* Reads a file ("-" = standard input; plain or gzipped) and maps its records. UP_EIO, UP_ECORRUPT
 * when it cannot be read to its end. What is wrong inside is no error: it is counted in `import`. */
int import_run_json(struct import *import, const struct import_format *format, const char *path,
                    struct progress *progress, struct up_err *err);

/* The same of CSV; UP_EINVAL too as import_csv_run(). */
int import_run_csv(struct import *import, const struct import_map *map, const char *path,
                   struct up_err *err);
