/* The properties of librdkafka: passed through as they are, secrets from files. */
#include <string.h>

#include "app/config_secret.h"
#include "app/config_value.h"
#include "base/mem.h"
#include "config_priv.h"
#include "io/kafka_source.h"

static const char prefix[] = "kafka.";
static const char file_suffix[] = "_file";

/* NULL when the name was not there before. */
static struct config_property *property_of(struct config_loader *loader, const char *name)
{
    for (size_t i = 0; i < loader->property_count; i++) {
        if (strcmp(loader->properties[i].name, name) == 0)
            return &loader->properties[i];
    }
    return NULL;
}

static void put(struct config_loader *loader, const char *key,
                const struct config_property *property)
{
    struct config_property *before = property_of(loader, property->name);
    if (before != NULL && before->line == property->line) {
        config_complain(loader, property->line, "kafka", key, "is set twice");
        return;
    }
    if (before != NULL && property->line > 0) {
        config_complain(loader, property->line, "kafka", key, "is set twice, first in line %d",
                        before->line);
        return;
    }
    if (before == NULL) {
        mem_reserve(&loader->properties, &loader->property_capacity, loader->property_count + 1,
                    sizeof *loader->properties);
        before = &loader->properties[loader->property_count++];
    }
    *before = *property;
}

bool config_kafka_take(struct config_loader *loader, int line, const char *key, const char *value)
{
    if (strncmp(key, prefix, sizeof prefix - 1) != 0)
        return false;
    size_t length = strlen(key) - (sizeof prefix - 1);
    size_t suffix = sizeof file_suffix - 1;
    bool is_file = length > suffix && strcmp(key + strlen(key) - suffix, file_suffix) == 0;
    struct config_property property = {
        .name = config_keep(loader->config, key + sizeof prefix - 1,
                            is_file ? length - suffix : length),
        .value = config_keep(loader->config, value, strlen(value)),
        .line = line,
        .is_file = is_file,
    };
    if (strcmp(property.name, "metadata.broker.list") == 0 ||
        strcmp(property.name, "bootstrap.servers") == 0)
        config_complain(loader, line, "kafka", key,
                        "the brokers are named by kafka.bootstrap.servers");
    else if (!is_file && config_secret_is_property(property.name))
        config_complain(
            loader, line, "kafka", key,
            "a secret does not belong here: put it into a file and name that: %s_file = PATH", key);
    else if (is_file && !config_secret_is_path(value))
        config_complain(loader, line, "kafka", key,
                        "wants a path that begins with / or $CREDENTIALS_DIRECTORY/");
    else
        put(loader, key, &property);
    return true;
}

/* NULL and a complaint when there is no such file; NULL when files are left alone. */
static const char *value_of(struct config_loader *loader, const struct config_property *property)
{
    const char *directory = loader->source->credentials_directory;
    char path[CONFIG_PATH_BYTES_MAX];
    struct up_err err;
    const char *value = NULL;
    if (!property->is_file && !config_secret_is_credential(property->value))
        return property->value;
    if (loader->source->leave_files)
        return NULL;
    int code = config_secret_expand(property->value, directory, path, &err);
    if (code == 0 && property->is_file) {
        char secret[CONFIG_SECRET_BYTES_MAX];
        code = config_secret_read(path, directory, secret, &err);
        if (code == 0)
            value = config_keep(loader->config, secret, strlen(secret));
        explicit_bzero(secret, sizeof secret);
    } else if (code == 0) {
        value = config_keep(loader->config, path, strlen(path));
    }
    if (code != 0)
        config_complain(loader, property->line, NULL, NULL, "[kafka] kafka.%s%s: %s",
                        property->name, property->is_file ? file_suffix : "", err.text);
    return value;
}

static void check(struct config_loader *loader, const struct kafka_property *property, int line)
{
    struct up_err err;
    if (kafka_source_check_property(property, &err) != UP_OK)
        config_complain(loader, line, NULL, NULL, "[kafka] %s", err.text);
}

void config_kafka_finish(struct config_loader *loader)
{
    struct config *config = loader->config;
    config->kafka_properties =
        mem_alloc_array(loader->property_count + 1, sizeof *config->kafka_properties);
    config->kafka_properties[0] =
        (struct kafka_property){.name = "bootstrap.servers", .value = config->bootstrap_servers};
    config->kafka_property_count = 1;
    for (size_t i = 0; i < loader->property_count; i++) {
        const struct kafka_property property = {.name = loader->properties[i].name,
                                                .value = value_of(loader, &loader->properties[i])};
        if (property.value == NULL)
            continue;
        check(loader, &property, loader->properties[i].line);
        config->kafka_properties[config->kafka_property_count++] = property;
    }
}
