/* Base64: the vectors of RFC 4648, section 10, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/base64.h"
#include "support/dice.h"

static void test_vectors(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"", ""},
                                           {"Zg==", "f"},
                                           {"Zm8=", "fo"},
                                           {"Zm9v", "foo"},
                                           {"Zm9vYg==", "foob"},
                                           {"Zm9vYmE=", "fooba"},
                                           {"Zm9vYmFy", "foobar"},
                                           {"/+8=", "\xff\xef"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct strbuf bytes = {0};
        assert_true(base64_decode(text_of(pairs[i][0]), &bytes));
        assert_int_equal(bytes.length, strlen(pairs[i][1]));
        assert_string_equal(strbuf_text(&bytes), pairs[i][1]);
        strbuf_done(&bytes);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Z", "Zg", "Zg=", "Zm9v=", "Z===", "====", "Zg==Zg==", "Zm 9", "Zm-_", "Z=g="};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct strbuf bytes = {0};
        if (base64_decode(text_of(texts[i]), &bytes))
            fail_msg("taken: %s", texts[i]);
        strbuf_done(&bytes);
    }
}

/* What is written by the book reads back. */
static void test_reads_back(void **state)
{
    (void)state;
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct dice dice = dice_take();
    for (uint32_t length = 0; length < 200; length++) {
        uint8_t raw[202] = {0};
        char encoded[300];
        uint32_t n = 0;
        for (uint32_t i = 0; i < length; i++)
            raw[i] = (uint8_t)dice_bits(&dice);
        for (uint32_t i = 0; i < length; i += 3) {
            uint32_t bits = (uint32_t)raw[i] << 16 | (uint32_t)raw[i + 1] << 8 | raw[i + 2];
            for (uint32_t k = 0; k < 4; k++)
                encoded[n++] = i + k > length ? '=' : letters[bits >> (18 - 6 * k) & 63];
        }
        struct strbuf bytes = {0};
        assert_true(base64_decode((struct text){.bytes = encoded, .length = n}, &bytes));
        assert_int_equal(bytes.length, length);
        if (length > 0)
            assert_memory_equal(bytes.data, raw, length);
        strbuf_done(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors),
                                       cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_reads_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
