/* uptakectl config: every option of a daemon with its value, where that comes from, and what a change of it takes. */
#include <stdio.h>
#include <string.h>

#include "app/config_table.h"
#include "app/config_value.h"
#include "codec/json_write.h"
#include "ctl/command.h"
#include "ctl/installed.h"

/* One line of the answer. Texts are borrowed. */
struct shown {
    const char *section, *key, *value, *standard;
    int line; /* as of config_line() */
    unsigned flags;
};

static const char *source_word(int line)
{
    if (line == CONFIG_LINE_NONE)
        return "default";
    return line == CONFIG_LINE_COMMAND ? "command" : "file";
}

static void print_line(const struct shown *shown)
{
    char name[96];
    char source[24];
    (void)snprintf(name, sizeof name, "%s.%s", shown->section, shown->key);
    if (shown->line > 0)
        (void)snprintf(source, sizeof source, "line %d", shown->line);
    else
        (void)snprintf(source, sizeof source, "%s", shown->line == CONFIG_LINE_NONE ? "default" : "command line");
    printf("%-34s %-32s %-32s %-12s %s%s\n", name, *shown->value != '\0' ? shown->value : "-",
           *shown->standard != '\0' ? shown->standard : "-", source,
           (shown->flags & CONFIG_RELOADABLE) != 0 ? "reload" : "restart",
           (shown->flags & CONFIG_RESULT) != 0 ? ", changes figures" : "");
}

static void write_line(struct json_write *json, const struct shown *shown)
{
    json_write_begin_object(json);
    json_write_name(json, "section");
    json_write_word(json, shown->section);
    json_write_name(json, "key");
    json_write_word(json, shown->key);
    json_write_name(json, "value");
    json_write_word(json, shown->value);
    json_write_name(json, "default");
    json_write_word(json, shown->standard);
    json_write_name(json, "source");
    json_write_word(json, source_word(shown->line));
    if (shown->line > 0) {
        json_write_name(json, "line");
        json_write_integer(json, shown->line);
    }
    json_write_name(json, "reloadable");
    json_write_bool(json, (shown->flags & CONFIG_RELOADABLE) != 0);
    json_write_name(json, "changes_figures");
    json_write_bool(json, (shown->flags & CONFIG_RESULT) != 0);
    json_write_end_object(json);
}

/* What is asked for, and where it goes. */
struct show {
    const char *key; /* NULL = all */
    bool changed;    /* only what is not at its default */
    struct json_write *json; /* NULL = a table for people */
    size_t count;
};

static void show_one(struct show *show, const struct shown *shown)
{
    char name[96];
    (void)snprintf(name, sizeof name, "%s.%s", shown->section, shown->key);
    bool is_asked = show->key == NULL || strcmp(show->key, shown->key) == 0 || strcmp(show->key, shown->section) == 0 ||
                    strcmp(show->key, name) == 0;
    if (!is_asked || (show->changed && shown->line == CONFIG_LINE_NONE))
        return;
    show->count++;
    if (show->json != NULL)
        write_line(show->json, shown);
    else
        print_line(shown);
}

static void show_all(struct show *show, const struct config *config)
{
    for (size_t i = 0; i < config_row_count; i++) {
        const struct config_row *row = &config_rows[i];
        struct strbuf value = {0};
        if (config_line(config, i) == CONFIG_LINE_NONE)
            strbuf_add_text(&value, row->standard);
        else
            config_value_print(config, row, &value);
        show_one(show, &(struct shown){.section = row->section,
                                       .key = row->key,
                                       .value = strbuf_text(&value),
                                       .standard = row->standard,
                                       .line = config_line(config, i),
                                       .flags = row->flags});
        strbuf_done(&value);
    }
    size_t count;
    const struct config_property *properties = config_properties(config, &count);
    for (size_t i = 0; i < count; i++) {
        struct strbuf key = {0};
        strbuf_add_format(&key, "kafka.%s%s", properties[i].name, properties[i].is_file ? "_file" : "");
        show_one(show, &(struct shown){.section = "kafka",
                                       .key = strbuf_text(&key),
                                       .value = properties[i].value,
                                       .standard = "",
                                       .line = properties[i].line});
        strbuf_done(&key);
    }
}

static int print_config(const struct config *config, const char *key, bool changed, bool as_json)
{
    struct strbuf text = {0};
    struct json_write json = {.out = &text};
    struct show show = {.key = key, .changed = changed, .json = as_json ? &json : NULL};
    if (as_json)
        json_write_begin_array(&json);
    else
        printf("%-34s %-32s %-32s %-12s %s\n", "option", "value", "default", "source", "a change takes");
    show_all(&show, config);
    if (as_json) {
        json_write_end_array(&json);
        printf("%s\n", strbuf_text(&text));
    }
    strbuf_done(&text);
    if (show.count == 0 && key != NULL && !changed)
        return command_refuse(&cmd_config, "config: there is no option '%s'", key);
    return COMMAND_OK;
}

static int run_config(int argc, char **argv)
{
    struct installed installed = INSTALLED_DEFAULT;
    bool changed = false;
    bool json = false;
    const struct option_spec specs[] = {
        INSTALLED_OPTIONS(&installed),
        {"changed", "", OPTION_FLAG, &changed, 0, 0, "only what is set"},
        {"json", "", OPTION_FLAG, &json, 0, 0, "as JSON"},
    };
    int operands;
    int end = command_read(&cmd_config, specs, sizeof specs / sizeof specs[0], argc, argv, 1, 2, &operands);
    if (end != COMMAND_GO_ON)
        return end;
    if (strcmp(argv[1], "show") != 0)
        return command_refuse(&cmd_config, "config: '%s' is not understood; say show", argv[1]);
    struct strbuf problems = {0};
    struct config *config = installed_load(&installed, true, &problems);
    if (config == NULL)
        (void)fputs(strbuf_text(&problems), stderr);
    strbuf_done(&problems);
    if (config == NULL)
        return COMMAND_CONFIGURATION;
    end = print_config(config, operands == 2 ? argv[2] : NULL, changed, json);
    config_free(config);
    return end;
}

const struct command cmd_config = {
    .name = "config",
    .synopsis = "show [OPTION...] [KEY]",
    .summary = "Show every option of a daemon: value, default, where it is set, what a change takes",
    .about = "KEY is a section, a key, or both with a point between them. Files of secrets are named and never opened.\n"
             "A change takes a reload (systemctl reload uptaked) or a restart; one that changes figures sets those from\n"
             "before and after apart.\n"
             "\n"
             "Examples:\n"
             "  uptakectl config show --changed\n"
             "  uptakectl config show --config ./uptaked.conf kafka\n"
             "  uptakectl config show --json | jq -r '.[] | select(.source != \"default\") | .key'\n",
    .run = run_config,
};
