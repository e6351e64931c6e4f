/* The end: everything is saved, then given back, within shutdown_timeout. */
#include <signal.h>

#include "base/clock.h"
#include "base/log.h"
#include "daemon_priv.h"
#include "io/service.h"

enum { CLOSE_MOST_MS = 10000, CLOSE_LEAST_MS = 500, SPARE_MS = 10000 };

void daemon_stop(struct daemon *daemon, enum exit_code code)
{
    if (daemon->is_stopping)
        return;
    int64_t timeout_ms = daemon->config->shutdown_timeout_ms;
    int64_t close_ms = timeout_ms / 4 < CLOSE_MOST_MS ? timeout_ms / 4 : CLOSE_MOST_MS;
    daemon->is_stopping = true;
    daemon->stop_code = code;
    daemon->close_by_us = clock_mono_us() + timeout_ms * 1000;
    daemon->stop_by_us = daemon->close_by_us - close_ms * 1000;
    service_stopping("saving what is unsaved");
    service_extend_timeout(timeout_ms + SPARE_MS);
}

/* What saving waits for; *ret_reason: what was heard of it, "" = nothing. */
static const char *unsaved_why(const struct daemon *daemon, const char **ret_reason)
{
    const struct store_status *status = store_status(daemon->store);
    bool is_refused = status->refused.code != UP_OK;
    *ret_reason = is_refused ? status->refused.text : status->is_up ? "" : status->last_error.text;
    if (!status->is_up)
        return "PostgreSQL is down";
    if (is_refused)
        return "PostgreSQL refuses it";
    /* They go before the rows. */
    if (dead_letters_acknowledged(daemon->letters) < dead_letters_sent(daemon->letters)) {
        *ret_reason = dead_letters_trouble(daemon->letters);
        return "Kafka does not take the dead letters";
    }
    return "PostgreSQL did not take all in time";
}

void stopping_run(struct daemon *daemon, int64_t now_us)
{
    if (assignment_give_all(daemon, now_us)) {
        daemon_end(daemon, daemon->stop_code);
    } else if (now_us > daemon->stop_by_us) {
        const char *reason;
        const char *why = unsaved_why(daemon, &reason);
        log_event(LOG_LEVEL_WARN, "stopped_unsaved",
                  "unsaved_bytes=%zu why=\"%s; nothing is lost: what is unsaved is read again at the next start\" err=\"%s\"",
                  store_unsaved_bytes(daemon->store), why, reason);
        /* Who asked for the end has it: that a server is away is no fault of ours, and costs time only. */
        daemon_end(daemon, daemon->stop_code);
    }
}

int stopping_close_ms(const struct daemon *daemon)
{
    if (!daemon->is_stopping)
        return CLOSE_MOST_MS;
    int64_t left_ms = (daemon->close_by_us - clock_mono_us()) / 1000;
    if (daemon->stop_signals > 1 || left_ms < CLOSE_LEAST_MS)
        return CLOSE_LEAST_MS;
    return left_ms < CLOSE_MOST_MS ? (int)left_ms : CLOSE_MOST_MS;
}

/* The second is for who will not wait: it ends like kill -9, after which all that is unsaved is read again. */
static void asked_to_stop(void *arg, int signal_number)
{
    struct daemon *daemon = arg;
    if (++daemon->stop_signals == 1) {
        log_event(LOG_LEVEL_INFO, "stopping", "signal=%d", signal_number);
        daemon_stop(daemon, EXIT_CODE_OK);
        return;
    }
    log_event(LOG_LEVEL_WARN, "stopping_at_once",
              "signal=%d unsaved_bytes=%zu why=\"asked again; what is unsaved is read again at the next start\"",
              signal_number, store_unsaved_bytes(daemon->store));
    daemon_end(daemon, EXIT_CODE_FAULT);
}

void stopping_catch_signals(struct daemon *daemon)
{
    loop_catch_signal(daemon->loop, SIGTERM, asked_to_stop, daemon);
    loop_catch_signal(daemon->loop, SIGINT, asked_to_stop, daemon);
}
