/* Reads one JSON text (RFC 8259, strictly) and hands out its members. Owns simdjson. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "codec/json_names.h"

#ifdef __cplusplus
extern "C" {
#endif

struct json_reader;

enum json_kind {
    JSON_ABSENT, /* no such member */
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

/* Borrowed from the reader until its next json_reader_parse(). */
struct json_value {
    enum json_kind kind;
    union {
        struct text text; /* of a string: unescaped, may hold NULs; 24 bytes from its start and 16
                             behind its end are readable */
        double number;    /* the double nearest to what is written */
        const void *inside[2]; /* of an array or object, for the reader alone */
    };
};

struct json_member {
    struct text name;
    struct json_value value;
};

/* depth_max: how deep arrays and objects may nest, the outermost is 1; at most 1000. */
struct json_reader *json_reader_new(uint32_t depth_max);
void json_reader_free(struct json_reader *reader);

/* Reads `length` bytes, which are copied. Returns NULL and fills *ret_root, or says in a few static
 * words why this is not JSON: not UTF-8, a byte order mark, a lone surrogate, a number beyond a
 * double, nested too deep, … A duplicated member is JSON. Allocates only when the text is longer
 * than any before, nests to the limit or is not JSON. */
const char *json_reader_parse(struct json_reader *reader, const void *bytes, size_t length,
                              struct json_value *ret_root);

/* Walks over the members of an object once. ret_values has one value per name: the last of that
 * name, or JSON_ABSENT. Returns the names that came more than once, as bits. */
uint32_t json_reader_pick(const struct json_value *object, const struct json_names *names,
                          struct json_value *ret_values);

/* The first `room` members of an object in their order. Returns how many there are in all. */
size_t json_reader_list(const struct json_value *object, struct json_member *ret_members,
                        size_t room);

/* The first `room` elements of an array in their order. Returns how many there are in all. */
size_t json_reader_items(const struct json_value *array, struct json_value *ret_items, size_t room);

/* The elements of an array one by one, for arrays of any length; none of what is no array. Borrowed as
 * the array is. */
struct json_walk {
    const void *inside[3];
};
struct json_walk json_reader_walk(const struct json_value *array);
/* False when there is none left. */
bool json_reader_next(struct json_walk *walk, struct json_value *ret_item);

/* The last member of that name, or JSON_ABSENT; also where `object` is no object. */
struct json_value json_reader_member(const struct json_value *object, struct text name);

/* Are these bytes UTF-8? */
bool json_reader_is_utf8(const void *bytes, size_t length);

/* Copies a text of a reader in blocks of 16 bytes: 16 behind what `to` needs must be writable, and
 * are spoiled. */
static inline void json_reader_copy(char *to, struct text text)
{
    for (uint32_t i = 0; i < text.length; i += 16)
        memcpy(to + i, text.bytes + i, 16);
}

#ifdef __cplusplus
}
#endif
