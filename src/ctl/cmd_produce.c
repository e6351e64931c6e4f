/* uptakectl produce: sends a file of events to Kafka. */
#include <string.h>

#include "app/config_secret.h"
#include "base/mem.h"
#include "ctl/command.h"
#include "ctl/produce_run.h"

enum { PROPERTIES_MAX = OPTION_TEXTS_MAX + 1 };

struct typed {
    const char *brokers, *partitioner, *compression;
    struct option_texts topics, settings;
    int64_t reach_s;
    const char *ahead_of;
    double rate;
    bool quiet;
};

/* The properties, and where their names and what came from files are kept. */
struct properties {
    struct kafka_property items[PROPERTIES_MAX];
    char names[PROPERTIES_MAX][128];
    char *secrets[PROPERTIES_MAX];
    size_t count;
};

static void properties_done(struct properties *properties)
{
    for (size_t i = 0; i < properties->count; i++) {
        if (properties->secrets[i] != NULL)
            explicit_bzero(properties->secrets[i], strlen(properties->secrets[i]));
        mem_free(properties->secrets[i]);
    }
}

/* The value of `NAME_file=PATH`: what stands in the file. */
static int read_secret(struct properties *properties, const char *path)
{
    char secret[CONFIG_SECRET_BYTES_MAX];
    struct up_err err;
    int code = config_secret_read(path, NULL, secret, &err);
    size_t at = properties->count - 1;
    if (code == UP_OK)
        properties->items[at].value = properties->secrets[at] =
            mem_copy_text(secret, strlen(secret));
    explicit_bzero(secret, sizeof secret);
    return code == UP_OK ? UP_OK : command_refuse(&cmd_produce, "--set: %s", err.text);
}

/* One `kafka.property=value`. Everybody on the machine may read a command line. */
static int add_setting(struct properties *properties, const char *setting)
{
    static const char prefix[] = "kafka.", file_suffix[] = "_file";
    const size_t skipped = sizeof prefix - 1, suffix = sizeof file_suffix - 1;
    const char *equals = strchr(setting, '=');
    size_t length = equals != NULL ? (size_t)(equals - setting) : 0;
    if (strncmp(setting, prefix, skipped) != 0 || length <= skipped ||
        length - skipped >= sizeof properties->names[0])
        return command_refuse(&cmd_produce, "--set: '%s' is not kafka.property=value", setting);
    char *name = properties->names[properties->count];
    memcpy(name, setting + skipped, length - skipped);
    if (config_secret_is_property(name))
        return command_refuse(&cmd_produce,
                              "--set: a secret does not belong on the command line; put it into a "
                              "file: --set kafka.%s_file=PATH",
                              name);
    properties->items[properties->count++] =
        (struct kafka_property){.name = name, .value = equals + 1};
    size_t named = length - skipped;
    if (named <= suffix || strcmp(name + named - suffix, file_suffix) != 0)
        return UP_OK;
    name[named - suffix] = '\0';
    return read_secret(properties, equals + 1);
}

static int read_properties(const struct typed *typed, struct properties *properties)
{
    int code = UP_OK;
    bool has_brokers = typed->brokers != NULL;
    if (has_brokers)
        properties->items[properties->count++] =
            (struct kafka_property){.name = "bootstrap.servers", .value = typed->brokers};
    for (size_t i = 0; i < typed->settings.count && code == UP_OK; i++) {
        code = add_setting(properties, typed->settings.items[i]);
        has_brokers =
            has_brokers || strncmp(typed->settings.items[i], "kafka.bootstrap.servers=", 24) == 0;
    }
    if (code == UP_OK && !has_brokers)
        return command_refuse(&cmd_produce, "produce: where to? Say --brokers HOST:PORT");
    return code;
}

static int report(const struct produce_counts *counts, int code, const struct up_err *err)
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

static int run_produce(int argc, char **argv)
{
    struct typed typed = {.partitioner = "murmur2", .compression = "lz4", .reach_s = 20};
    const struct option_spec specs[] = {
        {"brokers", "HOST:PORT,...", OPTION_TEXT, &typed.brokers, 0, 0, "bootstrap servers"},
        {"topic", "NAME", OPTION_TEXTS, &typed.topics, 0, 0,
         "of plain lines (uptake); again: others that lines name"},
        {"set", "kafka.PROPERTY=VALUE", OPTION_TEXTS, &typed.settings, 0, 0,
         "passed on to librdkafka; may come again; NAME_file reads a file"},
        {"partitioner", "NAME", OPTION_TEXT, &typed.partitioner, 0, 0,
         "as in librdkafka (murmur2)"},
        {"compression", "NAME", OPTION_TEXT, &typed.compression, 0, 0,
         "none, gzip, snappy, lz4, zstd (lz4)"},
        {"rate", "N", OPTION_REAL, &typed.rate, 0, 1e9,
         "events a second at most (as fast as it goes)"},
        {"ahead-of", "URL", OPTION_TEXT, &typed.ahead_of, 0, 0,
         "metrics of the daemon that reads: stay within 4 MiB of it"},
        {"reach-s", "N", OPTION_WHOLE, &typed.reach_s, 1, 3600,
         "give up when no broker has answered by then (20)"},
        {"quiet", "", OPTION_FLAG, &typed.quiet, 0, 0, "no progress"},
    };
    static const char *const plain_topic[] = {"uptake"};
    struct properties properties = {.count = 0};
    int operands;
    int end = command_read(&cmd_produce, specs, sizeof specs / sizeof specs[0], argc, argv, 1, 1,
                           &operands);
    if (end != COMMAND_GO_ON)
        return end;
    if (read_properties(&typed, &properties) != UP_OK) {
        properties_done(&properties);
        return COMMAND_USAGE;
    }
    bool named = typed.topics.count > 0;
    const struct produce_options options = {
        .path = argv[1],
        .topics = named ? typed.topics.items : plain_topic,
        .topic_count = named ? typed.topics.count : 1,
        .client = {.properties = properties.items, .property_count = properties.count},
        .partitioner = typed.partitioner,
        .compression = typed.compression,
        .rate = typed.rate,
        .reach_s = typed.reach_s,
        .metrics_url = typed.ahead_of,
        .quiet = typed.quiet,
    };
    struct produce_counts counts;
    struct up_err err;
    int code = produce_run(&options, &counts, &err);
    properties_done(&properties);
    return report(&counts, code, &err);
}

const struct command cmd_produce = {
    .name = "produce",
    .synopsis = "--brokers HOST:PORT [OPTION...] FILE",
    .summary = "Send a file of events to Kafka, with the right key, headers and partition",
    .about =
        "FILE is what `evaluate` reads; - is the standard input. Plain lines and those of the\n"
        "topic `uptake` go to the first --topic, plain ones with their team as the key; other\n"
        "lines name their topic, which must be one of those given.\n"
        "Exits with 6 when some events were not delivered.\n"
        "\n"
        "Examples:\n"
        "  uptakectl produce --brokers localhost:9092 events.ndjson.gz\n"
        "  uptakectl produce --brokers a:9093 --set kafka.security.protocol=ssl --rate 5000 -\n"
        "  uptakectl produce --brokers a:9093 --set kafka.security.protocol=sasl_ssl \\\n"
        "      --set kafka.sasl.mechanism=SCRAM-SHA-256 --set kafka.sasl.username=work \\\n"
        "      --set kafka.sasl.password_file=/etc/uptake/kafka.password events.ndjson\n"
        "  uptakectl produce --brokers localhost:9092 --topic work --topic results two.ndjson.gz\n",
    .run = run_produce,
};
