/* The event loop: who waits for descriptors, timers and signals. Callbacks note readiness; turns do the work. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct loop;
struct loop_watch;
struct loop_timer;

typedef void loop_on_ready(void *arg, bool readable, bool writable);
typedef void loop_on_time(void *arg);
typedef void loop_on_signal(void *arg, int signal_number);

/* NULL and *err (UP_EIO) when the operating system gives no event backend. */
struct loop *loop_new(struct up_err *err);
/* All watches and timers must be freed before. */
void loop_free(struct loop *loop);

/* Waits at most wait_ms (0 = not at all) for something to be ready and runs the callbacks of all that is. */
void loop_wait(struct loop *loop, int64_t wait_ms);

/* Calls back whenever the descriptor is ready for what is wanted (level-triggered). The descriptor stays the
 * caller's and must be open until loop_watch_free(). */
struct loop_watch *loop_watch_new(struct loop *loop, int descriptor, bool want_read, bool want_write,
                                  loop_on_ready *ready, void *arg);
void loop_watch_change(struct loop_watch *watch, bool want_read, bool want_write);
void loop_watch_free(struct loop_watch *watch);

/* A timer that is not running yet. */
struct loop_timer *loop_timer_new(struct loop *loop, loop_on_time *elapsed, void *arg);
/* Fires once, delay_ms from now; a running timer is set anew. */
void loop_timer_start(struct loop_timer *timer, int64_t delay_ms);
void loop_timer_stop(struct loop_timer *timer);
void loop_timer_free(struct loop_timer *timer);

/* Calls back in the loop, not in the signal's context. At most 8 signals a loop, for its whole life. */
void loop_catch_signal(struct loop *loop, int signal_number, loop_on_signal *caught, void *arg);
