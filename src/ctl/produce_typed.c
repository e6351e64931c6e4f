/* What a command line says about sending events to Kafka. */
#include "ctl/produce_typed.h"

#include <string.h>

#include "app/config_secret.h"
#include "base/mem.h"

void produce_typed_init(struct produce_typed *typed,
                        struct option_spec ret_specs[static PRODUCE_SPECS])
{
    *typed = (struct produce_typed){.partitioner = "murmur2", .compression = "lz4", .reach_s = 20};
    const struct option_spec specs[PRODUCE_SPECS] = {
        {"brokers", "HOST:PORT,...", OPTION_TEXT, &typed->brokers, 0, 0, "bootstrap servers"},
        {"topic", "NAME", OPTION_TEXTS, &typed->topics, 0, 0,
         "of plain lines (uptake); again: others that lines name"},
        {"set", "kafka.PROPERTY=VALUE", OPTION_TEXTS, &typed->settings, 0, 0,
         "passed on to librdkafka; may come again; NAME_file reads a file"},
        {"partitioner", "NAME", OPTION_TEXT, &typed->partitioner, 0, 0,
         "as in librdkafka (murmur2)"},
        {"compression", "NAME", OPTION_TEXT, &typed->compression, 0, 0,
         "none, gzip, snappy, lz4, zstd (lz4)"},
        {"rate", "N", OPTION_REAL, &typed->rate, 0, 1e9,
         "events a second at most (as fast as it goes)"},
        {"ahead-of", "URL", OPTION_TEXT, &typed->ahead_of, 0, 0,
         "metrics of the daemon that reads: stay within 4 MiB of it"},
        {"reach-s", "N", OPTION_WHOLE, &typed->reach_s, 1, 3600,
         "give up when no broker has answered by then (20)"},
        {"quiet", "", OPTION_FLAG, &typed->quiet, 0, 0, "no progress"},
    };
    memcpy(ret_specs, specs, sizeof specs);
}

void produce_typed_done(struct produce_typed *typed)
{
    for (size_t i = 0; i < typed->count; i++) {
        if (typed->secrets[i] != NULL)
            explicit_bzero(typed->secrets[i], strlen(typed->secrets[i]));
        mem_free(typed->secrets[i]);
    }
}

/* The value of `NAME_file=PATH`: what stands in the file. */
static int read_secret(struct produce_typed *typed, const struct command *command, const char *path)
{
    char secret[CONFIG_SECRET_BYTES_MAX];
    struct up_err err;
    int code = config_secret_read(path, NULL, secret, &err);
    size_t at = typed->count - 1;
    if (code == UP_OK)
        typed->items[at].value = typed->secrets[at] = mem_copy_text(secret, strlen(secret));
    explicit_bzero(secret, sizeof secret);
    return code == UP_OK ? UP_OK : command_refuse(command, "--set: %s", err.text);
}

/* One `kafka.property=value`. Everybody on the machine may read a command line. */
static int add_setting(struct produce_typed *typed, const struct command *command,
                       const char *setting)
{
    static const char prefix[] = "kafka.", file_suffix[] = "_file";
    const size_t skipped = sizeof prefix - 1, suffix = sizeof file_suffix - 1;
    const char *equals = strchr(setting, '=');
    size_t length = equals != NULL ? (size_t)(equals - setting) : 0;
    if (strncmp(setting, prefix, skipped) != 0 || length <= skipped ||
        length - skipped >= sizeof typed->names[0])
        return command_refuse(command, "--set: '%s' is not kafka.property=value", setting);
    char *name = typed->names[typed->count];
    memcpy(name, setting + skipped, length - skipped);
    if (config_secret_is_property(name))
        return command_refuse(command,
                              "--set: a secret does not belong on the command line; put it into a "
                              "file: --set kafka.%s_file=PATH",
                              name);
    typed->items[typed->count++] = (struct kafka_property){.name = name, .value = equals + 1};
    size_t named = length - skipped;
    if (named <= suffix || strcmp(name + named - suffix, file_suffix) != 0)
        return UP_OK;
    name[named - suffix] = '\0';
    return read_secret(typed, command, equals + 1);
}

bool produce_typed_has_brokers(const struct produce_typed *typed)
{
    static const char setting[] = "kafka.bootstrap.servers";
    bool has_brokers = typed->brokers != NULL;
    for (size_t i = 0; i < typed->settings.count; i++)
        has_brokers =
            has_brokers || strncmp(typed->settings.items[i], setting, sizeof setting - 1) == 0;
    return has_brokers;
}

int produce_typed_read(struct produce_typed *typed, const struct command *command,
                       struct produce_options *ret_options)
{
    static const char *const plain_topic[] = {"uptake"};
    bool named = typed->topics.count > 0;
    int code = UP_OK;
    if (typed->brokers != NULL)
        typed->items[typed->count++] =
            (struct kafka_property){.name = "bootstrap.servers", .value = typed->brokers};
    for (size_t i = 0; i < typed->settings.count && code == UP_OK; i++)
        code = add_setting(typed, command, typed->settings.items[i]);
    *ret_options = (struct produce_options){
        .topics = named ? typed->topics.items : plain_topic,
        .topic_count = named ? typed->topics.count : 1,
        .client = {.properties = typed->items, .property_count = typed->count},
        .partitioner = typed->partitioner,
        .compression = typed->compression,
        .rate = typed->rate,
        .reach_s = typed->reach_s,
        .metrics_url = typed->ahead_of,
        .quiet = typed->quiet,
    };
    return code;
}

int produce_typed_report(const struct produce_counts *counts, int code, const struct up_err *err)
{
    if (code == UP_EINVAL) {
        (void)command_fail(err);
        return COMMAND_CONFIGURATION;
    }
    if (code == UP_OK || counts->lines > 0)
        printf("%llu lines, %llu delivered, %llu failed, %.1f s\n",
               (unsigned long long)counts->lines, (unsigned long long)counts->delivered,
               (unsigned long long)counts->failed, counts->elapsed_s);
    int end = code == UP_OK ? COMMAND_OK : command_fail(err);
    if (counts->failed > 0 || (code != UP_OK && counts->delivered > 0))
        return COMMAND_PARTIAL;
    return end;
}
