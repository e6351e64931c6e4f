/* Watches that the offsets of one partition follow each other. */
#include "io/kafka_guard.h"

void kafka_guard_init(struct kafka_guard *guard, int64_t expected)
{
    *guard = (struct kafka_guard){.expected = expected < 0 ? -1 : expected, .jump_to = -1};
}

enum kafka_guard_verdict kafka_guard_judge_odd(struct kafka_guard *guard, int64_t offset,
                                               uint64_t batch, bool has_holes)
{
    if (offset < guard->expected)
        return KAFKA_GUARD_DROP;
    if (offset == guard->expected || guard->expected < 0 || has_holes) {
        kafka_guard_init(guard, offset);
        return KAFKA_GUARD_TAKE;
    }
    if (guard->rereads > 0 && guard->reread_batch == batch)
        return KAFKA_GUARD_DROP;
    if (guard->rereads > 0 &&
        (offset == guard->jump_to || guard->rereads >= KAFKA_GUARD_REREADS_MAX)) {
        kafka_guard_init(guard, offset);
        return KAFKA_GUARD_HOLE;
    }
    guard->jump_to = offset;
    guard->reread_batch = batch;
    guard->rereads++;
    return KAFKA_GUARD_REREAD;
}
