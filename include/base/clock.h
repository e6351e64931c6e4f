/* The clocks of the machine. Only app, ctl and bin read them; everything else is told the time. */
#pragma once

#include <stdint.h>

/* Milliseconds since 1970 by the wall clock. */
int64_t clock_wall_ms(void);

/* Microseconds on a clock that only runs forward; for intervals and deadlines. */
int64_t clock_mono_us(void);

/* Microseconds of processor time that the calling thread has used. */
int64_t clock_cpu_us(void);

/* How far the kernel takes the wall clock to be from true time at most, in microseconds; -1 = nothing
 * keeps it synchronised. */
int64_t clock_wall_error_us(void);
