/* Who belongs to a team's headcount on a day. measures.md, Adoption. */
#include "model/headcount.h"

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int32_t greatest(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static bool has_event(const struct person *person)
{
    return person->status.key.time_ms >= 0;
}

/* The last day on which the latest `person` event keeps the person in the headcount. */
static int32_t last_counted_day(const struct person *person)
{
    return person->status.value == STATUS_ACTIVE ? INT32_MAX
                                                 : event_day(person->status.key.time_ms) - 1;
}

bool headcount_has(const struct person *person, int32_t day_set_days, int32_t day)
{
    if (person->first_seen > day)
        return false;
    if (has_event(person))
        return day <= last_counted_day(person);
    return person_has_any_day(person, day_set_days, DAY_SET_WORKED, day - HEADCOUNT_WORK_DAYS + 1,
                              day);
}

/* Bit i = worked on first + i, straight from the ring: 64 calls of person_has_day() would be too
 * many. */
static uint64_t worked_bits(const struct person *person, int32_t day_set_days, int32_t first)
{
    if (person->sets_newest == INT32_MIN)
        return 0;
    int32_t oldest = greatest(0, person->sets_newest - day_set_days + 1);
    int32_t from = greatest(first, oldest);
    int32_t to = least(first + 63, person->sets_newest);
    if (from > to)
        return 0;
    uint32_t words = (uint32_t)day_set_days / 64;
    uint32_t bit = (uint32_t)from % (uint32_t)day_set_days;
    uint64_t bits = person->day_sets[bit / 64] >> (bit % 64);
    if (bit % 64 != 0)
        bits |= person->day_sets[(bit / 64 + 1) % words] << (64 - bit % 64);
    bits &= UINT64_MAX >> (63 - (to - from));
    return bits << (from - first);
}

/* Every bit i also sets the bits i + 1 ... i + 27. */
static uint64_t stretch(uint64_t bits)
{
    bits |= bits << 1;
    bits |= bits << 2;
    bits |= bits << 4;
    bits |= bits << 8;
    return bits | bits << (HEADCOUNT_WORK_DAYS - 16);
}

int32_t headcount_count_days(const struct person *person, int32_t day_set_days, int32_t first,
                             int32_t last)
{
    first = greatest(first, person->first_seen);
    if (has_event(person))
        return greatest(0, least(last, last_counted_day(person)) - first + 1);
    int32_t days = 0;
    /* Half of the 64 days looked at lie before those that are counted. */
    for (int32_t day = first; day <= last; day += 32) {
        uint64_t counted = stretch(worked_bits(person, day_set_days, day - 32)) >> 32;
        if (last - day < 31)
            counted &= UINT64_MAX >> (63 - (last - day));
        days += __builtin_popcountll(counted);
    }
    return days;
}
