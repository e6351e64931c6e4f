/* The table of options as data, and what a mistyped name may have meant. */
#include "app/config_table.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "app/config.h"

/* The C type that each type of the table needs its field to have. */
#define FIELD(member) (((struct config *)0)->member)
#define IS_BOOL(member) _Generic(FIELD(member), bool : 1, default : 0)
#define IS_COUNT(member) _Generic(FIELD(member), uint32_t : 1, default : 0)
#define IS_DURATION(member) _Generic(FIELD(member), int64_t : 1, default : 0)
#define IS_BYTES(member) _Generic(FIELD(member), int64_t : 1, uint32_t : 1, default : 0)
#define IS_NUMBER(member) _Generic(FIELD(member), double : 1, default : 0)
#define IS_WORD(member) _Generic(FIELD(member), const char * : 1, default : 0)
#define IS_TEXT(member) IS_WORD(member)
#define IS_PATH(member) IS_WORD(member)
#define IS_LIST(member) _Generic(FIELD(member), struct config_list : 1, default : 0)
#define IS_SECRET(member) _Generic(FIELD(member), struct config_secret : 1, default : 0)
#define IS_KEY(member) _Generic(FIELD(member), struct config_key : 1, default : 0)

#define ROW(section, key, type, member, standard, min, max, flags, help)                           \
    _Static_assert(IS_##type(member), section "." key ": the field is not of the row's type");
#include "app/config.def"
#undef ROW

#define ROW(section, key, type, member, standard, min, max, flags, help)                           \
    {section,                                                                                      \
     key,                                                                                          \
     CONFIG_##type,                                                                                \
     offsetof(struct config, member),                                                              \
     sizeof(FIELD(member)),                                                                        \
     standard,                                                                                     \
     min,                                                                                          \
     max,                                                                                          \
     flags,                                                                                        \
     help},
const struct config_row config_rows[] = {
#include "app/config.def"
};
#undef ROW

const size_t config_row_count = sizeof config_rows / sizeof config_rows[0];

const char config_passthrough_help[] =
    "Any other property of librdkafka: kafka.NAME = VALUE, or kafka.NAME_file = PATH of a file that holds the "
    "value, as it must be for secrets. For instance, TLS and a password:";

const char *const config_passthrough_example[] = {
    "kafka.security.protocol = SASL_SSL",
    "kafka.sasl.mechanism = SCRAM-SHA-512",
    "kafka.sasl.username = uptake",
    "kafka.sasl.password_file = $CREDENTIALS_DIRECTORY/kafka.password",
    NULL,
};

void config_table_print_range(const struct config_row *row, struct strbuf *ret_text)
{
    switch (row->type) {
    case CONFIG_BOOL:
        strbuf_add_text(ret_text, "yes or no");
        return;
    case CONFIG_WORD:
        strbuf_add_format(ret_text, "one of %s", row->min);
        return;
    case CONFIG_TEXT:
        strbuf_add_text(ret_text, "text");
        return;
    case CONFIG_LIST:
        strbuf_add_format(ret_text, "list of %s to %s", row->min, row->max);
        return;
    case CONFIG_PATH:
    case CONFIG_SECRET:
    case CONFIG_KEY:
        strbuf_add_text(ret_text, "absolute path, or $CREDENTIALS_DIRECTORY/NAME");
        return;
    case CONFIG_COUNT:
    case CONFIG_DURATION:
    case CONFIG_BYTES:
    case CONFIG_NUMBER:
        strbuf_add_format(ret_text, "%s to %s", row->min, row->max);
        return;
    }
}

const struct config_row *config_table_find(const char *section, const char *key)
{
    for (size_t i = 0; i < config_row_count; i++) {
        if (strcmp(config_rows[i].section, section) == 0 && strcmp(config_rows[i].key, key) == 0)
            return &config_rows[i];
    }
    return NULL;
}

enum { NAME_BYTES_MAX = 48 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein's distance: letters to put in, take out or change. Names that are too long are far
 * from all. */
static size_t distance(const char *a, const char *b)
{
    size_t length = strlen(b);
    if (strlen(a) > NAME_BYTES_MAX || length > NAME_BYTES_MAX)
        return SIZE_MAX;
    size_t row[NAME_BYTES_MAX + 1];
    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            size_t changed = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = least(changed, least(row[j - 1], row[j]) + 1);
        }
    }
    return row[length];
}

/* How far a row is from what was written: the key counts, the section decides among equals. */
static size_t distance_of(const struct config_row *row, const char *section, const char *key)
{
    size_t of_key = distance(key, row->key);
    if (of_key == SIZE_MAX || of_key > strlen(key) / 3)
        return SIZE_MAX;
    return 2 * of_key + (strcmp(section, row->section) != 0);
}

void config_table_suggest(const char *section, const char *key, struct strbuf *ret_text)
{
    const struct config_row *nearest = NULL;
    size_t nearest_distance = SIZE_MAX;
    for (size_t i = 0; i < config_row_count; i++) {
        size_t here = distance_of(&config_rows[i], section, key);
        if (here < nearest_distance) {
            nearest = &config_rows[i];
            nearest_distance = here;
        }
    }
    if (nearest == NULL)
        return;
    if (strcmp(nearest->section, section) == 0)
        strbuf_add_format(ret_text, "; did you mean %s?", nearest->key);
    else
        strbuf_add_format(ret_text, "; did you mean %s in [%s]?", nearest->key, nearest->section);
}
