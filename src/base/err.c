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
    char before[UP_ERR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(context, sizeof context, format, args);
    va_end(args);
    memcpy(before, err->text, sizeof before);
    size_t used = strnlen(context, sizeof err->text - 3);
    memcpy(err->text, context, used);
    (void)snprintf(err->text + used, sizeof err->text - used, ": %s", before);
    return err->code;
}
