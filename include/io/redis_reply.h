/* What a Redis server says: replies, and the reader that finds them in a stream of bytes. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* A reply; borrowed by whoever gets it in a callback. */
struct redis_reply;

enum redis_kind { REDIS_NIL, REDIS_TEXT, REDIS_INTEGER, REDIS_LIST, REDIS_ERROR };

enum redis_kind redis_reply_kind(const struct redis_reply *reply);
/* The bytes of a text or of an error; empty for other kinds. */
struct text redis_reply_text(const struct redis_reply *reply);
/* 0 unless it is an integer. */
int64_t redis_reply_integer(const struct redis_reply *reply);
/* The members of a list; 0 for other kinds. */
size_t redis_reply_count(const struct redis_reply *reply);
const struct redis_reply *redis_reply_at(const struct redis_reply *reply, size_t i);
void redis_reply_free(struct redis_reply *reply);

struct redis_reply_reader;

struct redis_reply_reader *redis_reply_reader_new(void);
void redis_reply_reader_free(struct redis_reply_reader *reader);

/* Takes more bytes of the stream; they are copied. */
void redis_reply_reader_feed(struct redis_reply_reader *reader, const char *bytes, size_t length);

/* The next complete reply, which is the caller's to free, or NULL when more bytes are wanted. 0, or
 * UP_ECORRUPT when the bytes are of another protocol; then the reader is of no more use. */
int redis_reply_reader_next(struct redis_reply_reader *reader, struct redis_reply **ret_reply);

/* Bytes fed that no complete reply has used, right after a reply. */
size_t redis_reply_reader_rest(const struct redis_reply_reader *reader);
