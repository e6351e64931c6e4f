/* What the doctor looks at in Kafka. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "codec/partitioner.h"
#include "doctor_priv.h"
#include "io/kafka_permit.h"
#include "io/kafka_source.h"
#include "io/tls_peer.h"

enum { SLOW_US = 100000, SAMPLE = 2000, SAMPLE_LEAST = 5, PARTITIONERS = 3 };

static struct kafka_client client_of(const struct doctor *doctor)
{
    return (struct kafka_client){.properties = doctor->config->kafka_properties,
                                 .property_count = doctor->config->kafka_property_count};
}

/* NULL when it is not set. */
static const char *property_of(const struct doctor *doctor, const char *name)
{
    for (size_t i = 0; i < doctor->config->kafka_property_count; i++) {
        if (strcmp(doctor->config->kafka_properties[i].name, name) == 0)
            return doctor->config->kafka_properties[i].value;
    }
    return NULL;
}

/* ---- topics ------------------------------------------------------------------------------------------------------ */

/* Asks as the daemon does at its start. */
static int check_topics(struct doctor *doctor, struct kafka_topics_check *check, struct up_err *err)
{
    const struct config *config = doctor->config;
    const struct kafka_source_settings settings = {.client = client_of(doctor),
                                                   .topics = config->topics.items,
                                                   .topic_count = config->topics.count,
                                                   .group = config->group};
    int code = kafka_source_ask_topics(&settings, config->dead_letter_topic, doctor->settings->timeout_ms, check, err);
    if (code == 0)
        doctor->partitions = check->partitions;
    return code;
}

static const char *todo_of(enum kafka_fault fault)
{
    switch (fault) {
    case KAFKA_FAULT_UNREACHABLE:
        return "start Kafka, or correct kafka.bootstrap.servers";
    case KAFKA_FAULT_REFUSED:
        return "correct kafka.security.protocol and what belongs to it, or what Kafka permits our user";
    case KAFKA_FAULT_MISSING:
        return "create it, or correct [kafka] topics and dead_letter_topic";
    case KAFKA_FAULT_PARTITIONS:
        return "make topics of one number, and have producers write to these";
    case KAFKA_FAULT_DEAD_LETTER:
        return "take another dead_letter_topic";
    case KAFKA_FAULT_NONE:
        break;
    }
    return "";
}

void doctor_check_kafka_topics(struct doctor *doctor)
{
    struct kafka_topics_check check = {.fault = KAFKA_FAULT_NONE};
    struct up_err err;
    if (check_topics(doctor, &check, &err) == 0)
        doctor_say(doctor, DOCTOR_OK, "", "%zu to read with %d partitions each, and %s for what is refused",
                   doctor->config->topics.count, (int)check.partitions, doctor->config->dead_letter_topic);
    else
        doctor_say(doctor, DOCTOR_FAULT, todo_of(check.fault), "%s", err.text);
}

/* ---- there ------------------------------------------------------------------------------------------------------- */

