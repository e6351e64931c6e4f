/* A moment as it is typed on a command line. */
#include "ctl/typed_time.h"

#include "codec/rfc3339.h"
#include "ctl/typed_day.h"

static const int64_t DAY_MS = 86400000;

bool typed_time_read(const char *text, enum typed_time_edge edge, int64_t *ret_time_ms)
{
    int32_t day;
    if (rfc3339_parse(text_of(text), ret_time_ms))
        return true;
    if (!typed_day_read(text, &day))
        return false;
    *ret_time_ms = (day + (edge == TYPED_TIME_END)) * DAY_MS;
    return true;
}
