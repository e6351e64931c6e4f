/* The keyed hashes that stand for people and tasks (architecture.md, Privacy). Owns libsodium. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "model/event.h"

enum { PSEUDONYM_KEY_BYTES = 16 };

/* SipHash-2-4-128 of `length` bytes under a key of 16 bytes. As bytes, `low` comes first; both
 * little-endian. */
struct pseudonym pseudonym_of(const uint8_t *key, const void *bytes, size_t length);

/* The first 96 bits of the same hash: 8 bytes `high`, 4 bytes `low`, little-endian. A task's is
 * that of team, newline, task. */
struct task_id pseudonym_of_task(const uint8_t *key, const void *bytes, size_t length);

/* What may be shown and stored of a key, to tell it from another. */
struct pseudonym pseudonym_fingerprint(const uint8_t *key);

/* Overwrites a key that is no longer needed. */
void pseudonym_wipe_key(uint8_t *key);
