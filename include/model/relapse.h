/* The alarm relapsing: is three quarters of the best practising share kept? measures.md, Alarms. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "stat/edetector.h"
#include "stat/estimate.h"

enum { RELAPSE_KNOWN = 56, RELAPSE_WINDOW = 28, RELAPSE_WINDOW_MIN = 20 };

/* Plain data; a zeroed struct is a new detector. */
struct relapse {
    struct edetector detector;
    double x[RELAPSE_KNOWN];         /* the last known observations, oldest first */
    uint8_t weekday[RELAPSE_KNOWN];  /* of each; 0 = Monday */
    int32_t known_count;
    int32_t window_count; /* so many of the last came after the reference's restart; at most 28 */
    int32_t redesigns_noted;
    bool has_r, has_q;
    double r, q;
};

/* What one close used and did. */
struct relapse_step {
    struct estimate m, y; /* only .known and .value count */
    enum edetector_event event;
};

/* The close of `day` with the practising share x (0 to 1, or unknown). `redesigns`: how many with a
 * day up to this one are known. threshold = A. */
struct relapse_step relapse_close(struct relapse *relapse, int32_t day, struct estimate x,
                                  int32_t redesigns, double threshold);
