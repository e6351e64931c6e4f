/* Numbers with a unit behind them, as people write them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

struct config_unit {
    const char *name;
    int64_t factor;
};

/* Ascending, ended by a NULL name. "" = no unit. */
extern const struct config_unit config_durations[]; /* in ms */
extern const struct config_unit config_sizes[];     /* in bytes */
extern const struct config_unit config_counts[];

/* A whole number from 0 on, one of the units right behind it. UP_EINVAL says what is expected. */
int config_units_parse(const char *text, const struct config_unit *units, int64_t *ret_value,
                       struct up_err *err);

/* The shortest exact form: the greatest unit that divides the value. */
void config_units_print(int64_t value, const struct config_unit *units, struct strbuf *ret_text);

/* A plain decimal number such as 0.25 or 1e-3; neither infinite nor hexadecimal. */
int config_units_parse_number(const char *text, double *ret_value, struct up_err *err);

/* The fewest digits that read back as the same number. */
void config_units_print_number(double value, struct strbuf *ret_text);
