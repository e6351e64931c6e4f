/* The one way to say that something failed. */
#include "base/err.h"

#include <stdio.h>
#include <string.h>

int up_fail(struct up_err *err, enum up_code code, const char *format, ...)
{
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        (void)vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
        err->code = code;
    }
    return code;
}

int up_fail_context(struct up_err *err, const char *format, ...)
{
    char context[UP_ERR_TEXT_MAX];
    char joined[2 * UP_ERR_TEXT_MAX + 2];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(context, sizeof context, format, args);
    va_end(args);
    (void)snprintf(joined, sizeof joined, "%s: %s", context, err->text);
    joined[sizeof err->text - 1] = '\0';
    memcpy(err->text, joined, sizeof err->text);
    return err->code;
}
