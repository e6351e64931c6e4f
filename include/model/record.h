/* Puts measures into a record, each unknown one with the word why. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/measure.h"
#include "stat/estimate.h"

/* Reasons are sets of words, bit 1 << word for each that holds. measures.md, Unknown, and why. */
static inline uint32_t record_reason(enum because word, bool holds)
{
    return holds ? UINT32_C(1) << word : 0;
}

/* An unknown estimate gets the first word of `reasons`, BECAUSE_TOO_FEW where that is empty. */
void record_put(struct record *record, enum measure measure, struct estimate estimate,
                uint32_t reasons);
/* The same of a yes or no: value 1 or 0, neither interval nor n. */
void record_put_flag(struct record *record, enum measure measure, enum flag flag, uint32_t reasons);
/* A plain count is always known. */
void record_put_count(struct record *record, enum measure measure, double count);
/* The word of a measure as a set of reasons; empty when it is known. */
uint32_t record_reasons_of(const struct record *record, enum measure measure);
/* Makes a known measure unknown because it is not the reader's to see. */
void record_suppress(struct record *record, enum measure measure);
