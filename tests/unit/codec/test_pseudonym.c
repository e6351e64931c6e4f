/* Pseudonyms are SipHash-2-4-128. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/pseudonym.h"

/* The first vectors of the authors' reference program: key 00 01 .. 0f, input 00 01 .. */
static void test_reference(void **state)
{
    (void)state;
    static const uint8_t expected[2][16] = {{0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6, 0x6d,
                                             0xf6, 0x72, 0x14, 0xc7, 0x55, 0x02, 0x93},
                                            {0xda, 0x87, 0xc1, 0xd8, 0x6b, 0x99, 0xaf, 0x44, 0x34,
                                             0x76, 0x59, 0x11, 0x9b, 0x22, 0xfc, 0x45}};
    uint8_t key[PSEUDONYM_KEY_BYTES];
    for (uint8_t i = 0; i < sizeof key; i++)
        key[i] = i;
    for (size_t length = 0; length < 2; length++) {
        struct pseudonym found = pseudonym_of(key, key, length);
        struct task_id task = pseudonym_of_task(key, key, length);
        uint64_t low = 0;
        uint64_t high = 0;
        for (int i = 7; i >= 0; i--) {
            low = low << 8 | expected[length][i];
            high = high << 8 | expected[length][8 + i];
        }
        assert_true(found.low == low && found.high == high);
        assert_true(task.high == low && task.low == (uint32_t)high);
    }
}

static void test_key_matters(void **state)
{
    (void)state;
    uint8_t key[PSEUDONYM_KEY_BYTES] = {7};
    struct pseudonym before = pseudonym_of(key, "ann", 3);
    assert_true(pseudonym_equal(before, pseudonym_of(key, "ann", 3)));
    assert_false(pseudonym_equal(before, pseudonym_of(key, "anna", 4)));
    key[15] = 1;
    assert_false(pseudonym_equal(before, pseudonym_of(key, "ann", 3)));
    pseudonym_wipe_key(key);
    for (size_t i = 0; i < sizeof key; i++)
        assert_int_equal(key[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_reference),
                                       cmocka_unit_test(test_key_matters)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
