/* A daily series from a file, to try detectors on. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A zeroed struct is an empty series. */
struct series {
    int32_t *days;  /* since 1970, ascending; without dates the number of the row, from 0 */
    double *values; /* NAN = unknown */
    size_t count;
    bool is_dated;
};

/* Reads lines `YYYY-MM-DD,value` or `value`; the first may be a heading, an empty value (or NA) is
 * unknown. UP_EINVAL names the line that is none of that, or not later than the one before; UP_EIO,
 * UP_ECORRUPT as the file. */
int series_read(const char *path, struct series *ret_series, struct up_err *err);
void series_done(struct series *series);

/* Makes shares of the values: `empty` becomes 0, `full` 1, what is beyond is cut off. full > empty. */
void series_scale(struct series *series, double empty, double full);
/* The least and the greatest known value; false when none is known. */
bool series_range(const struct series *series, double *ret_least, double *ret_most);
