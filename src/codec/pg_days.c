/* Days of which every month is wanted. */
#include "codec/pg_days.h"

#include "base/mem.h"

enum { SPAN_DAYS = 28 };

void pg_days_done(struct pg_days *days)
{
    mem_free(days->ends);
    *days = (struct pg_days){0};
}

static int32_t span_of(int32_t day)
{
    return day / SPAN_DAYS;
}

static size_t find(const struct pg_days *days, int32_t span)
{
    if (days->latest < days->count && span_of(days->ends[days->latest]) == span)
        return days->latest;
    for (size_t i = 0; i < days->count; i += 2) {
        if (span_of(days->ends[i]) == span)
            return i;
    }
    return days->count;
}

void pg_days_add(struct pg_days *days, int32_t day)
{
    size_t at = find(days, span_of(day));
    if (at == days->count) {
        mem_reserve(&days->ends, &days->capacity, days->count + 2, sizeof *days->ends);
        days->ends[at] = days->ends[at + 1] = day;
        days->count += 2;
    }
    if (day < days->ends[at])
        days->ends[at] = day;
    if (day > days->ends[at + 1])
        days->ends[at + 1] = day;
    days->latest = at;
}
