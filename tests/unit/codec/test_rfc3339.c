/* The times of RFC 3339 are taken to the millisecond; what is no instant is refused. */
#include <time.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/rfc3339.h"
#include "support/dice.h"

static void must_be(const char *text, int64_t time_ms)
{
    int64_t found = -1;
    if (!rfc3339_parse(text_of(text), &found))
        fail_msg("refused: %s", text);
    if (found != time_ms)
        fail_msg("%s is %lld, not %lld", text, (long long)found, (long long)time_ms);
}

static void test_instants(void **state)
{
    (void)state;
    must_be("1970-01-01T00:00:00Z", 0);
    must_be("1970-01-01t00:00:00z", 0);
    must_be("1970-01-01T00:00:00+00:00", 0);
    must_be("1970-01-01T00:00:00-00:00", 0);
    must_be("1969-12-31T23:00:00-01:00", 0);
    must_be("1969-12-31T00:01:00-23:59", 0);
    must_be("1970-01-01T23:59:00+23:59", 0);
    must_be("1969-12-31T23:59:60Z", 0);
    must_be("2000-02-29T12:34:56Z", 951827696000);
    must_be("2024-02-29T00:00:00Z", 1709164800000);
    must_be("2100-02-28T23:59:59Z", 4107542399000);
    must_be("2016-12-31T23:59:60Z", 1483228800000); /* a leap second reads as the next */
    must_be("2025-03-01T10:11:60.5Z", 1740823920500);
    must_be("2024-12-31T23:30:00-01:00", 1735691400000); /* the next year in UTC */
    must_be("2025-01-01T00:30:00+01:00", 1735687800000); /* the year before */
    must_be("2025-11-11T11:11:11.1+05:30", 1762839671100);
    must_be("9999-12-31T23:59:59.999Z", 253402300799999);
}

static void test_fractions(void **state)
{
    (void)state;
    must_be("1970-01-01T00:00:01.5Z", 1500);
    must_be("1970-01-01T00:00:01.05Z", 1050);
    must_be("1970-01-01T00:00:01.005Z", 1005);
    must_be("1970-01-01T00:00:01.0059999999999999999999999999999999Z", 1005); /* cut off */
    must_be("1970-01-01T00:00:01.999999+00:00", 1999);
    must_be("1970-01-01T00:00:01.0z", 1000);
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "yesterday",
                                        "1970-01-01",
                                        "1970-01-01T00:00:00",
                                        "1970-01-01 00:00:00Z",
                                        "1970-01-01T00:00Z",
                                        "1969-12-31T23:59:59Z",
                                        "1969-12-31T23:59:59.999Z",
                                        "1970-01-01T00:59:59+01:00",
                                        "1970-01-01T00:00:00.999+00:01",
                                        "0000-01-01T00:00:00Z",
                                        "1968-12-31T23:59:60-23:59",
                                        "1970-01-01T00:00:00+0000",
                                        "1970-01-01T00:00:00+00",
                                        "2025-02-30T00:00:00Z",
                                        "2025-02-29T00:00:00Z",
                                        "2100-02-29T00:00:00Z",
                                        "1900-02-29T00:00:00Z",
                                        "2025-04-31T00:00:00Z",
                                        "2025-00-01T00:00:00Z",
                                        "2025-13-01T00:00:00Z",
                                        "2025-01-00T00:00:00Z",
                                        "2025-01-32T00:00:00Z",
                                        "2025-01-01T24:00:00Z",
                                        "2025-01-01T00:60:00Z",
                                        "2025-01-01T00:00:61Z",
                                        "2025-01-01T00:00:00.Z",
                                        "2025-01-01T00:00:00,5Z",
                                        "2025-01-01T00:00:00.5",
                                        "2025-01-01T00:00:00+24:00",
                                        "2025-01-01T00:00:00+00:60",
                                        "2025-01-01T00:00:00ZZ",
                                        "2025-01-01T00:00:00Z ",
                                        " 2025-01-01T00:00:00Z",
                                        "2025-1-01T00:00:00Z1",
                                        "+025-01-01T00:00:00Z",
                                        "2025-01-01T00:00:0aZ",
                                        "2025-01-01T00:00:00+0a:00",
                                        "2025/01/01T00:00:00Z",
                                        "2025-01-01T00.00.00Z",
                                        "2025-01-01T00:00.00Z",
                                        "2025-01-01T00:00:00.5.5Z",
                                        "2025-01-01T00:00:00\xe2\x88\x92"
                                        "01:00",
                                        "\xef\xbc\x92"
                                        "25-01-01T00:00:00Z"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t time_ms = 42;
        if (rfc3339_parse(text_of(texts[i]), &time_ms))
            fail_msg("taken: %s", texts[i]);
        assert_int_equal(time_ms, 42);
    }
}

/* Any byte in the place of any other: taken only where the C library reads the same instant. */
static void test_one_byte_off(void **state)
{
    (void)state;
    static const char model[] = "2024-02-28T13:47:05Z";
    for (size_t at = 0; at + 1 < sizeof model; at++) {
        for (int byte = 0; byte < 256; byte++) {
            char text[sizeof model];
            memcpy(text, model, sizeof model);
            text[at] = (char)byte;
            struct tm tm = {0};
            int64_t time_ms = 0;
            if (!rfc3339_parse((struct text){.bytes = text, .length = sizeof model - 1}, &time_ms))
                continue;
            if (text[10] == 't')
                text[10] = 'T';
            const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
            assert_true(end != NULL && (*end == 'Z' || *end == 'z'));
            assert_int_equal(time_ms, (int64_t)timegm(&tm) * 1000);
        }
    }
}

/* Every day and random offsets agree with the C library. */
static void test_calendar(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int round = 0; round < 200000; round++) {
        int64_t seconds = 86400 + dice_below(&dice, (int64_t)300 * 366 * 86400);
        int offset = (int)dice_below(&dice, 2 * 1439 + 1) - 1439;
        time_t local = (time_t)(seconds + offset * 60);
        struct tm tm;
        assert_non_null(gmtime_r(&local, &tm));
        char text[64];
        size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
        int minutes = abs(offset);
        (void)snprintf(text + length, sizeof text - length, ".%03d%c%02d:%02d", round % 1000,
                       offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
        must_be(text, seconds * 1000 + round % 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_instants), cmocka_unit_test(test_fractions),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_one_byte_off),
        cmocka_unit_test(test_calendar)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
