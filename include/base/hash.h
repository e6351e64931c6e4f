/* XXH64, the hash of tables and of an event's order (events.md, Facts). Owns xxhash. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* XXH64 of `length` bytes with seed 0. */
uint64_t hash_xx64(const void *bytes, size_t length);
