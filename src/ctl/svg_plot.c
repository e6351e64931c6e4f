/* Drawings as SVG: a history over days, and a curve of days after a training. */
#include <math.h>

#include "codec/day_text.h"
#include "codec/shown_text.h"
#include "ctl/svg.h"

enum {
    WIDTH = 860,
    HEIGHT = 240,
    LEFT = 44,
    RIGHT = 12,
    TOP = 24,
    BELOW = 24,
    BOTTOM = HEIGHT - BELOW,
    CURVE_WIDTH = 420,
    CURVE_HEIGHT = 200,
    CURVE_BOTTOM = CURVE_HEIGHT - 30,
};

static void begin(struct strbuf *out, const struct svg_frame *frame, const char *class, int width, int height)
{
    strbuf_add_format(out,
                      "<svg class=\"plot %s\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" "
                      "aria-labelledby=\"%s-title\" aria-describedby=\"%s-desc\"><title id=\"%s-title\">",
                      class, width, height, width, height, frame->id, frame->id, frame->id);
    shown_text_add_html(out, frame->title);
    strbuf_add_format(out, "</title><desc id=\"%s-desc\">", frame->id);
    shown_text_add_html(out, frame->description);
    strbuf_add_text(out, "</desc>\n");
}

static void add_line(struct strbuf *out, const char *class, double x1, double y1, double x2, double y2)
{
    strbuf_add_format(out, "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", class, x1, x2, y1,
                      y2);
}

static void add_label(struct strbuf *out, const char *anchor, double x, double y, struct text label)
{
    strbuf_add_format(out, "<text class=\"axis\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    shown_text_add_html(out, label);
    strbuf_add_text(out, "</text>");
}

/* ---- a history ---------------------------------------------------------------------------- */

struct place {
    int32_t from, to; /* days */
    const struct figure_axis *axis;
};

static double x_of(const struct place *place, int32_t day)
{
    return LEFT + (double)(day - place->from) / (place->to - place->from) * (WIDTH - RIGHT - LEFT);
}

static double y_of(const struct place *place, double value)
{
    return BOTTOM - figure_text_place(place->axis, value) * (BOTTOM - TOP);
}

static double step_of(const struct figure_axis *axis)
{
    static const double steps[] = {0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, 250, 500, 1000};
    double span = axis->high - axis->low;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (span / steps[i] <= 4.5)
            return steps[i];
    }
    return span / 4;
}

static void add_values(struct strbuf *out, const struct svg_frame *frame, const struct place *place)
{
    double step = step_of(place->axis);
    struct strbuf label = {.length = 0};
    for (double v = ceil(place->axis->low / step - 1e-9) * step; v <= place->axis->high + 1e-9; v += step) {
        strbuf_reset(&label);
        figure_text_add_short(&label, frame->unit, v);
        double y = y_of(place, v);
        add_line(out, v == place->axis->neutral ? "neutral" : "grid", LEFT, y, WIDTH - RIGHT, y);
        add_label(out, "end", LEFT - 7, y + 4, (struct text){label.data, (uint32_t)label.length});
    }
    strbuf_add_char(out, '\n');
    strbuf_done(&label);
}

/* "May", "Jan 2025". */
static void add_month(struct strbuf *ret_label, int32_t day)
{
    struct strbuf spoken = {.length = 0};
    day_text_add_spoken(&spoken, day);
    const char *month = strchr(strbuf_text(&spoken), ' ') + 1;
    strbuf_add(ret_label, month, 3);
    if (strncmp(month, "Jan", 3) == 0)
        strbuf_add_text(ret_label, strchr(month, ' '));
    strbuf_done(&spoken);
}

