/* Writes config/uptaked.conf from the table of options. */
#include <string.h>

#include "app/config.h"
#include "app/config_table.h"

enum { COLUMNS = 100 };

static const char head[] =
    "# uptaked.conf: every option with its default. Made by `uptaked --print-example-config`.\n"
    "#\n"
    "# Take the # from a line to change it; check with `uptaked --check-config`. Comments have "
    "lines of their own.\n"
    "# A change takes effect at a restart; of what is marked \"reloadable\" also at SIGHUP "
    "(systemctl reload uptaked).\n"
    "# \"changes figures\": figures from before and after are marked and not compared "
    "(`definitions`).\n";

/* Adds the sentences as comment lines of at most COLUMNS bytes. */
static void add_comment(const char *sentences, struct strbuf *ret_text)
{
    size_t column = 0;
    for (const char *word = sentences; *word != '\0';) {
        size_t length = strcspn(word, " ");
        if (column > 0 && column + 1 + length > COLUMNS) {
            strbuf_add_char(ret_text, '\n');
            column = 0;
        }
        strbuf_add_text(ret_text, column == 0 ? "# " : " ");
        strbuf_add(ret_text, word, length);
        column += length + (column == 0 ? 2 : 1);
        word += length;
        word += *word == ' ';
    }
    if (column > 0)
        strbuf_add_char(ret_text, '\n');
}

static void add_row(const struct config_row *row, struct strbuf *ret_text)
{
    struct strbuf range = {0};
    add_comment(row->help, ret_text);
    strbuf_add_text(&range, "(");
    config_table_print_range(row, &range);
    if ((row->flags & CONFIG_RESULT) != 0)
        strbuf_add_text(&range, "; changes figures");
    if ((row->flags & CONFIG_RELOADABLE) != 0)
        strbuf_add_text(&range, "; reloadable");
    strbuf_add_text(&range, ")");
    add_comment(strbuf_text(&range), ret_text);
    strbuf_done(&range);
    strbuf_add_format(ret_text, "#%s =%s%s\n", row->key, *row->standard != '\0' ? " " : "",
                      row->standard);
}

static void add_passthrough(struct strbuf *ret_text)
{
    strbuf_add_char(ret_text, '\n');
    add_comment(config_passthrough_help, ret_text);
    for (size_t i = 0; config_passthrough_example[i] != NULL; i++)
        strbuf_add_format(ret_text, "#%s\n", config_passthrough_example[i]);
}

void config_print_example(struct strbuf *ret_text)
{
    strbuf_add_text(ret_text, head);
    const char *section = "";
    for (size_t i = 0; i < config_row_count; i++) {
        const struct config_row *row = &config_rows[i];
        bool is_new = strcmp(section, row->section) != 0;
        if (is_new && strcmp(section, "kafka") == 0)
            add_passthrough(ret_text);
        if (is_new)
            strbuf_add_format(ret_text, "\n[%s]\n", row->section);
        section = row->section;
        if (*row->help != '\0')
            strbuf_add_char(ret_text, '\n');
        add_row(row, ret_text);
    }
}
