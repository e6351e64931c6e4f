/* Which days are open, which were quiet. */
#include "model/calendar.h"

#include <string.h>

#include "base/mem.h"
#include "base/panic.h"

enum { WORKING_WEEKDAYS = 5 };

void calendar_init(struct calendar *calendar)
{
    *calendar = (struct calendar){.last_opened = INT32_MIN};
}

void calendar_done(struct calendar *calendar)
{
    mem_free(calendar->days);
    mem_free(calendar->worked);
    calendar_init(calendar);
}

void calendar_begin(struct calendar *calendar, int32_t day)
{
    UP_ASSERT(calendar->last_opened == INT32_MIN);
    calendar->last_opened = day;
    calendar->kept_from = day + 1;
}

void calendar_count_worked(struct calendar *calendar, int32_t day)
{
    if (calendar->last_opened != INT32_MIN && day <= calendar->last_opened)
        return;
    if (calendar->worked_count == 0)
        calendar->worked_from = day;
    size_t before = day < calendar->worked_from ? (size_t)(calendar->worked_from - day) : 0;
    size_t needed = before > 0 ? calendar->worked_count + before : (size_t)(day - calendar->worked_from) + 1;
    if (needed > calendar->worked_count) {
        mem_reserve(&calendar->worked, &calendar->worked_capacity, needed, sizeof *calendar->worked);
        if (before > 0) {
            memmove(calendar->worked + before, calendar->worked, calendar->worked_count * sizeof *calendar->worked);
            memset(calendar->worked, 0, before * sizeof *calendar->worked);
            calendar->worked_from = day;
        } else {
            memset(calendar->worked + calendar->worked_count, 0,
                   (needed - calendar->worked_count) * sizeof *calendar->worked);
        }
        calendar->worked_count = needed;
    }
    calendar->worked[day - calendar->worked_from]++;
}

/* How many worked on the day; days up to it are counted no more. */
static int32_t take_worked(struct calendar *calendar, int32_t day)
{
    if (calendar->worked_count == 0 || day < calendar->worked_from)
        return 0;
    size_t at = (size_t)(day - calendar->worked_from);
    int32_t worked = at < calendar->worked_count ? calendar->worked[at] : 0;
    size_t gone = at + 1 < calendar->worked_count ? at + 1 : calendar->worked_count;
    calendar->worked_count -= gone;
    memmove(calendar->worked, calendar->worked + gone, calendar->worked_count * sizeof *calendar->worked);
    calendar->worked_from += (int32_t)gone;
    return worked;
}

static void remember(struct calendar *calendar, int32_t worked)
{
    if (calendar->history_count == QUIET_HISTORY) {
        memmove(calendar->history, calendar->history + 1, (QUIET_HISTORY - 1) * sizeof calendar->history[0]);
        calendar->history_count--;
    }
    calendar->history[calendar->history_count++] = worked;
}

void calendar_open(struct calendar *calendar, int32_t day, uint32_t teams)
{
    UP_ASSERT(calendar->last_opened != INT32_MIN && day == calendar->last_opened + 1);
    int64_t worked = take_worked(calendar, day);
    int64_t sum = 0;
    for (int i = 0; i < calendar->history_count; i++)
        sum += calendar->history[i];
    bool quiet = 5 * worked * calendar->history_count < sum;
    calendar->quiet_run = quiet ? calendar->quiet_run + 1 : 0;
    if (!quiet)
        remember(calendar, (int32_t)worked);
    bool weekend = calendar_weekday(day) >= WORKING_WEEKDAYS;
    bool hidden = quiet && (calendar->quiet_run < QUIET_RUN_SILENT || weekend);

    size_t kept = (size_t)(day - calendar->kept_from);
    mem_reserve(&calendar->days, &calendar->day_capacity, kept + 1, sizeof *calendar->days);
    calendar->days[kept] = (struct opened_day){.quiet = quiet, .hidden = hidden, .teams = teams};
    calendar->last_opened = day;
}

bool calendar_is_open(const struct calendar *calendar, int32_t day)
{
    return calendar->last_opened != INT32_MIN && day >= calendar->kept_from && day <= calendar->last_opened;
}

struct opened_day calendar_day(const struct calendar *calendar, int32_t day)
{
    if (!calendar_is_open(calendar, day))
        return (struct opened_day){0};
    return calendar->days[day - calendar->kept_from];
}

void calendar_forget(struct calendar *calendar, int32_t day)
{
    if (calendar->last_opened == INT32_MIN || day <= calendar->kept_from)
        return;
    if (day > calendar->last_opened + 1)
        day = calendar->last_opened + 1;
    size_t gone = (size_t)(day - calendar->kept_from);
    size_t left = (size_t)(calendar->last_opened + 1 - day);
    memmove(calendar->days, calendar->days + gone, left * sizeof *calendar->days);
    calendar->kept_from = day;
}

void calendar_copy(struct calendar *calendar, const struct calendar *from)
{
    calendar_done(calendar);
    *calendar = *from;
    size_t kept = from->last_opened == INT32_MIN ? 0 : (size_t)(from->last_opened + 1 - from->kept_from);
    calendar->days = kept > 0 ? mem_copy(from->days, kept * sizeof *from->days) : NULL;
    calendar->day_capacity = kept;
    calendar->worked = NULL;
    calendar->worked_count = calendar->worked_capacity = 0;
}
