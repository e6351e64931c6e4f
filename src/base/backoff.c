/* How long to wait before the next attempt. */
#include "base/backoff.h"

#include "base/panic.h"

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t random_next(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

void backoff_init(struct backoff *backoff, int64_t first_ms, int64_t most_ms, uint64_t seed)
{
    UP_ASSERT(first_ms >= 1);
    UP_ASSERT(most_ms >= first_ms);
    *backoff = (struct backoff){
        .first_ms = first_ms, .most_ms = most_ms, .ceiling_ms = first_ms, .random = seed};
}

int64_t backoff_next_ms(struct backoff *backoff)
{
    int64_t ceiling = backoff->ceiling_ms;
    backoff->ceiling_ms = ceiling > backoff->most_ms / 2 ? backoff->most_ms : ceiling * 2;
    int64_t least = ceiling - ceiling / 2;
    return least + (int64_t)(random_next(&backoff->random) % (uint64_t)(ceiling - least + 1));
}

void backoff_reset(struct backoff *backoff)
{
    backoff->ceiling_ms = backoff->first_ms;
}
