/* Drawings as SVG: the small ones, which stand in a line of text or a cell. */
#include <math.h>

#include "ctl/svg.h"

enum { HEIGHT = 18, MARGIN = 3, WEEKS_WIDTH = 112, WEEKS_HEIGHT = 26, SIGN_SIZE = 16, KEY_SIZE = 14 };

static void begin(struct strbuf *out, const char *class, const char *further, int width, int height)
{
    strbuf_add_format(out,
                      "<svg class=\"%s%s%s\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" aria-hidden=\"true\">",
                      class, further[0] != '\0' ? " " : "", further, width, height, width, height);
}

static void add_upright(struct strbuf *out, const char *class, double x, double top, double bottom)
{
    strbuf_add_format(out, "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", class, x, x, top,
                      bottom);
}

void svg_add_interval(struct strbuf *out, const struct figure_axis *axis, const struct estimate *value,
                      double threshold, int width)
{
    double middle = HEIGHT / 2.0;
    double span = width - 2 * MARGIN;
    begin(out, "interval", value->known ? "" : "unknown", width, HEIGHT);
    strbuf_add_format(out, "<line class=\"track\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>", MARGIN,
                      width - MARGIN, middle, middle);
    if (!isnan(axis->neutral))
        add_upright(out, "neutral", MARGIN + span * figure_text_place(axis, axis->neutral), 1, HEIGHT - 1);
    if (!isnan(threshold))
        add_upright(out, "threshold", MARGIN + span * figure_text_place(axis, threshold), 0, HEIGHT);
    if (value->known && value->has_interval) {
        double left = MARGIN + span * figure_text_place(axis, value->lo);
        double right = MARGIN + span * figure_text_place(axis, value->hi);
        strbuf_add_format(out,
                          "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"6\" rx=\"3\"/>", left,
                          middle - 3, fmax(1.5, right - left));
    }
    if (value->known)
        add_upright(out, "tick", MARGIN + span * figure_text_place(axis, value->value), middle - 6.5, middle + 6.5);
    strbuf_add_text(out, "</svg>");
}

/* From the least to the greatest, with some room. */
static void find_range(const double *values, size_t count, double *low, double *high)
{
    *low = *high = (double)NAN;
    for (size_t i = 0; i < count; i++) {
        *low = fmin(*low, values[i]);
        *high = fmax(*high, values[i]);
    }
    double span = *high > *low ? *high - *low : fmax(fabs(*high), 1);
    *low -= 0.15 * span;
    *high += 0.15 * span;
}

void svg_add_weeks(struct strbuf *out, const double *values, size_t count, double low, double high)
{
    double last_x = (double)NAN;
    double last_y = (double)NAN;
    if (isnan(low))
        find_range(values, count, &low, &high);
    begin(out, "weeks", "", WEEKS_WIDTH, WEEKS_HEIGHT);
    strbuf_add_format(out, "<line class=\"base\" x1=\"2\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>", WEEKS_WIDTH - 4,
                      WEEKS_HEIGHT - 1, WEEKS_HEIGHT - 1);
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i]))
            continue;
        bool goes_on = i > 0 && !isnan(values[i - 1]);
        double x = 2 + (double)i / fmax(1, (double)count - 1) * (WEEKS_WIDTH - 6);
        double y = WEEKS_HEIGHT - 3 - (values[i] - low) / (high - low) * (WEEKS_HEIGHT - 6);
        if (isnan(last_x))
            strbuf_add_text(out, "<path class=\"line\" d=\"");
        strbuf_add_format(out, "%c%.1f %.1f", goes_on ? 'L' : 'M', x, y);
        if (!goes_on && (i + 1 == count || isnan(values[i + 1])))
            strbuf_add_text(out, "h.1");
        last_x = x;
        last_y = y;
    }
    if (!isnan(last_x))
        strbuf_add_format(out, "\"/><circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.2\"/>", last_x, last_y);
    strbuf_add_text(out, "</svg>");
}

void svg_add_sign(struct strbuf *out, const char *presence)
{
    begin(out, "sign", presence, SIGN_SIZE, SIGN_SIZE);
    strbuf_add_format(out, "<circle cx=\"%d\" cy=\"%d\" r=\"%.1f\"/></svg>", SIGN_SIZE / 2, SIGN_SIZE / 2,
                      SIGN_SIZE / 2 - 1.6);
}

void svg_add_key(struct strbuf *out, enum report_mark_kind kind)
{
    static const struct {
        const char *class, *drawing;
    } keys[] = {
        [REPORT_ALARM] = {"alarm", "<polygon points=\"7,2 1,12 13,12\"/>"},
        [REPORT_REDESIGN] = {"redesign", "<polygon points=\"7,1 13,7 7,13 1,7\"/>"},
        [REPORT_TRAINING] = {"training", "<rect x=\"2\" y=\"2\" width=\"10\" height=\"10\"/>"},
        [REPORT_RULES] = {"rules", "<line x1=\"7\" x2=\"7\" y1=\"0\" y2=\"14\"/>"},
    };
    begin(out, "key", keys[kind].class, KEY_SIZE, KEY_SIZE);
    strbuf_add_format(out, "%s</svg>", keys[kind].drawing);
}

void svg_add_band_key(struct strbuf *out)
{
    begin(out, "key", "band", KEY_SIZE, KEY_SIZE);
    strbuf_add_text(out, "<rect x=\"0\" y=\"3\" width=\"14\" height=\"8\"/></svg>");
}
