/* Arrays of rows in PostgreSQL's binary format. */
#include "codec/pg_array.h"

#include <endian.h>
#include <string.h>

#include "base/mem.h"
#include "base/panic.h"

/* Numbers of PostgreSQL's own types (pg_type.dat). */
enum pg_type {
    TYPE_OURS = 0, /* a type of our schema: the server goes by what the statement says */
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_FLOAT8 = 701,
    TYPE_BOOLS = 1000,
    TYPE_INT4S = 1007,
    TYPE_TEXTS = 1009,
    TYPE_INT8S = 1016,
    TYPE_FLOAT8S = 1022,
    TYPE_DATE = 1082,
    TYPE_DATES = 1182,
    TYPE_TIMESTAMPTZ = 1184,
    TYPE_UUID = 2950,
    TYPE_JSONB = 3802,
};

enum { HEADER_BYTES = 20, JSONB_VERSION = 1 };
static const uint32_t null_length = UINT32_MAX;

static void put_u32(char *at, uint32_t value)
{
    uint32_t big = htobe32(value);
    memcpy(at, &big, sizeof big);
}

static void put_u64(char *at, uint64_t value)
{
    uint64_t big = htobe64(value);
    memcpy(at, &big, sizeof big);
}

static void add_u32(struct strbuf *bytes, uint32_t value)
{
    put_u32(strbuf_room(bytes, sizeof value), value);
    bytes->length += sizeof value;
}

static void add_u64(struct strbuf *bytes, uint64_t value)
{
    put_u64(strbuf_room(bytes, sizeof value), value);
    bytes->length += sizeof value;
}

/* ---- the array ---------------------------------------------------------------------------- */

/* Dimensions, "has a NULL", type of the elements, count, first index. */
static void put_header(char *at, enum pg_type type, uint32_t count)
{
    put_u32(at, 1);
    put_u32(at + 4, 0);
    put_u32(at + 8, (uint32_t)type);
    put_u32(at + 12, count);
    put_u32(at + 16, 1);
}

/* An empty array has no dimension. */
static void add_empty(struct strbuf *bytes, enum pg_type type)
{
    add_u32(bytes, 0);
    add_u32(bytes, 0);
    add_u32(bytes, (uint32_t)type);
}

static void add_header(struct strbuf *bytes, enum pg_type type, size_t count)
{
    if (count == 0) {
        add_empty(bytes, type);
        return;
    }
    put_header(strbuf_room(bytes, HEADER_BYTES), type, (uint32_t)count);
    bytes->length += HEADER_BYTES;
}

void pg_array_done(struct pg_array *array)
{
    strbuf_done(&array->bytes);
    *array = (struct pg_array){0};
}

struct strbuf pg_array_take(struct pg_array *array)
{
    UP_ASSERT(array->fields_left == 0);
    if (array->rows == 0)
        add_empty(&array->bytes, TYPE_OURS);
    else
        put_header(array->bytes.data, TYPE_OURS, array->rows);
    struct strbuf taken = array->bytes;
    *array = (struct pg_array){0};
    /* It may wait long: give back what growing has left over. */
    taken.data = mem_resize_array(taken.data, taken.length, 1);
    taken.capacity = taken.length;
    return taken;
}

void pg_array_begin_row(struct pg_array *array, uint32_t fields)
{
    UP_ASSERT(array->fields_left == 0);
    if (array->rows++ == 0)
        add_header(&array->bytes, TYPE_OURS, 1);
    array->row_at = array->bytes.length;
    array->fields_left = fields;
    add_u32(&array->bytes, 0);
    add_u32(&array->bytes, fields);
}

void pg_array_end_row(struct pg_array *array)
{
    UP_ASSERT(array->fields_left == 0);
    put_u32(array->bytes.data + array->row_at, (uint32_t)(array->bytes.length - array->row_at - 4));
}

/* ---- fields ------------------------------------------------------------------------------- */

static void begin_field(struct pg_array *array, enum pg_type type, uint32_t length)
{
    UP_ASSERT(array->fields_left > 0);
    array->fields_left--;
    char *at = strbuf_room(&array->bytes, 8);
    put_u32(at, (uint32_t)type);
    put_u32(at + 4, length);
    array->bytes.length += 8;
}

static void null_of(struct pg_array *array, enum pg_type type)
{
    begin_field(array, type, null_length);
}

