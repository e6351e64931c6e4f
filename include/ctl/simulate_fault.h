/* Broken lines for simulated streams: one or more of each reason to refuse, and odd ones that must
 * be taken. */
#pragma once

#include <stdint.h>

#include "base/strbuf.h"
#include "base/text.h"

/* Adds the line of that number (they repeat after the last) in the likeness of `model`, which is a
 * line of a simulated stream. Without a line end. */
void simulate_fault_write(struct strbuf *out, uint64_t number, struct text model);
