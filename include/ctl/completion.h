/* Bash completion of both programs, written from their tables. */
#pragma once

#include "ctl/command.h"

/* How a command describes itself to completion. */
extern const struct command_writer completion_writer;

/* Prints the script. Returns the exit code. */
int completion_print(void);
