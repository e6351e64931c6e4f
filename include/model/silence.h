/* Has a team stopped sending? What one close sees of it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/people.h"

/* Of people who have not left or moved away. Work is any usage event. */
struct silence {
    bool counted; /* the day says something: it was not quiet in the whole partition */
    bool day;     /* nobody worked on it */
    bool week;    /* nor on the six days before */
    bool regular; /* before that they worked regularly: on 10 or more of the 28 days up to the
                            last on which anybody did. Only looked at when `day` holds. */
    int32_t last_worked; /* that day; INT32_MIN = none within 60 days, or anybody worked today */
};

struct silence silence_look(const struct people *people);
