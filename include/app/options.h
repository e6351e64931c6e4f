/* The command line of uptaked. */
#pragma once

#include <stddef.h>

#include "base/err.h"

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

/* What --help prints. */
const char *options_usage(void);