static void add_months(struct strbuf *out, const struct place *place)
{
    int every = (place->to - place->from) / 400 + 1 + (place->to - place->from > 200);
    int months = 0;
    struct strbuf store = {.length = 0};
    for (int32_t day = place->from + 1; day <= place->to; day++) {
        strbuf_reset(&store);
        day_text_add_iso(&store, day);
        if (strcmp(strbuf_text(&store) + sizeof "YYYY-MM" - 1, "-01") != 0)
            continue;
        double x = x_of(place, day);
        add_line(out, "month", x, BOTTOM, x, BOTTOM + 4);
        strbuf_reset(&store);
        add_month(&store, day);
        if (months++ % every == 0 && x < WIDTH - RIGHT - 16)
            add_label(out, "middle", x, BOTTOM + 17, (struct text){store.data, (uint32_t)store.length});
    }
    strbuf_add_char(out, '\n');
    strbuf_done(&store);
}

static void add_alarm(struct strbuf *out, const struct place *place, const struct report_mark *mark)
{
    if (mark->until < place->from || mark->day > place->to)
        return;
    double x = x_of(place, mark->day < place->from ? place->from : mark->day);
    double end = x_of(place, mark->until > place->to ? place->to : mark->until);
    strbuf_add_format(out,
                      "<g class=\"alarm\"><rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>"
                      "<polygon points=\"%.1f,%d %.1f,%d %.1f,%d\"/></g>",
                      x, TOP, fmax(2, end - x), BOTTOM - TOP, x, TOP - 12, x - 5.5, TOP - 3, x + 5.5, TOP - 3);
}

static void add_mark(struct strbuf *out, const struct place *place, const struct report_mark *mark)
{
    if (mark->kind == REPORT_ALARM) {
        add_alarm(out, place, mark);
        return;
    }
    if (mark->day < place->from || mark->day > place->to)
        return;
    double x = x_of(place, mark->day);
    if (mark->kind == REPORT_REDESIGN)
        strbuf_add_format(out,
                          "<g class=\"redesign\"><line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>"
                          "<polygon points=\"%.1f,%d %.1f,%d %.1f,%d %.1f,%d\"/></g>",
                          x, x, TOP - 2, BOTTOM, x, TOP - 13, x + 5, TOP - 8, x, TOP - 3, x - 5, TOP - 8);
    else if (mark->kind == REPORT_TRAINING)
        strbuf_add_format(out, "<rect class=\"training\" x=\"%.1f\" y=\"%d\" width=\"8\" height=\"8\"/>", x - 4,
                          TOP - 12);
    else
        strbuf_add_format(out, "<g class=\"rules\"><line x1=\"%.1f\" x2=\"%.1f\" y1=\"2\" y2=\"%d\"/></g>", x, x,
                          BOTTOM);
}

static bool is_cut(const struct report_history *history, int32_t before, int32_t day)
{
    for (size_t i = 0; i < history->mark_count; i++) {
        const struct report_mark *mark = &history->marks[i];
        if (mark->kind == REPORT_RULES && before < mark->day && mark->day <= day)
            return true;
    }
    return day - before > 1;
}

/* The end (behind the last) of the known points that follow each other from `from` on, under one version of the rules. */
static size_t end_of_run(const struct report_history *history, size_t from)
{
    size_t i = from + 1;
    while (i < history->point_count && !isnan(history->points[i].value) &&
           !is_cut(history, history->points[i - 1].day, history->points[i].day))
        i++;
    return i;
}

static void add_run(struct strbuf *out, const struct place *place, const struct report_point *points, size_t count)
{
    bool is_banded = count > 1;
    for (size_t i = 0; i < count; i++)
        is_banded = is_banded && !isnan(points[i].lo) && !isnan(points[i].hi);
    if (is_banded) {
        strbuf_add_text(out, "<path class=\"band\" d=\"");
        for (size_t i = 0; i < count; i++)
            strbuf_add_format(out, "%c%.1f %.1f", i == 0 ? 'M' : 'L', x_of(place, points[i].day),
                              y_of(place, points[i].hi));
        for (size_t i = count; i-- > 0;)
            strbuf_add_format(out, "L%.1f %.1f", x_of(place, points[i].day), y_of(place, points[i].lo));
        strbuf_add_text(out, "Z\"/>");
    }
    strbuf_add_text(out, "<path class=\"line\" d=\"");
    for (size_t i = 0; i < count; i++)
        strbuf_add_format(out, "%c%.1f %.1f", i == 0 ? 'M' : 'L', x_of(place, points[i].day),
                          y_of(place, points[i].value));
    strbuf_add_text(out, count == 1 ? "h.1\"/>\n" : "\"/>\n");
}

