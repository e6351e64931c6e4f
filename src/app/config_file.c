/* Reads an INI file line by line. */
#include "app/config_file.h"

#include <ini.h>
#include <stdbool.h>
#include <string.h>

/* inih counts no lines and tells of the first mistake only, so every line is watched. */
struct reader {
    FILE *file;
    const struct config_file_events *events;
    int line;
    bool wants_pair; /* the line that inih has now must become a pair */
};

/* What inih made of the line that it was given last. */
static void settle(struct reader *reader)
{
    if (reader->wants_pair)
        reader->events->problem(reader->events->arg, reader->line,
                                "is no `key = value`, no [section] and no comment");
    reader->wants_pair = false;
}

static void look_at(struct reader *reader, const char *text)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    if (reader->line == 1 && strncmp(text, byte_order_mark, sizeof byte_order_mark - 1) == 0)
        text += sizeof byte_order_mark - 1;
    text += strspn(text, " \t\r\n\v\f");
    if (*text == '[' && strchr(text, ']') == NULL)
        reader->events->problem(reader->events->arg, reader->line, "is a section without its ]");
    reader->wants_pair = *text != '\0' && *text != '#' && *text != ';' && *text != '[';
}

/* Drops a line that does not fit, or that hides something behind a NUL byte. */
static void skip_line(struct reader *reader, char *ret_line)
{
    int c = 0;
    while (c != '\n' && c != EOF)
        c = getc(reader->file);
    reader->events->problem(reader->events->arg, reader->line,
                            "is too long, or has a NUL byte in it");
    memcpy(ret_line, "\n", sizeof "\n");
}

/* inih's fgets(). */
static char *read_line(char *ret_line, int size, void *stream)
{
    struct reader *reader = stream;
    settle(reader);
    if (fgets(ret_line, size, reader->file) == NULL)
        return NULL;
    reader->line++;
    if (strchr(ret_line, '\n') == NULL && !feof(reader->file))
        skip_line(reader, ret_line);
    look_at(reader, ret_line);
    return ret_line;
}

static int take_pair(void *arg, const char *section, const char *key, const char *value)
{
    struct reader *reader = arg;
    reader->wants_pair = false;
    reader->events->pair(reader->events->arg, reader->line, section, key, value);
    return 1;
}

void config_file_read(FILE *file, const struct config_file_events *events)
{
    ini_allow_multiline = false;
    ini_allow_inline_comments = false;
    ini_use_stack = false;
    ini_max_line = ini_initial_alloc = CONFIG_FILE_LINE_BYTES + 3; /* for \r, \n and NUL */
    struct reader reader = {.file = file, .events = events};
    if (ini_parse_stream(read_line, &reader, take_pair, &reader) < 0)
        events->problem(events->arg, reader.line, "cannot be read for want of memory");
    settle(&reader);
}
