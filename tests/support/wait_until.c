/* Waits for a condition instead of for a time. */
#include "support/wait_until.h"

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

#define TICK_MS 5

bool wait_until(bool (*condition)(void *arg), void *arg, int timeout_ms)
{
    int64_t deadline_us = clock_mono_us() + (int64_t)timeout_ms * 1000;

    while (!condition(arg)) {
        if (clock_mono_us() >= deadline_us)
            return false;
        (void)poll(NULL, 0, TICK_MS);
    }
    return true;
}
