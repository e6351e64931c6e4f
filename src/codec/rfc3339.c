/* The time of an event: RFC 3339 with an offset. */
#include "codec/rfc3339.h"

#include <endian.h>

enum { SHORTEST = 20 /* 1970-01-01T00:00:00Z */ };

struct civil {
    uint32_t year, month, day, hour, minute, second;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Two digits as a number; *bad becomes more than 9 when they are none. */
static uint32_t two(const char *at, uint32_t *bad)
{
    uint32_t tens = (uint32_t)(unsigned char)at[0] - '0';
    uint32_t ones = (uint32_t)(unsigned char)at[1] - '0';
    uint32_t worst = tens > ones ? tens : ones;
    *bad = worst > *bad ? worst : *bad;
    return tens * 10 + ones;
}

/* Eight bytes at once, the first the lowest: against a pattern in which 0 stands for a digit. Pairs
 * of digits become their number, in the byte of the first. */
static uint64_t eight(const char *at, uint64_t fold, uint64_t pattern, uint64_t most, uint64_t *bad)
{
    const uint64_t tops = UINT64_C(0x8080808080808080);
    uint64_t word = 0;
    memcpy(&word, at, sizeof word);
    uint64_t over = (le64toh(word) | fold) ^ pattern; /* 0 to 9 where digits are, 0 elsewhere */
    *bad |= (over | (over + (~tops - most))) & tops;
    return over * 10 + (over >> 8);
}

static uint32_t byte(uint64_t word, uint32_t number)
{
    return (uint32_t)(word >> (8 * number)) & 0xff;
}

static bool date_exists(const struct civil *c)
{
    static const uint8_t days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (c->month < 1 || c->month > 12)
        return false;
    bool leap = c->year % 4 == 0 && (c->year % 100 != 0 || c->year % 400 == 0);
    return c->day >= 1 && c->day <= days[c->month] + (uint32_t)(leap && c->month == 2);
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar (H. Hinnant, chrono-compatible date
 * algorithms); year >= 1. */
static int64_t days_from_civil(const struct civil *c)
{
    uint32_t year = c->year - (c->month <= 2);
    uint32_t era = year / 400;
    uint32_t year_of_era = year - era * 400;
    uint32_t day_of_year = (153 * (c->month + (c->month > 2 ? 0 : 12) - 3) + 2) / 5 + c->day - 1;
    uint32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int64_t)era * 146097 + day_of_era - 719468;
}

/* The digits behind the seconds as milliseconds; *at moves behind them. */
static bool read_fraction(const char **at, const char *end, uint32_t *ret_ms)
{
    const char *p = *at;
    *ret_ms = 0;
    if (p == end || *p != '.')
        return true;
    const char *first = ++p;
    uint32_t weight = 100;
    for (; p < end && is_digit(*p); p++) {
        *ret_ms += weight * (uint32_t)(*p - '0');
        weight /= 10;
    }
    *at = p;
    return p > first;
}

/* What stands at the end: Z, or hours and minutes that local time is ahead. */
static bool read_offset(const char *at, const char *end, int32_t *ret_minutes)
{
    *ret_minutes = 0;
    if (end - at == 1)
        return *at == 'Z' || *at == 'z';
    if (end - at != 6 || (*at != '+' && *at != '-') || at[3] != ':')
        return false;
    uint32_t bad = 0;
    uint32_t hours = two(at + 1, &bad);
    uint32_t minutes = two(at + 4, &bad);
    int32_t offset = (int32_t)(hours * 60 + minutes);
    *ret_minutes = *at == '+' ? offset : -offset;
    return bad <= 9 && hours <= 23 && minutes <= 59;
}

bool rfc3339_parse(struct text text, int64_t *ret_time_ms)
{
    if (text.length < SHORTEST)
        return false;
    const char *at = text.bytes;
    const char *end = at + text.length;
    /* "0000-00-", "00t00:00" with any case of the t. */
    uint64_t bad = 0;
    uint64_t date = eight(at, 0, UINT64_C(0x2d30302d30303030), UINT64_C(0x0009090009090909), &bad);
    uint64_t time =
        eight(at + 8, 0x200000, UINT64_C(0x30303a3030743030), UINT64_C(0x0909000909000909), &bad);
    uint32_t worst = at[16] == ':' ? 0 : 10;
    struct civil c = {.year = byte(date, 0) * 100 + byte(date, 2),
                      .month = byte(date, 5),
                      .day = byte(time, 0),
                      .hour = byte(time, 3),
                      .minute = byte(time, 6),
                      .second = two(at + 17, &worst)};
    uint32_t ms = 0;
    int32_t offset = 0;
    at += 19;
    if (bad != 0 || worst > 9 || !read_fraction(&at, end, &ms) || !read_offset(at, end, &offset))
        return false;
    /* No offset carries an earlier year to 1970. */
    if (c.year < 1969 || !date_exists(&c) || c.hour > 23 || c.minute > 59 || c.second > 60)
        return false;
    int64_t seconds =
        ((days_from_civil(&c) * 24 + c.hour) * 60 + c.minute - offset) * 60 + c.second;
    if (seconds < 0)
        return false;
    *ret_time_ms = seconds * 1000 + ms;
    return true;
}
