/* What the files of the delivery desk share: a receiver and where its next request stands. */
#pragma once

#include "app/delivery_desk.h"
#include "base/backoff.h"
#include "codec/delivery.h"
#include "codec/publish_script.h"
#include "io/http_client.h"
#include "io/pg_conn.h"
#include "io/resolver.h"

enum { DELIVERY_BATCH = 64, DELIVERY_ERROR_BYTES = 200 };

enum delivery_step {
    DELIVERY_IDLE,
    DELIVERY_ASKED,   /* PostgreSQL was asked for what is due */
    DELIVERY_SENDING, /* the receiver's answer is due */
    DELIVERY_DONE,    /* it has answered, or failed: to be marked */
    DELIVERY_MARKING, /* the mark is on its way */
};

struct delivery_receiver {
    struct delivery_desk *desk;
    enum receiver_kind kind;
    struct text name;
    const char *url; /* NULL where there is none */
    enum delivery_step step;
    int64_t ids[DELIVERY_BATCH]; /* of the request */
    size_t count;
    int32_t partition; /* of the request to Redis */
    struct strbuf body;
    size_t ends[DELIVERY_BATCH]; /* in the body, of what each of NOTIFY gets */
    bool is_repeat;              /* the request tells open alerts again: nothing of it is marked */
    int64_t repeat_us;           /* when the next round of that is due */
    int64_t repeat_behind;       /* number of the alert that was told last in this round */
    int64_t look_us;             /* before that nothing is to be found */
    int64_t not_before_us;       /* after a failure */
    int64_t wait_ms;             /* for so long */
    struct backoff backoff;
    char error[DELIVERY_ERROR_BYTES]; /* of the request; "" = it was taken */
    struct delivery_counts counts;
};

/* Calls of the image that is on its way, + 1; 0 = none. */
struct delivery_calls {
    size_t mark, due, open;
};

struct delivery_desk {
    struct delivery_desk_settings settings;
    struct resolver *resolver;
    struct pg_conn *conn;
    struct http_client *http;
    int script;
    struct publish_args args;
    struct strbuf webhook_key;
    struct delivery_receiver receivers[RECEIVERS_MAX];
    struct text *claims; /* of the partitions that are ours now, as texts in claim_bytes */
    size_t claim_count;
    struct strbuf claim_bytes;
    struct pg_image image;
    bool is_sent; /* the image */
    struct delivery_calls calls[RECEIVERS_MAX];
    size_t waiting_call;
    int64_t look_us; /* when PostgreSQL is asked next what waits */
    int64_t forget_us;
    bool is_complaining; /* of PostgreSQL */
};

/* ---- delivery_send.c ------------------------------------------------------------------------------------------------- */

/* How many rows a request may have. */
int32_t delivery_batch(const struct delivery_receiver *receiver);
/* Begins a request. */
void delivery_begin(struct delivery_receiver *receiver, bool is_repeat);
/* Adds a row; false where it fits no more: it comes again. */
bool delivery_add(struct delivery_receiver *receiver, const struct delivery *delivery);
/* Sends it off; of NOTIFY the request is PostgreSQL's, see delivery_desk.c. */
void delivery_send(struct delivery_receiver *receiver, int64_t wall_ms);
/* The receiver took it, error "", or did not. */
void delivery_finish(struct delivery_receiver *receiver, const char *error);
