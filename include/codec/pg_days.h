/* Days of which every month is wanted: few days that stand for many. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A zeroed struct is empty. Of each 28 days, which lie in at most two months, the first and the
 * last are kept. */
struct pg_days {
    int32_t *ends; /* first and last day of each span, in the order the spans came */
    size_t count, capacity;
    size_t latest; /* place of the span that the last day fell into */
};

void pg_days_done(struct pg_days *days);
void pg_days_add(struct pg_days *days, int32_t day);
