/* The clocks of the machine. */
#include "base/clock.h"

#include <sys/timex.h>
#include <time.h>

#include "base/panic.h"

static struct timespec now(clockid_t clock)
{
    struct timespec t;
    UP_ASSERT(clock_gettime(clock, &t) == 0);
    return t;
}

int64_t clock_wall_ms(void)
{
    struct timespec t = now(CLOCK_REALTIME);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_mono_us(void)
{
    struct timespec t = now(CLOCK_MONOTONIC);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_cpu_us(void)
{
    struct timespec t = now(CLOCK_THREAD_CPUTIME_ID);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_wall_error_us(void)
{
    struct timex state = {.modes = 0};
    int answer = adjtimex(&state);
    return answer < 0 || answer == TIME_ERROR || (state.status & STA_UNSYNC) != 0 ? -1 : state.maxerror;
}
