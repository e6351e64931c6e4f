/* Seeded randomness for simulated events: the same seed gives the same draws (xoshiro256**,
 * Blackman and Vigna 2018). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct chance {
    uint64_t state[4];
};

/* Streams of one seed are independent of each other. */
void chance_init(struct chance *chance, uint64_t seed, uint64_t stream);

uint64_t chance_bits(struct chance *chance);
/* Evenly from [0, 1), from [low, high), and from 0 to limit - 1 (limit > 0). */
double chance_unit(struct chance *chance);
double chance_between(struct chance *chance, double low, double high);
uint32_t chance_below(struct chance *chance, uint32_t limit);
/* True with probability p. */
bool chance_hits(struct chance *chance, double p);

double chance_exponential(struct chance *chance, double mean);
double chance_normal(struct chance *chance, double mean, double deviation);
/* mean at most some ten: the work grows with it. */
uint32_t chance_poisson(struct chance *chance, double mean);
/* Beta(6, 2): mostly near 0.75. */
double chance_beta_6_2(struct chance *chance);
/* The place of one of `count` weights that sum up to `sum`. */
uint32_t chance_pick(struct chance *chance, const double *weights, uint32_t count, double sum);
