/* One value between its text in the file and its field. */
#pragma once

#include "app/config.h"
#include "app/config_table.h"
#include "base/err.h"
#include "base/strbuf.h"

/* Reads `value` by the row's type and range and puts it into its field. Paths are only noted, not
 * opened. UP_EINVAL: the text says what is expected, and never repeats what may be a secret. */
int config_value_set(struct config *config, const struct config_row *row, const char *value,
                     struct up_err *err);

/* Adds the field's value in its shortest form, the same for every way to write it; of secrets the
 * path. */
void config_value_print(const struct config *config, const struct config_row *row,
                        struct strbuf *ret_text);

/* Keeps `length` bytes and a NUL behind them until config_free(), which overwrites them. */
char *config_keep(struct config *config, const void *bytes, size_t length);

/* Keeps room for `count` pointers. */
const char **config_keep_pointers(struct config *config, size_t count);
