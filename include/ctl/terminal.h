/* What the other end of a stream can show. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

bool terminal_is_tty(FILE *file);
/* A terminal, and neither NO_COLOR (no-color.org) nor TERM=dumb says otherwise. */
bool terminal_has_colour(FILE *file);
/* Columns of the terminal, 80 when it does not say. */
int terminal_width(FILE *file);
/* Lines of the terminal, 24 when it does not say. */
int terminal_height(FILE *file);
/* A bar an eighth to the full height of a line for 0 to 1; a dot where `share` is NAN. */
const char *terminal_bar(double share);
