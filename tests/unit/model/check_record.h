/* Assertions on measures, for tests that have included cmocka. */
#pragma once

#include "model/measure.h"
#include "support/near.h"

/* Known, and the same figures. */
static inline void check_same(const struct estimate *actual, struct estimate expected)
{
    assert_true(actual->known);
    assert_near(actual->value, expected.value, 1e-12);
    assert_near(actual->lo, expected.lo, 1e-12);
    assert_near(actual->hi, expected.hi, 1e-12);
    assert_near(actual->n, expected.n, 1e-12);
}

/* Known, and no word why not; gives the estimate. */
static inline double check_value(const struct record *record, enum measure measure)
{
    assert_true(record->values[measure].known);
    assert_int_equal(record->because[measure], BECAUSE_NONE);
    return record->values[measure].value;
}

static inline void check_unknown(const struct record *record, enum measure measure,
                                 enum because because)
{
    assert_false(record->values[measure].known);
    assert_int_equal(record->because[measure], because);
}
