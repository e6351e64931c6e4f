/* Reads rows in PostgreSQL's binary format. */
#include "codec/pg_copy.h"

#include <endian.h>
#include <string.h>

#include "codec/pg_array.h"

enum {
    SIGNATURE_BYTES = 11,
    HEADER_BYTES = SIGNATURE_BYTES + 8,
    ARRAY_HEADER_BYTES = 20,
    ARRAY_EMPTY_BYTES = 12
};

static uint16_t read_u16(const uint8_t *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return be16toh(value);
}

static uint32_t read_u32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return be32toh(value);
}

static uint64_t read_u64(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return be64toh(value);
}

/* ---- the stream --------------------------------------------------------------------------- */

void pg_copy_done(struct pg_copy *copy)
{
    strbuf_done(&copy->rest);
    *copy = (struct pg_copy){0};
}

/* The bytes of the header, 0 when it is not there as a whole, -1 when it is none. */
static int64_t parse_header(const uint8_t *at, size_t length)
{
    static const uint8_t signature[SIGNATURE_BYTES] = "PGCOPY\n\377\r\n"; /* and a NUL */
    size_t common = length < SIGNATURE_BYTES ? length : SIGNATURE_BYTES;
    if (memcmp(at, signature, common) != 0)
        return -1;
    if (length < HEADER_BYTES)
        return 0;
    uint64_t whole = HEADER_BYTES + (uint64_t)read_u32(at + HEADER_BYTES - 4);
    return length < whole ? 0 : (int64_t)whole;
}

/* The bytes of the row, 0 when it is not there as a whole, -1 when it is none. */
static int64_t parse_row(const uint8_t *at, size_t length, struct pg_row *row)
{
    if (length < 2)
        return 0;
    row->count = row->next = 0;
    row->failed = false;
    uint16_t count = read_u16(at);
    if (count == UINT16_MAX) {
        row->count = -1;
        return 2;
    }
    if (count > PG_COPY_FIELDS_MAX)
        return -1;
    size_t used = 2;
    for (int i = 0; i < count; i++) {
        if (length - used < 4)
            return 0;
        int32_t size = (int32_t)read_u32(at + used);
        used += 4;
        if (size < -1)
            return -1;
        if (size > 0 && length - used < (size_t)size)
            return 0;
        row->fields[i] = (struct pg_field){.bytes = at + used, .length = size};
        used += size > 0 ? (size_t)size : 0;
    }
    row->count = count;
    return (int64_t)used;
}

/* Shows what is whole; *ret_used: the bytes that are done with. */
static int feed(struct pg_copy *copy, const uint8_t *at, size_t length, size_t *ret_used,
                pg_copy_on_row *on_row, void *arg, struct up_err *err)
{
    struct pg_row row;
    size_t used = 0;
    for (;;) {
        bool is_row = copy->has_header;
        int64_t got = is_row ? parse_row(at + used, length - used, &row)
                             : parse_header(at + used, length - used);
        if (got < 0 || (copy->has_ended && length > used))
            return up_fail(err, UP_ECORRUPT, "PostgreSQL sent rows that cannot be read");
        if (got == 0)
            break;
        used += (size_t)got;
        copy->has_header = true;
        copy->has_ended = is_row && row.count < 0;
        int code = is_row && row.count >= 0 ? on_row(arg, &row, err) : UP_OK;
        if (code != UP_OK)
            return code;
    }
    *ret_used = used;
    return UP_OK;
}

int pg_copy_feed(struct pg_copy *copy, const void *bytes, size_t length, pg_copy_on_row *on_row,
                 void *arg, struct up_err *err)
{
    size_t used = 0;
    if (copy->rest.length == 0) {
        int code = feed(copy, bytes, length, &used, on_row, arg, err);
        if (code == UP_OK)
            strbuf_add(&copy->rest, (const char *)bytes + used, length - used);
        return code;
    }
    strbuf_add(&copy->rest, bytes, length);
    int code =
        feed(copy, (const uint8_t *)copy->rest.data, copy->rest.length, &used, on_row, arg, err);
    memmove(copy->rest.data, copy->rest.data + used, copy->rest.length - used);
    copy->rest.length -= used;
    return code;
}

/* ---- values ------------------------------------------------------------------------------- */

struct pg_field pg_row_field(struct pg_row *row)
{
    if (row->next < row->count)
        return row->fields[row->next++];
    row->failed = true;
    return (struct pg_field){.length = -1};
}

/* A value of that size, or NULL; then `failed` is set unless NULL is fine. */
static const uint8_t *sized(struct pg_row *row, int32_t size, bool may_be_null)
{
    struct pg_field field = pg_row_field(row);
    if (field.length == size)
        return field.bytes;
    if (field.length >= 0 || !may_be_null)
        row->failed = true;
    return NULL;
}

int16_t pg_row_i16(struct pg_row *row)
{
    const uint8_t *at = sized(row, 2, false);
    return at == NULL ? 0 : (int16_t)read_u16(at);
}

int32_t pg_row_i32(struct pg_row *row)
{
    const uint8_t *at = sized(row, 4, false);
    return at == NULL ? 0 : (int32_t)read_u32(at);
}

int64_t pg_row_i64(struct pg_row *row)
{
    const uint8_t *at = sized(row, 8, false);
    return at == NULL ? 0 : (int64_t)read_u64(at);
}

int32_t pg_row_i32_or(struct pg_row *row, int32_t none)
{
    const uint8_t *at = sized(row, 4, true);
    return at == NULL ? none : (int32_t)read_u32(at);
}

