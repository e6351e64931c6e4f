/* Options of a command line. */
#include "ctl/option.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct option_spec *find(const struct option_spec *specs, size_t count,
                                      const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(specs[i].name) == length && memcmp(specs[i].name, name, length) == 0)
            return &specs[i];
    }
    return NULL;
}

static int read_number(const struct option_spec *spec, const char *text, double *ret_number,
                       struct up_err *err)
{
    char *end;
    errno = 0;
    double number = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(number))
        return up_fail(err, UP_EINVAL, "--%s: '%s' is not a number", spec->name, text);
    if (number < spec->least || number > spec->most)
        return up_fail(err, UP_EINVAL, "--%s: %s is not between %.15g and %.15g", spec->name, text,
                       spec->least, spec->most);
    if (spec->kind == OPTION_WHOLE && number != floor(number))
        return up_fail(err, UP_EINVAL, "--%s: %s is not a whole number", spec->name, text);
    *ret_number = number;
    return UP_OK;
}

static int add_text(const struct option_spec *spec, const char *value, struct up_err *err)
{
    struct option_texts *texts = spec->target;
    if (texts->count == OPTION_TEXTS_MAX)
        return up_fail(err, UP_EINVAL, "--%s: at most %d times", spec->name, OPTION_TEXTS_MAX);
    texts->items[texts->count++] = value;
    return UP_OK;
}

static int set(const struct option_spec *spec, const char *value, struct up_err *err)
{
    double number = 0;
    if (spec->kind == OPTION_TEXTS)
        return add_text(spec, value, err);
    if (spec->kind == OPTION_TEXT) {
        *(const char **)spec->target = value;
        return UP_OK;
    }
    int code = read_number(spec, value, &number, err);
    if (code != UP_OK)
        return code;
    if (spec->kind == OPTION_WHOLE)
        *(int64_t *)spec->target = (int64_t)number;
    else
        *(double *)spec->target = number;
    return UP_OK;
}

/* Reads the option at argv[*at]; moves *at to the last place that it takes. */
static int read_one(const struct option_spec *specs, size_t count, int argc, char **argv, int *at,
                    struct up_err *err)
{
    const char *name = argv[*at] + 2;
    const char *equals = strchr(name, '=');
    size_t length = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const struct option_spec *spec = find(specs, count, name, length);
    if (spec == NULL)
        return up_fail(err, UP_EINVAL, "there is no option --%.*s", (int)length, name);
    if (spec->kind == OPTION_FLAG) {
        if (equals != NULL)
            return up_fail(err, UP_EINVAL, "--%s takes no value", spec->name);
        *(bool *)spec->target = true;
        return UP_OK;
    }
    if (equals != NULL)
        return set(spec, equals + 1, err);
    if (*at + 1 == argc)
        return up_fail(err, UP_EINVAL, "--%s wants a value: %s", spec->name, spec->value);
    return set(spec, argv[++*at], err);
}

int option_read(const struct option_spec *specs, size_t count, int argc, char **argv,
                int *ret_operands, struct up_err *err)
{
    int operands = 0;
    bool ended = false;
    for (int at = 1; at < argc; at++) {
        char *argument = argv[at];
        if (!ended && strcmp(argument, "--") == 0) {
            ended = true;
        } else if (ended || argument[0] != '-' || strcmp(argument, "-") == 0) {
            argv[1 + operands++] = argument;
        } else if (argument[1] != '-') {
            return up_fail(err, UP_EINVAL, "there is no option %s; options begin with two dashes",
                           argument);
        } else {
            int code = read_one(specs, count, argc, argv, &at, err);
            if (code != UP_OK)
                return code;
        }
    }
    *ret_operands = operands;
    return UP_OK;
}

void option_print(const struct option_spec *specs, size_t count, FILE *file)
{
    enum { COLUMN = 28 };
    for (size_t i = 0; i < count; i++) {
        const struct option_spec *spec = &specs[i];
        int width =
            fprintf(file, "  --%s%s%s", spec->name, spec->value[0] != '\0' ? " " : "", spec->value);
        if (width >= COLUMN)
            fprintf(file, "\n%*s", COLUMN, "");
        else
            fprintf(file, "%*s", COLUMN - width, "");
        fprintf(file, "%s\n", spec->help);
    }
}
