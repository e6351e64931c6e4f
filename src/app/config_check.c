/* Opens the files that options name, and checks what no option can check alone. */
#include <stdlib.h>
#include <string.h>

#include "app/config_secret.h"
#include "app/config_value.h"
#include "base/panic.h"
#include "codec/webhook_signature.h"
#include "config_priv.h"

enum { SOCKET_PATH_BYTES_MAX = 107 };

/* ---- files ---------------------------------------------------------------------------------- */

static int open_secret(struct config_loader *loader, struct config_secret *secret, const char *path,
                       struct up_err *err)
{
    char value[CONFIG_SECRET_BYTES_MAX];
    int code = config_secret_read(path, loader->source->credentials_directory, value, err);
    if (code == 0)
        secret->value = config_keep(loader->config, value, strlen(value));
    explicit_bzero(value, sizeof value);
    return code;
}

static int open_row(struct config_loader *loader, const struct config_row *row, struct up_err *err)
{
    char *field = (char *)loader->config + row->offset;
    const char **written = (const char **)(void *)field;
    _Static_assert(offsetof(struct config_secret, path) == 0 &&
                       offsetof(struct config_key, path) == 0,
                   "path first");
    if (**written == '\0' || loader->source->leave_files)
        return 0;
    char path[CONFIG_PATH_BYTES_MAX];
    int code = config_secret_expand(*written, loader->source->credentials_directory, path, err);
    if (code != 0)
        return code;
    if (row->type == CONFIG_SECRET)
        return open_secret(loader, (struct config_secret *)(void *)field, path, err);
    if (row->type == CONFIG_KEY)
        return config_secret_read_key(path, loader->source->credentials_directory,
                                      ((struct config_key *)(void *)field)->bytes, err);
    *written = config_keep(loader->config, path, strlen(path));
    return 0;
}

static void open_files(struct config_loader *loader)
{
    for (size_t i = 0; i < config_row_count; i++) {
        const struct config_row *row = &config_rows[i];
        bool is_path =
            row->type == CONFIG_PATH || row->type == CONFIG_SECRET || row->type == CONFIG_KEY;
        struct up_err err;
        if (is_path && !loader->rows[i].is_wrong && open_row(loader, row, &err) != 0)
            config_complain_row(loader, row->section, row->key, "%s", err.text);
    }
}

/* ---- Kafka ---------------------------------------------------------------------------------- */

/* What Kafka takes for the name of a topic or of a static member. */
static bool is_kafka_name(const char *name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t length = strlen(name);
    return length <= 249 && name[strspn(name, letters)] == '\0' && strcmp(name, ".") != 0 &&
           strcmp(name, "..") != 0;
}

static void check_kafka(struct config_loader *loader)
{
    static const char expectation[] =
        "is no name that Kafka takes: up to 249 letters, digits, dots, _ and -";
    struct config *config = loader->config;
    for (size_t i = 0; i < config->topics.count; i++) {
        if (!is_kafka_name(config->topics.items[i]))
            config_complain_row(loader, "kafka", "topics", "\"%s\" %s", config->topics.items[i],
                                expectation);
        if (strcmp(config->topics.items[i], config->dead_letter_topic) == 0)
            config_complain_row(loader, "kafka", "dead_letter_topic",
                                "%s is one of the topics that are read", config->dead_letter_topic);
    }
    if (!is_kafka_name(config->dead_letter_topic))
        config_complain_row(loader, "kafka", "dead_letter_topic", "\"%s\" %s",
                            config->dead_letter_topic, expectation);
    if (!is_kafka_name(config->instance))
        config_complain_row(loader, "kafka", "instance", "\"%s\" %s", config->instance,
                            expectation);
    UP_ASSERT(partitioner_from_name(text_of(config->partitioner_name), &config->partitioner));
}

/* ---- the model's settings
 * -------------------------------------------------------------------------------------- */

static void check_settings(struct config_loader *loader)
{
    struct config *config = loader->config;
    struct settings *settings = &config->settings;
    settings_fit_retention(settings);
    double weights = 0;
    for (int i = 0; i < HEALTH_COMPONENTS; i++)
        weights += settings->health_weights[i];
    if (!(weights > 0))
        config_complain_row(loader, "measures", "weight_reach", "all weights of health are 0");
    memset(settings->entry_levels, 0, sizeof settings->entry_levels);
    settings->entry_level_count = 0;
    for (size_t i = 0; i < config->entry_levels.count; i++) {
        size_t length = strlen(config->entry_levels.items[i]);
        if (length >= ENTRY_LEVEL_BYTES_MAX) {
            config_complain_row(loader, "measures", "entry_levels",
                                "a level is longer than %d bytes", ENTRY_LEVEL_BYTES_MAX - 1);
            continue;
        }
        UP_ASSERT(settings->entry_level_count < ENTRY_LEVELS_MAX);
        memcpy(settings->entry_levels[settings->entry_level_count++], config->entry_levels.items[i],
               length + 1);
    }
    /* The shortest months. */
    if ((int64_t)(config->retention_months - 1) * 28 < settings->retention.cell_days)
        config_complain_row(loader, "postgresql", "retention_months",
                            "%u months do not hold the %d days that a join_window of %d days needs",
                            config->retention_months, settings->retention.cell_days,
                            settings->retention.cell_days - 90);
}

