/* One value between its text in the file and its field. */
#include "app/config_value.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/config_secret.h"
#include "app/config_units.h"
#include "base/mem.h"
#include "base/panic.h"

static void *field_of(const struct config *config, const struct config_row *row)
{
    return (char *)(uintptr_t)config + row->offset;
}

static const struct config_unit *units_of(enum config_type type)
{
    if (type == CONFIG_DURATION)
        return config_durations;
    return type == CONFIG_BYTES ? config_sizes : config_counts;
}

/* A bound of the table itself. */
static int64_t bound(const char *text, enum config_type type)
{
    int64_t value = 0;
    UP_ASSERT(config_units_parse(text, units_of(type), &value, NULL) == 0);
    return value;
}

static int set_integer(struct config *config, const struct config_row *row, const char *text,
                       struct up_err *err)
{
    int64_t value = 0;
    int code = config_units_parse(text, units_of(row->type), &value, err);
    if (code != 0)
        return code;
    if (value < bound(row->min, row->type) || value > bound(row->max, row->type))
        return up_fail(err, UP_EINVAL, "%s is not within %s to %s", text, row->min, row->max);
    if (row->size == sizeof(uint32_t)) {
        UP_ASSERT(value <= UINT32_MAX);
        *(uint32_t *)field_of(config, row) = (uint32_t)value;
    } else {
        *(int64_t *)field_of(config, row) = value;
    }
    return 0;
}

static int set_number(struct config *config, const struct config_row *row, const char *text,
                      struct up_err *err)
{
    double value = 0;
    int code = config_units_parse_number(text, &value, err);
    if (code != 0)
        return code;
    if (value < strtod(row->min, NULL) || value > strtod(row->max, NULL))
        return up_fail(err, UP_EINVAL, "%s is not within %s to %s", text, row->min, row->max);
    *(double *)field_of(config, row) = value;
    return 0;
}

static int set_bool(struct config *config, const struct config_row *row, const char *text,
                    struct up_err *err)
{
    bool is_yes = strcasecmp(text, "yes") == 0 || strcasecmp(text, "true") == 0 ||
                  strcasecmp(text, "on") == 0;
    bool is_no = strcasecmp(text, "no") == 0 || strcasecmp(text, "false") == 0 ||
                 strcasecmp(text, "off") == 0;
    if (!is_yes && !is_no)
        return up_fail(err, UP_EINVAL, "\"%s\" is neither yes nor no", text);
    *(bool *)field_of(config, row) = is_yes;
    return 0;
}

/* The next of the items separated by commas, without the blanks around it. Returns where to go on,
 * NULL = was the last. */
static const char *next_item(const char *at, const char **ret_item, size_t *ret_length)
{
    const char *end = strchrnul(at, ',');
    const char *next = *end == ',' ? end + 1 : NULL;
    at += strspn(at, " \t");
    while (end > at && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *ret_item = at;
    *ret_length = end > at ? (size_t)(end - at) : 0;
    return next;
}

static int set_word(struct config *config, const struct config_row *row, const char *text,
                    struct up_err *err)
{
    const char *word;
    size_t length;
    for (const char *at = row->min; at != NULL;) {
        at = next_item(at, &word, &length);
        if (strlen(text) == length && memcmp(text, word, length) == 0) {
            *(const char **)field_of(config, row) = config_keep(config, text, length);
            return 0;
        }
    }
    return up_fail(err, UP_EINVAL, "\"%s\" is none of: %s", text, row->min);
}

/* Comments behind a value are not taken off, for a `;` may belong to it: say so where it looks like
 * one. */
static int check_text(const char *text, struct up_err *err)
{
    for (const char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return up_fail(err, UP_EINVAL, "has a control character in it");
    }
    if (strstr(text, " ;") != NULL || strstr(text, " #") != NULL)
        return up_fail(err, UP_EINVAL, "a comment needs a line of its own");
    return 0;
}

static int set_text(struct config *config, const struct config_row *row, const char *text,
                    struct up_err *err)
{
    int64_t length = (int64_t)strlen(text);
    int code = check_text(text, err);
    if (code != 0)
        return code;
    if (length < bound(row->min, CONFIG_COUNT))
        return up_fail(err, UP_EINVAL, "must not be empty");
    if (length > bound(row->max, CONFIG_COUNT))
        return up_fail(err, UP_EINVAL, "is longer than %s bytes", row->max);
    *(const char **)field_of(config, row) = config_keep(config, text, (size_t)length);
    return 0;
}

static int add_item(struct config *config, struct config_list *list, const char *item,
                    size_t length, struct up_err *err)
{
    if (length == 0)
        return up_fail(err, UP_EINVAL, "item %zu of the list is empty", list->count + 1);
    const char *kept = config_keep(config, item, length);
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], kept) == 0)
            return up_fail(err, UP_EINVAL, "%s is in the list twice", kept);
    }
    list->items[list->count++] = kept;
    return 0;
}

