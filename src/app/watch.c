/* Tells when Redis goes and comes back, and lets what is heard no more be forgotten. */
#include "base/log.h"
#include "daemon_priv.h"

enum { EVERY_US = 1000 * 1000 };

static void watch_redis(struct daemon *daemon)
{
    const struct redis_store_status *status = redis_store_status(daemon->redis);
    const char *why = status->last_error.code != UP_OK ? status->last_error.text : "not connected yet";
    if (!status->is_up && daemon->is_redis_missed)
        log_event(LOG_LEVEL_WARN, "redis_down", "err=\"%s\"", why);
    if (status->is_up) {
        log_recovered("redis_down");
        if (!daemon->is_redis_up)
            log_event(LOG_LEVEL_INFO, "redis_up", "nodes=%u", status->nodes);
    }
    /* One look may fall into the moment of connecting. */
    daemon->is_redis_missed = !status->is_up;
    daemon->is_redis_up = status->is_up;
    const char *refusal = publisher_refusal(daemon->publisher);
    if (refusal != NULL)
        log_event(LOG_LEVEL_WARN, "redis_refused", "err=\"%s\" todo=\"uptakectl doctor --check redis says what to do\"", refusal);
    else
        log_recovered("redis_refused");
}

void watch_run(struct daemon *daemon, int64_t now_us)
{
    if (now_us - daemon->watched_us < EVERY_US)
        return;
    daemon->watched_us = now_us;
    watch_redis(daemon);
    log_tick(now_us);
}
