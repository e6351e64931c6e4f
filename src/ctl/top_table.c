/* The table of teams that top shows. */
#include "ctl/top_table.h"

#include <math.h>

#include "ctl/screen_text.h"

enum { GAP = 2 }; /* columns between two of the table */

/* What stands in a column of a team. */
static void add_value(struct strbuf *out, const struct top_team *team, enum top_column column)
{
    static const enum top_field lists[TOP_COLUMNS] = {[TOP_STATE] = TOP_FIELD_STATE,
                                                      [TOP_VERDICT] = TOP_FIELD_VERDICT,
                                                      [TOP_ALARMS] = TOP_FIELD_ALARMS,
                                                      [TOP_DIAGNOSIS] = TOP_FIELD_DIAGNOSIS};
    struct text name = team->fields[TOP_FIELD_TEAM];
    switch (column) {
    case TOP_TEAM:
        strbuf_add(out, name.bytes, name.length);
        break;
    case TOP_HEALTH:
        if (isnan(team->health))
            strbuf_add_text(out, "-");
        else
            strbuf_add_format(out, "%.0f", team->health);
        break;
    case TOP_LIMITS:
        if (!isnan(team->lo) && !isnan(team->hi))
            strbuf_add_format(out, "%.0f to %.0f", team->lo, team->hi);
        break;
    default:
        strbuf_add_text(out, column == TOP_ALARMS && team->alarms > 0 ? "! " : "");
        top_team_add_words(out, team, lists[column]);
    }
}

static struct text text_in(const struct strbuf *buffer)
{
    return (struct text){buffer->data, (uint32_t)buffer->length};
}

/* As wide as what stands in them; where that is too much, the lists and then the names give way. */
static void find_widths(const struct top_frame *frame, const struct top_teams *teams,
                        int widths[static TOP_COLUMNS])
{
    static const struct {
        enum top_column column;
        int least;
    } yielding[] = {{TOP_DIAGNOSIS, 12}, {TOP_ALARMS, 12}, {TOP_TEAM, 12},
                    {TOP_DIAGNOSIS, 0},  {TOP_ALARMS, 6},  {TOP_VERDICT, 6}};
    struct strbuf value = {.length = 0};
    int all = 0;
    for (int c = 0; c < TOP_COLUMNS; c++) {
        widths[c] = (int)strlen(top_column_name((enum top_column)c));
        for (size_t i = 0; i < teams->shown_count; i++) {
            strbuf_reset(&value);
            add_value(&value, teams->shown[i], (enum top_column)c);
            int wide = screen_text_columns(text_in(&value));
            widths[c] = wide > widths[c] ? wide : widths[c];
        }
        all += widths[c] + (c > 0 ? GAP : 0);
    }
    strbuf_done(&value);
    for (size_t i = 0; i < sizeof yielding / sizeof yielding[0] && all > frame->width; i++) {
        int *width = &widths[yielding[i].column];
        int more = all - frame->width, room = *width - yielding[i].least;
        int given = more < room ? more : room;
        given = given > 0 ? given : 0;
        *width -= given;
        all -= given;
    }
}

static bool is_number(enum top_column column)
{
    return column == TOP_HEALTH;
}

static void put_heading(struct top_frame *frame, const struct top_wish *wish,
                        const int widths[static TOP_COLUMNS])
{
    top_frame_begin_line(frame);
    for (int c = 0; c < TOP_COLUMNS; c++) {
        struct text name = text_of(top_column_name((enum top_column)c));
        struct strbuf cell = {.length = 0};
        if (is_number((enum top_column)c))
            screen_text_add_right(&cell, name, widths[c]);
        else
            screen_text_add(&cell, name, widths[c]);
        top_frame_put(frame, c == (int)wish->order.column ? TOP_STYLE_BOLD : TOP_STYLE_BAR,
                      text_in(&cell), SCREEN_TEXT_WHOLE);
        top_frame_put(frame, TOP_STYLE_BAR, text_of(""), GAP);
        strbuf_done(&cell);
    }
    if (frame->canvas->height > 0)
        top_frame_put(frame, TOP_STYLE_BAR, text_of(""), frame->width - frame->column);
    top_frame_end_line(frame);
}

static void put_team(struct top_frame *frame, const struct top_team *team,
                     const int widths[static TOP_COLUMNS])
{
    struct strbuf cell = {.length = 0};
    int column = 0;
    top_frame_begin_line(frame);
    for (int c = 0; c < TOP_COLUMNS; c++) {
        struct strbuf value = {.length = 0};
        add_value(&value, team, (enum top_column)c);
        strbuf_reset(&cell);
        if (is_number((enum top_column)c))
            screen_text_add_right(&cell, text_in(&value), widths[c]);
        else
            screen_text_add(&cell, text_in(&value), widths[c]);
        strbuf_done(&value);
        top_frame_move_to(frame, column);
        top_frame_put(frame,
                      c == TOP_ALARMS && team->alarms > 0 ? TOP_STYLE_ALARM : TOP_STYLE_PLAIN,
                      text_in(&cell), SCREEN_TEXT_WHOLE);
        column += widths[c] + GAP;
    }
    strbuf_done(&cell);
    top_frame_end_line(frame);
}

void top_table_put(struct top_frame *frame, const struct top_teams *teams, struct top_wish *wish)
{
    int widths[TOP_COLUMNS];
    find_widths(frame, teams, widths);
    put_heading(frame, wish, widths);
    int height = frame->canvas->height;
    int room = height - frame->line - TOP_FOOT_LINES;
    wish->page = height == 0 ? teams->shown_count : room > 0 ? (size_t)room : 0;
    size_t most = teams->shown_count > wish->page ? teams->shown_count - wish->page : 0;
    wish->first = wish->first < most ? wish->first : most;
    for (size_t i = 0; i < wish->page && wish->first + i < teams->shown_count; i++)
        put_team(frame, teams->shown[wish->first + i], widths);
}
