/* Bits of a block are those of its bytes one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/block.h"
#include "support/dice.h"

static void test_mask(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int round = 0; round < 10000; round++) {
        uint8_t bytes[sizeof(block)];
        uint32_t expected = 0;
        for (uint32_t i = 0; i < sizeof bytes; i++) {
            bytes[i] = (uint8_t)dice_below(&dice, 256);
            expected |= (uint32_t)(bytes[i] >> 7) << i;
        }
        assert_int_equal(block_mask(block_load(bytes)), expected);
        assert_int_equal(block_mask_by_words(block_load(bytes)), expected);
    }
}

static void test_words(void **state)
{
    (void)state;
    block made = block_of_words(UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908));
    for (uint8_t i = 0; i < sizeof(block); i++)
        assert_int_equal(((const uint8_t *)&made)[i], i);
}

static void test_any(void **state)
{
    (void)state;
    uint8_t bytes[sizeof(block)] = {0};
    assert_false(block_any(block_load(bytes)));
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = 1;
        assert_true(block_any(block_load(bytes)));
        bytes[i] = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_mask), cmocka_unit_test(test_words),
                                       cmocka_unit_test(test_any)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
