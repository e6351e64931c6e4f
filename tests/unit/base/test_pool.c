/* A pool gives records of any size, and back all that it took. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/pool.h"

/* So that memory that nobody has written to since is not 0 by chance. */
static void leave_rubbish(void)
{
    enum { BLOCKS = 8, BYTES = 64 };
    void *blocks[BLOCKS];
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = mem_alloc(BYTES);
        memset(blocks[i], 0x5a, BYTES);
    }
    for (int i = 0; i < BLOCKS; i++)
        mem_free(blocks[i]);
}

static void check_records(uint32_t record_bytes)
{
    enum { RECORDS = 20 };
    struct pool pool;
    uint32_t handles[RECORDS];
    leave_rubbish();
    pool_init(&pool, record_bytes);
    assert_int_equal(pool_bytes(&pool), 0);
    for (uint32_t i = 0; i < RECORDS; i++) {
        handles[i] = pool_take(&pool);
        unsigned char *record = pool_at(&pool, handles[i]);
        assert_int_equal(record[0], 0);
        assert_int_equal(record[record_bytes - 1], 0);
        memset(record, (int)i + 1, record_bytes);
    }
    for (uint32_t i = 0; i < RECORDS; i++) {
        const unsigned char *record = pool_at(&pool, handles[i]);
        assert_int_equal(record[0], i + 1);
        assert_int_equal(record[record_bytes - 1], i + 1);
    }
    assert_true(pool_bytes(&pool) >= (size_t)RECORDS * record_bytes);
    assert_true(pool_bytes(&pool) <= (size_t)RECORDS * record_bytes + (1 << 17));
    pool_give(&pool, handles[3]);
    assert_int_equal(pool_take(&pool), handles[3]);
    assert_int_equal(*(unsigned char *)pool_at(&pool, handles[3]), 0);
    pool_done(&pool);
}

static void test_sizes(void **state)
{
    (void)state;
    /* The last two have a chunk to themselves, as has then handle 0, which names nothing. */
    const uint32_t sizes[] = {4, 360, 32768, 32769, 300000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        check_records(sizes[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sizes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
