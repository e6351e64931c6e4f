/* Seeded randomness for property tests; the seed is UPTAKE_TEST_SEED or a fixed one. */
#pragma once

#include <stdint.h>

struct dice {
    uint64_t state;
};

/* Prints the seed, so that a failed run can be repeated. */
struct dice dice_take(void);

/* 64 random bits (SplitMix64, Steele, Lea and Flood 2014). */
uint64_t dice_bits(struct dice *dice);

/* Evenly from 0 to limit - 1; limit > 0. */
int64_t dice_below(struct dice *dice, int64_t limit);

/* Evenly from [0, 1). */
double dice_unit(struct dice *dice);
