/* Days of the calendar as people write them. */
#include "codec/day_text.h"

struct date {
    int32_t year;
    int month, day; /* from 1 */
};

/* After Hinnant's civil_from_days: years begin with March, so that a leap day is the last. */
static struct date date_of(int32_t days)
{
    int32_t shifted = days + 719468;
    int32_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int32_t of_era = shifted - era * 146097;
    int32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int32_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int32_t month = (5 * of_year + 2) / 153;
    struct date date = {.day = of_year - (153 * month + 2) / 5 + 1,
                        .month = month < 10 ? month + 3 : month - 9};
    date.year = year + era * 400 + (date.month <= 2);
    return date;
}

void day_text_add_iso(struct strbuf *out, int32_t day)
{
    struct date date = date_of(day);
    strbuf_add_format(out, "%04d-%02d-%02d", (int)date.year, date.month, date.day);
}

void day_text_add_spoken(struct strbuf *out, int32_t day)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    struct date date = date_of(day);
    strbuf_add_format(out, "%d %s %d", date.day, months[date.month - 1], (int)date.year);
}

void day_text_add_time(struct strbuf *out, int64_t time_ms)
{
    const int64_t day_ms = 86400000;
    int of_day = (int)(time_ms % day_ms);
    day_text_add_iso(out, (int32_t)(time_ms / day_ms));
    strbuf_add_format(out, "T%02d:%02d:%02d.%03dZ", of_day / 3600000, of_day / 60000 % 60,
                      of_day / 1000 % 60, of_day % 1000);
}
