/* What the files share that own librdkafka. */
#pragma once

#include <librdkafka/rdkafka.h>

#include "base/err.h"
#include "codec/json_reader.h"
#include "codec/message.h"
#include "io/kafka_config.h"
#include "io/kafka_guard.h"
#include "io/kafka_source.h"

/* ---- configuration --------------------------------------------------------------------------- */

enum kafka_setting_kind {
    KAFKA_SETTING_FIXED,    /* ours; a guarantee hangs on it */
    KAFKA_SETTING_RESERVED, /* ours, and given elsewhere; no value here */
    KAFKA_SETTING_DEFAULT,  /* the user may have it otherwise */
    KAFKA_SETTING_KNOWN,    /* a default where this version of the library knows it */
    KAFKA_SETTING_FALLBACK, /* a default where it does not know the KNOWN before */
};

struct kafka_setting {
    const char *name;
    const char *value;
    enum kafka_setting_kind kind;
};

/* A new configuration: the table, and over it the user's properties. The caller owns it. */
int kafka_config_new(const struct kafka_client *client, const struct kafka_setting *table,
                     size_t count, rd_kafka_conf_t **ret_conf, struct up_err *err);

/* Sets a property of our own; the value may be shown. */
int kafka_config_set(rd_kafka_conf_t *conf, const char *name, const char *value,
                     struct up_err *err);

/* The opaque of a client begins with this, so that kafka_config_log() finds it. */
struct kafka_logger {
    kafka_log *log;
    void *owner;
};

void kafka_config_log(const rd_kafka_t *rk, int level, const char *facility, const char *text);

/* A descriptor that the queue makes readable; negative = UP_EIO with *err filled.
 * kafka_wake_clear() comes before the queue is emptied. */
int kafka_wake_new(rd_kafka_queue_t *queue, struct up_err *err);
void kafka_wake_clear(int fd);

/* Puts the headers of a message behind the `count` that stand in *headers, which grows; returns how many came. They are
 * borrowed from the message. */
size_t kafka_headers_append(const rd_kafka_message_t *raw, struct message_header **headers,
                            size_t *capacity, size_t count);

/* ---- consumer -------------------------------------------------------------------------------- */

enum { KAFKA_HOLES_KNOWN = 3 }; /* believed jumps after which a topic is known to have holes */

struct kafka_partition {
    struct kafka_guard guard;
    int64_t answered_us;
    int32_t number;
    uint16_t topic;
    uint8_t paused; /* enum kafka_pause, or-ed */
};

struct kafka_topic {
    char *name;
    rd_kafka_topic_t *handle; /* held, so that its address means this topic */
    uint32_t *slots;          /* by partition number: index in `partitions` + 1, 0 = not assigned */
    size_t slot_count;
    uint32_t holes;
};

enum kafka_answer { KAFKA_ANSWER_NONE, KAFKA_ANSWER_ASSIGN, KAFKA_ANSWER_UNASSIGN };

struct kafka_source {
    struct kafka_logger logger; /* first: kafka_config_log() */
    rd_kafka_t *rk;
    rd_kafka_queue_t *queue;
    int wake_fd;

    struct kafka_topic *topics;
    size_t topic_count;
    struct kafka_partition *partitions; /* the assignment that is read */
    size_t partition_count;
    uint8_t paused_all;

    rd_kafka_message_t **raw; /* of the batch that is out */
    size_t raw_count;
    size_t raw_capacity;
    struct message_header *headers;
    size_t header_count;
    size_t header_capacity;
    bool peeks_headers;
    uint64_t batch;
    int64_t now_us;

    struct kafka_event *events;
    size_t event_first;
    size_t event_count;
    size_t event_capacity;
    bool is_down;

    enum kafka_rebalance_kind rebalance;
    bool rebalance_is_new;
    enum kafka_answer awaited;
    bool is_closing;
    bool is_closed;
    struct kafka_position *rebalanced;
    size_t rebalanced_count;
    size_t rebalanced_capacity;

    struct kafka_source_counts counts;
    struct kafka_statistics statistics;
};

/* The assigned partition, or NULL. */
static inline struct kafka_partition *kafka_partition_of(const struct kafka_source *source,
                                                         size_t topic, int32_t partition)
{
    const struct kafka_topic *of = &source->topics[topic];
    if (partition < 0 || (size_t)partition >= of->slot_count || of->slots[partition] == 0)
        return NULL;
    return &source->partitions[of->slots[partition] - 1];
}

/* Number of the topic with this name; topic_count = none of ours. */
size_t kafka_topic_by_name(const struct kafka_source *source, const char *name);

/* Replaces the table of assigned partitions. */
void kafka_partitions_set(struct kafka_source *source, const struct kafka_position *positions,
                          size_t count);

/* Seeks to what the guard expects, without waiting. */
void kafka_partition_reread(struct kafka_source *source, const struct kafka_partition *partition);

/* Resumes everything in the library, or pauses what ought to be, around an assign. */
void kafka_pauses_lift(struct kafka_source *source);
void kafka_pauses_apply(struct kafka_source *source);

struct kafka_event *kafka_event_add(struct kafka_source *source, enum kafka_event_kind kind,
                                    const char *text);

/* A message that carries an error instead of a payload. */
void kafka_event_note(struct kafka_source *source, const rd_kafka_message_t *raw);

/* A sign of life of a broker. */
void kafka_event_note_up(struct kafka_source *source);

/* What librdkafka calls back. */
void kafka_event_on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque);
void kafka_rebalance_on_change(rd_kafka_t *rk, rd_kafka_resp_err_t code,
                               rd_kafka_topic_partition_list_t *list, void *opaque);
void kafka_flow_on_commit(rd_kafka_t *rk, rd_kafka_resp_err_t code,
                          rd_kafka_topic_partition_list_t *list, void *opaque);
int kafka_stats_on_text(rd_kafka_t *rk, char *json, size_t length, void *opaque);
