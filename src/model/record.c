/* Puts measures into a record, each unknown one with the word why. */
#include "model/record.h"

#include "base/panic.h"

void record_put(struct record *record, enum measure measure, struct estimate estimate,
                uint32_t reasons)
{
    UP_ASSERT(measure < MEASURES);
    record->values[measure] = estimate;
    uint32_t words = reasons | record_reason(BECAUSE_TOO_FEW, true);
    record->because[measure] = estimate.known ? BECAUSE_NONE : (uint8_t)__builtin_ctz(words);
}

void record_put_flag(struct record *record, enum measure measure, enum flag flag, uint32_t reasons)
{
    struct estimate estimate = estimate_unknown();
    if (flag != FLAG_UNKNOWN)
        estimate = estimate_point(flag == FLAG_TRUE ? 1 : 0, 0);
    record_put(record, measure, estimate, reasons);
}

void record_put_count(struct record *record, enum measure measure, double count)
{
    record_put(record, measure, estimate_point(count, 0), 0);
}

uint32_t record_reasons_of(const struct record *record, enum measure measure)
{
    UP_ASSERT(measure < MEASURES);
    return record_reason(record->because[measure], !record->values[measure].known);
}

void record_suppress(struct record *record, enum measure measure)
{
    UP_ASSERT(measure < MEASURES);
    if (!record->values[measure].known)
        return;
    record->values[measure] = estimate_unknown();
    record->because[measure] = BECAUSE_SUPPRESSED;
}
