/* What was freed goes back to the system when asked for, from the arena of whichever thread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <unistd.h>

#include "base/mem.h"

enum { BLOCKS = 20000, BLOCK_BYTES = 4096 };

static size_t resident_bytes(void)
{
    size_t size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%zu %zu", &size, &resident), 2);
    assert_int_equal(fclose(file), 0);
    return resident * (size_t)sysconf(_SC_PAGESIZE);
}

/* Frees all blocks but the last, which keeps the arena from shrinking by itself. */
static void *fill_and_free(void *arg)
{
    static void *blocks[BLOCKS];
    (void)arg;
    for (size_t i = 0; i < BLOCKS; i++)
        blocks[i] = memset(mem_alloc(BLOCK_BYTES), 1, BLOCK_BYTES);
    for (size_t i = 0; i + 1 < BLOCKS; i++)
        mem_free(blocks[i]);
    return blocks[BLOCKS - 1];
}

static void test_what_is_free_is_given_back(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip(); /* its allocator keeps what is freed for a while, to see who still uses it */
#endif
    pthread_t thread;
    void *last = NULL;
    assert_int_equal(pthread_create(&thread, NULL, fill_and_free, NULL), 0);
    assert_int_equal(pthread_join(thread, &last), 0);
    size_t before = resident_bytes();
    mem_give_back();
    size_t given = before - resident_bytes();
    assert_in_range(given, (uintmax_t)BLOCKS * BLOCK_BYTES / 10 * 9, before);
    mem_free(last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_is_free_is_given_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
