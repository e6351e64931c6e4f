/* Reads an INI file line by line. Owns inih. */
#pragma once

#include <stdio.h>

/* Everything is borrowed for the call. `line` counts from 1. */
struct config_file_events {
    void (*pair)(void *arg, int line, const char *section, const char *key, const char *value);
    /* A line that is no pair, section or comment. The text never repeats the line: it may hold a
     * secret. */
    void (*problem)(void *arg, int line, const char *text);
    void *arg;
};

/* `key = value` under `[section]`; comments begin with # or ; and have lines of their own; no
 * quotes, no escapes, no continued lines. A line may have CONFIG_FILE_LINE_BYTES. Calls back in the
 * order of the file. */
enum { CONFIG_FILE_LINE_BYTES = 8189 };
void config_file_read(FILE *file, const struct config_file_events *events);
