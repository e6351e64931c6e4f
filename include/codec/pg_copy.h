/* Reads rows in PostgreSQL's binary format: the stream of COPY TO STDOUT, and single values. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "model/event.h"

enum { PG_COPY_FIELDS_MAX = 64 };

/* One value; length < 0 = NULL. Borrowed. */
struct pg_field {
    const uint8_t *bytes;
    int32_t length;
};

/* A row of the stream, field by field. A value of another size than asked for sets `failed` and
 * reads as 0; so does a NULL where none may be. */
struct pg_row {
    struct pg_field fields[PG_COPY_FIELDS_MAX];
    int count;
    int next;
    bool failed;
};

/* A zeroed struct is the beginning of a stream. */
struct pg_copy {
    struct strbuf rest; /* of a row that has not come whole */
    bool has_header, has_ended;
};

typedef int pg_copy_on_row(void *arg, struct pg_row *row, struct up_err *err);

void pg_copy_done(struct pg_copy *copy);
/* Takes the next bytes, cut anywhere, and shows each row that is whole. Stops at the first that the
 * callback refuses, with its code. UP_ECORRUPT where the stream is not one. */
int pg_copy_feed(struct pg_copy *copy, const void *bytes, size_t length, pg_copy_on_row *on_row,
                 void *arg, struct up_err *err);

/* The next field of the row. */
struct pg_field pg_row_field(struct pg_row *row);
int16_t pg_row_i16(struct pg_row *row);
int32_t pg_row_i32(struct pg_row *row);
int64_t pg_row_i64(struct pg_row *row);
/* `none` where it is NULL. */
int32_t pg_row_i32_or(struct pg_row *row, int32_t none);
int64_t pg_row_i64_or(struct pg_row *row, int64_t none);
/* Days since 1970, ms since 1970. */
int32_t pg_row_day_or(struct pg_row *row, int32_t none);
int64_t pg_row_time_or(struct pg_row *row, int64_t none);
/* NULL = absent. */
struct text pg_row_text(struct pg_row *row);
/* False when it is NULL. */
bool pg_row_pseudonym(struct pg_row *row, struct pseudonym *ret_value);

/* Arrays without NULLs: how many elements there are; at most `max` are written. */
size_t pg_row_texts(struct pg_row *row, struct text *ret_values, size_t max);
size_t pg_row_days(struct pg_row *row, int32_t *ret_days, size_t max);
size_t pg_row_i32s(struct pg_row *row, int32_t *ret_values, size_t max);
size_t pg_row_i64s(struct pg_row *row, int64_t *ret_values, size_t max);
size_t pg_row_bools(struct pg_row *row, bool *ret_values, size_t max);
