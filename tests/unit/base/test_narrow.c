/* A count reads back from every width that holds it, at any place, and touches nothing beside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/narrow.h"

static void test_limits(void **state)
{
    (void)state;
    assert_int_equal(narrow_max(1), UINT8_MAX);
    assert_int_equal(narrow_max(2), UINT16_MAX);
    assert_int_equal(narrow_max(4), UINT32_MAX);
    assert_true(narrow_max(8) == INT64_MAX);
}

static void test_reads_back(void **state)
{
    (void)state;
    for (uint32_t width = 1; width <= 8; width *= 2) {
        const int64_t values[] = {0, 1, narrow_max(width) / 3, narrow_max(width)};
        for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
            uint8_t room[10];
            memset(room, 0x5a, sizeof room);
            narrow_write(room + 1, width, values[v]);
            assert_true(narrow_read(room + 1, width) == values[v]);
            assert_int_equal(room[0], 0x5a);
            assert_int_equal(room[1 + width], 0x5a);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_limits), cmocka_unit_test(test_reads_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
