/* Waits for a condition instead of for a time. */
#pragma once

#include <stdbool.h>

/* Asks `condition` every few milliseconds, at least once, until it holds (true) or timeout_ms have
 * passed (false). */
bool wait_until(bool (*condition)(void *arg), void *arg, int timeout_ms);
