/* Named places at which a test build can be told to die. */
#include "base/crash_point.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CRASH_STATUS = 86 };

void crash_point_pass(const char *name)
{
    static long passed;
    const char *wanted = getenv("UPTAKE_CRASH_AT");
    const char *colon = wanted == NULL ? NULL : strrchr(wanted, ':');
    if (colon == NULL || (size_t)(colon - wanted) != strlen(name) ||
        strncmp(wanted, name, strlen(name)) != 0)
        return;
    if (++passed >= strtol(colon + 1, NULL, 10))
        _exit(CRASH_STATUS);
}
