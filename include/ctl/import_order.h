/* Puts any number of events in the order of their time, in bounded memory, each once. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/text.h"

struct import_order;

/* Keeps about `bytes_max` in memory, and more in unnamed temporary files (TMPDIR does not matter:
 * tmpfile(3)). */
struct import_order *import_order_new(size_t bytes_max);
/* NULL is fine. */
void import_order_free(struct import_order *order);

/* Takes one line. UP_EIO: a temporary file cannot be written. */
int import_order_add(struct import_order *order, int64_t time_ms, struct text line,
                     struct up_err *err);

/* Writes all lines by time; those of one time in an order that hangs on nothing but their bytes,
 * and of equal lines of one time only one. What comes out is the same whatever the order was in
 * which they came. *ret_written: lines. Called once. UP_EIO: `file` or a temporary file failed. */
int import_order_write(struct import_order *order, FILE *file, uint64_t *ret_written,
                       struct up_err *err);
