/* What is wrong, as a set of conditions, each with its evidence. measures.md, Diagnosis. */
#pragma once

#include <stdint.h>

#include "model/evaluation.h"
#include "model/people.h"

/* The conditions that hold, as bits of enum diagnosis, from the measures of 28d, own and (of the
 * pulse) 90d. What is unknown does not hold. */
uint32_t diagnosis_find(const struct people *people, const struct evaluation *evaluation);
