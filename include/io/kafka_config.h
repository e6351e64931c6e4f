/* What every client of Kafka is told: properties for librdkafka and where its log lines go. */
#pragma once

#include <stddef.h>

/* One `kafka.<name> = <value>` of the configuration, without the "kafka.". Both borrowed. */
struct kafka_property {
    const char *name;
    const char *value;
};

/* Takes a log line of librdkafka, on the thread that polls. level: 0 to 7 as in syslog. The texts
 * are borrowed. */
typedef void kafka_log(void *owner, int level, const char *facility, const char *text);

/* Everything is borrowed until the client was made, log_owner for as long as it lives. */
struct kafka_client {
    const struct kafka_property *properties;
    size_t property_count;
    kafka_log *log; /* NULL = nowhere */
    void *log_owner;
};
