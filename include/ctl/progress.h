/* Shows on stderr how far something is: a bar on a terminal, a plain line now and then elsewhere.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *what; /* is counted, e.g. "events"; borrowed */
    bool tty, quiet;
    bool shown; /* the bar stands on the present line */
    int64_t started_us, next_us;
};

/* quiet: shows nothing. */
void progress_begin(struct progress *progress, const char *what, bool quiet);

/* `count` of them are done, `share` (0 to 1) of all, negative = not known. Costs next to nothing
 * where nothing is due. */
void progress_show(struct progress *progress, uint64_t count, double share);

/* Makes room for a line on stderr. */
void progress_clear(struct progress *progress);

/* Seconds since it began. */
double progress_elapsed_s(const struct progress *progress);
