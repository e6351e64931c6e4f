/* A frozen list of statements with their parameters. */
#include "codec/pg_image.h"

#include <string.h>

#include "base/mem.h"
#include "base/panic.h"

void pg_image_done(struct pg_image *image)
{
    for (size_t i = 0; i < image->count; i++) {
        for (int v = 0; v < PG_PARAMETERS_MAX; v++)
            strbuf_done(&image->calls[i].values[v]);
    }
    mem_free(image->calls);
    *image = (struct pg_image){0};
}

struct pg_call *pg_image_add(struct pg_image *image, const struct pg_statement *statement)
{
    UP_ASSERT(statement->parameters <= PG_PARAMETERS_MAX);
    mem_reserve(&image->calls, &image->capacity, image->count + 1, sizeof *image->calls);
    struct pg_call *call = &image->calls[image->count++];
    *call = (struct pg_call){.statement = statement};
    return call;
}

void pg_image_append(struct pg_image *image, struct pg_image *from)
{
    if (from->count == 0)
        return;
    mem_reserve(&image->calls, &image->capacity, image->count + from->count, sizeof *image->calls);
    memcpy(image->calls + image->count, from->calls, from->count * sizeof *from->calls);
    image->count += from->count;
    mem_free(from->calls);
    *from = (struct pg_image){0};
}

size_t pg_image_bytes(const struct pg_image *image)
{
    size_t bytes = 0;
    for (size_t i = 0; i < image->count; i++) {
        for (int v = 0; v < image->calls[i].statement->parameters; v++)
            bytes += image->calls[i].values[v].length;
    }
    return bytes;
}
