/* What the person before top wants to see, and how keys change it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "ctl/top_teams.h"

enum { TOP_FILTER_BYTES = 128, TOP_KEY_BYTES = 8 };

enum top_prompt { TOP_PROMPT_NONE, TOP_PROMPT_FILTER, TOP_PROMPT_HELP };

struct top_wish {
    struct top_order order;
    char filter[TOP_FILTER_BYTES]; /* UTF-8; "" = all */
    char before[TOP_FILTER_BYTES]; /* the filter as it was when its prompt opened */
    enum top_prompt prompt;
    size_t first; /* of the teams shown, the one on the first line; may be beyond the last */
    size_t page;  /* lines of teams that the screen has room for */
    char pending[TOP_KEY_BYTES]; /* bytes of a key that has not come whole */
    size_t pending_length;
};

/* Bytes as a terminal sends them, cut anywhere. False: it is time to end. */
bool top_wish_take(struct top_wish *wish, const char *bytes, size_t length);

/* Nothing came for a moment: what is pending was all of a key, the one marked Esc. */
void top_wish_settle(struct top_wish *wish);
