/* A small JSON reader for golden files; bad JSON or a missing file fails the test program. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum json_kind {
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

struct json_value {
    enum json_kind kind;
    bool truth;      /* JSON_BOOL */
    bool is_integer; /* JSON_NUMBER without fraction and exponent that fits into `integer` */
    int64_t integer;
    double number;
    char *text; /* JSON_STRING, UTF-8, NUL-terminated; `count` bytes, of which some may be NUL */
    char *key;  /* the name of this member when the parent is a JSON_OBJECT, else NULL */
    struct json_value
        *items; /* JSON_ARRAY, JSON_OBJECT: `count` of them, in the order of the file */
    size_t count;
};

/* The tree of exactly one value in `length` bytes; the caller owns it and gives it to json_free().
 */
struct json_value *json_parse(const char *bytes, size_t length);

/* The same of a file; `path` is below the tests directory. */
struct json_value *json_read_file(const char *path);

/* Frees a tree that json_parse() or json_read_file() returned; NULL is fine. */
void json_free(struct json_value *tree);

/* The member of an object, or NULL. It lives as long as the tree. */
const struct json_value *json_find(const struct json_value *object, const char *key);

/* The member of an object, the item of an array, a number, an integer: what must be there, or the
 * test program fails. */
const struct json_value *json_member(const struct json_value *object, const char *key);
const struct json_value *json_item(const struct json_value *array, size_t index);
double json_number(const struct json_value *value);
int64_t json_integer(const struct json_value *value);
