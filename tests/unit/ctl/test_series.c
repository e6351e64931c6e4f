/* A daily series from a file: with dates and without, what is unknown, what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ctl/series.h"
#include "support/near.h"

static struct up_err err;

static int read_text(const char *text, struct series *series)
{
    char path[] = "/tmp/uptake-series.XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    (void)close(file);
    int code = series_read(path, series, &err);
    (void)unlink(path);
    return code;
}

static void test_with_dates(void **state)
{
    (void)state;
    struct series series = {.count = 0};
    assert_int_equal(
        read_text("day,logins\n2025-05-12,3\r\n2025-05-14,\n2025-05-15,NA\n\n2025-06-01,4.5",
                  &series),
        UP_OK);
    assert_true(series.is_dated);
    assert_int_equal(series.count, 4);
    assert_int_equal(series.days[0], 20220);
    assert_int_equal(series.days[3], 20240);
    assert_near(series.values[0], 3, 0);
    assert_true(isnan(series.values[1]) && isnan(series.values[2]));
    assert_near(series.values[3], 4.5, 0);
    series_done(&series);
}

static void test_without_dates(void **state)
{
    (void)state;
    struct series series = {.count = 0};
    double least;
    double most;
    assert_int_equal(read_text("1\nnull\n-2.5e1\n", &series), UP_OK);
    assert_false(series.is_dated);
    assert_int_equal(series.days[2], 2);
    assert_true(series_range(&series, &least, &most));
    assert_near(least, -25, 0);
    assert_near(most, 1, 0);
    series_scale(&series, -5, 1);
    assert_near(series.values[0], 1, 0);
    assert_true(isnan(series.values[1]));
    assert_near(series.values[2], 0, 0);
    series_done(&series);
    assert_int_equal(read_text("nothing\n", &series), UP_OK);
    assert_int_equal(series.count, 0);
    assert_false(series_range(&series, &least, &most));
    series_done(&series);
}

static void test_what_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {{"1\nx\n", "line 2"},
                {"1\ninf\n", "line 2"},
                {"a\nb\n", "line 2"},
                {"2025-05-12,1\n2025-05-12,2\n", "line 2: the day is not after"},
                {"2025-05-12,1\n3\n", "line 2"},
                {"2025-05-12,1\n2025-02-30,3\n", "line 2"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct series series = {.count = 7};
        assert_int_equal(read_text(rows[i].text, &series), UP_EINVAL);
        assert_non_null(strstr(err.text, rows[i].says));
        assert_int_equal(series.count, 7);
    }
    struct series series;
    assert_int_equal(series_read("/nonexistent", &series, &err), UP_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_with_dates),
        cmocka_unit_test(test_without_dates),
        cmocka_unit_test(test_what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
