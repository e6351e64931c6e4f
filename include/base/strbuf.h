/* A byte buffer that grows at its end. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A zeroed struct is an empty buffer. data is NULL while nothing was ever added, and is not NUL-terminated
 * unless strbuf_text() asked for it. */
struct strbuf {
    char *data;
    size_t length;
    size_t capacity;
};

/* Frees the memory; the buffer is empty and may be used again. */
void strbuf_done(struct strbuf *buffer);

/* Forgets the bytes, keeps the memory. */
void strbuf_reset(struct strbuf *buffer);

/* Room for `more` bytes behind the present end; returns where they go. The caller adds to length what it wrote. */
char *strbuf_room(struct strbuf *buffer, size_t more);

void strbuf_add(struct strbuf *buffer, const void *bytes, size_t length);
void strbuf_add_text(struct strbuf *buffer, const char *text);
void strbuf_add_char(struct strbuf *buffer, char c);
void strbuf_add_format(struct strbuf *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The bytes with a NUL behind them (not counted in length). Valid until the next change. */
const char *strbuf_text(struct strbuf *buffer);
