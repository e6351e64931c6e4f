/* How far two mixes are apart. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "stat/estimate.h"

/* Jensen-Shannon divergence, base 2 (Lin 1991), of two vectors of `count` counts: 0 (the same mix)
 * to 1 (nothing in common). No interval; n = the counts of both. Unknown while either has none. */
struct estimate divergence_jensen_shannon(const int64_t *a, const int64_t *b, size_t count);
