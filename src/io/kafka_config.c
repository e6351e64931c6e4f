/* Makes a configuration of librdkafka from our table and the user's properties. */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "kafka_priv.h"

enum { LIBRARY_TEXT_MAX = 256 };

/* Properties that would take librdkafka out of our hands in any client. */
static const char *const reserved[] = {"enabled_events", "log.queue", "log.thread.name",
                                       "statistics.interval.ms", "allow.auto.create.topics"};

int kafka_config_set(rd_kafka_conf_t *conf, const char *name, const char *value, struct up_err *err)
{
    char text[LIBRARY_TEXT_MAX];
    if (rd_kafka_conf_set(conf, name, value, text, sizeof text) != RD_KAFKA_CONF_OK)
        return up_fail(err, UP_EINVAL, "kafka.%s = %s: %s", name, value, text);
    return 0;
}

static const struct kafka_setting *setting_of(const struct kafka_setting *table, size_t count,
                                              const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    }
    return NULL;
}

static int set_table(rd_kafka_conf_t *conf, const struct kafka_setting *table, size_t count,
                     struct up_err *err)
{
    bool is_known = true;
    for (size_t i = 0; i < count; i++) {
        const struct kafka_setting *setting = &table[i];
        if (setting->kind == KAFKA_SETTING_RESERVED ||
            (setting->kind == KAFKA_SETTING_FALLBACK && is_known))
            continue;
        if (setting->kind == KAFKA_SETTING_KNOWN) {
            is_known = rd_kafka_conf_set(conf, setting->name, setting->value, NULL, 0) !=
                       RD_KAFKA_CONF_UNKNOWN;
            continue;
        }
        int code = kafka_config_set(conf, setting->name, setting->value, err);
        if (code != 0)
            return code;
    }
    return 0;
}

static bool is_reserved(const char *name)
{
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
        if (strcmp(reserved[i], name) == 0)
            return true;
    }
    return false;
}

/* The library's text for a wrong value repeats the value, which may be a secret. */
static int set_property(rd_kafka_conf_t *conf, const struct kafka_property *property,
                        const struct kafka_setting *setting, struct up_err *err)
{
    if (setting != NULL && setting->kind == KAFKA_SETTING_FIXED)
        return up_fail(err, UP_EINVAL,
                       "kafka.%s: uptake sets it to %s, on which its guarantees rest; remove it",
                       property->name, setting->value);
    if (is_reserved(property->name) || (setting != NULL && setting->kind == KAFKA_SETTING_RESERVED))
        return up_fail(err, UP_EINVAL, "kafka.%s: uptake sets it by itself; remove it",
                       property->name);
    char text[LIBRARY_TEXT_MAX];
    switch (rd_kafka_conf_set(conf, property->name, property->value, text, sizeof text)) {
    case RD_KAFKA_CONF_OK:
        return 0;
    case RD_KAFKA_CONF_UNKNOWN:
        return up_fail(err, UP_EINVAL, "kafka.%s: %s (librdkafka %s)", property->name, text,
                       rd_kafka_version_str());
    case RD_KAFKA_CONF_INVALID:
        break;
    }
    return up_fail(err, UP_EINVAL, "kafka.%s: librdkafka does not take this value", property->name);
}

int kafka_config_new(const struct kafka_client *client, const struct kafka_setting *table,
                     size_t count, rd_kafka_conf_t **ret_conf, struct up_err *err)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    bool has_brokers = false;
    int code = set_table(conf, table, count, err);
    for (size_t i = 0; code == 0 && i < client->property_count; i++) {
        const struct kafka_property *property = &client->properties[i];
        has_brokers = has_brokers || strcmp(property->name, "bootstrap.servers") == 0 ||
                      strcmp(property->name, "metadata.broker.list") == 0;
        code = set_property(conf, property, setting_of(table, count, property->name), err);
    }
    if (code == 0 && !has_brokers)
        code = up_fail(err, UP_EINVAL,
                       "kafka.bootstrap.servers is missing: host:port, separated by commas");
    if (code != 0) {
        rd_kafka_conf_destroy(conf);
        return code;
    }
    rd_kafka_conf_set_log_cb(conf, kafka_config_log);
    *ret_conf = conf;
    return 0;
}

void kafka_config_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    const struct kafka_logger *logger = rd_kafka_opaque(rk);
    if (logger != NULL && logger->log != NULL)
        logger->log(logger->owner, level, facility, text);
}

int kafka_wake_new(rd_kafka_queue_t *queue, struct up_err *err)
{
    static const uint64_t one = 1;
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (fd < 0)
        return up_fail(err, UP_EIO, "cannot make an eventfd: %s", strerror(errno));
    rd_kafka_queue_io_event_enable(queue, fd, &one, sizeof one);
    return fd;
}

void kafka_wake_clear(int fd)
{
    uint64_t count;
    /* It is not readable when a timer brought us here. */
    (void)!read(fd, &count, sizeof count);
}
