/* A frozen list of statements with their parameters, sent as one pipeline, and again as it is. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

enum { PG_PARAMETERS_MAX = 6 };

/* Prepared under its name on first use of a connection. Static; told apart by address. */
struct pg_statement {
    const char *name;
    const char *sql;
    int parameters;
};

struct pg_call {
    const struct pg_statement *statement;
    struct strbuf values[PG_PARAMETERS_MAX]; /* in binary, none NULL; owned */
};

/* A zeroed struct is an empty image. */
struct pg_image {
    struct pg_call *calls;
    size_t count, capacity;
};

/* Frees everything; the image is empty. */
void pg_image_done(struct pg_image *image);
/* Appends a call whose values the caller sets (handing the bytes over) before the next is added. */
struct pg_call *pg_image_add(struct pg_image *image, const struct pg_statement *statement);
/* Moves all calls of `from` behind those of `image`. */
void pg_image_append(struct pg_image *image, struct pg_image *from);
/* Bytes of all parameters. */
size_t pg_image_bytes(const struct pg_image *image);
