/* One record of a CSV file, RFC 4180. */
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "base/text.h"

/* Cuts a line (without its end; a carriage return there is left out) into fields, between which `separator` stands (most
 * often a comma). Blanks belong to a field. *store gets
 * the bytes of all fields, without the quotes around them and "" as one; ret_fields[0] ... point into it until it
 * changes. An empty line is one empty field. Returns how many there are, also where that is more than fields_max, the
 * rest of which is not given out; UP_EAGAIN: a quote that nothing closes, unless the field has a line break in it and
 * the next line does; or UP_EINVAL: a quote inside a field that does not begin with one, or with something behind it. */
int csv_read_line(struct text line, char separator, struct strbuf *store, struct text *ret_fields, size_t fields_max,
                  struct up_err *err);