void pg_array_null_i32(struct pg_array *array)
{
    null_of(array, TYPE_INT4);
}

void pg_array_null_i64(struct pg_array *array)
{
    null_of(array, TYPE_INT8);
}

void pg_array_null_f64(struct pg_array *array)
{
    null_of(array, TYPE_FLOAT8);
}

void pg_array_null_bool(struct pg_array *array)
{
    null_of(array, TYPE_BOOL);
}

void pg_array_null_text(struct pg_array *array)
{
    null_of(array, TYPE_TEXT);
}

void pg_array_null_pseudonym(struct pg_array *array)
{
    null_of(array, TYPE_UUID);
}

void pg_array_i16(struct pg_array *array, int16_t value)
{
    uint16_t big = htobe16((uint16_t)value);
    begin_field(array, TYPE_INT2, sizeof big);
    strbuf_add(&array->bytes, &big, sizeof big);
}

void pg_array_i32(struct pg_array *array, int32_t value)
{
    begin_field(array, TYPE_INT4, sizeof value);
    add_u32(&array->bytes, (uint32_t)value);
}

void pg_array_i64(struct pg_array *array, int64_t value)
{
    begin_field(array, TYPE_INT8, sizeof value);
    add_u64(&array->bytes, (uint64_t)value);
}

void pg_array_counts(struct pg_array *array, const int64_t *values, size_t count)
{
    UP_ASSERT(array->fields_left >= count);
    char *first = strbuf_room(&array->bytes, count * 16);
    char *at = first;
    for (size_t i = 0; i < count; i++) {
        put_u32(at, TYPE_INT8);
        put_u32(at + 4, values[i] == 0 ? null_length : 8);
        if (values[i] != 0)
            put_u64(at + 8, (uint64_t)values[i]);
        at += values[i] == 0 ? 8 : 16;
    }
    array->bytes.length += (size_t)(at - first);
    array->fields_left -= (uint32_t)count;
}

void pg_array_f64(struct pg_array *array, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    begin_field(array, TYPE_FLOAT8, sizeof bits);
    add_u64(&array->bytes, bits);
}

void pg_array_bool(struct pg_array *array, bool value)
{
    begin_field(array, TYPE_BOOL, 1);
    strbuf_add_char(&array->bytes, value ? 1 : 0);
}

void pg_array_text(struct pg_array *array, struct text value)
{
    begin_field(array, TYPE_TEXT, value.length);
    strbuf_add(&array->bytes, value.bytes, value.length);
}

void pg_array_bytes(struct pg_array *array, const void *bytes, size_t length)
{
    begin_field(array, TYPE_BYTEA, (uint32_t)length);
    strbuf_add(&array->bytes, bytes, length);
}

void pg_array_json(struct pg_array *array, const void *text, size_t length)
{
    begin_field(array, TYPE_JSONB, (uint32_t)length + 1);
    strbuf_add_char(&array->bytes, JSONB_VERSION);
    strbuf_add(&array->bytes, text, length);
}

void pg_array_day(struct pg_array *array, int32_t day)
{
    if (day == INT32_MIN || day == INT32_MAX) {
        null_of(array, TYPE_DATE);
        return;
    }
    begin_field(array, TYPE_DATE, sizeof day);
    add_u32(&array->bytes, (uint32_t)(day - PG_EPOCH_DAY));
}

void pg_array_time(struct pg_array *array, int64_t time_ms)
{
    if (time_ms < 0 || time_ms == INT64_MAX) {
        null_of(array, TYPE_TIMESTAMPTZ);
        return;
    }
    begin_field(array, TYPE_TIMESTAMPTZ, sizeof time_ms);
    add_u64(&array->bytes, (uint64_t)((time_ms - (int64_t)PG_EPOCH_DAY * DAY_MS) * 1000));
}

void pg_pseudonym_bytes(struct pseudonym value, uint8_t ret_bytes[static 16])
{
    uint64_t parts[2] = {htole64(value.low), htole64(value.high)};
    memcpy(ret_bytes, parts, sizeof parts);
}

void pg_array_pseudonym(struct pg_array *array, struct pseudonym value)
{
    uint8_t bytes[16];
    pg_pseudonym_bytes(value, bytes);
    begin_field(array, TYPE_UUID, sizeof bytes);
    strbuf_add(&array->bytes, bytes, sizeof bytes);
}

/* ---- arrays within a row ------------------------------------------------------------------ */

