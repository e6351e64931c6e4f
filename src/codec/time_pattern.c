/* Times as other programs write them, by a pattern like that of strptime(3), without any locale. */
#include "codec/time_pattern.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "codec/rfc3339.h"

struct clock_face {
    uint32_t year, month, day, hour, minute, second, ms;
    int32_t zone_min;
    int half; /* 0 = AM, 1 = PM, -1 = the hour is of 24 */
};

/* What is left of a text. */
struct rest {
    const char *at, *end;
};

bool time_pattern_check(const char *pattern, bool *ret_has_zone)
{
    bool year = false, month = false, day = false;
    *ret_has_zone = false;
    for (const char *at = strchr(pattern, '%'); at != NULL; at = strchr(at + 2, '%')) {
        if (at[1] == '\0' || strchr("YmdHMSIpbfz%", at[1]) == NULL)
            return false;
        year = year || at[1] == 'Y';
        month = month || at[1] == 'm' || at[1] == 'b';
        day = day || at[1] == 'd';
        *ret_has_zone = *ret_has_zone || at[1] == 'z';
    }
    return year && month && day;
}

/* At least `least` and at most `most` digits. */
static bool read_digits(struct rest *rest, int least, int most, uint32_t *ret_number)
{
    int count = 0;
    for (*ret_number = 0; count < most && rest->at < rest->end && isdigit((unsigned char)*rest->at);
         count++)
        *ret_number = *ret_number * 10 + (uint32_t)(*rest->at++ - '0');
    return count >= least;
}

static bool read_fraction(struct rest *rest, uint32_t *ret_ms)
{
    uint32_t weight = 100;
    const char *first = rest->at;
    for (*ret_ms = 0; rest->at < rest->end && isdigit((unsigned char)*rest->at); rest->at++) {
        *ret_ms += weight * (uint32_t)(*rest->at - '0');
        weight /= 10;
    }
    return rest->at > first;
}

static bool read_zone(struct rest *rest, int32_t *ret_zone_min)
{
    uint32_t hours, minutes;
    if (rest->at < rest->end && (*rest->at == 'Z' || *rest->at == 'z')) {
        rest->at++;
        *ret_zone_min = 0;
        return true;
    }
    if (rest->at == rest->end || (*rest->at != '+' && *rest->at != '-'))
        return false;
    int32_t sign = *rest->at++ == '+' ? 1 : -1;
    if (!read_digits(rest, 2, 2, &hours))
        return false;
    rest->at += rest->at < rest->end && *rest->at == ':';
    if (!read_digits(rest, 2, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *ret_zone_min = sign * (int32_t)(hours * 60 + minutes);
    return true;
}

static bool read_word(struct rest *rest, const char *const *words, int count, uint32_t *ret_number)
{
    for (int i = 0; i < count; i++) {
        size_t length = strlen(words[i]);
        if ((size_t)(rest->end - rest->at) >= length &&
            strncasecmp(rest->at, words[i], length) == 0) {
            rest->at += length;
            *ret_number = (uint32_t)i;
            return true;
        }
    }
    return false;
}

static bool read_month(struct rest *rest, uint32_t *ret_month)
{
    /* The long names first: each begins with the short one. */
    static const char *const months[] = {
        "January",   "February", "March",    "April",    "May", "June", "July", "August",
        "September", "October",  "November", "December", "Jan", "Feb",  "Mar",  "Apr",
        "May",       "Jun",      "Jul",      "Aug",      "Sep", "Oct",  "Nov",  "Dec"};
    uint32_t number;
    if (!read_word(rest, months, 24, &number))
        return false;
    *ret_month = number % 12 + 1;
    return true;
}

static bool read_half(struct rest *rest, int *ret_half)
{
    static const char *const halves[] = {"AM", "PM"};
    uint32_t number;
    if (!read_word(rest, halves, 2, &number))
        return false;
    *ret_half = (int)number;
    return true;
}

static bool read_directive(char directive, struct rest *rest, struct clock_face *face)
{
    switch (directive) {
    case 'Y':
        return read_digits(rest, 4, 4, &face->year);
    case 'm':
        return read_digits(rest, 1, 2, &face->month);
    case 'b':
        return read_month(rest, &face->month);
    case 'd':
        return read_digits(rest, 1, 2, &face->day);
    case 'H':
    case 'I':
        return read_digits(rest, 1, 2, &face->hour);
    case 'M':
        return read_digits(rest, 1, 2, &face->minute);
    case 'S':
        return read_digits(rest, 1, 2, &face->second);
    case 'f':
        return read_fraction(rest, &face->ms);
    case 'p':
        return read_half(rest, &face->half);
    case 'z':
        return read_zone(rest, &face->zone_min);
    default:
        return rest->at < rest->end && *rest->at++ == '%';
    }
}

static bool read_face(const char *pattern, struct rest *rest, struct clock_face *face)
{
    for (; *pattern != '\0'; pattern++) {
        if (*pattern == ' ') {
            while (rest->at < rest->end && *rest->at == ' ')
                rest->at++;
        } else if (*pattern == '%') {
            if (!read_directive(*++pattern, rest, face))
                return false;
        } else if (rest->at == rest->end || *rest->at++ != *pattern) {
            return false;
        }
    }
    return rest->at == rest->end;
}

bool time_pattern_parse(const char *pattern, struct text text, int32_t zone_min,
                        int64_t *ret_time_ms)
{
    struct rest rest = {text.bytes, text.bytes + text.length};
    struct clock_face face = {.hour = 12, .zone_min = zone_min, .half = -1};
    char time[64];
    if (!read_face(pattern, &rest, &face))
        return false;
    if (face.half >= 0 && (face.hour < 1 || face.hour > 12))
        return false;
    if (face.half >= 0)
        face.hour = face.hour % 12 + (face.half == 1 ? 12 : 0);
    uint32_t zone = (uint32_t)(face.zone_min < 0 ? -face.zone_min : face.zone_min);
    (void)snprintf(time, sizeof time, "%04u-%02u-%02uT%02u:%02u:%02u.%03u%c%02u:%02u", face.year,
                   face.month, face.day, face.hour, face.minute, face.second, face.ms,
                   face.zone_min < 0 ? '-' : '+', zone / 60, zone % 60);
    return rfc3339_parse(text_of(time), ret_time_ms);
}

bool time_pattern_zone(struct text text, int32_t *ret_zone_min)
{
    struct rest rest = {text.bytes, text.bytes + text.length};
    return read_zone(&rest, ret_zone_min) && rest.at == rest.end;
}
