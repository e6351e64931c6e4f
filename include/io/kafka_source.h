/* Reads the input topics as one member of a consumer group, from offsets that are kept elsewhere.
 *
 * Everything is called from one thread. The caller waits until kafka_source_fd() is readable, or
 * for a timer of at most a third of max.poll.interval.ms (an idle topic wakes nobody, and who does
 * not poll is put out of the group), then calls kafka_source_drain() until it says that nothing is
 * left, and after each drain takes all events and the rebalance, if any. A topic is named by its
 * number in the list of topics. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "codec/message.h"
#include "io/kafka_config.h"

struct kafka_source;

struct kafka_source_settings {
    struct kafka_client client;
    const char *const *topics; /* 1 to 65535 names; a message's topic is the index. Copied */
    size_t topic_count;
    const char *group;
    const char *instance; /* group.instance.id, NULL = none */
};

/* Does librdkafka know the property and take its value, and is it the user's to set? UP_EINVAL
 * names it; never its value. */
int kafka_source_check_property(const struct kafka_property *property, struct up_err *err);

/* Makes the consumer without connecting or joining. UP_EINVAL names the property that is unknown,
 * wrong or not the user's to set; never its value. */
int kafka_source_new(const struct kafka_source_settings *settings, struct kafka_source **ret_source,
                     struct up_err *err);

enum kafka_fault {
    KAFKA_FAULT_NONE,
    KAFKA_FAULT_UNREACHABLE, /* UP_ECONN: no broker answered in time */
    KAFKA_FAULT_REFUSED,     /* UP_EAUTH: authentication, TLS or authorisation */
    KAFKA_FAULT_MISSING,     /* UP_EINVAL: a topic does not exist */
    KAFKA_FAULT_PARTITIONS,  /* UP_EINVAL: the topics differ in their number of partitions */
    KAFKA_FAULT_DEAD_LETTER, /* UP_EINVAL: the dead-letter topic is one of the inputs */
};

struct kafka_topics_check {
    enum kafka_fault fault; /* set on failure too */
    int32_t partitions;     /* of every input topic */
};

/* Blocks for about timeout_ms at most, before kafka_source_subscribe(): do all topics and the
 * dead-letter topic (NULL = none) exist, and have the inputs the same number of partitions? */
int kafka_source_check_topics(struct kafka_source *source, const char *dead_letter_topic,
                              int timeout_ms, struct kafka_topics_check *ret_check,
                              struct up_err *err);

/* The same for commands, with a source made for the question. */
int kafka_source_ask_topics(const struct kafka_source_settings *settings,
                            const char *dead_letter_topic, int timeout_ms,
                            struct kafka_topics_check *ret_check, struct up_err *err);

/* Joins the group. */
int kafka_source_subscribe(struct kafka_source *source, struct up_err *err);

/* Readable when there may be something to drain. Never read it; kafka_source_drain() does. */
int kafka_source_fd(const struct kafka_source *source);

/* ---- messages -------------------------------------------------------------------------------- */

/* Takes what is there, without waiting, and serves the library's callbacks. Returns how many of
 * `messages` (room for max > 0) were filled; of each partition they are in order, none twice, none
 * left out. They are borrowed until kafka_source_release(), which must come before the next drain
 * and before partitions are assigned, given up or sought in. *ret_more: there is more, drain again
 * without waiting for the descriptor. now_us: a clock that only runs forward. */
size_t kafka_source_drain(struct kafka_source *source, struct message *messages, size_t max,
                          int64_t now_us, bool *ret_more);
void kafka_source_release(struct kafka_source *source);

/* ---- events ---------------------------------------------------------------------------------- */

enum kafka_event_kind {
    KAFKA_EVENT_END,          /* the partition is read to its end: `offset` is its next offset */
    KAFKA_EVENT_OUT_OF_RANGE, /* `offset` is not in the log: stopped until kafka_source_seek() */
    KAFKA_EVENT_HOLE,         /* nothing from `offset` to before `to`; the first of a topic only */
    KAFKA_EVENT_DOWN,         /* no broker is connected */
    KAFKA_EVENT_UP,           /* a broker answers again */
    KAFKA_EVENT_REFUSED,      /* authentication, TLS or authorisation */
    KAFKA_EVENT_TOPIC_GONE,   /* a topic or partition is not there, or not there any more */
    KAFKA_EVENT_LATE_POLL,    /* max.poll.interval.ms was exceeded; the assignment is being lost */
    KAFKA_EVENT_FATAL,        /* the consumer is of no use any more (fenced, say): close it */
    KAFKA_EVENT_TROUBLE,      /* something else; the library goes on trying */
};

enum { KAFKA_EVENT_TEXT_MAX = 192 };

struct kafka_event {
    enum kafka_event_kind kind;
    uint16_t topic;    /* where partition >= 0 */
    int32_t partition; /* -1 = of no one partition */
    int64_t offset;
    int64_t to;
    char text[KAFKA_EVENT_TEXT_MAX]; /* for a log; may be empty */
};

/* Takes the next event; false when there is none. They are meant to be handled after the messages
 * of the drain. An END that the messages have overtaken is left out. */
bool kafka_source_next_event(struct kafka_source *source, struct kafka_event *ret_event);

/* ---- group ----------------------------------------------------------------------------------- */

/* A partition of a topic and the offset to read next; < 0: from the earliest there is. */
struct kafka_position {
    uint16_t topic;
    int32_t partition;
    int64_t offset;
};

enum kafka_rebalance_kind {
    KAFKA_REBALANCE_ASSIGNED, /* answer with kafka_source_assign(), at leisure */
    KAFKA_REBALANCE_REVOKED,  /* still ours: finish, then answer with kafka_source_unassign() */
    KAFKA_REBALANCE_LOST,     /* perhaps another's already: write nothing, answer likewise */
};