static int set_list(struct config *config, const struct config_row *row, const char *text,
                    struct up_err *err)
{
    size_t items_max = (size_t)bound(row->max, CONFIG_COUNT);
    struct config_list list = {.items = config_keep_pointers(config, items_max)};
    int code = check_text(text, err);
    for (const char *at = *text != '\0' ? text : NULL; code == 0 && at != NULL;) {
        const char *item;
        size_t length;
        at = next_item(at, &item, &length);
        if (list.count == items_max)
            return up_fail(err, UP_EINVAL, "more than %s items", row->max);
        code = add_item(config, &list, item, length, err);
    }
    if (code != 0)
        return code;
    if (list.count < (size_t)bound(row->min, CONFIG_COUNT))
        return up_fail(err, UP_EINVAL, "must not be empty");
    *(struct config_list *)field_of(config, row) = list;
    return 0;
}

/* What is no path may be a secret in the wrong place, so it is not repeated. */
static int set_path(struct config *config, const struct config_row *row, const char *text,
                    struct up_err *err)
{
    if (*text == '\0' && row->type == CONFIG_KEY)
        return up_fail(err, UP_EINVAL, "must not be empty");
    if (*text != '\0' && !config_secret_is_path(text))
        return up_fail(err, UP_EINVAL,
                       "wants a path that begins with / or $CREDENTIALS_DIRECTORY/");
    const char *path = config_keep(config, text, strlen(text));
    if (row->type == CONFIG_KEY)
        ((struct config_key *)field_of(config, row))->path = path;
    else if (row->type == CONFIG_SECRET)
        ((struct config_secret *)field_of(config, row))->path = path;
    else
        *(const char **)field_of(config, row) = path;
    return 0;
}

int config_value_set(struct config *config, const struct config_row *row, const char *value,
                     struct up_err *err)
{
    switch (row->type) {
    case CONFIG_BOOL:
        return set_bool(config, row, value, err);
    case CONFIG_COUNT:
    case CONFIG_DURATION:
    case CONFIG_BYTES:
        return set_integer(config, row, value, err);
    case CONFIG_NUMBER:
        return set_number(config, row, value, err);
    case CONFIG_WORD:
        return set_word(config, row, value, err);
    case CONFIG_TEXT:
        return set_text(config, row, value, err);
    case CONFIG_LIST:
        return set_list(config, row, value, err);
    case CONFIG_PATH:
    case CONFIG_SECRET:
    case CONFIG_KEY:
        return set_path(config, row, value, err);
    }
    UP_ASSERT(false);
    return UP_EINVAL;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In order of the bytes: a list is a set. */
static void print_list(const struct config_list *list, struct strbuf *ret_text)
{
    if (list->count == 0)
        return;
    const char **sorted = mem_copy(list->items, list->count * sizeof *sorted);
    qsort(sorted, list->count, sizeof *sorted, compare_texts);
    for (size_t i = 0; i < list->count; i++)
        strbuf_add_format(ret_text, "%s%s", i > 0 ? ", " : "", sorted[i]);
    mem_free(sorted);
}

void config_value_print(const struct config *config, const struct config_row *row,
                        struct strbuf *ret_text)
{
    const void *field = field_of(config, row);
    switch (row->type) {
    case CONFIG_BOOL:
        strbuf_add_text(ret_text, *(const bool *)field ? "yes" : "no");
        return;
    case CONFIG_COUNT:
    case CONFIG_DURATION:
    case CONFIG_BYTES:
        config_units_print(row->size == sizeof(uint32_t) ? *(const uint32_t *)field
                                                         : *(const int64_t *)field,
                           units_of(row->type), ret_text);
        return;
    case CONFIG_NUMBER:
        config_units_print_number(*(const double *)field, ret_text);
        return;
    case CONFIG_WORD:
    case CONFIG_TEXT:
    case CONFIG_PATH:
        strbuf_add_text(ret_text, *(const char *const *)field);
        return;
    case CONFIG_LIST:
        print_list(field, ret_text);
        return;
    case CONFIG_SECRET:
        strbuf_add_text(ret_text, ((const struct config_secret *)field)->path);
        return;
    case CONFIG_KEY:
        strbuf_add_text(ret_text, ((const struct config_key *)field)->path);
        return;
    }
}
