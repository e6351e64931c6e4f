/* Keeps what is in memory in memory. */
#include "base/secrecy.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

void secrecy_forbid_dumps(void)
{
    /* The limit alone would not hold back a collector at the end of a pipe (core(5)). */
    const struct rlimit none = {.rlim_cur = 0, .rlim_max = 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    if (!IS_SANITIZED)
        (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void secrecy_lock(const void *secret, size_t size)
{
    (void)mlock(secret, size);
}
