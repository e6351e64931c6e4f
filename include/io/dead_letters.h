/* Sends rejected messages to the dead-letter topic and knows up to which they are safe there. */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "codec/message.h"
#include "io/kafka_config.h"

/* Each is sent until it is acknowledged, if need be without end and perhaps more than once: topic,
 * partition and offset name it. One that is refused for its size goes without its value (header
 * `uptake_truncated` = the value's length in bytes), and if that is refused too, without key and
 * original headers. The library's batches are small, for the broker refuses all of a batch that is
 * too large. */
struct dead_letters;

struct dead_letters_settings {
    struct kafka_client client;
    const char *topic;
};

int dead_letters_new(const struct dead_letters_settings *settings,
                     struct dead_letters **ret_letters, struct up_err *err);

/* Drops what was not acknowledged. NULL is fine. */
void dead_letters_free(struct dead_letters *letters);

/* What was wrong with it. All borrowed for the call. */
struct dead_letter {
    const struct message *message;
    struct text reason; /* code of events.md */
    struct text detail;
    struct text topic; /* name of the message's topic */
};

/* Takes a letter; its number is then dead_letters_sent(). UP_EAGAIN: too much is on its way; stop
 * draining and try this one again after a poll. No other error. */
int dead_letters_send(struct dead_letters *letters, const struct dead_letter *letter,
                      struct up_err *err);

/* Readable when there is something to poll. Never read it. */
int dead_letters_fd(const struct dead_letters *letters);

/* Takes acknowledgements and sends again what failed a second ago. To be called when the descriptor
 * is readable, and on a timer of a second at most. now_us: a clock that only runs forward. */
void dead_letters_poll(struct dead_letters *letters, int64_t now_us);

/* How many were taken, and up to which number all are acknowledged: a checkpoint that was cut when
 * sent() was n may go ahead when acknowledged() >= n. */
uint64_t dead_letters_sent(const struct dead_letters *letters);
uint64_t dead_letters_acknowledged(const struct dead_letters *letters);

/* How many lost their value for their size. */
uint64_t dead_letters_truncated(const struct dead_letters *letters);

/* The newest complaint while a letter waits to be acknowledged, "" = none since the last
 * acknowledgement. For health and log. */
const char *dead_letters_trouble(const struct dead_letters *letters);

/* Waits until all are acknowledged, about timeout_ms at most: UP_EAGAIN. What must be sent again is
 * sent at once. */
int dead_letters_flush(struct dead_letters *letters, int timeout_ms, struct up_err *err);
