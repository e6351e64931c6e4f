/* Tells the service manager how we are. */
#include "io/service.h"

#include <stdbool.h>
#include <string.h>
#include <systemd/sd-daemon.h>

/* A newline would begin another assignment of the protocol. */
static int line_of(const char *status)
{
    return (int)strcspn(status, "\n");
}

void service_ready(const char *status)
{
    (void)sd_notifyf(false, "READY=1\nSTATUS=%.*s", line_of(status), status);
}

void service_status(const char *status)
{
    (void)sd_notifyf(false, "STATUS=%.*s", line_of(status), status);
}

void service_stopping(const char *status)
{
    (void)sd_notifyf(false, "STOPPING=1\nSTATUS=%.*s", line_of(status), status);
}

void service_reloading(int64_t now_us)
{
    (void)sd_notifyf(false, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)now_us);
}

void service_extend_timeout(int64_t ms)
{
    (void)sd_notifyf(false, "EXTEND_TIMEOUT_USEC=%lld", (long long)ms * 1000);
}

int64_t service_watchdog_interval_ms(void)
{
    uint64_t allowed_us = 0;
    if (sd_watchdog_enabled(false, &allowed_us) <= 0)
        return 0;
    int64_t half_ms = (int64_t)(allowed_us / 2000);
    return half_ms > 0 ? half_ms : 1;
}

void service_feed_watchdog(void)
{
    (void)sd_notify(false, "WATCHDOG=1");
}
