/* What a Redis server says, read by hiredis. */
#include "io/redis_reply.h"

#include <hiredis/hiredis.h>

#include "base/err.h"
#include "base/panic.h"

enum redis_kind redis_reply_kind(const struct redis_reply *reply)
{
    switch (((const redisReply *)(const void *)reply)->type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
        return REDIS_TEXT;
    case REDIS_REPLY_INTEGER:
        return REDIS_INTEGER;
    case REDIS_REPLY_ARRAY:
        return REDIS_LIST;
    case REDIS_REPLY_ERROR:
        return REDIS_ERROR;
    default:
        return REDIS_NIL;
    }
}

struct text redis_reply_text(const struct redis_reply *reply)
{
    const redisReply *r = (const void *)reply;
    enum redis_kind kind = redis_reply_kind(reply);
    if (kind != REDIS_TEXT && kind != REDIS_ERROR)
        return (struct text){0};
    return (struct text){.bytes = r->str, .length = (uint32_t)r->len};
}

int64_t redis_reply_integer(const struct redis_reply *reply)
{
    const redisReply *r = (const void *)reply;
    return r->type == REDIS_REPLY_INTEGER ? r->integer : 0;
}

size_t redis_reply_count(const struct redis_reply *reply)
{
    const redisReply *r = (const void *)reply;
    return r->type == REDIS_REPLY_ARRAY ? r->elements : 0;
}

const struct redis_reply *redis_reply_at(const struct redis_reply *reply, size_t i)
{
    UP_ASSERT(i < redis_reply_count(reply));
    return (const void *)((const redisReply *)(const void *)reply)->element[i];
}

void redis_reply_free(struct redis_reply *reply)
{
    freeReplyObject(reply);
}

struct redis_reply_reader *redis_reply_reader_new(void)
{
    redisReader *reader = redisReaderCreate();
    UP_ASSERT(reader != NULL);
    return (void *)reader;
}

void redis_reply_reader_free(struct redis_reply_reader *reader)
{
    redisReaderFree((void *)reader);
}

void redis_reply_reader_feed(struct redis_reply_reader *reader, const char *bytes, size_t length)
{
    UP_ASSERT(redisReaderFeed((void *)reader, bytes, length) == REDIS_OK);
}

int redis_reply_reader_next(struct redis_reply_reader *reader, struct redis_reply **ret_reply)
{
    void *reply = NULL;
    if (redisReaderGetReply((void *)reader, &reply) != REDIS_OK)
        return UP_ECORRUPT;
    *ret_reply = reply;
    return 0;
}

size_t redis_reply_reader_rest(const struct redis_reply_reader *reader)
{
    const redisReader *r = (const void *)reader;
    return r->len - r->pos;
}
