/* Doubles as decimal text of 12 significant digits. */
#include "codec/number.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS = 12, EXPONENT_MIN = -4 };

static size_t write_integer(uint64_t value, char *text)
{
    char reversed[24];
    size_t length = 0;
    do {
        reversed[length++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    for (size_t i = 0; i < length; i++)
        text[i] = reversed[length - 1 - i];
    return length;
}

static size_t write_any(double value, char *text)
{
    char all[64];
    int length = snprintf(all, sizeof all, "%.12g", value);
    size_t used = (size_t)length < NUMBER_BYTES ? (size_t)length : NUMBER_BYTES;
    memcpy(text, all, used);
    return used;
}

size_t number_write(double value, char ret_text[static NUMBER_BYTES])
{
    /* powers[i] = 10^(i + EXPONENT_MIN); long double keeps the product exact enough for 12 digits. */
    static const long double powers[] = {1e-4L, 1e-3L, 1e-2L, 1e-1L, 1e0L,  1e1L,  1e2L,  1e3L, 1e4L,
                                         1e5L,  1e6L,  1e7L,  1e8L,  1e9L, 1e10L, 1e11L, 1e12L};
    double size = fabs(value);
    if (size != 0 && (size < 1e-4 || size >= 1e11))
        return write_any(value, ret_text);
    size_t used = 0;
    if (value < 0)
        ret_text[used++] = '-';
    uint64_t whole = (uint64_t)size;
    if ((double)whole == size)
        return used + write_integer(whole, ret_text + used);

    int exponent = EXPONENT_MIN;
    while ((long double)size >= powers[exponent + 1 - EXPONENT_MIN])
        exponent++;
    static const long double scales[] = {1e0L, 1e1L, 1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,
                                         1e8L, 1e9L, 1e10L, 1e11L, 1e12L, 1e13L, 1e14L, 1e15L};
    int places = DIGITS - 1 - exponent;
    uint64_t scaled = (uint64_t)llrintl((long double)size * scales[places]);
    while (places > 0 && scaled % 10 == 0) {
        scaled /= 10;
        places--;
    }
    char digits[24];
    size_t length = write_integer(scaled, digits);
    size_t behind = (size_t)places;
    if (length > behind) {
        memcpy(ret_text + used, digits, length - behind);
        used += length - behind;
    } else {
        ret_text[used++] = '0';
    }
    if (behind == 0)
        return used;
    ret_text[used++] = '.';
    for (size_t i = length; i < behind; i++)
        ret_text[used++] = '0';
    size_t tail = length < behind ? length : behind;
    memcpy(ret_text + used, digits + length - tail, tail);
    return used + tail;
}
