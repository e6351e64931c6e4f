/* All measures made of cells, over a team or one of its workflows. */
#pragma once

#include "model/evaluation.h"
#include "model/windows.h"

/* Fills the rows of SOURCE_CELLS of every window (of the 28d and own ones only for a close); takes
 * the days into `sums`, which are fresh from windows_new(). */
void cell_measures_make(struct window_sums *sums, enum evaluation_extent extent,
                        struct record ret_windows[WINDOWS]);
