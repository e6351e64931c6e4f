/* Drawings as SVG: intervals, lines of weeks, signs, a history with its band, a curve. Pure; looks come from classes of CSS. */
#pragma once

#include <stddef.h>

#include "base/strbuf.h"
#include "ctl/figure_text.h"
#include "ctl/report.h"

/* Small ones stand beside the same figures as text: screen readers skip them. */

/* The interval is the bar, the estimate the tick within; a hairline where the neutral value is, a dashed one at the
 * threshold (NAN = none). An unknown value leaves the axis dotted. */
void svg_add_interval(struct strbuf *out, const struct figure_axis *axis, const struct estimate *value,
                      double threshold, int width);
/* `count` values, the oldest first; NAN leaves a gap. low = NAN: from the least to the greatest. */
void svg_add_weeks(struct strbuf *out, const double *values, size_t count, double low, double high);
/* present: a full disc; absent: an empty ring; else a dashed ring. */
void svg_add_sign(struct strbuf *out, const char *presence);
/* The key of a mark in a legend. */
void svg_add_key(struct strbuf *out, enum report_mark_kind kind);
void svg_add_band_key(struct strbuf *out);

/* A large one has a name and a description for screen readers, whose ids begin with `id`: it says what it shows. */
struct svg_frame {
    const char *id;
    struct text title, description;
    const char *unit;
    struct figure_axis axis;
};

/* A line over days, its interval a band, marks above: alarms as triangles with their days shaded, redesigns as diamonds,
 * trainings as squares; where rules change the line is cut. Draws nothing where no point is known. */
void svg_add_history(struct strbuf *out, const struct svg_frame *frame, const struct report_history *history);
/* Figures so many days after a training; days has `count`. */
void svg_add_curve(struct strbuf *out, const struct svg_frame *frame, const struct estimate *values, const int *days,
                   size_t count);
