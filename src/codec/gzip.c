/* Compresses what is sent over HTTP. */
#include "codec/gzip.h"

#include <stdint.h>
#include <zlib.h>

#include "base/panic.h"

enum { WINDOW_BITS = 15, AS_GZIP = 16, MEMORY_LEVEL = 8 };

void gzip_add(struct strbuf *out, const void *bytes, size_t length)
{
    UP_ASSERT(length < UINT32_MAX);
    z_stream stream = {0};
    UP_ASSERT(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, WINDOW_BITS + AS_GZIP, MEMORY_LEVEL,
                           Z_DEFAULT_STRATEGY) == Z_OK);
    uLong room = deflateBound(&stream, length);
    stream.next_in = (z_const Bytef *)(uintptr_t)bytes;
    stream.avail_in = (uInt)length;
    stream.next_out = (Bytef *)strbuf_room(out, room);
    stream.avail_out = (uInt)room;
    UP_ASSERT(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out->length += stream.total_out;
    (void)deflateEnd(&stream);
}
