/* Reads samples out of a page of /metrics. */
#pragma once

#include <stdbool.h>

#include "base/text.h"

/* The sum of the samples of that name (with the `_total` of a counter) whose label `partition` is
 * this, -1 = whatever it is. False when there is none. The page ends with a NUL. */
bool metrics_page_sum(const char *page, const char *name, int partition, double *ret_sum);

/* The greatest of the samples of that name. */
bool metrics_page_most(const char *page, const char *name, double *ret_most);
