/* Sends records to Kafka and says what became of each. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "codec/message.h"
#include "io/kafka_config.h"

struct kafka_producer;

/* A record on its way. Borrowed for the call: what is to be sent is copied. */
struct kafka_record {
    uint16_t topic;       /* number in the producer's list of topics */
    int32_t partition;    /* -1 = as the partitioner says */
    int64_t timestamp_ms; /* 0 = now */
    const void *key;      /* NULL = none */
    uint32_t key_length;
    const void *value; /* NULL = tombstone */
    uint32_t value_length;
    uint32_t header_count;
    const struct message_header *headers; /* names need a length, not a NUL */
    uintptr_t token;                      /* comes back with the delivery */
};

enum kafka_delivery {
    KAFKA_DELIVERED,
    KAFKA_DELIVERY_TOO_LARGE, /* the broker refused it for its size */
    KAFKA_DELIVERY_FAILED,
};

/* Takes the fate of one record, within kafka_producer_poll() or _flush(). With all of the record if
 * it failed, borrowed for the call; else with token, topic, partition and timestamp only. offset:
 * -1 if it failed. It may send. */
typedef void kafka_delivered(void *owner, enum kafka_delivery result,
                             const struct kafka_record *record, int64_t offset, const char *text);

struct kafka_producer_settings {
    struct kafka_client client;
    const char *const *topics; /* copied */
    size_t topic_count;
    const char *partitioner; /* librdkafka's name; "murmur2" is the Java client's. NULL =
                                librdkafka's own default */
    const char *compression; /* none, gzip, snappy, lz4, zstd; NULL = none */
    int queue_kbytes;        /* of records that wait; 0 = 64 MiB */
    bool keeps_trying; /* never gives up and may send twice; else gives up after message.timeout.ms,
                          never twice */
    kafka_delivered *delivered; /* NULL = counted only */
    void *delivered_owner;
};

/* Makes the producer without connecting. UP_EINVAL as for kafka_source_new(). */
int kafka_producer_new(const struct kafka_producer_settings *settings,
                       struct kafka_producer **ret_producer, struct up_err *err);

/* Drops what was not delivered. NULL is fine. */
void kafka_producer_free(struct kafka_producer *producer);

enum kafka_send {
    KAFKA_SENT,      /* taken; the delivery follows */
    KAFKA_FULL,      /* the queue is full: poll, then try again */
    KAFKA_TOO_LARGE, /* longer than message.max.bytes */
    KAFKA_REFUSED,   /* *err says why; trying again does not help */
};

enum kafka_send kafka_producer_send(struct kafka_producer *producer,
                                    const struct kafka_record *record, struct up_err *err);

/* Readable when there is something to poll. Never read it. */
int kafka_producer_fd(const struct kafka_producer *producer);

/* Serves deliveries; waits for the first at most wait_ms (0 = not at all). */
void kafka_producer_poll(struct kafka_producer *producer, int wait_ms);

/* Waits until all have met their fate, timeout_ms at most: UP_EAGAIN. */
int kafka_producer_flush(struct kafka_producer *producer, int timeout_ms, struct up_err *err);

struct kafka_producer_counts {
    uint64_t sent;
    uint64_t delivered;
    uint64_t failed;
};

const struct kafka_producer_counts *kafka_producer_counts(const struct kafka_producer *producer);

/* The newest complaint of the library or a broker, "" = none since the last delivery. */
const char *kafka_producer_trouble(const struct kafka_producer *producer);
