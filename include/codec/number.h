/* Numbers as decimal text, faster than printf where figures are ordinary. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { NUMBER_BYTES = 32 };

/* Writes a finite value with 12 significant digits, as "%.12g" does (a tie may round the other way), without a
 * terminating NUL. Returns the number of bytes, at most NUMBER_BYTES. */
size_t number_write(double value, char ret_text[static NUMBER_BYTES]);

/* Writes all digits, and a sign in front of what is below 0. */
size_t number_write_whole(int64_t value, char ret_text[static NUMBER_BYTES]);

/* As number_write(), with as many digits (at most 17) as it takes to read the very value back. */
size_t number_write_exact(double value, char ret_text[static NUMBER_BYTES]);
