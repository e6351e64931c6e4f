/* Lines of a screen, or plain ones, put together from pieces; none is longer than there is room. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/text.h"

enum top_style {
    TOP_STYLE_PLAIN,
    TOP_STYLE_BOLD,
    TOP_STYLE_DIM,
    TOP_STYLE_ALARM,
    TOP_STYLE_BAR, /* of headings */
};

/* Where it is shown. */
struct top_canvas {
    int width, height; /* of the screen; 0 = plain lines as long and as many as they get */
    bool colour;
    int64_t now_us; /* on the clock that only runs forward, of the figures */
    int64_t wall_ms;
    int64_t interval_ms;
};

/* Lines under way. */
struct top_frame {
    struct strbuf *out;              /* borrowed */
    const struct top_canvas *canvas; /* borrowed */
    int width, line, column;         /* counted from 0 */
};

void top_frame_init(struct top_frame *frame, struct strbuf *out, const struct top_canvas *canvas);

void top_frame_begin_line(struct top_frame *frame);
void top_frame_end_line(struct top_frame *frame);

/* A piece of the line; `columns` as of screen_text_add(). Nothing in it can steer the terminal. */
void top_frame_put(struct top_frame *frame, enum top_style style, struct text text, int columns);
/* At most 511 bytes. */
void top_frame_put_format(struct top_frame *frame, enum top_style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Up to this column; a terminal that takes what stands before it for wider or narrower than we do is
 * put right. */
void top_frame_move_to(struct top_frame *frame, int column);
