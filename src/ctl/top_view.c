/* What top shows, as text. */
#include "ctl/top_view.h"

#include <math.h>
#include <stdio.h>

#include "ctl/screen_text.h"
#include "ctl/top_frame.h"
#include "ctl/top_table.h"

enum { SHORT_BYTES = 160 };

/* ---- head ---------------------------------------------------------------------------------- */

/* "12 s", "3 min", "5 h", "8 d". */
static const char *age_text(char text[static SHORT_BYTES], double age_s)
{
    if (isnan(age_s))
        (void)snprintf(text, SHORT_BYTES, "-");
    else if (age_s >= 2 * 86400.0)
        (void)snprintf(text, SHORT_BYTES, "%.0f d", age_s / 86400);
    else if (age_s >= 2 * 3600.0)
        (void)snprintf(text, SHORT_BYTES, "%.0f h", age_s / 3600);
    else if (age_s >= 120)
        (void)snprintf(text, SHORT_BYTES, "%.0f min", age_s / 60);
    else
        (void)snprintf(text, SHORT_BYTES, "%.0f s", age_s);
    return text;
}

static const char *number_text(char text[static SHORT_BYTES], double number)
{
    if (isnan(number))
        (void)snprintf(text, SHORT_BYTES, "-");
    else
        (void)snprintf(text, SHORT_BYTES,
                       number < 9.95 && number != floor(number) ? "%.1f" : "%.0f", number);
    return text;
}

static double age_s(const struct top_frame *frame, int64_t since_us)
{
    return since_us == 0 ? (double)NAN : (double)(frame->canvas->now_us - since_us) / 1e6;
}

static void put_title(struct top_frame *frame)
{
    int64_t second = frame->canvas->wall_ms / 1000 % 86400;
    top_frame_begin_line(frame);
    top_frame_put_format(frame, TOP_STYLE_BOLD, "uptakectl top");
    top_frame_put_format(frame, TOP_STYLE_PLAIN, "  %02d:%02d:%02d UTC", (int)(second / 3600),
                         (int)(second / 60 % 60), (int)(second % 60));
    if (frame->canvas->height > 0)
        top_frame_put_format(frame, TOP_STYLE_PLAIN, ", every %.3g s",
                             (double)frame->canvas->interval_ms / 1000);
    top_frame_end_line(frame);
}

static void put_daemons(struct top_frame *frame, const struct top_figures *figures)
{
    char text[SHORT_BYTES];
    struct top_load load = top_daemons_sum(figures->daemons, figures->daemon_count);
    size_t ready = 0, answering = 0;
    for (size_t i = 0; i < figures->daemon_count; i++) {
        ready += figures->daemons[i].readiness == TOP_READY;
        answering += figures->daemons[i].answers;
    }
    top_frame_begin_line(frame);
    top_frame_put_format(frame, TOP_STYLE_PLAIN, "daemons %zu of %zu ready", ready,
                         figures->daemon_count);
    top_frame_put_format(frame, TOP_STYLE_PLAIN, ", partitions %s", number_text(text, load.shards));
    top_frame_put_format(frame, TOP_STYLE_PLAIN, ", lag %s", number_text(text, load.lag));
    top_frame_put_format(frame, TOP_STYLE_PLAIN, ", watermark %s behind",
                         age_text(text, load.delay_s));
    top_frame_put_format(frame, TOP_STYLE_PLAIN, ", checkpoint %s old",
                         age_text(text, load.checkpoint_age_s));
    if (answering == 0 && !isnan(load.shards))
        top_frame_put_format(frame, TOP_STYLE_ALARM, " (old)");
    top_frame_end_line(frame);
    top_frame_begin_line(frame);
    top_frame_put_format(frame, TOP_STYLE_PLAIN, "events %s/s",
                         number_text(text, load.events_per_s));
    top_frame_put_format(frame, TOP_STYLE_PLAIN, ", rejects %s/s",
                         number_text(text, load.rejects_per_s));
    top_frame_end_line(frame);
}

static void put_counts(struct top_frame *frame, const struct top_figures *figures,
                       const struct top_wish *wish)
{
    size_t alarmed = 0;
    for (size_t i = 0; i < figures->teams->count; i++)
        alarmed += figures->teams->items[i].alarms > 0;
    top_frame_begin_line(frame);
    if (figures->teams_us == 0) {
        top_frame_put_format(frame, TOP_STYLE_PLAIN, "teams -");
    } else {
        struct text day = top_teams_day(figures->teams);
        top_frame_put_format(frame, TOP_STYLE_PLAIN, "teams %zu", figures->teams->count);
        if (day.length > 0)
            top_frame_put_format(frame, TOP_STYLE_PLAIN, " as of %.*s", (int)day.length, day.bytes);
        top_frame_put_format(frame, TOP_STYLE_PLAIN, ", with open alarms %zu", alarmed);
        if (figures->teams_err.code != UP_OK)
            top_frame_put_format(frame, TOP_STYLE_ALARM, " (old)");
    }
    if (wish->filter[0] != '\0' && wish->prompt != TOP_PROMPT_FILTER) {
        top_frame_put_format(frame, TOP_STYLE_PLAIN, ", shown %zu by the filter ",
                             figures->teams->shown_count);
        top_frame_put(frame, TOP_STYLE_BOLD, text_of(wish->filter), SCREEN_TEXT_WHOLE);
    }
    top_frame_end_line(frame);
}

