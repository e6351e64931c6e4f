/* What a running daemon can be asked for: to read its configuration anew, and how it is. */
#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "daemon_priv.h"
#include "io/service.h"

/* ---- SIGHUP ------------------------------------------------------------------------------------------------------ */

static void log_problems(const char *problems)
{
    while (*problems != '\0') {
        size_t length = strcspn(problems, "\n");
        log_event(LOG_LEVEL_ERROR, "configuration_problem", "err=\"%.*s\"", (int)length, problems);
        problems += length + (problems[length] == '\n');
    }
}

static void put_into_force(struct daemon *daemon)
{
    daemon_configure_log(daemon->config);
    if (daemon->http != NULL)
        http_set_hosts(daemon->http, daemon_hosts(daemon->config));
    if (daemon->http_unix != NULL)
        http_set_hosts(daemon->http_unix, daemon_hosts(daemon->config));
}

static void reload(struct daemon *daemon)
{
    struct config_reload names = {0};
    struct strbuf problems = {0};
    if (config_reload(daemon->reloaded, daemon->config_source, &names, &problems)) {
        put_into_force(daemon);
        log_event(LOG_LEVEL_INFO, "reloaded", "changed=\"%s\"", strbuf_text(&names.applied));
        if (names.waiting.length > 0)
            log_event(LOG_LEVEL_WARN, "restart_needed", "keys=\"%s\" why=\"these changes take effect at a restart only\"",
                      strbuf_text(&names.waiting));
    } else {
        log_problems(strbuf_text(&problems));
        log_event(LOG_LEVEL_ERROR, "not_reloaded", "why=\"the configuration has mistakes; the old one stays in force\"");
    }
    strbuf_done(&names.applied);
    strbuf_done(&names.waiting);
    strbuf_done(&problems);
}

static void asked_to_reload(void *arg, int signal_number)
{
    struct daemon *daemon = arg;
    (void)signal_number;
    /* To say "ready" before the first assignment is loaded would be a lie. */
    if (daemon->is_ready)
        service_reloading(clock_mono_us());
    reload(daemon);
    if (daemon->is_ready)
        service_ready("reloaded");
}

/* ---- SIGUSR1 ----------------------------------------------------------------------------------------------------- */

static const char *assignment_name(enum assignment_state state)
{
    static const char *const names[] = {"none", "taking", "live", "giving"};
    return names[state];
}

static void asked_for_summary(void *arg, int signal_number)
{
    const struct daemon *daemon = arg;
    (void)signal_number;
    if (daemon->store == NULL || daemon->redis == NULL)
        return;
    log_event(LOG_LEVEL_INFO, "summary",
              "assignment=%s partitions=%d lag=%lld postgresql_up=%d redis_up=%d unsaved_bytes=%zu checkpoints=%llu",
              assignment_name(daemon->assignment.state), daemon->assignment.count, (long long)daemon->lag,
              store_status(daemon->store)->is_up, redis_store_status(daemon->redis)->is_up,
              store_unsaved_bytes(daemon->store), (unsigned long long)store_status(daemon->store)->checkpoints);
    for (int32_t p = 0; p < daemon->partitions; p++) {
        const struct owned *owned = daemon->owned[p];
        if (owned == NULL || owned->shard == NULL)
            continue;
        log_event(LOG_LEVEL_INFO, "summary_partition",
                  "partition=%d epoch=%lld accepted=%lld teams=%zu people=%u open_tasks=%u cells=%u watermark_ms=%lld", p,
                  (long long)owned->epoch, (long long)owned->shard->accepted, owned->shard->team_count,
                  owned->shard->persons.used, owned->shard->tasks.used, cell_store_count(&owned->shard->cells),
                  (long long)owned->shard->watermark_ms);
    }
}

void signals_catch(struct daemon *daemon)
{
    loop_catch_signal(daemon->loop, SIGHUP, asked_to_reload, daemon);
    loop_catch_signal(daemon->loop, SIGUSR1, asked_for_summary, daemon);
}
