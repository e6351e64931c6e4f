/* Loads the configuration and complains of everything at once. */
#include "app/config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app/config_file.h"
#include "app/config_value.h"
#include "base/mem.h"
#include "base/panic.h"
#include "base/secrecy.h"
#include "config_priv.h"

struct config_kept {
    void *bytes;
    size_t size;
};

struct config_memory {
    struct config_kept *kept;
    size_t count, capacity;
    char definitions[CONFIG_DEFINITIONS_BYTES];
    struct config_row_state *rows; /* by place in config_rows; NULL = all have their default */
    struct config_property *properties;
    size_t property_count;
};

static void *keep(struct config *config, size_t size)
{
    struct config_memory *memory = config->memory;
    mem_reserve(&memory->kept, &memory->capacity, memory->count + 1, sizeof *memory->kept);
    void *bytes = mem_alloc(size);
    memory->kept[memory->count++] = (struct config_kept){.bytes = bytes, .size = size};
    return bytes;
}

char *config_keep(struct config *config, const void *bytes, size_t length)
{
    char *copy = keep(config, length + 1);
    memcpy(copy, bytes, length);
    return copy;
}

const char **config_keep_pointers(struct config *config, size_t count)
{
    return keep(config, (count + 1) * sizeof(const char *));
}

struct config *config_new_default(void)
{
    struct config *config = mem_alloc(sizeof *config);
    secrecy_lock(config, sizeof *config); /* the key of the pseudonyms is in it */
    config->memory = mem_alloc(sizeof *config->memory);
    settings_default(&config->settings);
    for (size_t i = 0; i < config_row_count; i++) {
        struct up_err err;
        UP_ASSERT(config_value_set(config, &config_rows[i], config_rows[i].standard, &err) == 0);
    }
    return config;
}

void config_free(struct config *config)
{
    if (config == NULL)
        return;
    for (size_t i = 0; i < config->memory->count; i++) {
        explicit_bzero(config->memory->kept[i].bytes, config->memory->kept[i].size);
        mem_free(config->memory->kept[i].bytes);
    }
    mem_free(config->memory->kept);
    mem_free(config->memory->rows);
    mem_free(config->memory->properties);
    mem_free(config->memory);
    mem_free(config->kafka_properties);
    explicit_bzero(config, sizeof *config);
    mem_free(config);
}

const char *config_definitions(const struct config *config)
{
    return config->memory->definitions;
}

int config_line(const struct config *config, size_t row)
{
    UP_ASSERT(row < config_row_count);
    return config->memory->rows != NULL ? config->memory->rows[row].line : CONFIG_LINE_NONE;
}

const struct config_property *config_properties(const struct config *config, size_t *ret_count)
{
    *ret_count = config->memory->property_count;
    return config->memory->properties;
}

/* ---- complaints ----------------------------------------------------------------------------- */

__attribute__((format(printf, 5, 0))) static void complain(struct config_loader *loader, int line,
                                                           const char *section, const char *key,
                                                           const char *format, va_list args)
{
    enum { TEXT_BYTES_MAX = 1024 };
    char text[TEXT_BYTES_MAX];
    (void)vsnprintf(text, sizeof text, format, args);
    const char *path = loader->source->path != NULL ? loader->source->path : "configuration";
    if (line == CONFIG_LINE_COMMAND)
        strbuf_add_text(loader->problems, "command line: ");
    else if (line == CONFIG_LINE_NONE)
        strbuf_add_format(loader->problems, "%s: ", path);
    else
        strbuf_add_format(loader->problems, "%s:%d: ", path, line);
    if (key != NULL)
        strbuf_add_format(loader->problems, "[%s] %s: ", section, key);
    strbuf_add_text(loader->problems, text);
    strbuf_add_char(loader->problems, '\n');
}

void config_complain(struct config_loader *loader, int line, const char *section, const char *key,
                     const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain(loader, line, section, key, format, args);
    va_end(args);
}

void config_complain_row(struct config_loader *loader, const char *section, const char *key,
                         const char *format, ...)
{
    const struct config_row *row = config_table_find(section, key);
    UP_ASSERT(row != NULL);
    va_list args;
    va_start(args, format);
    complain(loader, loader->rows[row - config_rows].line, section, key, format, args);
    va_end(args);
}

