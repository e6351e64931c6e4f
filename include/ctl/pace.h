/* Keeps a sender from running too far ahead of a daemon, for brokers that forget. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

/* How many bytes were sent when so many messages were. */
struct pace_mark {
    uint64_t messages, bytes;
};

struct pace {
    const char *metrics_url; /* of the one daemon that reads; borrowed */
    uint64_t ahead_bytes;    /* what may be sent and not read yet, in all, uncompressed */
    uint64_t messages, bytes; /* sent */
    uint64_t read_bytes;     /* of these, read */
    double read_before;      /* what the daemon had read when we began; < 0 = not asked yet */
    struct pace_mark *marks; /* of what is not read yet, the oldest first */
    size_t mark_count, mark_capacity;
    struct strbuf page;
};

/* metrics_url: "http://127.0.0.1:9464/metrics". */
void pace_init(struct pace *pace, const char *metrics_url, uint64_t ahead_bytes);
void pace_done(struct pace *pace);

/* A message of so many bytes is about to be sent. */
void pace_note(struct pace *pace, size_t bytes);

/* Must the sender wait? Asks the daemon when it must, so call it again after a moment. UP_ECONN, UP_EIO: the daemon does
 * not answer as it should. */
int pace_check(struct pace *pace, bool *ret_wait, struct up_err *err);