void svg_add_history(struct strbuf *out, const struct svg_frame *frame, const struct report_history *history)
{
    size_t first = 0;
    while (first < history->point_count && isnan(history->points[first].value))
        first++;
    if (first == history->point_count)
        return;
    struct place place = {history->points[0].day, history->points[history->point_count - 1].day, &frame->axis};
    if (place.to == place.from)
        place.to = place.from + 1;
    begin(out, frame, "history", WIDTH, HEIGHT);
    for (size_t i = 0; i < history->mark_count; i++)
        add_mark(out, &place, &history->marks[i]);
    add_values(out, frame, &place);
    add_months(out, &place);
    for (size_t end; first < history->point_count; first = end) {
        end = isnan(history->points[first].value) ? first + 1 : end_of_run(history, first);
        if (!isnan(history->points[first].value))
            add_run(out, &place, history->points + first, end - first);
    }
    strbuf_add_text(out, "</svg>");
}

/* ---- a curve ------------------------------------------------------------------------------ */

/* Days on a scale of their logarithms, from 10 to 240. */
static double curve_x(int days)
{
    return LEFT + log(days / 10.0) / log(24) * (CURVE_WIDTH - LEFT - RIGHT);
}

static double curve_y(const struct svg_frame *frame, double value)
{
    return RIGHT + (1 - figure_text_place(&frame->axis, value)) * (CURVE_BOTTOM - RIGHT);
}

static void add_curve_point(struct strbuf *out, const struct svg_frame *frame, const struct estimate *value, int days)
{
    double x = curve_x(days);
    struct strbuf label = {.length = 0};
    strbuf_add_format(&label, "%d days", days);
    add_label(out, "middle", x, CURVE_BOTTOM + 18, (struct text){label.data, (uint32_t)label.length});
    strbuf_done(&label);
    if (!value->known) {
        add_label(out, "middle", x, curve_y(frame, (frame->axis.low + frame->axis.high) / 2), text_of("unknown"));
        return;
    }
    strbuf_add_text(out, "<g class=\"whisker\">");
    if (value->has_interval)
        add_line(out, "limits", x, curve_y(frame, value->lo), x, curve_y(frame, value->hi));
    strbuf_add_format(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\"/></g>", x, curve_y(frame, value->value));
}

void svg_add_curve(struct strbuf *out, const struct svg_frame *frame, const struct estimate *values, const int *days,
                   size_t count)
{
    size_t known = 0;
    struct strbuf label = {.length = 0};
    begin(out, frame, "durability", CURVE_WIDTH, CURVE_HEIGHT);
    for (int i = 0; i <= 4; i++) {
        double value = frame->axis.low + (frame->axis.high - frame->axis.low) * i / 4;
        double y = curve_y(frame, value);
        strbuf_reset(&label);
        figure_text_add_short(&label, frame->unit, value);
        add_line(out, "grid", LEFT, y, CURVE_WIDTH - 8, y);
        add_label(out, "end", LEFT - 7, y + 4, (struct text){label.data, (uint32_t)label.length});
    }
    strbuf_done(&label);
    struct strbuf path = {.length = 0};
    for (size_t i = 0; i < count; i++) {
        if (values[i].known)
            strbuf_add_format(&path, "%c%.1f %.1f", known++ == 0 ? 'M' : 'L', curve_x(days[i]),
                              curve_y(frame, values[i].value));
    }
    if (known > 1)
        strbuf_add_format(out, "<path class=\"curve\" d=\"%s\"/>", strbuf_text(&path));
    strbuf_done(&path);
    for (size_t i = 0; i < count; i++)
        add_curve_point(out, frame, &values[i], days[i]);
    strbuf_add_text(out, "</svg>");
}
