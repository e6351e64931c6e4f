/* Checks an installation: the table of checks, and how they are run. */
#include "ctl/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "doctor_priv.h"

const struct doctor_check doctor_checks[] = {
    {"configuration", "every option, and the files that options name", DOCTOR_NEEDS_NOTHING, doctor_check_configuration},
    {"credentials", "who may read the files of secrets", DOCTOR_NEEDS_CONFIG, doctor_check_credentials},
    {"http", "who can reach metrics and pages", DOCTOR_NEEDS_CONFIG, doctor_check_http},
    {"clock", "whether this machine's clock is kept synchronised", DOCTOR_NEEDS_NOTHING, doctor_check_clock},
    {"postgresql", "that it answers, its version, a round trip", DOCTOR_NEEDS_CONFIG, doctor_check_postgresql},
    {"postgresql.rights", "enough rights, and not too many", DOCTOR_NEEDS_POSTGRESQL, doctor_check_postgresql_rights},
    {"postgresql.schema", "its version is this program's", DOCTOR_NEEDS_POSTGRESQL, doctor_check_postgresql_schema},
    {"postgresql.durability", "what is committed stays", DOCTOR_NEEDS_POSTGRESQL, doctor_check_postgresql_durability},
    {"postgresql.clock", "against this machine's", DOCTOR_NEEDS_POSTGRESQL, doctor_check_postgresql_clock},
    {"postgresql.tls", "encryption, and until when the certificate is valid", DOCTOR_NEEDS_POSTGRESQL,
     doctor_check_postgresql_tls},
    {"postgresql.disk", "room for its data, where it runs on this machine", DOCTOR_NEEDS_POSTGRESQL,
     doctor_check_postgresql_disk},
    {"kafka", "that brokers answer, their version, a round trip", DOCTOR_NEEDS_CONFIG, doctor_check_kafka},
    {"kafka.topics", "they exist, with the same number of partitions", DOCTOR_NEEDS_KAFKA, doctor_check_kafka_topics},
    {"kafka.retention", "how long messages are kept, against join_window", DOCTOR_NEEDS_KAFKA,
     doctor_check_kafka_retention},
    {"kafka.letters", "that the dead-letter topic can be written to", DOCTOR_NEEDS_KAFKA, doctor_check_kafka_letters},
    {"kafka.keys", "newest messages: keys are there and lie where the partitioner puts them", DOCTOR_NEEDS_KAFKA,
     doctor_check_kafka_keys},
    {"kafka.clock", "timestamps of newest messages against this machine's clock", DOCTOR_NEEDS_KAFKA,
     doctor_check_kafka_clock},
    {"kafka.tls", "encryption, and until when certificates are valid", DOCTOR_NEEDS_KAFKA, doctor_check_kafka_tls},
    {"postgresql.state", "what is stored is of this key and these partitions", DOCTOR_NEEDS_POSTGRESQL,
     doctor_check_postgresql_state},
    {"redis", "that every server answers, its version, a round trip", DOCTOR_NEEDS_CONFIG, doctor_check_redis},
    {"redis.memory", "room, and that nothing is evicted", DOCTOR_NEEDS_REDIS, doctor_check_redis_memory},
    {"redis.rights", "the commands that publishing needs", DOCTOR_NEEDS_REDIS, doctor_check_redis_rights},
    {"redis.clock", "against this machine's", DOCTOR_NEEDS_REDIS, doctor_check_redis_clock},
    {"redis.tls", "encryption, and until when certificates are valid", DOCTOR_NEEDS_REDIS, doctor_check_redis_tls},
    {"delivery", "that those who are told of alerts answer, and their certificates", DOCTOR_NEEDS_CONFIG,
     doctor_check_delivery},
};
const size_t doctor_check_count = sizeof doctor_checks / sizeof doctor_checks[0];

const char *doctor_check_name(size_t number)
{
    return number < doctor_check_count ? doctor_checks[number].name : NULL;
}

const char *doctor_check_about(size_t number)
{
    return number < doctor_check_count ? doctor_checks[number].about : NULL;
}

const char *doctor_level_word(enum doctor_level level)
{
    static const char *const words[DOCTOR_LEVELS] = {"ok", "skipped", "warning", "fault"};
    return words[level];
}

/* ---- findings ---------------------------------------------------------------------------------------------------- */

