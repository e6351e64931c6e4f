/* The configuration: read once, checked as a whole, handed down as values. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "base/strbuf.h"
#include "codec/partitioner.h"
#include "codec/pseudonym.h"
#include "io/kafka_config.h"
#include "model/settings.h"

enum { CONFIG_ALERTMANAGERS_MAX = 8 };

struct config_list {
    const char **items;
    size_t count;
};

/* A secret that stands in a file. */
struct config_secret {
    const char *path;  /* "" = none */
    const char *value; /* NULL = none; without the newline at its end */
};

struct config_key {
    const char *path;
    uint8_t bytes[PSEUDONYM_KEY_BYTES];
};

struct config_memory;

/* Every option of config.def, checked. Texts live as long as the configuration; "" = not set. */
struct config {
    struct settings settings; /* complete, the retention too */

    const char *bootstrap_servers;
    struct config_list topics;
    const char *dead_letter_topic;
    const char *group;
    const char *instance;
    const char *on_gap;
    const char *partitioner_name;
    enum partitioner partitioner;
    /* For librdkafka: bootstrap.servers and every `kafka.*`. */
    struct kafka_property *kafka_properties;
    size_t kafka_property_count;

    uint32_t max_event_bytes;
    int64_t idle_after_ms;
    int64_t align_window_ms;

    struct config_list entry_levels; /* settings has them too */
    int64_t measure_interval_ms;

    struct config_list alertmanager_urls;
    const char *alertmanager_user;
    struct config_secret alertmanager_password;
    struct config_secret alertmanager_token;
    const char *alertmanager_ca_file;
    int64_t alertmanager_repeat_ms;
    const char *webhook_url;
    struct config_secret webhook_secret;
    const char *webhook_ca_file;
    uint32_t stream_length;
    int64_t delivery_timeout_ms;
    int64_t delivery_retry_most_ms;
    int64_t delivery_hold_ms;

    struct config_key pseudonym_key;

    const char *postgresql_connection; /* libpq's, without password */
    struct config_secret postgresql_password;
    bool auto_migrate;
    uint32_t retention_months;

    const char *redis_addresses;
    bool redis_cluster;
    const char *redis_user;
    struct config_secret redis_password;
    bool redis_tls;
    const char *redis_tls_ca_file;
    const char *redis_tls_cert_file;
    const char *redis_tls_key_file;
    uint32_t redis_database;
    uint32_t publish_share;        /* percent */
    uint32_t publish_share_behind; /* percent */

    int64_t checkpoint_interval_ms;
    int64_t checkpoint_bytes;
    int64_t unsaved_bytes;

    const char *http_listen; /* address:port */
    const char *http_socket;
    const char *http_hosts;
    bool metrics_per_team;
    struct config_secret http_token; /* of the page and /api */

    const char *log_level_name;
    enum log_level log_level;
    const char *log_format_name;
    enum log_format log_format;
    int64_t shutdown_timeout_ms;

    struct config_memory *memory; /* config.c's own */
};

/* Where the configuration comes from; all borrowed for the call. */
struct config_source {
    const char *path;             /* NULL = defaults only */
    const char *const *overrides; /* "section.key=value" of the command line; over the file */
    size_t override_count;
    const char *credentials_directory; /* systemd's $CREDENTIALS_DIRECTORY, NULL = none */
    bool leave_files; /* of secrets: do not open them, so that somebody who may not can look at the
                         rest. Their values are NULL, the key is 0, paths stay as written */
};

/* Reads, checks everything and opens the files of secrets. On a mistake NULL, and *problems gets
 * one line for each:
 * "<file>:<line>: [<section>] <key>: <what is wrong and what to do>". Never a secret. */
struct config *config_load(const struct config_source *source, struct strbuf *problems);

/* Where a value comes from: a line of the file (> 0), or one of these. */
enum { CONFIG_LINE_NONE = 0, CONFIG_LINE_COMMAND = -1 };

/* Of the row at this place of config_rows. */
int config_line(const struct config *config, size_t row);

/* A `kafka.*` as it was written. */
struct config_property {
    const char *name; /* without `kafka.` and `_file` */
    const char *value;
    int line;
    bool is_file; /* the value is the path of the file that holds it */
};

/* All of them, in the order of their names' first appearance; as long as the configuration. */
const struct config_property *config_properties(const struct config *config, size_t *ret_count);

/* What a reload changed: names "section.key", separated by ", ". */
struct config_reload {
    struct strbuf applied; /* in force from now on */
    struct strbuf waiting; /* in force at the next start only */
};

/* Reads everything anew and takes over what may change while the program runs (CONFIG_RELOADABLE).
 * False on a mistake: *problems as of config_load(), and the configuration stays as it was. Texts
 * that were borrowed stay valid. ret_reload: zeroed by the caller, to be given back with
 * strbuf_done(). */
bool config_reload(struct config *config, const struct config_source *source,
                   struct config_reload *ret_reload, struct strbuf *problems);

/* Overwrites the secrets. NULL is fine. */
void config_free(struct config *config);

/* The `definitions` of every stored figure: the version of the rules and a hash of the options that
 * change a result, those at their default left out. As long as the configuration; at most
 * CONFIG_DEFINITIONS_BYTES with its NUL. */
enum { CONFIG_DEFINITIONS_BYTES = 32 };
const char *config_definitions(const struct config *config);
/* Works that out of the options as they are. */
void config_definitions_write(const struct config *config,
                              char ret_text[static CONFIG_DEFINITIONS_BYTES]);

/* A configuration with every default; no file is opened. To be given back by config_free(). */
struct config *config_new_default(void);

/* Adds config/uptaked.conf: every option with help, range and default, all commented out. */
void config_print_example(struct strbuf *ret_text);
