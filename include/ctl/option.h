/* Options of a command line: `--name value`, `--name=value`, `--flag`; `--` ends them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

enum option_kind {
    OPTION_FLAG,  /* bool */
    OPTION_TEXT,  /* const char * */
    OPTION_WHOLE, /* int64_t */
    OPTION_REAL,  /* double */
    OPTION_TEXTS, /* struct option_texts: the option may come again */
};

enum { OPTION_TEXTS_MAX = 64 };

struct option_texts {
    const char *items[OPTION_TEXTS_MAX]; /* borrowed from the command line, in its order */
    size_t count;
};

/* One row of a command's table. Targets keep what they say until the option comes: the default. */
struct option_spec {
    const char *name;  /* without its dashes */
    const char *value; /* what help calls the value, "" of a flag */
    enum option_kind kind;
    void *target;
    double least, most; /* of numbers */
    const char *help;
};

/* Takes the options out of argv[1] ... argv[argc - 1] and moves what is left to the front, from
 * argv[1] on; *ret_operands says how many these are. UP_EINVAL with a sentence for the user. A lone
 * "-" is an operand. */
int option_read(const struct option_spec *specs, size_t count, int argc, char **argv,
                int *ret_operands, struct up_err *err);

/* One line or two an option. */
void option_print(const struct option_spec *specs, size_t count, FILE *file);
