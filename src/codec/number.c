/* Doubles as decimal text. */
#include "codec/number.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS = 12, EXPONENT_MIN = -4 };

/* Two digits at a time: divisions are what it takes. */
static size_t write_integer(uint64_t value, char *text)
{
    static const char pairs[] = "000102030405060708091011121314151617181920212223242526272829303132"
                                "33343536373839404142434445464748"
                                "495051525354555657585960616263646566676869707172737475767778798081"
                                "82838485868788899091929394959697"
                                "9899";
    char digits[24];
    char *at = digits + sizeof digits;
    for (; value >= 10; value /= 100) {
        at -= 2;
        memcpy(at, pairs + 2 * (value % 100), 2);
    }
    if (value > 0 || at == digits + sizeof digits)
        *--at = (char)('0' + value);
    size_t length = (size_t)(digits + sizeof digits - at);
    memcpy(text, at, length);
    return length;
}

size_t number_write_whole(int64_t value, char ret_text[static NUMBER_BYTES])
{
    ret_text[0] = '-';
    return (size_t)(value < 0) +
           write_integer(value < 0 ? -(uint64_t)value : (uint64_t)value, ret_text + (value < 0));
}

static size_t write_any(double value, int digits, char *text)
{
    char all[64];
    int length = snprintf(all, sizeof all, "%.*g", digits, value);
    size_t used = (size_t)length < NUMBER_BYTES ? (size_t)length : NUMBER_BYTES;
    memcpy(text, all, used);
    return used;
}

/* scaled / 10^places, without trailing zeros behind the point. */
static size_t write_decimal(uint64_t scaled, int places, char *text)
{
    char digits[24];
    size_t length = write_integer(scaled, digits);
    for (; places > 0 && length > 1 && digits[length - 1] == '0'; places--)
        length--;
    size_t behind = (size_t)places;
    size_t used = 0;
    if (length > behind) {
        memcpy(text, digits, length - behind);
        used += length - behind;
    } else {
        text[used++] = '0';
    }
    if (behind == 0)
        return used;
    text[used++] = '.';
    for (size_t i = length; i < behind; i++)
        text[used++] = '0';
    size_t tail = length < behind ? length : behind;
    memcpy(text + used, digits + length - tail, tail);
    return used + tail;
}

/* Writes all of a value that is whole, or not from `least` to below `beyond`, and returns true; of others only the sign. */
static bool write_simple(double value, double least, double beyond, int digits, char *text,
                         size_t *ret_used)
{
    double size = fabs(value);
    *ret_used = 0;
    if (size != 0 && (size < least || size >= beyond)) {
        *ret_used = write_any(value, digits, text);
        return true;
    }
    if (value < 0)
        text[(*ret_used)++] = '-';
    uint64_t whole = (uint64_t)size;
    if ((double)whole != size)
        return false;
    *ret_used += write_integer(whole, text + *ret_used);
    return true;
}

size_t number_write(double value, char ret_text[static NUMBER_BYTES])
{
    /* powers[i] = 10^(i + EXPONENT_MIN); long double keeps the product exact enough for 12 digits. */
    static const long double powers[] = {1e-4L, 1e-3L, 1e-2L, 1e-1L, 1e0L, 1e1L,  1e2L,  1e3L, 1e4L,
                                         1e5L,  1e6L,  1e7L,  1e8L,  1e9L, 1e10L, 1e11L, 1e12L};
    size_t used;
    if (write_simple(value, 1e-4, 1e11, DIGITS, ret_text, &used))
        return used;
    double size = fabs(value);
    int exponent = EXPONENT_MIN;
    while ((long double)size >= powers[exponent + 1 - EXPONENT_MIN])
        exponent++;
    static const long double scales[] = {1e0L, 1e1L, 1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,
                                         1e8L, 1e9L, 1e10L, 1e11L, 1e12L, 1e13L, 1e14L, 1e15L};
    int places = DIGITS - 1 - exponent;
    uint64_t scaled = (uint64_t)llrintl((long double)size * scales[places]);
    return used + write_decimal(scaled, places, ret_text + used);
}

/* Does scaled / scale lie so near to `size` that it reads back as it? */
static bool reads_back(uint64_t scaled, long double scale, double size)
{
    uint64_t bits;
    memcpy(&bits, &size, sizeof bits);
    bool is_power_of_2 = (bits & ((UINT64_C(1) << 52) - 1)) == 0;
    long double step = (long double)(nextafter(size, (double)INFINITY) - size);
    long double apart = fabsl((long double)scaled / scale - (long double)size);
    return apart < step * (is_power_of_2 ? 0.24L : 0.49L);
}

size_t number_write_exact(double value, char ret_text[static NUMBER_BYTES])
{
    enum { EXACT_DIGITS = 17, SHORT_DIGITS = 15 };
    /* 10^0 ... 10^27 are exact in a long double of 64 bits, so that a product is wrong by 2^-8 at most: less than what
     * keeps 17 digits from reading back. */
    static const long double scales[] = {1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,
                                         1e8L,  1e9L,  1e10L, 1e11L, 1e12L, 1e13L, 1e14L, 1e15L,
                                         1e16L, 1e17L, 1e18L, 1e19L, 1e20L, 1e21L, 1e22L, 1e23L};
    size_t used;
    if (write_simple(value, 1e-6, 1e15, EXACT_DIGITS, ret_text, &used))
        return used;
    double size = fabs(value);
    int places = EXACT_DIGITS + 5; /* for 1e-6 <= size < 1e-5 */
    while ((long double)size * scales[places] >= 1e17L)
        places--;
    int fewer = places - (EXACT_DIGITS - SHORT_DIGITS);
    uint64_t scaled = fewer >= 0 ? (uint64_t)llrintl((long double)size * scales[fewer]) : 0;
    if (fewer >= 0 && reads_back(scaled, scales[fewer], size))
        return used + write_decimal(scaled, fewer, ret_text + used);
    scaled = (uint64_t)llrintl((long double)size * scales[places]);
    return used + write_decimal(scaled, places, ret_text + used);
}
