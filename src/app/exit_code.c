/* The exit codes of uptaked as a table. */
#include "app/exit_code.h"

#define EXIT_CODE(name, value, help) {value, help},
const struct exit_code_row exit_code_rows[] = {
#include "app/exit_code.def"
};
#undef EXIT_CODE

const size_t exit_code_row_count = sizeof exit_code_rows / sizeof exit_code_rows[0];
