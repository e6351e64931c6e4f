/* Lengths of time as ISO 8601 writes them. */
#include "codec/iso_duration.h"

#include <stdint.h>

/* Seconds of a unit, and its place in the order in which units must come. */
static const struct unit {
    char letter;
    bool of_time; /* behind the T */
    double seconds;
} units[] = {
    {'W', false, 604800}, {'D', false, 86400}, {'H', true, 3600}, {'M', true, 60}, {'S', true, 1}};
enum { UNITS = sizeof units / sizeof units[0] };

/* Digits with at most one point or comma among them; *at moves behind them. */
static bool read_number(struct text text, uint32_t *at, double *ret_number, bool *ret_has_fraction)
{
    uint32_t first = *at;
    double number = 0, weight = 1;
    *ret_has_fraction = false;
    for (; *at < text.length; ++*at) {
        char c = text.bytes[*at];
        if (c >= '0' && c <= '9') {
            number = number * 10 + (c - '0');
            weight = *ret_has_fraction ? weight * 10 : 1;
        } else if ((c == '.' || c == ',') && !*ret_has_fraction && *at > first) {
            *ret_has_fraction = true;
        } else {
            break;
        }
    }
    *ret_number = number / weight;
    return *at > first && text.bytes[*at - 1] != '.' && text.bytes[*at - 1] != ',';
}

bool iso_duration_parse(struct text text, double *ret_seconds)
{
    if (text.length < 3 || text.bytes[0] != 'P')
        return false;
    bool in_time = false, fraction = false;
    double sum = 0;
    uint32_t at = 1;
    for (int next = 0; at < text.length;) {
        double number;
        if (text.bytes[at] == 'T' && !in_time) {
            in_time = true;
            at++;
        }
        /* Nothing may follow a number with a fraction. */
        if (fraction || !read_number(text, &at, &number, &fraction) || at == text.length)
            return false;
        while (next < UNITS &&
               (units[next].letter != text.bytes[at] || units[next].of_time != in_time))
            next++;
        if (next == UNITS)
            return false;
        sum += number * units[next++].seconds;
        at++;
    }
    *ret_seconds = sum;
    return true;
}
