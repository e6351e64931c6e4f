/* Sends a file of events to Kafka: key, headers and partition as they should be. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "io/file_source.h"
#include "io/kafka_config.h"

struct produce_options {
    const char *path;          /* "-" = standard input */
    struct file_source *source; /* instead of a path, unless NULL; taken over */
    const char *const *topics; /* a line may name any of them; those of `uptake` go to the first
                                  unless it is there */
    size_t topic_count;
    struct kafka_client client;
    const char *partitioner, *compression;
    double rate;             /* events/s at most; 0 = as fast as it goes */
    int64_t reach_s;         /* so long it may take until a broker answers */
    bool quiet;              /* no progress */
    const char *metrics_url; /* of the daemon that reads: stay near it; NULL = do not look */
};

struct produce_counts {
    uint64_t lines, delivered, failed;
    double elapsed_s;
};

/* Reads the whole file. *ret_counts is filled in every case. A line that cannot be sent is told on
 * stderr (the first few) and counted as failed. UP_ECONN: no broker answered; UP_EAUTH: it refused
 * us; UP_EIO, UP_ECORRUPT as file_source_next(); UP_EINVAL: librdkafka does not take a property, a
 * topic is not there or has another number of partitions than the others. */
int produce_run(const struct produce_options *options, struct produce_counts *ret_counts,
                struct up_err *err);