/* The header of an inner array; end_inner() then mends the length of the field. */
static size_t begin_inner(struct pg_array *array, enum pg_type type, enum pg_type element,
                          size_t count)
{
    begin_field(array, type, 0);
    size_t at = array->bytes.length;
    add_header(&array->bytes, element, count);
    return at;
}

static void end_inner(struct pg_array *array, size_t at)
{
    put_u32(array->bytes.data + at - 4, (uint32_t)(array->bytes.length - at));
}

static void add_texts(struct strbuf *bytes, const struct text *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add_u32(bytes, values[i].length);
        strbuf_add(bytes, values[i].bytes, values[i].length);
    }
}

void pg_array_texts(struct pg_array *array, const struct text *values, size_t count)
{
    size_t at = begin_inner(array, TYPE_TEXTS, TYPE_TEXT, count);
    add_texts(&array->bytes, values, count);
    end_inner(array, at);
}

static void add_days(struct strbuf *bytes, const int32_t *days, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add_u32(bytes, sizeof days[i]);
        add_u32(bytes, (uint32_t)(days[i] - PG_EPOCH_DAY));
    }
}

void pg_array_days(struct pg_array *array, const int32_t *days, size_t count)
{
    size_t at = begin_inner(array, TYPE_DATES, TYPE_DATE, count);
    add_days(&array->bytes, days, count);
    end_inner(array, at);
}

void pg_array_i32s(struct pg_array *array, const int32_t *values, size_t count)
{
    size_t at = begin_inner(array, TYPE_INT4S, TYPE_INT4, count);
    for (size_t i = 0; i < count; i++) {
        add_u32(&array->bytes, sizeof values[i]);
        add_u32(&array->bytes, (uint32_t)values[i]);
    }
    end_inner(array, at);
}

static void add_i64s(struct strbuf *bytes, const int64_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add_u32(bytes, sizeof values[i]);
        add_u64(bytes, (uint64_t)values[i]);
    }
}

void pg_array_i64s(struct pg_array *array, const int64_t *values, size_t count)
{
    size_t at = begin_inner(array, TYPE_INT8S, TYPE_INT8, count);
    add_i64s(&array->bytes, values, count);
    end_inner(array, at);
}

void pg_array_f64s(struct pg_array *array, const double *values, size_t count)
{
    size_t at = begin_inner(array, TYPE_FLOAT8S, TYPE_FLOAT8, count);
    for (size_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        add_u32(&array->bytes, sizeof bits);
        add_u64(&array->bytes, bits);
    }
    end_inner(array, at);
}

void pg_array_bools(struct pg_array *array, const bool *values, size_t count)
{
    size_t at = begin_inner(array, TYPE_BOOLS, TYPE_BOOL, count);
    for (size_t i = 0; i < count; i++) {
        add_u32(&array->bytes, 1);
        strbuf_add_char(&array->bytes, values[i] ? 1 : 0);
    }
    end_inner(array, at);
}

/* ---- single values ------------------------------------------------------------------------ */

struct strbuf pg_value_i32(int32_t value)
{
    struct strbuf bytes = {0};
    add_u32(&bytes, (uint32_t)value);
    return bytes;
}

struct strbuf pg_value_i64(int64_t value)
{
    struct strbuf bytes = {0};
    add_u64(&bytes, (uint64_t)value);
    return bytes;
}

struct strbuf pg_value_text(struct text value)
{
    return pg_value_bytes(value.bytes, value.length);
}

struct strbuf pg_value_bytes(const void *bytes, size_t length)
{
    struct strbuf value = {0};
    (void)strbuf_room(&value, length + 1);
    strbuf_add(&value, bytes, length);
    return value;
}

struct strbuf pg_value_i64s(const int64_t *values, size_t count)
{
    struct strbuf bytes = {0};
    add_header(&bytes, TYPE_INT8, count);
    add_i64s(&bytes, values, count);
    return bytes;
}

struct strbuf pg_value_texts(const struct text *values, size_t count)
{
    struct strbuf bytes = {0};
    add_header(&bytes, TYPE_TEXT, count);
    add_texts(&bytes, values, count);
    return bytes;
}

struct strbuf pg_value_days(const int32_t *days, size_t count)
{
    struct strbuf bytes = {0};
    add_header(&bytes, TYPE_DATE, count);
    add_days(&bytes, days, count);
    return bytes;
}