void doctor_say(struct doctor *doctor, enum doctor_level level, const char *todo, const char *format, ...)
{
    enum { TEXT_BYTES_MAX = 1024 };
    char text[TEXT_BYTES_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    mem_reserve(&doctor->findings, &doctor->finding_capacity, doctor->finding_count + 1, sizeof *doctor->findings);
    doctor->findings[doctor->finding_count++] = (struct doctor_finding){.check = doctor->check,
                                                                       .level = level,
                                                                       .text = mem_copy_text(text, strlen(text)),
                                                                       .todo = mem_copy_text(todo, strlen(todo))};
}

void doctor_say_expiry(struct doctor *doctor, const char *what, int64_t not_after_s)
{
    int64_t left_days = (not_after_s - clock_wall_ms() / 1000) / 86400;
    if (not_after_s * 1000 <= clock_wall_ms())
        doctor_say(doctor, DOCTOR_FAULT, "put a new one in its place", "the certificate of %s has expired", what);
    else
        doctor_say(doctor, left_days < DOCTOR_EXPIRY_DAYS ? DOCTOR_WARNING : DOCTOR_OK,
                   left_days < DOCTOR_EXPIRY_DAYS ? "put a new one in its place before then" : "",
                   "the certificate of %s is valid for %lld more days", what, (long long)left_days);
}

void doctor_say_clock(struct doctor *doctor, const char *whose, int64_t before_ms, int64_t theirs_ms, int64_t after_ms)
{
    int64_t skew_ms = theirs_ms < before_ms ? theirs_ms - before_ms : theirs_ms > after_ms ? theirs_ms - after_ms : 0;
    int64_t most_ms = doctor->config->settings.max_clock_skew_ms;
    int64_t size_ms = skew_ms < 0 ? -skew_ms : skew_ms;
    enum doctor_level level = size_ms > most_ms ? DOCTOR_FAULT : size_ms > most_ms / 10 ? DOCTOR_WARNING : DOCTOR_OK;
    if (level == DOCTOR_OK)
        doctor_say(doctor, level, "", "the clock of %s is within %.3f s of ours", whose,
                   (double)(size_ms + after_ms - before_ms) / 1000);
    else
        doctor_say(doctor, level, "keep both clocks synchronised (NTP)", "the clock of %s is %.3f s %s ours%s", whose,
                   (double)size_ms / 1000, skew_ms < 0 ? "behind" : "ahead of",
                   level == DOCTOR_FAULT ? ", more than max_clock_skew" : "");
}

/* ---- running ----------------------------------------------------------------------------------------------------- */

static const char *missing(const struct doctor *doctor, enum doctor_need need)
{
    size_t answering = 0;
    for (size_t i = 0; i < doctor->redis_count; i++)
        answering += doctor->redis[i].session != NULL;
    if (need != DOCTOR_NEEDS_NOTHING && doctor->config == NULL)
        return "the configuration cannot be read";
    switch (need) {
    case DOCTOR_NEEDS_POSTGRESQL:
        return doctor->postgresql == NULL ? "PostgreSQL cannot be asked" : NULL;
    case DOCTOR_NEEDS_KAFKA:
        return doctor->kafka == NULL ? "Kafka cannot be asked" : NULL;
    case DOCTOR_NEEDS_REDIS:
        return answering == 0 ? "Redis cannot be asked" : NULL;
    case DOCTOR_NEEDS_NOTHING:
    case DOCTOR_NEEDS_CONFIG:
        break;
    }
    return NULL;
}

/* Does the check, or one that needs it, have a name that was asked for? "redis" is needed by "redis.memory". */
static bool is_asked(const struct doctor *doctor, const char *name)
{
    const struct option_texts *names = doctor->settings->names;
    for (size_t i = 0; i < names->count; i++) {
        size_t length = strlen(names->items[i]);
        size_t own = strlen(name);
        if (strncmp(names->items[i], name, length) == 0 ||
            (strncmp(names->items[i], name, own) == 0 && names->items[i][own] == '.'))
            return true;
    }
    return names->count == 0 || strcmp(name, "configuration") == 0;
}

static void free_servers(struct doctor *doctor)
{
    pg_session_close(doctor->postgresql);
    kafka_probe_free(doctor->kafka);
    for (size_t i = 0; i < doctor->redis_count; i++)
        redis_session_close(doctor->redis[i].session);
    redis_tls_free(doctor->redis_tls);
    strbuf_done(&doctor->brokers);
    config_free(doctor->config);
}

void doctor_run(const struct doctor_settings *settings, struct doctor_report *ret_report)
{
    struct doctor doctor = {.settings = settings, .newest_ms = -1};
    for (size_t i = 0; i < doctor_check_count; i++) {
        const struct doctor_check *check = &doctor_checks[i];
        if (!is_asked(&doctor, check->name))
            continue;
        doctor.check = check->name;
        const char *why = missing(&doctor, check->need);
        if (why != NULL)
            doctor_say(&doctor, DOCTOR_SKIPPED, "", "not looked at: %s", why);
        else
            check->run(&doctor);
    }
    free_servers(&doctor);
    *ret_report = (struct doctor_report){.findings = doctor.findings, .count = doctor.finding_count};
}

void doctor_report_done(struct doctor_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        mem_free(report->findings[i].text);
        mem_free(report->findings[i].todo);
    }
    mem_free(report->findings);
    *report = (struct doctor_report){0};
}
