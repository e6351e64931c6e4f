/* Lines of a screen, or plain ones, put together from pieces. */
#include "ctl/top_frame.h"

#include <stdarg.h>
#include <stdio.h>

#include "ctl/screen_text.h"

enum { PLAIN_WIDTH = 100000, PIECE_BYTES = 512 };

static const char *const styles[] = {"", "\033[1m", "\033[2m", "\033[1;31m", "\033[7m"};

void top_frame_init(struct top_frame *frame, struct strbuf *out, const struct top_canvas *canvas)
{
    *frame = (struct top_frame){
        .out = out, .canvas = canvas, .width = canvas->width > 0 ? canvas->width : PLAIN_WIDTH};
}

static bool has_room(const struct top_frame *frame)
{
    return frame->canvas->height == 0 || frame->line < frame->canvas->height;
}

void top_frame_put(struct top_frame *frame, enum top_style style, struct text text, int columns)
{
    int left = frame->width - frame->column;
    int wanted = columns == SCREEN_TEXT_WHOLE ? screen_text_columns(text) : columns;
    int taken = wanted < left ? wanted : left;
    if (taken <= 0 || !has_room(frame))
        return;
    bool is_styled = frame->canvas->colour && style != TOP_STYLE_PLAIN;
    strbuf_add_text(frame->out, is_styled ? styles[style] : "");
    screen_text_add(frame->out, text, taken);
    strbuf_add_text(frame->out, is_styled ? "\033[0m" : "");
    frame->column += taken;
}

void top_frame_put_format(struct top_frame *frame, enum top_style style, const char *format, ...)
{
    char text[PIECE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    top_frame_put(frame, style, text_of(text), SCREEN_TEXT_WHOLE);
}

void top_frame_move_to(struct top_frame *frame, int column)
{
    if (!has_room(frame) || column >= frame->width)
        return;
    if (frame->column < column)
        top_frame_put(frame, TOP_STYLE_PLAIN, text_of(""), column - frame->column);
    if (frame->canvas->height > 0)
        strbuf_add_format(frame->out, "\033[%dG", column + 1);
}

void top_frame_begin_line(struct top_frame *frame)
{
    frame->column = 0;
    if (has_room(frame) && frame->canvas->height > 0)
        strbuf_add_format(frame->out, "\033[%d;1H\033[2K", frame->line + 1);
}

void top_frame_end_line(struct top_frame *frame)
{
    if (frame->canvas->height == 0) {
        while (frame->out->length > 0 && frame->out->data[frame->out->length - 1] == ' ')
            frame->out->length--;
        strbuf_add_char(frame->out, '\n');
    }
    frame->line++;
}
