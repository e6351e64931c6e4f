/* Text that others wrote, as a terminal may show it: nothing in it steers, its columns are known. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/strbuf.h"
#include "base/text.h"

enum { SCREEN_TEXT_WHOLE = -1 };

/* Appends the text and, where `columns` is not SCREEN_TEXT_WHOLE, cuts it to so many columns (the
 * last is then an ellipsis) or fills it up with blanks. Bytes that are not UTF-8, control
 * characters, and what turns the direction of writing show as U+FFFD. A wide character takes two
 * columns, an accent none. */
void screen_text_add(struct strbuf *out, struct text text, int columns);

/* The same, right-aligned. */
void screen_text_add_right(struct strbuf *out, struct text text, int columns);

/* Columns that the whole text takes. */
int screen_text_columns(struct text text);

/* Writes it to a stream. */
void screen_text_print(FILE *file, struct text text, int columns);

/* Is `part` in the text, whatever their case? An absent part is in all. */
bool screen_text_contains(struct text text, struct text part);

/* A JSON document with what steers a terminal escaped: the same document to a program. */
void screen_text_print_json(FILE *file, const struct strbuf *json);
