/* Tells the service manager how we are: systemd's notification protocol. Owns libsystemd. */
#pragma once

#include <stdint.h>

/* Each of these does nothing where no service manager listens ($NOTIFY_SOCKET), and never fails for
 * the caller: a message that cannot be sent is lost. `status` is one line for `systemctl status`;
 * without names and secrets. */
void service_ready(const char *status);
void service_status(const char *status);
void service_stopping(const char *status);
/* The configuration is being read anew, since now_us of CLOCK_MONOTONIC; service_ready() ends it. */
void service_reloading(int64_t now_us);

/* We are still at it: do not give up starting or stopping for the next `ms`. */
void service_extend_timeout(int64_t ms);

/* How often service_feed_watchdog() must be called at least, in ms: half of what the unit allows; 0
 * = no watchdog. */
int64_t service_watchdog_interval_ms(void);

/* To be called for a completed turn of the loop, and for nothing else. */
void service_feed_watchdog(void);