/* ---- servers -------------------------------------------------------------------------------- */

static bool is_address(const char *text)
{
    const char *colon = strrchr(text, ':');
    if (colon == NULL || colon == text || colon[1] == '\0')
        return false;
    char *end = NULL;
    long port = colon[1] >= '0' && colon[1] <= '9' ? strtol(colon + 1, &end, 10) : -1;
    return port >= 0 && port <= 65535 && end != NULL && *end == '\0';
}

static void check_servers(struct config_loader *loader)
{
    const struct config *config = loader->config;
    /* Not repeated: it may hold one. */
    if (strstr(config->postgresql_connection, "password") != NULL)
        config_complain_row(loader, "postgresql", "connection",
                            "a password does not belong here: use password_file");
    if (strstr(config->postgresql_connection, "://") != NULL)
        config_complain_row(loader, "postgresql", "connection",
                            "wants keyword=value pairs, no URI");
    if (config->redis_cluster && config->redis_database != 0)
        config_complain_row(loader, "redis", "database", "a cluster has only database 0");
    if ((*config->redis_tls_cert_file == '\0') != (*config->redis_tls_key_file == '\0'))
        config_complain_row(loader, "redis", "tls_cert_file", "wants tls_key_file beside it, and that one this");
    if (!config->redis_tls && (*config->redis_tls_ca_file != '\0' || *config->redis_tls_cert_file != '\0'))
        config_complain_row(loader, "redis", *config->redis_tls_ca_file != '\0' ? "tls_ca_file" : "tls_cert_file",
                            "is not looked at without TLS: set tls = yes");
    if (config->publish_share_behind > config->publish_share)
        config_complain_row(loader, "redis", "publish_share_behind", "is more than publish_share");
    if (config->unsaved_bytes < config->checkpoint_bytes)
        config_complain_row(loader, "checkpoint", "unsaved_bytes",
                            "is less than bytes: no checkpoint would come due");
    if (*config->http_listen != '\0' && !is_address(config->http_listen))
        config_complain_row(loader, "http", "http_listen",
                            "wants address:port, such as 127.0.0.1:9464");
    if (strlen(config->http_socket) > SOCKET_PATH_BYTES_MAX)
        config_complain_row(loader, "http", "http_socket", "is longer than %d bytes",
                            SOCKET_PATH_BYTES_MAX);
}

/* ---- delivery ------------------------------------------------------------------------------- */

static void check_url(struct config_loader *loader, const char *key, const char *url)
{
    bool is_http = strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
    size_t printable = 0;
    while (url[printable] > ' ' && url[printable] < 127)
        printable++;
    if (!is_http || url[printable] != '\0')
        config_complain_row(loader, "delivery", key, "wants http://host:port or https://...");
    else if (strchr(url, '@') != NULL)
        config_complain_row(loader, "delivery", key, "wants no user: what is secret stands in files");
}

static void check_delivery(struct config_loader *loader)
{
    const struct config *config = loader->config;
    for (size_t i = 0; i < config->alertmanager_urls.count; i++)
        check_url(loader, "alertmanager_url", config->alertmanager_urls.items[i]);
    if (*config->alertmanager_user != '\0' && *config->alertmanager_password.path == '\0')
        config_complain_row(loader, "delivery", "alertmanager_user",
                            "wants an alertmanager_password_file");
    if (*config->alertmanager_user != '\0' && *config->alertmanager_token.path != '\0')
        config_complain_row(loader, "delivery", "alertmanager_token_file",
                            "is either this or alertmanager_user");
    if (*config->webhook_url == '\0')
        return;
    check_url(loader, "webhook_url", config->webhook_url);
    if (*config->webhook_secret.path == '\0')
        config_complain_row(loader, "delivery", "webhook_url",
                            "wants a webhook_secret_file: what is not signed anybody may have sent");
    struct strbuf key = {0};
    if (config->webhook_secret.value != NULL && !webhook_key(config->webhook_secret.value, &key))
        config_complain_row(loader, "delivery", "webhook_secret_file",
                            "no key: whsec_ and base64, or any other text");
    if (key.data != NULL)
        explicit_bzero(key.data, key.capacity);
    strbuf_done(&key);
}

static enum log_level level_of(const char *name)
{
    if (strcmp(name, "error") == 0)
        return LOG_LEVEL_ERROR;
    if (strcmp(name, "warn") == 0)
        return LOG_LEVEL_WARN;
    return strcmp(name, "debug") == 0 ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO;
}

void config_check_all(struct config_loader *loader)
{
    open_files(loader);
    check_kafka(loader);
    check_settings(loader);
    check_servers(loader);
    check_delivery(loader);
    struct config *config = loader->config;
    config->log_level = level_of(config->log_level_name);
    config->log_format = strcmp(config->log_format_name, "json") == 0 ? LOG_FORMAT_JSON : LOG_FORMAT_LOGFMT;
}
