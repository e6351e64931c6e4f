/* A small JSON reader for golden files; bad JSON or a missing file fails the test program. */
#include "support/json_value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/panic.h"

enum { DEPTH_MAX = 64 };

struct reader {
    const char *at;
    const char *end;
};

static void read_value(struct reader *r, struct json_value *ret_value, int depth);

static void skip_space(struct reader *r)
{
    while (r->at < r->end && memchr(" \t\r\n", *r->at, 4) != NULL)
        r->at++;
}

static char peek(struct reader *r)
{
    skip_space(r);
    UP_ASSERT(r->at < r->end);
    return *r->at;
}

static void expect(struct reader *r, char c)
{
    UP_ASSERT(peek(r) == c);
    r->at++;
}

static bool take_word(struct reader *r, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(r->end - r->at) < length || memcmp(r->at, word, length) != 0)
        return false;
    r->at += length;
    return true;
}

/* ---- strings -------------------------------------------------------------------------------- */

static unsigned read_hex4(struct reader *r)
{
    UP_ASSERT(r->end - r->at >= 4);
    char digits[5] = {0};
    memcpy(digits, r->at, 4);
    r->at += 4;
    char *end = NULL;
    unsigned long code = strtoul(digits, &end, 16);
    UP_ASSERT(end == digits + 4);
    return (unsigned)code;
}

static unsigned read_unicode(struct reader *r)
{
    unsigned code = read_hex4(r);
    if (code < 0xd800 || code > 0xdbff)
        return code;
    UP_ASSERT(take_word(r, "\\u"));
    return 0x10000 + ((code - 0xd800) << 10) + (read_hex4(r) - 0xdc00);
}

static size_t put_utf8(char *to, unsigned code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        to[i] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    static const unsigned char heads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    to[0] = (char)(heads[length] | code);
    return length;
}

static size_t read_escape(struct reader *r, char *to)
{
    UP_ASSERT(r->at < r->end);
    char c = *r->at++;
    if (c == 'u')
        return put_utf8(to, read_unicode(r));
    static const char names[] = "\"\\/bfnrt";
    static const char means[] = "\"\\/\b\f\n\r\t";
    const char *found = memchr(names, c, sizeof names - 1);
    UP_ASSERT(found != NULL);
    to[0] = means[found - names];
    return 1;
}

/* Returns an allocated, NUL-terminated text. An escape is never shorter than what it stands for. */
static char *read_string(struct reader *r, size_t *ret_length)
{
    expect(r, '"');
    const char *closing = r->at;
    while (closing < r->end && *closing != '"')
        closing += *closing == '\\' ? 2 : 1;
    UP_ASSERT(closing < r->end);
    char *text = mem_alloc((size_t)(closing - r->at) + 1);
    size_t length = 0;
    while (r->at < closing) {
        char c = *r->at++;
        if (c == '\\')
            length += read_escape(r, text + length);
        else
            text[length++] = c;
    }
    r->at++;
    *ret_length = length;
    return text;
}

/* ---- the rest ------------------------------------------------------------------------------- */

static void read_number(struct reader *r, struct json_value *ret_value)
{
    char text[64];
    size_t length = 0;
    bool whole = true;
    while (r->at < r->end && memchr("+-.0123456789eE", *r->at, 15) != NULL) {
        UP_ASSERT(length < sizeof text - 1);
        whole = whole && strchr(".eE", *r->at) == NULL;
        text[length++] = *r->at++;
    }
    UP_ASSERT(length > 0);
    text[length] = '\0';
    char *end = NULL;
    ret_value->kind = JSON_NUMBER;
    ret_value->number = strtod(text, &end);
    UP_ASSERT(*end == '\0');
    errno = 0;
    ret_value->integer = strtoll(text, NULL, 10);
    ret_value->is_integer = whole && errno == 0;
}

