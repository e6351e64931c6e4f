/* Seeded randomness for simulated events. */
#include "ctl/chance.h"

#include <math.h>

#include "base/panic.h"

/* SplitMix64 (Steele, Lea and Flood 2014), as xoshiro's authors advise for its seed. */
static uint64_t split_mix(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

void chance_init(struct chance *chance, uint64_t seed, uint64_t stream)
{
    uint64_t mixed = split_mix(&seed) ^ stream;
    for (int i = 0; i < 4; i++)
        chance->state[i] = split_mix(&mixed);
}

static inline uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

uint64_t chance_bits(struct chance *chance)
{
    uint64_t *s = chance->state;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

double chance_unit(struct chance *chance)
{
    return (double)(chance_bits(chance) >> 11) * 0x1p-53;
}

double chance_between(struct chance *chance, double low, double high)
{
    return low + (high - low) * chance_unit(chance);
}

uint32_t chance_below(struct chance *chance, uint32_t limit)
{
    UP_ASSERT(limit > 0);
    return (uint32_t)((chance_bits(chance) >> 32) * limit >> 32);
}

bool chance_hits(struct chance *chance, double p)
{
    return chance_unit(chance) < p;
}

double chance_exponential(struct chance *chance, double mean)
{
    return -mean * log1p(-chance_unit(chance));
}

/* Marsaglia's polar method; the second value is not kept, so that a draw hangs on nothing but the
 * state. */
double chance_normal(struct chance *chance, double mean, double deviation)
{
    double u, v, s;
    do {
        u = chance_between(chance, -1, 1);
        v = chance_between(chance, -1, 1);
        s = u * u + v * v;
    } while (s >= 1 || s == 0);
    return mean + deviation * u * sqrt(-2 * log(s) / s);
}

/* Knuth's multiplication. */
uint32_t chance_poisson(struct chance *chance, double mean)
{
    double limit = exp(-mean);
    uint32_t count = 0;
    for (double product = chance_unit(chance); product > limit; product *= chance_unit(chance))
        count++;
    return count;
}

/* The second greatest of seven even draws. */
double chance_beta_6_2(struct chance *chance)
{
    double first = 0;
    double second = 0;
    for (int i = 0; i < 7; i++) {
        double drawn = chance_unit(chance);
        if (drawn > first) {
            second = first;
            first = drawn;
        } else if (drawn > second) {
            second = drawn;
        }
    }
    return second;
}

uint32_t chance_pick(struct chance *chance, const double *weights, uint32_t count, double sum)
{
    double left = chance_unit(chance) * sum;
    uint32_t place = 0;
    while (place + 1 < count && left >= weights[place])
        left -= weights[place++];
    return place;
}
