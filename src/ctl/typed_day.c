/* A day as it is typed on a command line. */
#include "ctl/typed_day.h"

#include <stdio.h>

#include "codec/rfc3339.h"
#include "model/event.h"

enum { LENGTH = sizeof "YYYY-MM-DDT00:00:00Z" - 1 };

bool typed_day_read(const char *text, int32_t *ret_day)
{
    char time[2 * LENGTH];
    int64_t time_ms;
    int length = snprintf(time, sizeof time, "%sT00:00:00Z", text);
    if (length != LENGTH || !rfc3339_parse(text_of(time), &time_ms))
        return false;
    *ret_day = event_day(time_ms);
    return true;
}
