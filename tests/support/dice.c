/* Seeded randomness for property tests; the seed is UPTAKE_TEST_SEED or a fixed one. */
#include "support/dice.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/panic.h"

struct dice dice_take(void)
{
    const char *wish = getenv("UPTAKE_TEST_SEED");
    uint64_t seed = wish != NULL ? strtoull(wish, NULL, 0) : 20240229;
    printf("UPTAKE_TEST_SEED=%" PRIu64 "\n", seed);
    return (struct dice){seed};
}

uint64_t dice_bits(struct dice *dice)
{
    dice->state += 0x9e3779b97f4a7c15U;
    uint64_t z = dice->state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

int64_t dice_below(struct dice *dice, int64_t limit)
{
    UP_ASSERT(limit > 0);
    return (int64_t)(dice_bits(dice) % (uint64_t)limit);
}

double dice_unit(struct dice *dice)
{
    return (double)(dice_bits(dice) >> 11) * 0x1p-53;
}