/* The release whose brokers first spoke that version of Fetch; "" = none was heard. */
static const char *release_of(int fetch_version)
{
    static const struct {
        int version;
        const char *text;
    } rows[] = {{18, ", Kafka 4.1 or newer"}, {17, ", Kafka 3.9 or 4.0"}, {16, ", Kafka 3.7 or 3.8"}, {15, ", Kafka 3.5 or 3.6"},
                {13, ", Kafka 3.1 to 3.4"},   {12, ", Kafka 2.7 to 3.0"}, {11, ", Kafka 2.3 to 2.6"}, {0, ", Kafka older than 2.3"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (fetch_version >= rows[i].version)
            return rows[i].text;
    }
    return "";
}

void doctor_check_kafka(struct doctor *doctor)
{
    const struct kafka_client client = client_of(doctor);
    struct kafka_topics_check check = {.fault = KAFKA_FAULT_NONE};
    struct up_err err;
    int64_t round_trip_us = 0;
    int code = kafka_probe_new(&client, &doctor->kafka, &err);
    /* The one question whose failure says why a login is refused; it fails for a missing topic too. */
    if (code == 0 && check_topics(doctor, &check, &err) != 0 &&
        (check.fault == KAFKA_FAULT_UNREACHABLE || check.fault == KAFKA_FAULT_REFUSED))
        code = err.code;
    if (code == 0)
        code = kafka_probe_brokers(doctor->kafka, doctor->settings->timeout_ms, &doctor->brokers, &round_trip_us, &err);
    if (code != 0) {
        doctor_say(doctor, DOCTOR_FAULT, todo_of(check.fault), "%s", err.text);
        kafka_probe_free(doctor->kafka);
        doctor->kafka = NULL;
        return;
    }
    size_t brokers = 0;
    for (const char *at = strbuf_text(&doctor->brokers); *at != '\0'; at++)
        brokers += *at == '\n';
    doctor_say(doctor, round_trip_us > SLOW_US ? DOCTOR_WARNING : DOCTOR_OK,
               round_trip_us > SLOW_US ? "reading will be slow to start: have it nearer" : "",
               "%zu broker%s%s, a round trip takes %.1f ms, librdkafka %s", brokers, brokers == 1 ? "" : "s",
               release_of(kafka_probe_fetch_version(doctor->kafka)), (double)round_trip_us / 1000, kafka_probe_version());
}

/* ---- retention --------------------------------------------------------------------------------------------------- */

/* The value of a line "name=value", as a number; -1 when it is not there. */
static int64_t number_of(struct strbuf *lines, const char *name)
{
    struct strbuf wanted = {0};
    strbuf_add_format(&wanted, "\n%s=", name);
    const char *found = strstr(strbuf_text(lines), strbuf_text(&wanted));
    int64_t number = found != NULL ? strtoll(found + wanted.length, NULL, 10) : -1;
    strbuf_done(&wanted);
    return number;
}

static void check_retention(struct doctor *doctor, const char *topic, bool is_input)
{
    struct up_err err;
    struct strbuf lines = {0};
    const double day_ms = 86400e3;
    strbuf_add_char(&lines, '\n');
    if (kafka_probe_topic_config(doctor->kafka, topic, doctor->settings->timeout_ms, &lines, &err) != 0) {
        doctor_say(doctor, DOCTOR_WARNING, "allow our user DESCRIBE_CONFIGS on the topic, or look yourself", "%s", err.text);
        strbuf_done(&lines);
        return;
    }
    int64_t kept_ms = number_of(&lines, "retention.ms");
    int64_t kept_bytes = number_of(&lines, "retention.bytes");
    int64_t join_ms = doctor->config->settings.join_window_ms;
    if (strstr(strbuf_text(&lines), "\ncleanup.policy=compact") != NULL)
        doctor_say(doctor, DOCTOR_FAULT, "set its cleanup.policy to delete",
                   "%s is compacted: of each team only the newest message would stay", topic);
    else if (is_input && kept_ms >= 0 && kept_ms < join_ms)
        doctor_say(doctor, DOCTOR_WARNING,
                   "raise its retention.ms above the longest time that uptaked may be stopped, to recompute above join_window",
                   "%s keeps messages for %.1f days, join_window is %.1f", topic, (double)kept_ms / day_ms,
                   (double)join_ms / day_ms);
    else if (is_input && kept_bytes >= 0)
        doctor_say(doctor, DOCTOR_WARNING, "see that this is enough for the longest time that uptaked may be stopped",
                   "%s keeps no more than %lld bytes a partition, however young", topic, (long long)kept_bytes);
    else if (kept_ms < 0)
        doctor_say(doctor, DOCTOR_OK, "", "%s keeps messages for good", topic);
    else
        doctor_say(doctor, DOCTOR_OK, "", "%s keeps messages for %.1f days", topic, (double)kept_ms / day_ms);
    strbuf_done(&lines);
}

void doctor_check_kafka_retention(struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->config->topics.count; i++)
        check_retention(doctor, doctor->config->topics.items[i], true);
    check_retention(doctor, doctor->config->dead_letter_topic, false);
}

/* ---- dead letters ------------------------------------------------------------------------------------------------ */

