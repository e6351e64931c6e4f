/* Takes over from a configuration that was read anew what may change while the program runs. */
#include <string.h>

#include "app/config_value.h"
#include "base/panic.h"
#include "base/text.h"
#include "config_priv.h"

/* Both may be NULL. */
static bool are_equal(const char *a, const char *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

static bool are_prints_equal(const struct config *a, const struct config *b,
                             const struct config_row *row)
{
    struct strbuf first = {0};
    struct strbuf second = {0};
    config_value_print(a, row, &first);
    config_value_print(b, row, &second);
    bool are_same = strcmp(strbuf_text(&first), strbuf_text(&second)) == 0;
    strbuf_done(&first);
    strbuf_done(&second);
    return are_same;
}

/* Of a secret the file's content counts too. */
static bool is_same(const struct config *a, const struct config *b, const struct config_row *row)
{
    const void *first = (const char *)a + row->offset;
    const void *second = (const char *)b + row->offset;
    if (row->type == CONFIG_SECRET && !are_equal(((const struct config_secret *)first)->value,
                                                 ((const struct config_secret *)second)->value))
        return false;
    if (row->type == CONFIG_KEY && memcmp(((const struct config_key *)first)->bytes,
                                          ((const struct config_key *)second)->bytes,
                                          PSEUDONYM_KEY_BYTES) != 0)
        return false;
    return are_prints_equal(a, b, row);
}

static void add_name(struct strbuf *names, const char *section, const char *dot, const char *key)
{
    strbuf_add_format(names, "%s%s%s%s", names->length > 0 ? ", " : "", section, dot, key);
}

static void take_over(struct config *config, const struct config *fresh,
                      const struct config_row *row)
{
    void *field = (char *)config + row->offset;
    const void *value = (const char *)fresh + row->offset;
    switch (row->type) {
    case CONFIG_BOOL:
    case CONFIG_COUNT:
    case CONFIG_DURATION:
    case CONFIG_BYTES:
    case CONFIG_NUMBER:
        memcpy(field, value, row->size);
        return;
    case CONFIG_WORD:
    case CONFIG_TEXT: {
        const char *text = *(const char *const *)value;
        *(const char **)field = config_keep(config, text, strlen(text));
        return;
    }
    case CONFIG_LIST:
    case CONFIG_PATH:
    case CONFIG_SECRET:
    case CONFIG_KEY:
        break;
    }
    UP_ASSERT(false);
}

static const struct kafka_property *property_of(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->kafka_property_count; i++) {
        if (strcmp(config->kafka_properties[i].name, name) == 0)
            return &config->kafka_properties[i];
    }
    return NULL;
}

/* Properties of `a` that `b` has otherwise; with `only_missing`, that it has not at all. The brokers are a row of the
 * table. */
static void compare_properties(const struct config *a, const struct config *b, bool only_missing, struct strbuf *names)
{
    for (size_t i = 0; i < a->kafka_property_count; i++) {
        const struct kafka_property *here = &a->kafka_properties[i];
        const struct kafka_property *there = property_of(b, here->name);
        if (strcmp(here->name, "bootstrap.servers") == 0)
            continue;
        if (there == NULL || (!only_missing && !are_equal(here->value, there->value)))
            add_name(names, "kafka.", "kafka.", here->name);
    }
}

bool config_reload(struct config *config, const struct config_source *source, struct config_reload *ret_reload,
                   struct strbuf *problems)
{
    struct config *fresh = config_load(source, problems);
    if (fresh == NULL)
        return false;
    for (size_t i = 0; i < config_row_count; i++) {
        const struct config_row *row = &config_rows[i];
        if (is_same(config, fresh, row))
            continue;
        bool is_reloadable = (row->flags & CONFIG_RELOADABLE) != 0;
        if (is_reloadable)
            take_over(config, fresh, row);
        add_name(is_reloadable ? &ret_reload->applied : &ret_reload->waiting, row->section, ".", row->key);
    }
    config->log_level = fresh->log_level;
    config->log_format = fresh->log_format;
    compare_properties(config, fresh, false, &ret_reload->waiting);
    compare_properties(fresh, config, true, &ret_reload->waiting);
    config_free(fresh);
    return true;
}
