/* A byte buffer that grows at its end. */
#include "base/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/panic.h"

void strbuf_done(struct strbuf *buffer)
{
    mem_free(buffer->data);
    *buffer = (struct strbuf){0};
}

void strbuf_reset(struct strbuf *buffer)
{
    buffer->length = 0;
}

char *strbuf_room(struct strbuf *buffer, size_t more)
{
    mem_reserve(&buffer->data, &buffer->capacity, buffer->length + more, 1);
    return buffer->data + buffer->length;
}

void strbuf_add(struct strbuf *buffer, const void *bytes, size_t length)
{
    if (length == 0)
        return;
    memcpy(strbuf_room(buffer, length), bytes, length);
    buffer->length += length;
}

void strbuf_add_text(struct strbuf *buffer, const char *text)
{
    strbuf_add(buffer, text, strlen(text));
}

void strbuf_add_char(struct strbuf *buffer, char c)
{
    *strbuf_room(buffer, 1) = c;
    buffer->length++;
}

void strbuf_add_format(struct strbuf *buffer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    char small[1];
    int length = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    UP_ASSERT(length >= 0);
    char *at = strbuf_room(buffer, (size_t)length + 1);
    (void)vsnprintf(at, (size_t)length + 1, format, again);
    va_end(again);
    buffer->length += (size_t)length;
}

const char *strbuf_text(struct strbuf *buffer)
{
    *strbuf_room(buffer, 1) = '\0';
    return buffer->data;
}
