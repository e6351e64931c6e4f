/* Sends dead letters once more to where they came from: first looked through and counted, then sent. */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "app/config.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "ctl/letter_tally.h"
#include "ctl/option.h"

/* Borrowed for as long as the replay lives. */
struct replay_options {
    const struct config *config; /* with its secrets */
    int64_t from_ms, to_ms; /* refused from ... to before, by the Kafka timestamp of the letter */
    const struct option_texts *reasons, *topics; /* only these; none = all */
    const char *after; /* "PARTITION:OFFSET,...": only behind these letters; NULL = all */
    bool repartition;  /* where the partitioner puts the key, wherever it was */
    uint64_t limit;    /* letters at most; 0 = all */
    int timeout_ms;    /* so long a broker may take to answer */
    bool quiet;        /* no progress */
    const volatile sig_atomic_t *stop; /* not 0: send no more */
};

/* What lies in the range, of the reasons and topics asked for. */
struct replay_counts {
    uint64_t letters;          /* that can be sent */
    uint64_t truncated;        /* came without their value, and cannot */
    uint64_t elsewhere;        /* of topics that this configuration does not read */
    uint64_t foreign;          /* no dead letters of ours, of whatever reason or topic */
    uint64_t misplaced;        /* that can be sent: not where the partitioner puts their key */
    uint64_t beyond;           /* of these: their partition is not there any more */
    struct letter_tally tally; /* that can be sent */
};

struct replay_result {
    uint64_t sent, failed; /* acknowledged, and not */
    double elapsed_s;
    bool is_complete;    /* the range was read to its end */
    struct strbuf after; /* else where to go on: what `after` is to be; "" = from the beginning */
};

struct replay;

/* Connects, and notes where the topic of dead letters ends now: what is refused from here on is not of the range.
 * UP_EINVAL: `after`, a topic or a property; UP_ECONN; UP_EAUTH. */
int replay_open(const struct replay_options *options, struct replay **ret_replay,
                struct up_err *err);
/* NULL is fine. */
void replay_free(struct replay *replay);

/* The caller gives *ret_counts back with letter_tally_done(). */
int replay_count(struct replay *replay, struct replay_counts *ret_counts, struct up_err *err);

/* Sends them with key, value, headers and timestamp of the message, and waits for all acknowledgements. Stops at the
 * first letter that a broker cannot take for now, and goes on after one that is too large. Fills *ret_result in every
 * case; the caller gives `after` back. */
int replay_send(struct replay *replay, struct replay_result *ret_result, struct up_err *err);
