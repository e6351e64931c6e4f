/* What the checks of the doctor share. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/config.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "ctl/doctor.h"
#include "ctl/installed.h"
#include "io/kafka_probe.h"
#include "io/pg_session.h"
#include "io/redis_session.h"
#include "io/redis_tls.h"

enum { DOCTOR_REDIS_MAX = 16, DOCTOR_EXPIRY_DAYS = 30 };

struct doctor_redis {
    char name[REDIS_ADDRESS_BYTES + 8];
    struct redis_session_settings settings;
    struct redis_session *session; /* NULL = it does not answer */
};

/* What is there when a check runs: it is filled by those before it. */
struct doctor {
    const struct doctor_settings *settings;
    const char *check; /* the name of the one that runs */
    struct doctor_finding *findings;
    size_t finding_count, finding_capacity;

    struct config *config; /* NULL: it cannot be read */
    bool has_secrets;      /* those of the configuration could be read too */
    struct pg_session *postgresql;
    struct kafka_probe *kafka;
    struct strbuf brokers; /* a line each */
    int32_t partitions;    /* of the input topics; 0 = not known */
    int64_t newest_ms;     /* timestamp of the newest message that was seen, -1 = none */
    struct doctor_redis redis[DOCTOR_REDIS_MAX];
    size_t redis_count;
    struct redis_tls *redis_tls; /* NULL = in the clear */
};

/* What a check needs to run at all. */
enum doctor_need { DOCTOR_NEEDS_NOTHING, DOCTOR_NEEDS_CONFIG, DOCTOR_NEEDS_POSTGRESQL, DOCTOR_NEEDS_KAFKA, DOCTOR_NEEDS_REDIS };

/* One row of the table. */
struct doctor_check {
    const char *name;
    const char *about; /* what is looked at */
    enum doctor_need need;
    void (*run)(struct doctor *doctor);
};

extern const struct doctor_check doctor_checks[];
extern const size_t doctor_check_count;

/* Notes a finding of the running check. todo: what to do about it, "" = nothing. */
void doctor_say(struct doctor *doctor, enum doctor_level level, const char *todo, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Notes until when a certificate is valid, and what of. */
void doctor_say_expiry(struct doctor *doctor, const char *what, int64_t not_after_s);

/* Notes how far a clock is from ours: between the two moments of ours it said `theirs_ms`. */
void doctor_say_clock(struct doctor *doctor, const char *whose, int64_t before_ms, int64_t theirs_ms, int64_t after_ms);

/* The configuration, credentials, the clock, who may reach the HTTP server. */
void doctor_check_configuration(struct doctor *doctor);
void doctor_check_credentials(struct doctor *doctor);
void doctor_check_http(struct doctor *doctor);
void doctor_check_clock(struct doctor *doctor);

/* Alertmanagers and the webhook. */
void doctor_check_delivery(struct doctor *doctor);

/* doctor->postgresql is there, but in the first. */
void doctor_check_postgresql(struct doctor *doctor);
void doctor_check_postgresql_rights(struct doctor *doctor);
void doctor_check_postgresql_schema(struct doctor *doctor);
void doctor_check_postgresql_state(struct doctor *doctor);
void doctor_check_postgresql_durability(struct doctor *doctor);
void doctor_check_postgresql_clock(struct doctor *doctor);
void doctor_check_postgresql_tls(struct doctor *doctor);
void doctor_check_postgresql_disk(struct doctor *doctor);

/* doctor->kafka is there and a broker answers, but in the first. */
void doctor_check_kafka(struct doctor *doctor);
void doctor_check_kafka_topics(struct doctor *doctor);
void doctor_check_kafka_retention(struct doctor *doctor);
void doctor_check_kafka_letters(struct doctor *doctor);
void doctor_check_kafka_keys(struct doctor *doctor);
void doctor_check_kafka_clock(struct doctor *doctor);
void doctor_check_kafka_tls(struct doctor *doctor);

/* Some of doctor->redis answer, but in the first. */
void doctor_check_redis(struct doctor *doctor);
void doctor_check_redis_memory(struct doctor *doctor);
void doctor_check_redis_rights(struct doctor *doctor);
void doctor_check_redis_clock(struct doctor *doctor);
void doctor_check_redis_tls(struct doctor *doctor);
