/* The command line of uptaked. */
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

#define OPTIONS_CONFIG_PATH "/etc/uptake/uptaked.conf"

enum { OPTIONS_OVERRIDES_MAX = 32 };

enum options_action {
    OPTIONS_RUN,
    OPTIONS_CHECK_CONFIG,  /* report every mistake, then exit */
    OPTIONS_MIGRATE,       /* bring the schema up to date, then exit */
    OPTIONS_PRINT_EXAMPLE, /* config_print_example(), then exit */
    OPTIONS_VERSION,
    OPTIONS_HELP,
};

/* Texts are those of argv, or static. */
struct options {
    enum options_action action;
    const char *config_path;
    const char *overrides[OPTIONS_OVERRIDES_MAX]; /* for config_load(): --set and --log-level */
    size_t override_count;
};

/* UP_EINVAL: the text names what is not understood, without the value of --set. */
int options_parse(int argc, char *const *argv, struct options *ret_options, struct up_err *err);

/* One option as people see it: the one table of the parser, --help, uptaked(8) and completion. */
struct options_row {
    const char *name;  /* without its dashes */
    const char *value; /* what help calls the value, "" = takes none */
    int number;        /* for getopt */
    const char *help;
};

extern const struct options_row options_rows[];
extern const size_t options_row_count;

/* Adds what --help prints. */
void options_print_usage(struct strbuf *ret_text);
