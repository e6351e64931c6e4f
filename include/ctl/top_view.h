/* What top shows, as text: the whole screen of a terminal, or plain lines. */
#pragma once

#include "ctl/top_feed.h"
#include "ctl/top_frame.h"
#include "ctl/top_wish.h"

/* Appends what is to be written. On a screen every line is put at its place and nothing is longer
 * than the screen; wish->first and wish->page are set right. */
void top_view_draw(struct strbuf *out, const struct top_figures *figures, struct top_wish *wish,
                   const struct top_canvas *canvas);

/* Appends the same as one JSON document and a line end. */
void top_view_add_json(struct strbuf *out, const struct top_figures *figures,
                       const struct top_wish *wish);
