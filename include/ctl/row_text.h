/* Rows that PostgreSQL gave as text, cut into their columns. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "base/text.h"

/* Fills `count` columns of the row at *at in what pg_session_ask() gave, missing ones absent, and
 * moves *at to the next row; false behind the last. No value may hold a tab or a line end. Borrows
 * from rows. */
bool row_text_next(const struct strbuf *rows, size_t *at, struct text *ret_columns, size_t count);
