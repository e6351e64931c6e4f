/* Who is told of alerts, as the configuration says. */
#pragma once

#include <stddef.h>

#include "app/config.h"
#include "base/strbuf.h"
#include "base/text.h"

enum receiver_kind { RECEIVER_NOTIFY, RECEIVER_REDIS, RECEIVER_WEBHOOK, RECEIVER_ALERTMANAGER };

enum { RECEIVERS_MAX = 3 + CONFIG_ALERTMANAGERS_MAX };

struct receivers {
    enum receiver_kind kinds[RECEIVERS_MAX];
    /* In uptake.alert_delivery and in metrics: notify, redis, webhook, "alertmanager <url>". */
    struct text names[RECEIVERS_MAX];
    struct strbuf bytes[RECEIVERS_MAX];
    const char *urls[RECEIVERS_MAX]; /* NULL where there is none */
    size_t count;
};

/* Reads it from a configuration; receivers_done() frees the names. */
void receivers_init(struct receivers *receivers, const struct config *config);
void receivers_done(struct receivers *receivers);