/* ---- pairs ---------------------------------------------------------------------------------- */

static void set_row(struct config_loader *loader, int line, const struct config_row *row,
                    const char *value)
{
    struct config_row_state *state = &loader->rows[row - config_rows];
    if (state->line == line && line == CONFIG_LINE_COMMAND) {
        config_complain(loader, line, row->section, row->key, "is set twice");
        return;
    }
    if (state->line > 0 && line > 0) {
        config_complain(loader, line, row->section, row->key, "is set twice, first in line %d",
                        state->line);
        return;
    }
    struct up_err err;
    state->line = line;
    state->is_wrong = config_value_set(loader->config, row, value, &err) != 0;
    if (state->is_wrong)
        config_complain(loader, line, row->section, row->key, "%s", err.text);
}

static void take_pair(void *arg, int line, const char *section, const char *key, const char *value)
{
    struct config_loader *loader = arg;
    const struct config_row *row = config_table_find(section, key);
    if (row != NULL) {
        set_row(loader, line, row, value);
        return;
    }
    if (strcmp(section, "kafka") == 0 && config_kafka_take(loader, line, key, value))
        return;
    struct strbuf suggestion = {0};
    if (strncmp(key, "kafka.", strlen("kafka.")) == 0)
        strbuf_add_text(&suggestion, "; it belongs in [kafka]");
    else if (strcmp(section, "kafka") == 0 && strchr(key, '.') != NULL)
        strbuf_add_format(&suggestion, "; did you mean kafka.%.100s?", key);
    else
        config_table_suggest(section, key, &suggestion);
    config_complain(loader, line, section, key, "there is no such key%s", strbuf_text(&suggestion));
    strbuf_done(&suggestion);
}

static void take_problem(void *arg, int line, const char *text)
{
    config_complain(arg, line, NULL, NULL, "%s", text);
}

/* False: it cannot be read, so that of what it would have said nobody can complain. */
static bool read_file(struct config_loader *loader)
{
    if (loader->source->path == NULL)
        return true;
    FILE *file = fopen(loader->source->path, "re");
    if (file == NULL) {
        config_complain(loader, CONFIG_LINE_NONE, NULL, NULL, "cannot be opened: %s",
                        strerror(errno));
        return false;
    }
    config_file_read(file, &(struct config_file_events){
                               .pair = take_pair, .problem = take_problem, .arg = loader});
    bool is_read = !ferror(file);
    if (!is_read)
        config_complain(loader, CONFIG_LINE_NONE, NULL, NULL, "cannot be read: %s",
                        strerror(errno));
    (void)fclose(file);
    return is_read;
}

/* section.key=value; a key may have dots of its own. What has no such form may be a secret: it is
 * not repeated. */
static void take_override(struct config_loader *loader, const char *text)
{
    const char *dot = strchr(text, '.');
    const char *equals = strchr(text, '=');
    if (dot == NULL || equals == NULL || dot > equals) {
        config_complain(loader, CONFIG_LINE_COMMAND, NULL, NULL, "--set wants SECTION.KEY=VALUE");
        return;
    }
    char *section = mem_copy_text(text, (size_t)(dot - text));
    char *key = mem_copy_text(dot + 1, (size_t)(equals - dot - 1));
    take_pair(loader, CONFIG_LINE_COMMAND, section, key, equals + 1);
    mem_free(section);
    mem_free(key);
}

struct config *config_load(const struct config_source *source, struct strbuf *problems)
{
    size_t problems_before = problems->length;
    struct config_loader loader = {
        .config = config_new_default(),
        .source = source,
        .problems = problems,
        .rows = mem_alloc_array(config_row_count, sizeof *loader.rows),
    };
    bool is_read = read_file(&loader);
    for (size_t i = 0; i < source->override_count; i++)
        take_override(&loader, source->overrides[i]);
    if (is_read) {
        config_kafka_finish(&loader);
        config_check_all(&loader);
    }
    config_definitions_write(loader.config, loader.config->memory->definitions);
    loader.config->memory->rows = loader.rows;
    loader.config->memory->properties = loader.properties;
    loader.config->memory->property_count = loader.property_count;
    if (problems->length == problems_before)
        return loader.config;
    config_free(loader.config);
    return NULL;
}
