/* The terminal as a screen of our own: keys come at once and unseen, and at the end all is as it was. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Are standard input and output a terminal that can be drawn on? */
bool raw_terminal_is_possible(void);

/* Takes the terminal over, or again after raw_terminal_leave(). Should the program die of a mistake
 * of its own, the terminal is given back, too. UP_EIO. */
int raw_terminal_enter(struct up_err *err);

/* Gives it back as it was. Nothing happens where it was not taken. */
void raw_terminal_leave(void);

/* Writes all bytes to it; false where it is gone. */
bool raw_terminal_write(const char *bytes, size_t length);
