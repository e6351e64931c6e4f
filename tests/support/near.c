/* Assertions on doubles for unit tests (cmocka's own work in float precision). */
#include "support/near.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

bool near_enough(double a, double b, double tolerance)
{
    if (isinf(a) || isinf(b))
        return isinf(a) && isinf(b) && signbit(a) == signbit(b);
    return fabs(a - b) <= tolerance * fmax(1, fabs(b));
}

void near_check(double actual, double expected, double tolerance, const char *file, int line)
{
    if (near_enough(actual, expected, tolerance))
        return;
    print_error("%.17g is not %.17g within %g\n", actual, expected, tolerance);
    _fail(file, line);
}
