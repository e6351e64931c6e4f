/* Times are read as their pattern says, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "codec/day_text.h"
#include "codec/time_pattern.h"

static void check(const char *pattern, const char *text, int32_t zone_min, const char *expected)
{
    struct strbuf out = {0};
    int64_t time_ms;
    bool has_zone;
    assert_true(time_pattern_check(pattern, &has_zone));
    if (time_pattern_parse(pattern, text_of(text), zone_min, &time_ms))
        day_text_add_time(&out, time_ms);
    else
        strbuf_add_text(&out, "-");
    if (strcmp(strbuf_text(&out), expected) != 0)
        fail_msg("'%s' by '%s': %s, not %s", text, pattern, strbuf_text(&out), expected);
    strbuf_done(&out);
}

static void test_patterns(void **state)
{
    (void)state;
    check("%Y-%m-%d %H:%M:%S", "2025-10-01 08:05:07", 0, "2025-10-01T08:05:07.000Z");
    check("%d.%m.%Y %H:%M", "1.10.2025 8:05", 60, "2025-10-01T07:05:00.000Z");
    check("%d.%m.%Y", "01.01.2025", -300, "2025-01-01T17:00:00.000Z");
    check("%m/%d/%Y %I:%M %p", "10/1/2025 12:05 am", 0, "2025-10-01T00:05:00.000Z");
    check("%m/%d/%Y %I:%M %p", "10/1/2025 12:05 PM", 0, "2025-10-01T12:05:00.000Z");
    check("%m/%d/%Y %I:%M%p", "10/1/2025 1:05PM", 0, "2025-10-01T13:05:00.000Z");
    check("%b %d, %Y", "Oct 1, 2025", 0, "2025-10-01T12:00:00.000Z");
    check("%d %b %Y", "1 february 2025", 0, "2025-02-01T12:00:00.000Z");
    check("%Y%m%dT%H%M%S%z", "20251001T080507+0200", 60, "2025-10-01T06:05:07.000Z");
    check("%Y-%m-%d %H:%M:%S.%f%z", "2025-10-01 08:05:07.1234567-05:30", 0, "2025-10-01T13:35:07.123Z");
    check("%Y-%m-%d %H:%M %z", "2025-10-01   08:05 Z", 0, "2025-10-01T08:05:00.000Z");
    check("%Y-%m-%d %H%%", "2025-10-01 08%", 0, "2025-10-01T08:00:00.000Z");
}

static void test_what_is_no_such_time(void **state)
{
    (void)state;
    check("%Y-%m-%d", "2025-02-30", 0, "-");
    check("%Y-%m-%d", "2025-10-01 ", 0, "-");
    check("%Y-%m-%d", "25-10-01", 0, "-");
    check("%Y-%m-%d", "", 0, "-");
    check("%Y-%m-%d", "1969-12-31", 0, "-");
    check("%Y-%m-%d %H:%M", "2025-10-01 24:00", 0, "-");
    check("%Y-%m-%d %I %p", "2025-10-01 13 PM", 0, "-");
    check("%Y-%m-%d %I %p", "2025-10-01 0 AM", 0, "-");
    check("%Y-%m-%d%z", "2025-10-01+25:00", 0, "-");
    check("%Y-%m-%d%z", "2025-10-01", 0, "-");
    check("%Y-%m-%d.%f", "2025-10-01.", 0, "-");
    check("%b %d %Y", "Okt 1 2025", 0, "-");
}

static void test_patterns_that_are_none(void **state)
{
    (void)state;
    bool has_zone;
    static const char *const wrong[] = {"", "rfc", "%Y-%m", "%Y-%d", "%m-%d", "%Y-%m-%d %q", "%Y-%m-%d %"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(time_pattern_check(wrong[i], &has_zone));
    assert_true(time_pattern_check("%Y %b %d %z", &has_zone) && has_zone);
    assert_true(time_pattern_check("%Y %m %d", &has_zone) && !has_zone);
}

static void test_zones(void **state)
{
    (void)state;
    int32_t zone_min;
    assert_true(time_pattern_zone(text_of("+02:00"), &zone_min) && zone_min == 120);
    assert_true(time_pattern_zone(text_of("-0530"), &zone_min) && zone_min == -330);
    assert_true(time_pattern_zone(text_of("Z"), &zone_min) && zone_min == 0);
    assert_false(time_pattern_zone(text_of("+2:00"), &zone_min));
    assert_false(time_pattern_zone(text_of("Europe/Berlin"), &zone_min));
    assert_false(time_pattern_zone(text_of(""), &zone_min));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_what_is_no_such_time),
        cmocka_unit_test(test_patterns_that_are_none),
        cmocka_unit_test(test_zones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