int64_t pg_row_i64_or(struct pg_row *row, int64_t none)
{
    const uint8_t *at = sized(row, 8, true);
    return at == NULL ? none : (int64_t)read_u64(at);
}

static int32_t day_of(struct pg_row *row, uint32_t value)
{
    int64_t day = (int64_t)(int32_t)value + PG_EPOCH_DAY;
    if (day < 0 || day > INT32_MAX - 1)
        row->failed = true;
    return (int32_t)(row->failed ? 0 : day);
}

int32_t pg_row_day_or(struct pg_row *row, int32_t none)
{
    const uint8_t *at = sized(row, 4, true);
    return at == NULL ? none : day_of(row, read_u32(at));
}

int64_t pg_row_time_or(struct pg_row *row, int64_t none)
{
    const uint8_t *at = sized(row, 8, true);
    if (at == NULL)
        return none;
    int64_t micros = (int64_t)read_u64(at);
    int64_t ms = micros / 1000 + (int64_t)PG_EPOCH_DAY * DAY_MS;
    if (micros % 1000 != 0 || ms < 0)
        row->failed = true;
    return ms;
}

struct text pg_row_text(struct pg_row *row)
{
    struct pg_field field = pg_row_field(row);
    if (field.length <= 0)
        return (struct text){0};
    return (struct text){.bytes = (const char *)field.bytes, .length = (uint32_t)field.length};
}

bool pg_row_pseudonym(struct pg_row *row, struct pseudonym *ret_value)
{
    const uint8_t *at = sized(row, 16, true);
    if (at == NULL)
        return false;
    uint64_t parts[2];
    memcpy(parts, at, sizeof parts);
    *ret_value = (struct pseudonym){.low = le64toh(parts[0]), .high = le64toh(parts[1])};
    return true;
}

/* ---- arrays ------------------------------------------------------------------------------- */

/* The elements of an array of one dimension, one after the other. */
struct elements {
    const uint8_t *at, *end;
    size_t count, taken;
};

static struct elements open_array(struct pg_row *row)
{
    struct pg_field field = pg_row_field(row);
    struct elements elements = {0};
    if (field.length < ARRAY_EMPTY_BYTES) {
        row->failed = true;
        return elements;
    }
    uint32_t dimensions = read_u32(field.bytes);
    if (dimensions == 0)
        return elements;
    if (dimensions != 1 || field.length < ARRAY_HEADER_BYTES || read_u32(field.bytes + 4) != 0) {
        row->failed = true;
        return elements;
    }
    elements.count = read_u32(field.bytes + 12);
    elements.at = field.bytes + ARRAY_HEADER_BYTES;
    elements.end = field.bytes + field.length;
    if (elements.count > (size_t)field.length / 4) {
        row->failed = true;
        elements.count = 0;
    }
    return elements;
}

/* The next element; size < 0: any. NULL when there is none, or not of that size. */
static const uint8_t *next_element(struct pg_row *row, struct elements *elements, int32_t size,
                                   uint32_t *ret_length)
{
    if (elements->taken == elements->count)
        return NULL;
    size_t left = (size_t)(elements->end - elements->at);
    uint32_t length = left < 4 ? UINT32_MAX : read_u32(elements->at);
    if (length > left - 4 || left < 4 || (size >= 0 && length != (uint32_t)size)) {
        row->failed = true;
        elements->taken = elements->count;
        return NULL;
    }
    const uint8_t *value = elements->at + 4;
    elements->at = value + length;
    elements->taken++;
    *ret_length = length;
    return value;
}

size_t pg_row_texts(struct pg_row *row, struct text *ret_values, size_t max)
{
    struct elements elements = open_array(row);
    const uint8_t *value;
    uint32_t length = 0;
    for (size_t i = 0; i < max && (value = next_element(row, &elements, -1, &length)) != NULL; i++)
        ret_values[i] = (struct text){.bytes = (const char *)value, .length = length};
    return elements.count;
}

size_t pg_row_days(struct pg_row *row, int32_t *ret_days, size_t max)
{
    struct elements elements = open_array(row);
    const uint8_t *value;
    uint32_t length = 0;
    for (size_t i = 0; i < max && (value = next_element(row, &elements, 4, &length)) != NULL; i++)
        ret_days[i] = day_of(row, read_u32(value));
    return elements.count;
}

size_t pg_row_i32s(struct pg_row *row, int32_t *ret_values, size_t max)
{
    struct elements elements = open_array(row);
    const uint8_t *value;
    uint32_t length = 0;
    for (size_t i = 0; i < max && (value = next_element(row, &elements, 4, &length)) != NULL; i++)
        ret_values[i] = (int32_t)read_u32(value);
    return elements.count;
}

size_t pg_row_i64s(struct pg_row *row, int64_t *ret_values, size_t max)
{
    struct elements elements = open_array(row);
    const uint8_t *value;
    uint32_t length = 0;
    for (size_t i = 0; i < max && (value = next_element(row, &elements, 8, &length)) != NULL; i++)
        ret_values[i] = (int64_t)read_u64(value);
    return elements.count;
}

size_t pg_row_bools(struct pg_row *row, bool *ret_values, size_t max)
{
    struct elements elements = open_array(row);
    const uint8_t *value;
    uint32_t length = 0;
    for (size_t i = 0; i < max && (value = next_element(row, &elements, 1, &length)) != NULL; i++)
        ret_values[i] = *value != 0;
    return elements.count;
}
