/* Keeps what is in memory in memory: keys, passwords, and names on their way to becoming pseudonyms. */
#pragma once

#include <stddef.h>

/* Nothing of this process is written into a core dump from now on, not even one that is piped to a
 * collector, and no other process of the same user may read its memory. (Not in builds with
 * AddressSanitizer, whose leak check reads it.) */
void secrecy_forbid_dumps(void);

/* Keeps a secret's pages out of the swap, as far as the limit of the process permits. */
void secrecy_lock(const void *secret, size_t size);
