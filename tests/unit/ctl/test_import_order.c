/* Events come out by time, each once, whatever the order was and however little memory there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/mem.h"
#include "ctl/import_order.h"
#include "support/dice.h"

enum { LINES = 400 };

struct numbered {
    int64_t time_ms;
    char text[24];
};

static char *write_all(const struct numbered *lines, const size_t *order, size_t count, size_t bytes_max,
                       uint64_t *ret_written)
{
    struct up_err err;
    char *out = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&out, &length);
    struct import_order *sorter = import_order_new(bytes_max);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(import_order_add(sorter, lines[order[i]].time_ms, text_of(lines[order[i]].text), &err), UP_OK);
    assert_int_equal(import_order_write(sorter, stream, ret_written, &err), UP_OK);
    import_order_free(sorter);
    fclose(stream);
    return out;
}

static void test_order_and_memory_do_not_matter(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct numbered lines[LINES];
    size_t order[LINES * 2];
    uint64_t written;
    for (size_t i = 0; i < LINES; i++) {
        lines[i].time_ms = dice_below(&dice, 60); /* many of one time */
        snprintf(lines[i].text, sizeof lines[i].text, "%03d %d", (int)lines[i].time_ms, (int)i);
        order[i] = order[LINES + i] = i;
    }
    char *expected = write_all(lines, order, LINES, 1 << 20, &written);
    assert_int_equal(written, LINES);
    int last = 0;
    for (char *at = expected; *at != '\0'; at = strchr(at, '\n') + 1) {
        int time = (int)strtol(at, NULL, 10);
        assert_true(time >= last);
        last = time;
    }
    for (int round = 0; round < 20; round++) {
        for (size_t i = LINES * 2 - 1; i > 0; i--) {
            size_t other = (size_t)dice_below(&dice, (int64_t)i + 1), kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
        char *out = write_all(lines, order, LINES * 2, (size_t)1 << (6 + round), &written);
        assert_int_equal(written, LINES); /* every line came twice */
        assert_string_equal(out, expected);
        free(out);
    }
    free(expected);
}

static void test_nothing(void **state)
{
    (void)state;
    uint64_t written = 7;
    char *out = write_all(NULL, NULL, 0, 1, &written);
    assert_string_equal(out, "");
    assert_int_equal(written, 0);
    free(out);
}

static void test_a_full_disk_is_an_error(void **state)
{
    (void)state;
    struct up_err err;
    uint64_t written;
    FILE *full = fopen("/dev/full", "w");
    struct import_order *sorter = import_order_new(1000);
    assert_non_null(full);
    assert_int_equal(import_order_add(sorter, 1, text_of("a"), &err), UP_OK);
    assert_int_equal(import_order_write(sorter, full, &written, &err), UP_EIO);
    import_order_free(sorter);
    fclose(full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_memory_do_not_matter),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_a_full_disk_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
