/* Has a team stopped sending? What one close sees of it. */
#include "model/silence.h"

#include "model/calendar.h"

enum { WEEK_DAYS = 7, LOOK_BACK_DAYS = 60, MONTH_DAYS = 28, REGULAR_DAYS = 10 };

static bool has_gone(const struct person *person)
{
    return person->status.key.time_ms >= 0 && person->status.value != STATUS_ACTIVE;
}

static bool anybody_worked(const struct people *people, int32_t first, int32_t last)
{
    for (size_t i = 0; i < people->count; i++) {
        const struct person *person = people->members[i].person;
        if (!has_gone(person) &&
            person_has_any_day(person, people->day_set_days, DAY_SET_WORKED, first, last))
            return true;
    }
    return false;
}

static int32_t find_last(const struct people *people)
{
    if (!anybody_worked(people, people->day - LOOK_BACK_DAYS, people->day - 1))
        return INT32_MIN;
    int32_t day = people->day - 1;
    while (!anybody_worked(people, day, day))
        day--;
    return day;
}

static bool was_regular(const struct people *people, int32_t last)
{
    int worked = 0;
    for (int32_t day = last - MONTH_DAYS + 1; day <= last; day++)
        worked += anybody_worked(people, day, day);
    return worked >= REGULAR_DAYS;
}

struct silence silence_look(const struct people *people)
{
    int32_t day = people->day;
    struct silence seen = {
        .counted = !calendar_day(&people->shard->calendar, day).quiet,
        .day = !anybody_worked(people, day, day),
        .last_worked = INT32_MIN,
    };
    if (!seen.day)
        return seen;
    seen.week = !anybody_worked(people, day - WEEK_DAYS + 1, day - 1);
    seen.last_worked = find_last(people);
    seen.regular = seen.last_worked != INT32_MIN && was_regular(people, seen.last_worked);
    return seen;
}
