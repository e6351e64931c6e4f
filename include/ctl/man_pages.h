/* The manual pages, written from the tables of the programs. */
#pragma once

#include "ctl/command.h"

/* How a command describes itself in uptakectl(1). */
extern const struct command_writer man_pages_writer;

/* Prints one of "uptaked.8", "uptakectl.1", "uptaked.conf.5", "uptake-events.7"; another name lists
 * them on stderr. Returns the exit code. */
int man_pages_print(const char *name);
