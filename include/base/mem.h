/* The only caller of malloc: allocations never fail (running out of memory aborts; state is recoverable by design). */
#pragma once

#include <stddef.h>

/* `size` bytes, zeroed, owned by the caller until mem_free(). Aborts when there is no memory. */
void *mem_alloc(size_t size);

/* `count` x `size` bytes, zeroed; aborts on overflow of the product too. */
void *mem_alloc_array(size_t count, size_t size);

/* Resizes `old` (may be NULL) to count x size bytes; what is new is not zeroed. Returns the new place. */
void *mem_resize_array(void *old, size_t count, size_t size);

/* Gives memory back; NULL is fine. */
void mem_free(void *memory);

/* Gives the pages back to the system that nothing lies on any more, of all threads. Takes up to 0.1 ms for each MiB of them:
 * for when much is known to have been freed. */
void mem_give_back(void);

/* A copy of `size` bytes. */
void *mem_copy(const void *from, size_t size);

/* A copy of `length` bytes with a terminating NUL behind them. */
char *mem_copy_text(const char *text, size_t length);

/* Grows *array so that it holds at least `needed` elements of `size` bytes; *capacity is in elements and at
 * least doubles when it must grow. */
void mem_reserve(void *array_of_pointer, size_t *capacity, size_t needed, size_t size);
