/* The alarms bypassing and over_trust: has a share risen too high? measures.md, Alarms. */
#pragma once

#include <stdint.h>

#include "stat/edetector.h"
#include "stat/estimate.h"

enum { UPWARD_PAST = 56, UPWARD_RECENT = 28, UPWARD_OLDER_MIN = 20 };

/* A share held against its own past. Plain data; a zeroed struct is a new detector. */
struct upward {
    struct edetector detector;
    double past[UPWARD_PAST]; /* the last known observations, oldest first */
    int32_t past_count;
    struct estimate b; /* the level of the null hypothesis; stands still while the alarm is open */
};

/* One close with the share x (0 to 1, or unknown). threshold = A. ret_b is the b as used, known or
 * not also without x. */
enum edetector_event upward_close(struct upward *upward, struct estimate x, double threshold,
                                  struct estimate *ret_b);
/* The same against a level b > 0 that never moves. */
enum edetector_event upward_close_fixed(struct edetector *detector, double b, struct estimate x,
                                        double threshold);
