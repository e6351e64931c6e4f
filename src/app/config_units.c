/* Numbers with a unit behind them, as people write them. */
#include "app/config_units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct config_unit config_durations[] = {{"ms", 1},      {"s", 1000},     {"m", 60000},
                                               {"h", 3600000}, {"d", 86400000}, {NULL, 0}};
const struct config_unit config_sizes[] = {{"", 1},
                                           {"KiB", INT64_C(1) << 10},
                                           {"MiB", INT64_C(1) << 20},
                                           {"GiB", INT64_C(1) << 30},
                                           {NULL, 0}};
const struct config_unit config_counts[] = {{"", 1}, {NULL, 0}};

static int fail_expecting(const char *text, const struct config_unit *units, struct up_err *err)
{
    if (units == config_durations)
        return up_fail(err, UP_EINVAL,
                       "\"%s\" is no duration: a whole number and ms, s, m, h or d, such as 30s",
                       text);
    if (units == config_sizes)
        return up_fail(err, UP_EINVAL,
                       "\"%s\" is no size: a whole number of bytes, or with KiB, MiB or GiB", text);
    return up_fail(err, UP_EINVAL, "\"%s\" is no whole number", text);
}

int config_units_parse(const char *text, const struct config_unit *units, int64_t *ret_value,
                       struct up_err *err)
{
    int64_t value = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++) {
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *at - '0', &value))
            return up_fail(err, UP_EINVAL, "\"%s\" is too large", text);
    }
    if (at == text)
        return fail_expecting(text, units, err);
    for (const struct config_unit *unit = units; unit->name != NULL; unit++) {
        if (strcmp(unit->name, at) != 0)
            continue;
        if (__builtin_mul_overflow(value, unit->factor, &value))
            return up_fail(err, UP_EINVAL, "\"%s\" is too large", text);
        *ret_value = value;
        return 0;
    }
    return fail_expecting(text, units, err);
}

void config_units_print(int64_t value, const struct config_unit *units, struct strbuf *ret_text)
{
    const struct config_unit *fit = units;
    /* 0 s reads better than 0 d. */
    if (value == 0 && units == config_durations)
        fit = &units[1];
    for (const struct config_unit *unit = units; value != 0 && unit->name != NULL; unit++) {
        if (value % unit->factor == 0)
            fit = unit;
    }
    strbuf_add_format(ret_text, "%lld%s", (long long)(value / fit->factor), fit->name);
}

int config_units_parse_number(const char *text, double *ret_value, struct up_err *err)
{
    char *end = NULL;
    double value = 0;
    if (*text != '\0' && text[strspn(text, "0123456789.eE+-")] == '\0')
        value = strtod(text, &end);
    if (end == NULL || end == text || *end != '\0' || !isfinite(value))
        return up_fail(err, UP_EINVAL, "\"%s\" is no number such as 0.25", text);
    *ret_value = value;
    return 0;
}

void config_units_print_number(double value, struct strbuf *ret_text)
{
    enum { DIGITS_MAX = 17 };
    struct strbuf text = {0};
    for (int digits = 1; digits <= DIGITS_MAX; digits++) {
        strbuf_reset(&text);
        strbuf_add_format(&text, "%.*g", digits, value);
        if (strtod(strbuf_text(&text), NULL) == value) /* the very same double, not a near one */
            break;
    }
    strbuf_add(ret_text, text.data, text.length);
    strbuf_done(&text);
}
