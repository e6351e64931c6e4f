/* Asks PostgreSQL for JSON documents, one at a time, and keeps each for a moment. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "codec/pg_image.h"

struct loop;
struct reader;

struct reader_settings {
    struct loop *loop;
    const char *conninfo;         /* copied */
    const char *application_name; /* copied */
    int64_t statement_timeout_ms;
    int64_t fresh_us; /* a document is read again once it is older */
    int64_t (*now_us)(void);
};

enum reader_outcome {
    READER_FOUND,
    READER_NOT_FOUND,   /* the statement gave no row */
    READER_UNAVAILABLE, /* PostgreSQL is away, too slow, or too many wait */
};

/* Borrowed for the duration of the callback. */
struct reader_document {
    enum reader_outcome outcome;
    const char *bytes; /* where it was found; gzip: the same compressed */
    size_t length;
    const char *gzip;
    size_t gzip_length;
    uint64_t hash; /* of the bytes */
};

/* From within reader_ask() or later from the loop, once. */
typedef void reader_on_document(void *arg, const struct reader_document *document);

enum { READER_VALUES_MAX = 3 };

/* Begins to connect. NULL and *err: UP_EINVAL the connection string is none, UP_EIO. */
struct reader *reader_new(const struct reader_settings *settings, struct up_err *err);
/* Whoever still waits is told READER_UNAVAILABLE. */
void reader_free(struct reader *reader);

/* Asks for the one text that a statement with these texts as parameters gives. */
void reader_ask(struct reader *reader, const struct pg_statement *statement,
                const char *const *values, reader_on_document *on_document, void *arg);

/* Is PostgreSQL connected? */
bool reader_is_up(const struct reader *reader);