/* A line each of what is not as it should be. */
static void put_faults(struct top_frame *frame, const struct top_figures *figures)
{
    char text[SHORT_BYTES];
    for (size_t i = 0; i < figures->daemon_count; i++) {
        const struct top_daemon *daemon = &figures->daemons[i];
        bool is_away = !daemon->answers && daemon->err.code != UP_OK;
        if (!is_away && daemon->readiness != TOP_NOT_READY)
            continue;
        top_frame_begin_line(frame);
        top_frame_put_format(frame, TOP_STYLE_ALARM, "! %s ", daemon->url);
        if (is_away && daemon->read_us != 0)
            top_frame_put_format(frame, TOP_STYLE_ALARM,
                                 "does not answer; its figures are %s old: ",
                                 age_text(text, age_s(frame, daemon->read_us)));
        else
            top_frame_put_format(frame, TOP_STYLE_ALARM,
                                 is_away ? "does not answer: " : "is not ready: ");
        struct text why =
            is_away ? text_of(daemon->err.text)
                    : (struct text){daemon->reasons.data, (uint32_t)daemon->reasons.length};
        top_frame_put(frame, TOP_STYLE_PLAIN, why, SCREEN_TEXT_WHOLE);
        top_frame_end_line(frame);
    }
    if (figures->teams_err.code == UP_OK)
        return;
    top_frame_begin_line(frame);
    top_frame_put_format(frame, TOP_STYLE_ALARM, "! PostgreSQL: ");
    if (figures->teams_us != 0)
        top_frame_put_format(frame, TOP_STYLE_ALARM, "the teams are %s old: ",
                             age_text(text, age_s(frame, figures->teams_us)));
    top_frame_put(frame, TOP_STYLE_PLAIN, text_of(figures->teams_err.text), SCREEN_TEXT_WHOLE);
    top_frame_end_line(frame);
}

/* ---- help and foot ------------------------------------------------------------------------- */

static void put_help(struct top_frame *frame)
{
    static const char *const lines[] = {
        "",
        "  up, down, k, j      one team up, down",
        "  PgUp, PgDn, blank   one screen up, down",
        "  Home, End, g, G     to the first, the last team",
        "  /                   show only teams with a text in their name, state, verdict,",
        "                      alarms or diagnosis; Enter keeps it, Esc takes it back",
        "  s or >, <           sort by the next column, the one before",
        "  r                   the other way round",
        "  q, Ctrl-C           end",
        "",
        "  A team with figures of fewer than min_group people is held back. A dash is unknown.",
        "  Lag: messages not read yet. Watermark: up to when events are known.",
        "",
        "  Any key goes back."};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        top_frame_begin_line(frame);
        top_frame_put_format(frame, TOP_STYLE_PLAIN, "%s", lines[i]);
        top_frame_end_line(frame);
    }
}

static void put_foot(struct top_frame *frame, const struct top_teams *teams,
                     const struct top_wish *wish)
{
    while (frame->line < frame->canvas->height - TOP_FOOT_LINES) {
        top_frame_begin_line(frame);
        top_frame_end_line(frame);
    }
    top_frame_begin_line(frame);
    if (wish->prompt == TOP_PROMPT_FILTER) {
        top_frame_put_format(frame, TOP_STYLE_BOLD, "filter: ");
        top_frame_put(frame, TOP_STYLE_PLAIN, text_of(wish->filter), SCREEN_TEXT_WHOLE);
        top_frame_put_format(frame, TOP_STYLE_BOLD, "_");
        top_frame_put_format(frame, TOP_STYLE_DIM,
                             "  (Enter keeps it, Esc takes it back; %zu teams)",
                             teams->shown_count);
    } else {
        size_t last = wish->first + wish->page;
        last = last < teams->shown_count ? last : teams->shown_count;
        if (teams->shown_count > wish->page && last > 0)
            top_frame_put_format(frame, TOP_STYLE_BOLD, "%zu to %zu of %zu  ", wish->first + 1,
                                 last, teams->shown_count);
        top_frame_put_format(
            frame, TOP_STYLE_DIM, "q quit  / filter  s sort: %s%s  r reverse  ? help",
            top_column_name(wish->order.column), wish->order.reverse ? ", reversed" : "");
    }
    top_frame_end_line(frame);
}

void top_view_draw(struct strbuf *out, const struct top_figures *figures, struct top_wish *wish,
                   const struct top_canvas *canvas)
{
    struct top_frame frame;
    top_frame_init(&frame, out, canvas);
    top_teams_show(figures->teams, wish->order, text_of(wish->filter));
    put_title(&frame);
    if (figures->daemon_count > 0)
        put_daemons(&frame, figures);
    put_counts(&frame, figures, wish);
    put_faults(&frame, figures);
    top_frame_begin_line(&frame);
    top_frame_end_line(&frame);
    if (wish->prompt == TOP_PROMPT_HELP)
        put_help(&frame);
    else if (figures->teams_us != 0)
        top_table_put(&frame, figures->teams, wish);
    if (canvas->height > 0)
        put_foot(&frame, figures->teams, wish);
}
