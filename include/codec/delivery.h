/* An alert's opening, acknowledgement or resolution as what a receiver gets. */
#pragma once

#include <stdint.h>

#include "base/strbuf.h"
#include "codec/alert_json.h"
#include "codec/pg_copy.h"

/* A row of the outbox; texts are borrowed from it. */
struct delivery {
    int64_t id;
    struct text event; /* opened, acknowledged, resolved */
    struct alert alert;
    struct text begins,
        ends; /* RFC 3339: the ends of the days that opened and resolved it; while it is open
                                 when it is to be forgotten unless it is told again */
};

/* A row that delivery_sql_due or _open gave. */
struct delivery delivery_read(struct pg_row *row);

/* Adds {"type": "uptake.alert.<event>", "data": <the alert>}, the same for the webhook, Redis and NOTIFY. */
void delivery_write(const struct delivery *delivery, struct strbuf *ret_body);
/* The same in fewer than `bytes_max` bytes: without the evidence, and the sentence, where it must. */
void delivery_write_short(const struct delivery *delivery, size_t bytes_max,
                          struct strbuf *ret_body);

/* A request of Alertmanager's API v2 in parts: adds "[" or ",", and the alert. */
void delivery_write_alertmanager(const struct delivery *delivery, struct strbuf *body);
