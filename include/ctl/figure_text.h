/* How figures are written for people, by their unit, and the axis on which they are drawn. */
#pragma once

#include <stdbool.h>

#include "base/strbuf.h"
#include "stat/estimate.h"

/* Where values lie: what is beyond is cut at its ends. */
struct figure_axis {
    double low, high;
    double neutral; /* NAN = no value is neither good nor bad */
    bool is_log;
};

/* "84 %", "+3.1 points", "× 0.91"; unit: as in the registry, "health" or "share". Finite. */
void figure_text_add_value(struct strbuf *out, const char *unit, double value);
/* The same without what stands behind: "84 %", "+3.1". */
void figure_text_add_short(struct strbuf *out, const char *unit, double value);
/* "75 to 89 %". */
void figure_text_add_interval(struct strbuf *out, const char *unit, double lo, double hi);
/* "1,234.5": at most one digit behind the point. */
void figure_text_add_count(struct strbuf *out, double n);
/* "75 to 89 %, n 220"; nothing where it has neither. */
void figure_text_add_limits(struct strbuf *out, const char *unit, const struct estimate *value, bool has_n);
/* "84 % (75 to 89 %, n 220)". */
void figure_text_add(struct strbuf *out, const char *unit, const struct estimate *value, bool has_n);

/* The axis of a unit, wide enough for `count` values and their limits; unknown ones do not count. */
struct figure_axis figure_text_axis(const char *unit, const struct estimate *values, size_t count);
/* 0 to 1. */
double figure_text_place(const struct figure_axis *axis, double value);
