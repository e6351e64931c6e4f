/* The only caller of malloc. */
#include "base/mem.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/panic.h"

/* One request above this is a programming mistake, not a need. */
static const size_t request_bytes_max = (size_t)1 << 34;

static size_t product(size_t count, size_t size)
{
    size_t bytes = 0;
    UP_ASSERT(!__builtin_mul_overflow(count, size, &bytes));
    UP_ASSERT(bytes <= request_bytes_max);
    return bytes;
}

void *mem_alloc(size_t size)
{
    return mem_alloc_array(1, size);
}

void *mem_alloc_array(size_t count, size_t size)
{
    size_t bytes = product(count, size);
    void *memory = calloc(1, bytes > 0 ? bytes : 1);
    UP_ASSERT(memory != NULL);
    return memory;
}

void *mem_resize_array(void *old, size_t count, size_t size)
{
    size_t bytes = product(count, size);
    void *memory = realloc(old, bytes > 0 ? bytes : 1);
    UP_ASSERT(memory != NULL);
    return memory;
}

void mem_free(void *memory)
{
    free(memory);
}

void mem_give_back(void)
{
    (void)malloc_trim(0);
}

void *mem_copy(const void *from, size_t size)
{
    void *memory = mem_alloc(size);
    if (size > 0)
        memcpy(memory, from, size);
    return memory;
}

char *mem_copy_text(const char *text, size_t length)
{
    char *copy = mem_alloc(length + 1);
    if (length > 0)
        memcpy(copy, text, length);
    return copy;
}

void mem_reserve(void *array_of_pointer, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return;
    size_t wanted = *capacity < 8 ? 8 : *capacity * 2;
    if (wanted < needed)
        wanted = needed;
    void *old = NULL;
    memcpy(&old, array_of_pointer, sizeof old);
    void *grown = mem_resize_array(old, wanted, size);
    memcpy(array_of_pointer, &grown, sizeof grown);
    *capacity = wanted;
}
