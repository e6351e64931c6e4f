/* Texts in an arena stay where they are until all are forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/text_arena.h"

static void test_stays(void **state)
{
    (void)state;
    enum { TEXTS = 5000 };
    static char *places[TEXTS];
    struct text_arena arena = {0};
    for (int batch = 0; batch < 3; batch++) {
        for (size_t i = 0; i < TEXTS; i++) {
            size_t length = 1 + (i * 37) % 128;
            places[i] = text_arena_room(&arena, length);
            memset(places[i], (int)(i % 251),
                   length + 16); /* spoils what comes next, which is not taken yet */
        }
        for (size_t i = 0; i < TEXTS; i++) {
            size_t length = 1 + (i * 37) % 128;
            for (size_t k = 0; k < length; k++)
                assert_int_equal((uint8_t)places[i][k], i % 251);
        }
        char *first = places[0];
        size_t chunks = arena.chunk_count;
        text_arena_reset(&arena);
        assert_ptr_equal(text_arena_room(&arena, 1), first); /* memory is used again */
        text_arena_reset(&arena);
        assert_int_equal(arena.chunk_count, chunks);
    }
    text_arena_done(&arena);
    assert_int_equal(arena.chunk_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stays)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
