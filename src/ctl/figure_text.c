/* How figures are written for people, and the axis on which they are drawn. */
#include "ctl/figure_text.h"

#include <math.h>
#include <string.h>

struct unit {
    const char *name;
    int digits;         /* behind the point */
    double factor;      /* before it is written */
    bool is_signed;     /* with + or − */
    const char *before; /* of one value */
    const char *after;  /* of the value itself: twice in no interval */
    const char *behind; /* the unit in full */
    double low, high;   /* of the axis; NAN = as the values are */
    double neutral;     /* NAN = none */
    bool is_log;
};

static const struct unit units[] = {
    {"proportion", 0, 100, false, "", " %", "", 0, 1, (double)NAN, false},
    {"share", 2, 1, false, "", "", "", 0, 1, (double)NAN, false},
    {"difference", 1, 100, true, "", "", "points", -0.4, 0.4, 0, false},
    {"ratio", 2, 1, false, "× ", "", "", 1.0 / 3, 3, 1, true},
    {"hours", 0, 1, true, "", "", "h", (double)NAN, (double)NAN, 0, false},
    {"mean answer 1 to 5", 1, 1, false, "", "", "of 5", 1, 5, 3, false},
    {"difference of answers 1 to 5", 1, 1, true, "", "", "", -4, 4, 0, false},
    {"standard deviations", 1, 1, true, "", "", "sd", -3, 3, 0, false},
    {"divergence 0 to 1", 2, 1, false, "", "", "", 0, 1, (double)NAN, false},
    {"health", 0, 1, false, "", "", "", 0, 100, (double)NAN, false},
};

static struct unit find_unit(const char *name)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(units[i].name, name) == 0)
            return units[i];
    }
    return (struct unit){name, 2, 1, false, "", "", name, (double)NAN, (double)NAN, (double)NAN, false};
}

/* Half away from 0, as people round; what rounds to 0 has no sign. */
static void add_digits(struct strbuf *out, double value, int digits, bool is_signed)
{
    double scale = digits == 0 ? 1 : digits == 1 ? 10 : 100;
    double rounded = round(value * scale) / scale;
    if (rounded < 0)
        strbuf_add_text(out, "−");
    else if (is_signed && rounded > 0)
        strbuf_add_char(out, '+');
    strbuf_add_format(out, "%.*f", digits, fabs(rounded));
}

static void add_plain(struct strbuf *out, const struct unit *unit, double value)
{
    bool is_count = unit->behind == unit->name && value == floor(value);
    add_digits(out, value * unit->factor, is_count ? 0 : unit->digits, unit->is_signed);
}

void figure_text_add_short(struct strbuf *out, const char *unit, double value)
{
    const struct unit info = find_unit(unit);
    if (strcmp(unit, "flag") == 0) {
        strbuf_add_text(out, value > 0 ? "yes" : "no");
        return;
    }
    strbuf_add_text(out, info.before);
    add_plain(out, &info, value);
    strbuf_add_text(out, info.after);
}

void figure_text_add_value(struct strbuf *out, const char *unit, double value)
{
    const struct unit info = find_unit(unit);
    figure_text_add_short(out, unit, value);
    if (info.behind[0] != '\0' && strcmp(unit, "flag") != 0)
        strbuf_add_format(out, " %s", info.behind);
}

void figure_text_add_interval(struct strbuf *out, const char *unit, double lo, double hi)
{
    const struct unit info = find_unit(unit);
    add_plain(out, &info, lo);
    strbuf_add_text(out, " to ");
    add_plain(out, &info, hi);
    strbuf_add_text(out, info.after);
}

/* In groups of three digits. */
static void add_grouped(struct strbuf *out, double whole)
{
    if (whole >= 1000) {
        add_grouped(out, floor(whole / 1000));
        strbuf_add_format(out, ",%03d", (int)fmod(whole, 1000));
    } else {
        strbuf_add_format(out, "%d", (int)whole);
    }
}

void figure_text_add_count(struct strbuf *out, double n)
{
    double tenths = round(fabs(n) * 10);
    if (n < 0 && tenths > 0)
        strbuf_add_text(out, "−");
    add_grouped(out, floor(tenths / 10));
    if (fmod(tenths, 10) > 0)
        strbuf_add_format(out, ".%d", (int)fmod(tenths, 10));
}

void figure_text_add_limits(struct strbuf *out, const char *unit, const struct estimate *value, bool has_n)
{
    if (value->has_interval)
        figure_text_add_interval(out, unit, value->lo, value->hi);
    if (value->has_interval && has_n)
        strbuf_add_text(out, ", ");
    if (has_n) {
        strbuf_add_text(out, "n ");
        figure_text_add_count(out, value->n);
    }
}

void figure_text_add(struct strbuf *out, const char *unit, const struct estimate *value, bool has_n)
{
    figure_text_add_value(out, unit, value->value);
    if (!value->has_interval && !has_n)
        return;
    strbuf_add_text(out, " (");
    figure_text_add_limits(out, unit, value, has_n);
    strbuf_add_char(out, ')');
}

/* ---- the axis ----------------------------------------------------------------------------- */

static void widen(struct figure_axis *axis, double value)
{
    axis->low = fmin(axis->low, value);
    axis->high = fmax(axis->high, value);
}

struct figure_axis figure_text_axis(const char *unit, const struct estimate *values, size_t count)
{
    const struct unit info = find_unit(unit);
    struct figure_axis axis = {info.low, info.high, info.neutral, info.is_log};
    bool is_open = isnan(info.low);
    if (is_open)
        axis.low = axis.high = 0;
    for (size_t i = 0; i < count; i++) {
        if (!values[i].known || !(is_open || strcmp(unit, "difference") == 0))
            continue;
        widen(&axis, values[i].has_interval ? fmin(values[i].lo, values[i].value) : values[i].value);
        widen(&axis, values[i].has_interval ? fmax(values[i].hi, values[i].value) : values[i].value);
    }
    if (axis.neutral == 0) {
        axis.high = fmax(-axis.low, axis.high);
        axis.low = -axis.high;
    }
    if (axis.high <= axis.low)
        axis.high = axis.low + 1;
    return axis;
}

double figure_text_place(const struct figure_axis *axis, double value)
{
    if (axis->is_log)
        return fmin(1, fmax(0, log(fmax(value, 1e-300) / axis->low) / log(axis->high / axis->low)));
    return fmin(1, fmax(0, (value - axis->low) / (axis->high - axis->low)));
}
