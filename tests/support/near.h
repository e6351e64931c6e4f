/* Assertions on doubles for unit tests (cmocka's own work in float precision). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* |a - b| within `tolerance`, absolute or relative to b, whichever is wider. Infinities equal
 * themselves, NaN nothing. */
bool near_enough(double a, double b, double tolerance);

/* Fails the running cmocka test and prints both values unless near_enough(). */
void near_check(double actual, double expected, double tolerance, const char *file, int line);

#define assert_near(actual, expected, tolerance)                                                   \
    near_check((actual), (expected), (tolerance), __FILE__, __LINE__)
