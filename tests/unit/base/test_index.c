/* An index finds what was added and not removed, through every split. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/index.h"
#include "base/mem.h"
#include "base/pool.h"
#include "support/dice.h"

enum { RECORDS = 60000 };

struct table {
    struct index index;
    uint64_t hashes[RECORDS + 1];
    unsigned char present[RECORDS + 1];
};

static uint64_t hash_of(const void *owner, uint32_t handle)
{
    const struct table *table = owner;
    return table->hashes[handle];
}

static int finds(const struct table *table, uint32_t handle)
{
    struct index_cursor cursor = index_seek(&table->index, table->hashes[handle]);
    uint32_t candidate;
    while ((candidate = index_next(&cursor)) != 0) {
        if (candidate == handle)
            return 1;
    }
    return 0;
}

static void test_add_and_remove(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct table *table = mem_alloc(sizeof *table);
    index_init(&table->index, hash_of, table);
    size_t count = 0;
    for (int step = 0; step < 4 * RECORDS; step++) {
        uint32_t handle = 1 + (uint32_t)dice_below(&dice, RECORDS);
        if (table->present[handle]) {
            index_remove(&table->index, table->hashes[handle], handle);
            table->present[handle] = 0;
            count--;
        } else {
            /* Some hashes collide, some crowd one segment. */
            table->hashes[handle] = dice_bits(&dice) & (handle % 7 == 0 ? UINT64_C(0xffffffffffff00ff) : ~UINT64_C(0));
            index_add(&table->index, table->hashes[handle], handle);
            table->present[handle] = 1;
            count++;
        }
    }
    assert_int_equal(table->index.count, count);
    for (uint32_t handle = 1; handle <= RECORDS; handle++) {
        if (finds(table, handle) != table->present[handle])
            fail_msg("handle %u: found %d, present %d", handle, finds(table, handle), table->present[handle]);
    }
    assert_true(index_bytes(&table->index) < count * 14);
    index_done(&table->index);
    mem_free(table);
}

struct range_seen {
    const struct table *table;
    uint64_t first, last;
    uint8_t seen[RECORDS + 1];
};

static void see(void *arg, uint32_t handle)
{
    struct range_seen *range = arg;
    uint64_t hash = range->table->hashes[handle];
    assert_true(hash >= range->first && hash <= range->last);
    assert_int_equal(range->seen[handle]++, 0);
}

static void test_ranges_together_show_each_once(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct table *table = mem_alloc(sizeof *table);
    index_init(&table->index, hash_of, table);
    for (uint32_t handle = 1; handle <= RECORDS; handle++) {
        table->hashes[handle] = dice_bits(&dice);
        index_add(&table->index, table->hashes[handle], handle);
    }
    struct range_seen *range = mem_alloc(sizeof *range);
    for (uint32_t bits = 0; bits <= 9; bits += 3) {
        *range = (struct range_seen){.table = table};
        for (uint64_t page = 0; page < UINT64_C(1) << bits; page++) {
            range->first = bits == 0 ? 0 : page << (64 - bits);
            range->last = range->first + (bits == 0 ? UINT64_MAX : (UINT64_C(1) << (64 - bits)) - 1);
            index_each_in_range(&table->index, range->first, range->last, see, range);
        }
        for (uint32_t handle = 1; handle <= RECORDS; handle++)
            assert_int_equal(range->seen[handle], 1);
    }
    index_done(&table->index);
    mem_free(range);
    mem_free(table);
}

static void test_pool_reuses(void **state)
{
    (void)state;
    struct pool pool;
    pool_init(&pool, 90);
    uint32_t handles[5000];
    for (int i = 0; i < 5000; i++) {
        handles[i] = pool_take(&pool);
        memset(pool_at(&pool, handles[i]), i % 251, 90);
    }
    for (int i = 0; i < 5000; i++) {
        const unsigned char *record = pool_at(&pool, handles[i]);
        assert_int_equal(record[0], i % 251);
        assert_int_equal(record[89], i % 251);
    }
    size_t bytes = pool_bytes(&pool);
    for (int i = 0; i < 5000; i += 2)
        pool_give(&pool, handles[i]);
    assert_int_equal(pool.used, 2500);
    for (int i = 0; i < 2500; i++) {
        const unsigned char *record = pool_at(&pool, pool_take(&pool));
        assert_int_equal(record[0] | record[89], 0);
    }
    assert_int_equal(pool_bytes(&pool), bytes);
    pool_done(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_add_and_remove),
                                       cmocka_unit_test(test_ranges_together_show_each_once),
                                       cmocka_unit_test(test_pool_reuses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
