/* A piece of text that somebody else owns. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* UTF-8, not NUL-terminated, borrowed. length 0 = absent. */
struct text {
    const char *bytes;
    uint32_t length;
};

static inline struct text text_of(const char *terminated)
{
    return (struct text){.bytes = terminated, .length = (uint32_t)strlen(terminated)};
}

static inline bool text_equal(struct text a, struct text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

/* Orders by bytes, a prefix first: <0, 0, >0. */
static inline int text_compare(struct text a, struct text b)
{
    uint32_t common = a.length < b.length ? a.length : b.length;
    int order = common > 0 ? memcmp(a.bytes, b.bytes, common) : 0;
    return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}
