/* What uptaked's exit code says to the service manager, to scripts and to people. */
#pragma once

#include <stddef.h>

/* Documented in --help, uptaked(8) and the unit files; never renumbered. Where a restart alone
 * cannot help, the unit has the code in RestartPreventExitStatus. */
enum exit_code {
#define EXIT_CODE(name, value, help) EXIT_CODE_##name = (value),
#include "app/exit_code.def"
#undef EXIT_CODE
};

struct exit_code_row {
    int code;
    const char *help;
};

extern const struct exit_code_row exit_code_rows[];
extern const size_t exit_code_row_count;
