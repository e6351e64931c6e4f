/* What the files share that load a configuration. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "app/config.h"
#include "app/config_table.h"
#include "base/strbuf.h"

struct config_row_state {
    int line;
    bool is_wrong; /* complained of: the field has its default */
};

struct config_loader {
    struct config *config;
    const struct config_source *source;
    struct strbuf *problems;
    struct config_row_state *rows; /* by place in config_rows */
    struct config_property *properties;
    size_t property_count, property_capacity;
};

/* Adds a line to the problems; `key` may be NULL. */
void config_complain(struct config_loader *loader, int line, const char *section, const char *key,
                     const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The same of a row of the table, at the line where it was set. */
void config_complain_row(struct config_loader *loader, const char *section, const char *key,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Takes a key of [kafka] that is in no row of the table. False when it is none of `kafka.*`. */
bool config_kafka_take(struct config_loader *loader, int line, const char *key, const char *value);

/* Makes the list for librdkafka, reading the files of those with `_file`. */
void config_kafka_finish(struct config_loader *loader);

/* Opens what the rows name, and checks what no row can check alone. */
void config_check_all(struct config_loader *loader);

