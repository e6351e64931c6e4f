/* Assertions that stay on in production. */
#include "base/panic.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void panic_abort(const char *file, int line, const char *what)
{
    (void)fprintf(stderr, "uptake: %s:%d: broken: %s\n", file, line, what);
    abort();
}