struct kafka_rebalance {
    enum kafka_rebalance_kind kind;
    const struct kafka_position *partitions; /* offsets are -1; borrowed until the next drain */
    size_t count;
};

/* Takes the newest rebalance; false when there is none. An ASSIGNED that was not taken before its
 * REVOKED came is left out, so a REVOKED may name what was never assigned. */
bool kafka_source_next_rebalance(struct kafka_source *source,
                                 struct kafka_rebalance *ret_rebalance);

/* Starts reading `positions`, some or all or none of what was assigned. UP_ECONFLICT: the
 * assignment was revoked meanwhile; the revocation waits in kafka_source_next_rebalance(). UP_EIO:
 * the library refuses. */
int kafka_source_assign(struct kafka_source *source, const struct kafka_position *positions,
                        size_t count, struct up_err *err);

/* Stops reading and lets the group go on. */
int kafka_source_unassign(struct kafka_source *source, struct up_err *err);

/* Whether the assignment was lost since the rebalance was taken (a REVOKED may become a LOST while
 * it waits). */
bool kafka_source_is_lost(const struct kafka_source *source);

/* Reads on from `offset` (< 0: the earliest), also after OUT_OF_RANGE. All partitions fetch anew,
 * from where they are: not a thing to do often. UP_ECONFLICT: a rebalance waits for its answer. */
int kafka_source_seek(struct kafka_source *source, uint16_t topic, int32_t partition,
                      int64_t offset, struct up_err *err);

/* The first offset of the log and the one behind its last, as the broker knows them now. */
struct kafka_range {
    uint16_t topic;
    int32_t partition;
    int64_t low;
    int64_t high;
};

/* Asks for `low` and `high` of each of `ranges`. Blocks for two round trips, timeout_ms at most.
 * All or none: UP_EAGAIN when not all leaders answered. */
int kafka_source_query_ranges(struct kafka_source *source, struct kafka_range *ranges, size_t count,
                              int timeout_ms, struct up_err *err);

/* Leaves the group (a static member stays in it until its session ends) and stops. Blocks,
 * timeout_ms at most. UP_EAGAIN: not done by then; free() may hang now, so exit without it. Finish
 * what was revoked before. */
int kafka_source_close(struct kafka_source *source, int timeout_ms, struct up_err *err);

/* NULL is fine. Without kafka_source_close() the group waits for the session to end. */
void kafka_source_free(struct kafka_source *source);

/* ---- flow ------------------------------------------------------------------------------------ */

/* Why a partition is paused; it is read while no reason is left. */
enum kafka_pause {
    KAFKA_PAUSE_FULL = 1,  /* what was read cannot be stored fast enough */
    KAFKA_PAUSE_AHEAD = 2, /* the topic is ahead of another */
};

/* Pausing throws away what was fetched ahead: do it seldom. One that is paused for this reason
 * already, or not assigned, stays as it is. A pause of one partition ends with its assignment. */
void kafka_source_pause(struct kafka_source *source, uint16_t topic, int32_t partition,
                        enum kafka_pause reason);
void kafka_source_resume(struct kafka_source *source, uint16_t topic, int32_t partition,
                         enum kafka_pause reason);

/* The same for all partitions, also those that will be assigned. */
void kafka_source_pause_all(struct kafka_source *source, enum kafka_pause reason);
void kafka_source_resume_all(struct kafka_source *source, enum kafka_pause reason);

/* What is known of an assigned partition. */
struct kafka_progress {
    int64_t next_offset; /* to be read next, -1 = not known yet */
    int64_t high; /* behind the last one of the log, as the last answer said; -1 = not known */
    int64_t lag;  /* messages or offsets not read yet, -1 = not known */
    int64_t answered_us; /* when its leader was last heard, by the clock given to drain(), to 5 s;
                            -1 = never. A paused partition asks for nothing */
    bool is_paused;
};

/* False when the partition is not assigned. */
bool kafka_source_progress(const struct kafka_source *source, uint16_t topic, int32_t partition,
                           struct kafka_progress *ret_progress);

/* Tells Kafka how far we are, for tools that show the lag; never read back. Asynchronous; failures
 * are counted. */
void kafka_source_commit(struct kafka_source *source, const struct kafka_position *positions,
                         size_t count);

struct kafka_source_counts {
    uint64_t messages;       /* handed over */
    uint64_t repeated;       /* dropped: an offset before the expected one */
    uint64_t rereads;        /* jumps that were read again */
    uint64_t holes;          /* jumps that were believed */
    uint64_t commits_failed; /* of kafka_source_commit() */
    uint64_t rebalances;
};

const struct kafka_source_counts *kafka_source_counts(const struct kafka_source *source);

/* What librdkafka says of itself, every 5 s; zeros before the first time. */
struct kafka_statistics {
    bool is_heard;         /* any broker is connected */
    uint32_t brokers_up;   /* brokers of the cluster that are connected */
    double round_trip_s;   /* of the brokers' averages the greatest */
    uint64_t connects;     /* connections made */
    uint64_t disconnects;  /* connections that ended, by the broker, the network or for idleness */
    uint64_t errors;       /* requests that could not be sent, answers that could not be read */
    uint64_t timeouts;     /* requests */
    uint64_t sent_bytes, received_bytes;
    uint64_t queued_messages, queued_bytes; /* fetched, and not drained yet */
};

const struct kafka_statistics *kafka_source_statistics(const struct kafka_source *source);

/* Writes the name that the group gave us, empty before it did. */
void kafka_source_member(const struct kafka_source *source, char *ret_name, size_t size);
