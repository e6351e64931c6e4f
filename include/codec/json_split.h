/* Cuts a stream of JSON into the records in it, whatever its form, in bounded memory. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/text.h"

enum { JSON_SPLIT_KEY_BYTES = 24 };

/* Gets each record: its line (from 1) and its bytes, borrowed for the call; not yet known to be
 * JSON. Where there is no record to be had, `wrong` says in a few static words why, and it is
 * empty. */
typedef void json_split_take(void *owner, uint64_t line, struct text record, const char *wrong);

/* A record is each value of the stream; where that is an array each value in it; and where it (or a
 * value in such an array) is an object with an array under one of the names in `containers`, each
 * value in that, not the object. So all these hold the same two records for the container "rows":
 * two lines `{"a":1}` and `{"a":2}`; `[{"a":1},{"a":2}]`; `{"n":2,"rows":[{"a":1},{"a":2}]}`;
 * spread over as many lines as one likes. Set up with json_split_init(); the rest is its own. */
struct json_split {
    const char *const *containers; /* up to NULL; shorter than JSON_SPLIT_KEY_BYTES */
    json_split_take *take;
    void *owner;
    size_t bytes_max; /* of a record */
    bool by_lines;    /* each line stands by itself: a broken one spoils no other */

    struct strbuf record; /* what has come of the present one */
    uint64_t line, begin; /* where we are, and where the record began */
    uint32_t depth;       /* arrays and objects that are open */
    uint32_t base;        /* those of them that hold records */
    uint32_t outer_base;  /* base outside of the container */
    bool inside;          /* in a value: a record, or an object around a container */
    bool dropped;         /* it is such an object, or longer than bytes_max */
    bool too_long;
    bool in_container;
    bool quoted, escaped, scalar;
    bool line_has_something, first_line_over;
    size_t marks; /* bytes of a byte order mark that have been looked at */
    char key[JSON_SPLIT_KEY_BYTES];
    size_t key_length;
    bool after_colon;
};

void json_split_init(struct json_split *split, const char *const *containers, size_t bytes_max,
                     json_split_take *take, void *owner);
void json_split_done(struct json_split *split);

/* The next bytes of the stream, cut anywhere. If the first line that is not blank holds whole
 * values only, by_lines is set. */
void json_split_feed(struct json_split *split, struct text bytes);

/* There are no more. */
void json_split_end(struct json_split *split);
