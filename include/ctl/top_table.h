/* The table of teams that top shows. */
#pragma once

#include "ctl/top_frame.h"
#include "ctl/top_teams.h"
#include "ctl/top_wish.h"

enum { TOP_FOOT_LINES = 1 };

/* Puts the teams that are shown from wish->first on, as many as there is room for above the foot; sets
 * wish->first and wish->page right. */
void top_table_put(struct top_frame *frame, const struct top_teams *teams, struct top_wish *wish);
