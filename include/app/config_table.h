/* The table of options as data: rows of config.def, and how to find one. */
#pragma once

#include <stddef.h>

#include "base/strbuf.h"

enum config_type {
    CONFIG_BOOL,     /* bool: yes or no */
    CONFIG_COUNT,    /* uint32_t: a whole number */
    CONFIG_DURATION, /* int64_t, ms: a whole number with a unit, ms s m h d */
    CONFIG_BYTES,    /* uint32_t or int64_t: a whole number, with a unit KiB MiB GiB or none */
    CONFIG_NUMBER,   /* double: a decimal number */
    CONFIG_WORD,     /* const char *: one of the words in `min` */
    CONFIG_TEXT,     /* const char *: `min` to `max` bytes */
    CONFIG_LIST,     /* struct config_list: `min` to `max` different items, separated by commas */
    CONFIG_PATH,     /* const char *: empty, absolute, or below $CREDENTIALS_DIRECTORY/ */
    CONFIG_SECRET,   /* struct config_secret: the same, of a file that holds a secret */
    CONFIG_KEY,      /* struct config_key: the same, never empty, of the pseudonyms' key */
};

enum {
    CONFIG_RESULT = 1,     /* changes figures: part of `definitions` */
    CONFIG_RELOADABLE = 2, /* SIGHUP puts a change into force; the others need a restart */
};

struct config_row {
    const char *section;
    const char *key;
    enum config_type type;
    size_t offset;        /* of the field in struct config */
    size_t size;          /* of the field */
    const char *standard; /* the default, as a value in the file */
    const char *min;      /* in the same form; "" = none */
    const char *max;
    unsigned flags;
    const char *help; /* sentences; "" = that of the row before */
};

extern const struct config_row config_rows[];
extern const size_t config_row_count;

/* What may stand in [kafka] besides the rows, and lines that show it; NULL behind the last. */
extern const char config_passthrough_help[];
extern const char *const config_passthrough_example[];

/* Adds what values the row takes, for people: "1s to 1d". */
void config_table_print_range(const struct config_row *row, struct strbuf *ret_text);

/* NULL when there is none. */
const struct config_row *config_table_find(const char *section, const char *key);

/* Adds "; did you mean ...?", or nothing where nothing is near. */
void config_table_suggest(const char *section, const char *key, struct strbuf *ret_text);
