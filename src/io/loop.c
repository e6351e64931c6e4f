/* The event loop, on libevent. */
#include "io/loop.h"

#include <event2/event.h>

#include "base/mem.h"
#include "base/panic.h"
#include "loop_priv.h"

enum { SIGNALS_MAX = 8 };

struct loop_signal {
    struct event *event;
    loop_on_signal *caught;
    void *arg;
};

struct loop {
    struct event_base *base;
    struct event *alarm; /* ends a wait */
    struct loop_signal signals[SIGNALS_MAX];
    int signal_count;
};

struct loop_watch {
    struct loop *loop;
    struct event *event;
    int descriptor;
    loop_on_ready *ready;
    void *arg;
};

struct loop_timer {
    struct event *event;
    loop_on_time *elapsed;
    void *arg;
};

static struct timeval timeval_of(int64_t ms)
{
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};
}

static void wait_ended(evutil_socket_t descriptor, short what, void *arg)
{
    (void)descriptor;
    (void)what;
    (void)arg;
}

struct loop *loop_new(struct up_err *err)
{
    struct event_base *base = event_base_new();
    if (base == NULL) {
        (void)up_fail(err, UP_EIO, "no event loop: the operating system gives no epoll or poll descriptor");
        return NULL;
    }
    struct loop *loop = mem_alloc(sizeof *loop);
    loop->base = base;
    loop->alarm = event_new(base, -1, 0, wait_ended, NULL);
    UP_ASSERT(loop->alarm != NULL);
    return loop;
}

void loop_free(struct loop *loop)
{
    if (loop == NULL)
        return;
    for (int i = 0; i < loop->signal_count; i++)
        event_free(loop->signals[i].event);
    event_free(loop->alarm);
    event_base_free(loop->base);
    mem_free(loop);
}

struct event_base *loop_base(struct loop *loop)
{
    return loop->base;
}

void loop_wait(struct loop *loop, int64_t wait_ms)
{
    if (wait_ms <= 0) {
        /* Without ONCE a descriptor that stays ready would be reported for ever. */
        (void)event_base_loop(loop->base, EVLOOP_NONBLOCK | EVLOOP_ONCE);
        return;
    }
    struct timeval delay = timeval_of(wait_ms);
    (void)event_add(loop->alarm, &delay);
    (void)event_base_loop(loop->base, EVLOOP_ONCE);
    (void)event_del(loop->alarm);
}

static void watch_ready(evutil_socket_t descriptor, short what, void *arg)
{
    struct loop_watch *watch = arg;
    (void)descriptor;
    watch->ready(watch->arg, (what & EV_READ) != 0, (what & EV_WRITE) != 0);
}

struct loop_watch *loop_watch_new(struct loop *loop, int descriptor, bool want_read, bool want_write,
                                  loop_on_ready *ready, void *arg)
{
    struct loop_watch *watch = mem_alloc(sizeof *watch);
    *watch = (struct loop_watch){.loop = loop, .descriptor = descriptor, .ready = ready, .arg = arg};
    loop_watch_change(watch, want_read, want_write);
    return watch;
}

void loop_watch_change(struct loop_watch *watch, bool want_read, bool want_write)
{
    if (watch->event != NULL)
        event_free(watch->event);
    watch->event = NULL;
    if (!want_read && !want_write)
        return;
    short what = (short)(EV_PERSIST | (want_read ? EV_READ : 0) | (want_write ? EV_WRITE : 0));
    watch->event = event_new(watch->loop->base, watch->descriptor, what, watch_ready, watch);
    UP_ASSERT(watch->event != NULL);
    UP_ASSERT(event_add(watch->event, NULL) == 0);
}

void loop_watch_free(struct loop_watch *watch)
{
    if (watch == NULL)
        return;
    if (watch->event != NULL)
        event_free(watch->event);
    mem_free(watch);
}

static void timer_elapsed(evutil_socket_t descriptor, short what, void *arg)
{
    struct loop_timer *timer = arg;
    (void)descriptor;
    (void)what;
    timer->elapsed(timer->arg);
}

struct loop_timer *loop_timer_new(struct loop *loop, loop_on_time *elapsed, void *arg)
{
    struct loop_timer *timer = mem_alloc(sizeof *timer);
    *timer = (struct loop_timer){.elapsed = elapsed, .arg = arg};
    timer->event = event_new(loop->base, -1, 0, timer_elapsed, timer);
    UP_ASSERT(timer->event != NULL);
    return timer;
}

void loop_timer_start(struct loop_timer *timer, int64_t delay_ms)
{
    struct timeval delay = timeval_of(delay_ms < 0 ? 0 : delay_ms);
    UP_ASSERT(event_add(timer->event, &delay) == 0);
}

void loop_timer_stop(struct loop_timer *timer)
{
    (void)event_del(timer->event);
}

void loop_timer_free(struct loop_timer *timer)
{
    if (timer == NULL)
        return;
    event_free(timer->event);
    mem_free(timer);
}

static void signal_caught(evutil_socket_t number, short what, void *arg)
{
    struct loop_signal *signal = arg;
    (void)what;
    signal->caught(signal->arg, (int)number);
}

void loop_catch_signal(struct loop *loop, int signal_number, loop_on_signal *caught, void *arg)
{
    UP_ASSERT(loop->signal_count < SIGNALS_MAX);
    struct loop_signal *signal = &loop->signals[loop->signal_count++];
    *signal = (struct loop_signal){.caught = caught, .arg = arg};
    signal->event = evsignal_new(loop->base, signal_number, signal_caught, signal);
    UP_ASSERT(signal->event != NULL);
    UP_ASSERT(event_add(signal->event, NULL) == 0);
}
