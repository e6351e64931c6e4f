/* Writes one JSON text into a buffer; commas come by themselves. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/text.h"

/* Nothing checks that what is begun is ended, or that members have names: the document would not
 * parse. */
struct json_write {
    struct strbuf *out; /* borrowed; may be emptied between any two calls */
    bool comma;         /* the next value or name wants one before it */
};

void json_write_begin_object(struct json_write *json);
void json_write_end_object(struct json_write *json);
void json_write_begin_array(struct json_write *json);
void json_write_end_array(struct json_write *json);

/* The name of the member whose value comes next. */
void json_write_name(struct json_write *json, const char *name);
void json_write_name_text(struct json_write *json, struct text name);

/* UTF-8; quotes, backslashes and control characters are escaped. An absent text is "". */
void json_write_text(struct json_write *json, struct text text);
void json_write_word(struct json_write *json, const char *word);
void json_write_integer(struct json_write *json, int64_t value);
/* Finite; with the digits it takes to read the very value back, a whole number without a fraction.
 */
void json_write_number(struct json_write *json, double value);
void json_write_bool(struct json_write *json, bool value);
void json_write_null(struct json_write *json);
/* A whole JSON text as a value, as it is; an absent one is null. */
void json_write_raw(struct json_write *json, struct text value);
