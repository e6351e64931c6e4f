/* Watches that the offsets of one partition follow each other, whatever the library does around
 * pause and seek. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum kafka_guard_verdict {
    KAFKA_GUARD_TAKE,   /* as expected */
    KAFKA_GUARD_DROP,   /* was handed over before, or will be read again */
    KAFKA_GUARD_REREAD, /* a jump: seek to `expected`, drop this */
    KAFKA_GUARD_HOLE,   /* the jump came again: there is nothing in between; take it */
};

enum { KAFKA_GUARD_REREADS_MAX = 3 };

struct kafka_guard {
    int64_t expected; /* next offset, -1 = not known before something arrives */
    int64_t jump_to;
    uint64_t reread_batch;
    uint32_t rereads;
};

/* expected: the offset that must come next, < 0 = whatever comes first. */
void kafka_guard_init(struct kafka_guard *guard, int64_t expected);

/* The slow way of kafka_guard_judge(). */
enum kafka_guard_verdict kafka_guard_judge_odd(struct kafka_guard *guard, int64_t offset,
                                               uint64_t batch, bool has_holes);

/* What to do about `offset`, that of a message or of the partition's end, that came in drain number
 * `batch`. What was drained together with a jump is older than the seek. On TAKE and HOLE
 * `expected` is `offset`; the caller adds one for a message. has_holes: the topic is known to have
 * holes, so that a jump is taken at once. */
static inline enum kafka_guard_verdict kafka_guard_judge(struct kafka_guard *guard, int64_t offset,
                                                         uint64_t batch, bool has_holes)
{
    if (offset == guard->expected && guard->rereads == 0)
        return KAFKA_GUARD_TAKE;
    return kafka_guard_judge_odd(guard, offset, batch, has_holes);
}
