/* Rows in PostgreSQL's binary format, an array of them as one parameter of a statement. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "model/event.h"

/* A zeroed struct is an empty array. Rows are appended field by field in the order of the composite
 * type. */
struct pg_array {
    struct strbuf bytes;
    uint32_t rows;
    uint32_t fields_left; /* of the present row */
    size_t row_at;        /* where the present row's length goes */
};

/* Frees the bytes. */
void pg_array_done(struct pg_array *array);
/* Completes the header and hands the bytes over; the array is empty again. */
struct strbuf pg_array_take(struct pg_array *array);

/* A row of so many fields; each must then be added, and pg_array_end_row() called. */
void pg_array_begin_row(struct pg_array *array, uint32_t fields);
void pg_array_end_row(struct pg_array *array);

/* NULL: the server wants to know of which type. */
void pg_array_null_i32(struct pg_array *array);
void pg_array_null_i64(struct pg_array *array);
void pg_array_null_f64(struct pg_array *array);
void pg_array_null_bool(struct pg_array *array);
void pg_array_null_text(struct pg_array *array);
void pg_array_null_pseudonym(struct pg_array *array);
void pg_array_i16(struct pg_array *array, int16_t value);
void pg_array_i32(struct pg_array *array, int32_t value);
void pg_array_i64(struct pg_array *array, int64_t value);
/* 0 is sent as NULL, which the statement reads as 0: rows of counters are mostly zeros. */
void pg_array_counts(struct pg_array *array, const int64_t *values, size_t count);
void pg_array_f64(struct pg_array *array, double value);
void pg_array_bool(struct pg_array *array, bool value);
void pg_array_text(struct pg_array *array, struct text value);
void pg_array_bytes(struct pg_array *array, const void *bytes, size_t length);
void pg_array_json(struct pg_array *array, const void *text, size_t length);
/* Days since 1970. INT32_MIN and INT32_MAX (no day) are NULL. */
void pg_array_day(struct pg_array *array, int32_t day);
/* Milliseconds since 1970. Negative and INT64_MAX (no time) are NULL. */
void pg_array_time(struct pg_array *array, int64_t time_ms);
void pg_array_pseudonym(struct pg_array *array, struct pseudonym value);

/* Arrays within a row. */
void pg_array_texts(struct pg_array *array, const struct text *values, size_t count);
void pg_array_days(struct pg_array *array, const int32_t *days, size_t count);
void pg_array_i32s(struct pg_array *array, const int32_t *values, size_t count);
void pg_array_i64s(struct pg_array *array, const int64_t *values, size_t count);
void pg_array_f64s(struct pg_array *array, const double *values, size_t count);
void pg_array_bools(struct pg_array *array, const bool *values, size_t count);

/* Single values as parameters of their own. */
struct strbuf pg_value_i32(int32_t value);
struct strbuf pg_value_i64(int64_t value);
struct strbuf pg_value_text(struct text value);
struct strbuf pg_value_bytes(const void *bytes, size_t length);
struct strbuf pg_value_i64s(const int64_t *values, size_t count);
struct strbuf pg_value_texts(const struct text *values, size_t count);
struct strbuf pg_value_days(const int32_t *days, size_t count);

/* 2000-01-01, where PostgreSQL counts from. */
enum { PG_EPOCH_DAY = 10957 };
/* A pseudonym as the 16 bytes of a uuid: low first, both little-endian, as the hash gives them. */
void pg_pseudonym_bytes(struct pseudonym value, uint8_t ret_bytes[static 16]);