static void read_items(struct reader *r, struct json_value *ret_value, char closing, int depth)
{
    r->at++;
    size_t capacity = 0;
    bool named = closing == '}';
    while (peek(r) != closing) {
        if (ret_value->count > 0)
            expect(r, ',');
        mem_reserve(&ret_value->items, &capacity, ret_value->count + 1, sizeof *ret_value->items);
        struct json_value *item = &ret_value->items[ret_value->count++];
        char *key = NULL;
        if (named) {
            size_t key_length = 0;
            key = read_string(r, &key_length);
            expect(r, ':');
        }
        read_value(r, item, depth + 1);
        item->key = key;
    }
    r->at++;
}

static void read_value(struct reader *r, struct json_value *ret_value, int depth)
{
    UP_ASSERT(depth < DEPTH_MAX);
    *ret_value = (struct json_value){.kind = JSON_NULL};
    char c = peek(r);
    if (c == '{') {
        ret_value->kind = JSON_OBJECT;
        read_items(r, ret_value, '}', depth);
    } else if (c == '[') {
        ret_value->kind = JSON_ARRAY;
        read_items(r, ret_value, ']', depth);
    } else if (c == '"') {
        ret_value->kind = JSON_STRING;
        ret_value->text = read_string(r, &ret_value->count);
    } else if (c == 't' || c == 'f') {
        ret_value->kind = JSON_BOOL;
        ret_value->truth = c == 't';
        UP_ASSERT(take_word(r, c == 't' ? "true" : "false"));
    } else if (c == 'n') {
        UP_ASSERT(take_word(r, "null"));
    } else {
        read_number(r, ret_value);
    }
}

struct json_value *json_parse(const char *bytes, size_t length)
{
    struct reader r = {bytes, bytes + length};
    struct json_value *tree = mem_alloc(sizeof *tree);
    read_value(&r, tree, 0);
    skip_space(&r);
    UP_ASSERT(r.at == r.end);
    return tree;
}

struct json_value *json_read_file(const char *path)
{
    char full[4096];
    UP_ASSERT(snprintf(full, sizeof full, "%s/%s", UPTAKE_TESTS_DIR, path) < (int)sizeof full);
    FILE *file = fopen(full, "rb");
    UP_ASSERT(file != NULL);
    char *bytes = NULL;
    size_t capacity = 0;
    size_t length = 0;
    size_t got = 0;
    do {
        mem_reserve(&bytes, &capacity, length + 65536, 1);
        got = fread(bytes + length, 1, 65536, file);
        length += got;
    } while (got > 0);
    (void)fclose(file);
    struct json_value *tree = json_parse(bytes, length);
    mem_free(bytes);
    return tree;
}

static void free_inside(struct json_value *value)
{
    for (size_t i = 0; value->items != NULL && i < value->count; i++)
        free_inside(&value->items[i]);
    mem_free(value->items);
    mem_free(value->text);
    mem_free(value->key);
}

void json_free(struct json_value *tree)
{
    if (tree == NULL)
        return;
    free_inside(tree);
    mem_free(tree);
}

/* ---- what must be there --------------------------------------------------------------------- */

const struct json_value *json_find(const struct json_value *object, const char *key)
{
    UP_ASSERT(object->kind == JSON_OBJECT);
    for (size_t i = 0; i < object->count; i++) {
        if (strcmp(object->items[i].key, key) == 0)
            return &object->items[i];
    }
    return NULL;
}

const struct json_value *json_member(const struct json_value *object, const char *key)
{
    const struct json_value *found = json_find(object, key);
    UP_ASSERT(found != NULL);
    return found;
}

const struct json_value *json_item(const struct json_value *array, size_t index)
{
    UP_ASSERT(array->kind == JSON_ARRAY);
    UP_ASSERT(index < array->count);
    return &array->items[index];
}

double json_number(const struct json_value *value)
{
    UP_ASSERT(value->kind == JSON_NUMBER);
    return value->number;
}

int64_t json_integer(const struct json_value *value)
{
    UP_ASSERT(value->kind == JSON_NUMBER);
    UP_ASSERT(value->is_integer);
    return value->integer;
}