void doctor_check_kafka_letters(struct doctor *doctor)
{
    const struct kafka_client client = client_of(doctor);
    const char *topic = doctor->config->dead_letter_topic;
    struct strbuf lines = {0};
    struct up_err err;
    strbuf_add_char(&lines, '\n');
    int code = kafka_probe_topic_config(doctor->kafka, topic, doctor->settings->timeout_ms, &lines, &err);
    int64_t bytes_max = code == 0 ? number_of(&lines, "max.message.bytes") : -1;
    strbuf_done(&lines);
    if (bytes_max < 0 || bytes_max >= KAFKA_PERMIT_BYTES_MAX) {
        doctor_say(doctor, DOCTOR_SKIPPED, "", "not looked at: whether %s can be written to is only seen with a record that it "
                   "refuses for its size, and %s", topic, bytes_max < 0 ? "its max.message.bytes is not known" : "it takes very large ones");
        return;
    }
    code = kafka_permit_write(&client, topic, bytes_max, doctor->settings->timeout_ms, &err);
    if (code == 0)
        doctor_say(doctor, DOCTOR_OK, "", "%s can be written to, with %lld bytes a letter", topic, (long long)bytes_max);
    else if (code == UP_EAUTH)
        doctor_say(doctor, DOCTOR_FAULT, "allow our user WRITE on it: until then nothing is saved once an event is refused", "%s",
                   err.text);
    else
        doctor_say(doctor, DOCTOR_WARNING, code == UP_ECORRUPT ? "nothing; replay leaves it out" : "look at the brokers", "%s", err.text);
}

/* ---- keys -------------------------------------------------------------------------------------------------------- */

struct key_sample {
    struct doctor *doctor;
    size_t messages, keyless;
    size_t fitting[PARTITIONERS]; /* lie where this partitioner puts them */
};

static void take_message(void *arg, const struct kafka_probe_message *message)
{
    struct key_sample *sample = arg;
    struct doctor *doctor = sample->doctor;
    sample->messages++;
    sample->keyless += message->key.bytes == NULL;
    doctor->newest_ms = message->timestamp_ms > doctor->newest_ms ? message->timestamp_ms : doctor->newest_ms;
    for (int p = 0; p < PARTITIONERS && message->key.bytes != NULL; p++)
        sample->fitting[p] += partitioner_partition((enum partitioner)p, message->key.bytes, message->key.length,
                                                    doctor->partitions) == message->partition;
}

static void say_keys(struct doctor *doctor, const char *topic, const struct key_sample *sample)
{
    static const char *const names[PARTITIONERS] = {
        [PARTITIONER_MURMUR2] = "murmur2", [PARTITIONER_CONSISTENT] = "consistent", [PARTITIONER_FNV1A] = "fnv1a"};
    size_t keyed = sample->messages - sample->keyless;
    size_t misplaced = keyed - sample->fitting[doctor->config->partitioner];
    struct strbuf todo = {0};
    for (int p = 0; p < PARTITIONERS; p++) {
        if (misplaced > 0 && sample->fitting[p] == keyed && doctor->partitions > 1)
            strbuf_add_format(&todo, "set partitioner = %s, where all of them fit", names[p]);
    }
    if (misplaced > 0 && todo.length == 0)
        strbuf_add_text(&todo, "have all producers use one partitioner, and name it in [kafka] partitioner");
    if (sample->messages == 0)
        doctor_say(doctor, DOCTOR_OK, "", "%s has no message to look at", topic);
    if (sample->keyless > 0)
        doctor_say(doctor, DOCTOR_FAULT, "have producers send the team as the key", "%s: %zu of the newest %zu messages have no key",
                   topic, sample->keyless, sample->messages);
    if (misplaced > 0)
        doctor_say(doctor, DOCTOR_FAULT, strbuf_text(&todo), "%s: %zu of the newest %zu messages are not where %s puts them", topic,
                   misplaced, sample->messages, names[doctor->config->partitioner]);
    if (sample->messages > 0 && sample->keyless == 0 && misplaced == 0)
        doctor_say(doctor, DOCTOR_OK, "", "%s: the newest %zu messages are where %s puts them", topic, sample->messages,
                   names[doctor->config->partitioner]);
    strbuf_done(&todo);
}

