/* Since when does the evidence of an alarm speak, and what was seen since? */
#pragma once

#include <stdint.h>

#include "stat/estimate.h"

/* Page's cumulative sum, as a product: it begins again whenever what was seen up to now speaks
 * rather for the null hypothesis than against it. So `day` estimates when the change came, and says
 * nothing before the alarm opens. Plain data; a zeroed struct is a new one. */
struct onset {
    double product;
    double sum;    /* of the observations since */
    int32_t day;   /* the first of these */
    int32_t count; /* of these */
};

/* One known observation x of `day`; surplus and unit as edetector_step() takes them. */
void onset_step(struct onset *onset, int32_t day, double x, double surplus, double unit);

/* Mean of what was seen since, n = how many; unknown before the first. */
struct estimate onset_mean(const struct onset *onset);