void doctor_check_kafka_keys(struct doctor *doctor)
{
    struct kafka_topics_check check = {.fault = KAFKA_FAULT_NONE};
    struct up_err err;
    if (doctor->partitions == 0 && check_topics(doctor, &check, &err) != 0) {
        doctor_say(doctor, DOCTOR_SKIPPED, "", "not looked at: the topics are not as they must be");
        return;
    }
    int64_t newest = SAMPLE / doctor->partitions > SAMPLE_LEAST ? SAMPLE / doctor->partitions : SAMPLE_LEAST;
    for (size_t i = 0; i < doctor->config->topics.count; i++) {
        struct key_sample sample = {.doctor = doctor};
        const char *topic = doctor->config->topics.items[i];
        int code = kafka_probe_sample(doctor->kafka, topic, doctor->partitions, newest, doctor->settings->timeout_ms,
                                      take_message, &sample, &err);
        if (code != 0)
            doctor_say(doctor, code == UP_EAUTH ? DOCTOR_FAULT : DOCTOR_WARNING,
                       code == UP_EAUTH ? "allow our user READ on the topic" : "", "%s", err.text);
        if (code == 0 || sample.messages > 0)
            say_keys(doctor, topic, &sample);
    }
}

/* ---- the clock --------------------------------------------------------------------------------------------------- */

void doctor_check_kafka_clock(struct doctor *doctor)
{
    int64_t now_ms = clock_wall_ms();
    if (doctor->newest_ms < 0)
        doctor_say(doctor, DOCTOR_SKIPPED, "", "not looked at: no message was seen");
    else if (doctor->newest_ms > now_ms)
        doctor_say_clock(doctor, "a broker or producer", now_ms, doctor->newest_ms, now_ms);
    else
        doctor_say(doctor, DOCTOR_OK, "", "no message is of the future; the newest is %.0f s old",
                   (double)(now_ms - doctor->newest_ms) / 1000);
}

/* ---- TLS --------------------------------------------------------------------------------------------------------- */

static void check_broker(struct doctor *doctor, const char *broker)
{
    char host[256];
    const char *colon = strrchr(broker, ':');
    struct up_err err;
    int64_t not_after_s;
    if (colon == NULL || (size_t)(colon - broker) >= sizeof host)
        return;
    (void)snprintf(host, sizeof host, "%.*s", (int)(colon - broker), broker);
    if (tls_peer_expiry(host, colon + 1, doctor->settings->timeout_ms, &not_after_s, &err) == UP_OK)
        doctor_say_expiry(doctor, broker, not_after_s);
    else
        doctor_say(doctor, DOCTOR_WARNING, "see that this broker can be reached from here", "%s", err.text);
}

static bool is_loopback(const char *broker)
{
    return strncmp(broker, "127.", 4) == 0 || strncmp(broker, "localhost:", 10) == 0 || strncmp(broker, "::1:", 4) == 0;
}

void doctor_check_kafka_tls(struct doctor *doctor)
{
    const char *protocol = property_of(doctor, "security.protocol");
    const char *own = property_of(doctor, "ssl.certificate.location");
    bool is_encrypted = protocol != NULL && strcasestr(protocol, "ssl") != NULL;
    bool is_near = true;
    struct up_err err;
    int64_t not_after_s;
    char *lines = mem_copy_text(strbuf_text(&doctor->brokers), doctor->brokers.length);
    for (char *at = lines; *at != '\0';) {
        char *end = at + strcspn(at, "\n");
        char *next = end + (*end == '\n');
        *end = '\0';
        is_near = is_near && is_loopback(at);
        if (is_encrypted)
            check_broker(doctor, at);
        at = next;
    }
    mem_free(lines);
    if (!is_encrypted)
        doctor_say(doctor, is_near ? DOCTOR_OK : DOCTOR_WARNING,
                   is_near ? "" : "set kafka.security.protocol to SSL or SASL_SSL",
                   is_near ? "not encrypted, and not leaving this machine" : "not encrypted, and crossing the network");
    if (is_encrypted && own != NULL && tls_peer_expiry_of_file(own, &not_after_s, &err) == UP_OK)
        doctor_say_expiry(doctor, own, not_after_s);
    else if (is_encrypted && own != NULL)
        doctor_say(doctor, DOCTOR_WARNING, "", "%s", err.text);
}
