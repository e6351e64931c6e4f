/* The manual pages, written from the tables of the programs. */
#include "ctl/man_pages.h"

#include <stdio.h>
#include <string.h>

#include "app/config_table.h"
#include "app/exit_code.h"
#include "app/options.h"
#include "codec/event_guide.h"
#include "ctl/man.h"
#include "model/measure.h"

/* ---- uptakectl(1) ------------------------------------------------------------------------------------------------ */

static void print_command(const struct command *command, const struct option_spec *specs, size_t count, FILE *file)
{
    struct strbuf page = {0};
    man_subsection(&page, command->name);
    strbuf_add_text(&page, "\\fBuptakectl ");
    man_words(&page, command->name);
    strbuf_add_text(&page, "\\fR ");
    man_words(&page, command->synopsis);
    strbuf_add_char(&page, '\n');
    struct strbuf summary = {0};
    strbuf_add_format(&summary, "%s.", command->summary);
    man_paragraph(&page, strbuf_text(&summary));
    strbuf_done(&summary);
    for (size_t i = 0; i < count; i++) {
        struct strbuf name = {0};
        strbuf_add_format(&name, "--%s", specs[i].name);
        man_item(&page, strbuf_text(&name), specs[i].value, specs[i].help);
        strbuf_done(&name);
    }
    man_prose(&page, command->about);
    (void)fwrite(page.data, 1, page.length, file);
    strbuf_done(&page);
}

const struct command_writer man_pages_writer = {.argument = "--help=man", .print = print_command};

static void add_exit_code(struct strbuf *page, int code, const char *help)
{
    char number[16];
    (void)snprintf(number, sizeof number, "%d", code);
    man_item(page, number, "", help);
}

static void print_page(struct strbuf *page)
{
    (void)fwrite(page->data, 1, page->length, stdout);
    strbuf_done(page);
}

static void print_uptakectl(void)
{
    struct strbuf page = {0};
    man_begin(&page, "UPTAKECTL", 1, "uptakectl", "the tool for people who work with uptaked");
    man_section(&page, "SYNOPSIS");
    strbuf_add_text(&page, ".B uptakectl\n\\fICOMMAND\\fR [\\fIOPTION\\fR...] [\\fIOPERAND\\fR...]\n");
    man_section(&page, "DESCRIPTION");
    man_paragraph(&page, "Results go to the standard output, everything else to the standard error. An option is `--name value` or "
                         "`--name=value`; `--` ends the options. Every command knows `--help`.");
    man_section(&page, "COMMANDS");
    print_page(&page);
    command_describe_all(&man_pages_writer);
    man_section(&page, "EXIT STATUS");
    for (size_t i = 0; i < command_end_count; i++)
        add_exit_code(&page, (int)command_ends[i].code, command_ends[i].help);
    man_see_also(&page, "uptaked(8) uptaked.conf(5) uptake-events(7)");
    print_page(&page);
}

/* ---- uptaked(8) -------------------------------------------------------------------------------------------------- */

static void print_uptaked(void)
{
    struct strbuf page = {0};
    man_begin(&page, "UPTAKED", 8, "uptaked", "measures of how AI is taken up, from Kafka to PostgreSQL and Redis");
    man_section(&page, "SYNOPSIS");
    strbuf_add_text(&page, ".B uptaked\n[\\fIOPTION\\fR]...\n");
    man_section(&page, "DESCRIPTION");
    man_paragraph(&page, "Reads events about work with AI from Kafka, keeps rolling measures of every team in Redis, and writes them and "
                         "every team's daily health to PostgreSQL, each event exactly once. It runs in the foreground and logs to the "
                         "standard error; under systemd(1) it says when it is ready, how it is, and that it is alive.");
    man_paragraph(&page, "Several instances in one consumer group share the partitions. What is read, and where it goes, is said in "
                         "uptaked.conf(5); what may be sent, in uptake-events(7). `uptakectl doctor` checks an installation.");
    man_section(&page, "OPTIONS");
    for (size_t i = 0; i < options_row_count; i++) {
        struct strbuf name = {0};
        strbuf_add_format(&name, "--%s", options_rows[i].name);
        man_item(&page, strbuf_text(&name), options_rows[i].value, options_rows[i].help);
        strbuf_done(&name);
    }
    man_section(&page, "SIGNALS");
    man_item(&page, "SIGTERM, SIGINT", "", "save everything, leave the group, and end with 0");
    man_item(&page, "SIGHUP", "", "read the configuration anew; on a mistake the one in force stays");
    man_item(&page, "SIGUSR1", "", "log the state of each partition");
    man_section(&page, "ENVIRONMENT");
    man_item(&page, "CREDENTIALS_DIRECTORY", "",
             "where files named $CREDENTIALS_DIRECTORY/NAME in the configuration lie; systemd sets it where the unit has "
             "LoadCredential=");
    man_item(&page, "NOTIFY_SOCKET, WATCHDOG_USEC, JOURNAL_STREAM", "", "set by systemd");
    man_section(&page, "FILES");
    man_item(&page, OPTIONS_CONFIG_PATH, "", "the configuration, unless `--config` says otherwise");
    man_section(&page, "EXIT STATUS");
    for (size_t i = 0; i < exit_code_row_count; i++)
        add_exit_code(&page, exit_code_rows[i].code, exit_code_rows[i].help);
    man_see_also(&page, "uptakectl(1) uptaked.conf(5) uptake-events(7) systemd.exec(5)");
    print_page(&page);
}

/* ---- uptaked.conf(5) --------------------------------------------------------------------------------------------- */

static void add_row(struct strbuf *page, const struct config_row *row)
{
    struct strbuf help = {0};
    strbuf_add_format(&help, "%s%s(", row->help, *row->help != '\0' ? " " : "As above. ");
    config_table_print_range(row, &help);
    if (*row->standard != '\0')
        strbuf_add_format(&help, "; default: `%s`", row->standard);
    if ((row->flags & CONFIG_RESULT) != 0)
        strbuf_add_text(&help, "; changes figures");
    if ((row->flags & CONFIG_RELOADABLE) != 0)
        strbuf_add_text(&help, "; reloadable");
    strbuf_add_char(&help, ')');
    man_item(page, row->key, "", strbuf_text(&help));
    strbuf_done(&help);
}

static void add_passthrough(struct strbuf *page)
{
    struct strbuf lines = {0};
    strbuf_add_format(&lines, "%s\n\n", config_passthrough_help);
    for (size_t i = 0; config_passthrough_example[i] != NULL; i++)
        strbuf_add_format(&lines, "  %s\n", config_passthrough_example[i]);
    man_prose(page, strbuf_text(&lines));
    strbuf_done(&lines);
}

static void print_conf(void)
{
    struct strbuf page = {0};
    man_begin(&page, "UPTAKED.CONF", 5, "uptaked.conf", "configuration of uptaked");
    man_section(&page, "DESCRIPTION");
    man_paragraph(&page, "Sections in brackets, and in them lines `KEY = VALUE`. Lines that begin with # or ; are comments; a comment "
                         "behind a value is part of it. What is not set has its default. Any key can be set on the command line too: "
                         "`--set SECTION.KEY=VALUE`. `uptaked --check-config` names every mistake at once.");
    man_paragraph(&page, "Durations are whole numbers with ms, s, m, h or d behind them, sizes with KiB, MiB, GiB or nothing. Keys that "
                         "change figures are part of the `definitions` of every stored row: figures with different definitions are "
                         "never compared. Reloadable ones may change while uptaked runs (SIGHUP). Secrets stand in files of their own that only their owner may read.");
    const char *section = "";
    for (size_t i = 0; i < config_row_count; i++) {
        const struct config_row *row = &config_rows[i];
        if (strcmp(section, row->section) != 0) {
            if (strcmp(section, "kafka") == 0)
                add_passthrough(&page);
            struct strbuf heading = {0};
            strbuf_add_format(&heading, "[%s]", row->section);
            strbuf_add_text(&page, ".SH ");
            man_words(&page, strbuf_text(&heading));
            strbuf_add_char(&page, '\n');
            strbuf_done(&heading);
            section = row->section;
        }
        add_row(&page, row);
    }
    man_section(&page, "FILES");
    man_item(&page, OPTIONS_CONFIG_PATH, "", "read by default");
    man_see_also(&page, "uptaked(8) uptakectl(1)");
    print_page(&page);
}

/* ---- uptake-events(7) -------------------------------------------------------------------------------------------- */

static void add_member(struct strbuf *page, const struct event_schema *schema, const struct event_guide_member *member)
{
    struct strbuf help = {0};
    strbuf_add_format(&help, "%s (%s", member->help, member->is_required ? "required; " : "");
    if (member->words == WORD_SETS)
        strbuf_add_text(&help, member->values);
    for (uint32_t w = 0; member->words != WORD_SETS && w < schema->words[member->words].count; w++)
        strbuf_add_format(&help, "%s`%s`", w > 0 ? ", " : "", schema->words[member->words].texts[w]);
    strbuf_add_char(&help, ')');
    man_item(page, member->name, "", strbuf_text(&help));
    strbuf_done(&help);
}

/* An event of the type with every member. */
static void add_example(struct strbuf *page, enum event_type type)
{
    struct strbuf line = {0};
    strbuf_add_format(&line,
                      "  {\"specversion\": \"1.0\", \"id\": \"a-%d\", \"source\": \"/desk\",\n"
                      "   \"type\": \"%s\", \"time\": \"2025-11-03T13:00:00Z\",\n   \"data\": {",
                      (int)type + 1, event_type_name(type));
    const char *between = "";
    for (size_t i = 0; i < event_guide_member_count; i++) {
        const struct event_guide_member *member = &event_guide_members[i];
        if (member->type != type)
            continue;
        strbuf_add_format(&line, "%s\"%s\": %s", between, member->name, member->example);
        between = ",\n     ";
    }
    strbuf_add_text(&line, "}}\n");
    man_prose(page, strbuf_text(&line));
    strbuf_done(&line);
}

static void add_types(struct strbuf *page)
{
    struct event_schema schema;
    event_schema_init(&schema);
    for (int t = 0; t < EVENT_TYPES; t++) {
        struct strbuf help = {0};
        man_subsection(page, event_type_name((enum event_type)t));
        strbuf_add_format(&help, "Says: %s.", event_guide_type((enum event_type)t));
        man_paragraph(page, strbuf_text(&help));
        strbuf_done(&help);
        for (size_t i = 0; i < event_guide_member_count; i++) {
            if ((int)event_guide_members[i].type == t)
                add_member(page, &schema, &event_guide_members[i]);
        }
        add_example(page, (enum event_type)t);
    }
}

static void add_measures(struct strbuf *page)
{
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        struct strbuf help = {0};
        strbuf_add_format(&help, "%s. It cannot show: %s.", info->help, info->cannot_show);
        if (*info->see != '\0')
            strbuf_add_format(&help, " See `%s`.", info->see);
        man_item(page, info->name, info->unit, strbuf_text(&help));
        strbuf_done(&help);
    }
}

static void print_events(void)
{
    struct strbuf page = {0};
    man_begin(&page, "UPTAKE-EVENTS", 7, "uptake-events", "the events that uptaked reads, and the measures it makes of them");
    man_section(&page, "DESCRIPTION");
    man_paragraph(&page, "CloudEvents 1.0 in Kafka, in both modes. Structured: the value is the whole event (header content-type "
                         "application/cloudevents+json, or none). Binary: headers ce_specversion, ce_id, ce_source, ce_type and ce_time, "
                         "and the value is `data`. The Kafka key is the team, byte for byte `data.team`.");
    man_paragraph(&page, "A text is UTF-8, 1 to 128 bytes, without control characters. Unknown members and null are ignored. An event "
                         "with the `source`, `id` and `time` of an earlier one changes nothing. Within join_window order does not "
                         "matter.");
    man_section(&page, "TYPES");
    add_types(&page);
    man_section(&page, "REFUSED EVENTS");
    man_paragraph(&page, "An event that cannot be taken goes to the dead-letter topic as it came, with the headers uptake_reason, "
                         "uptake_detail, uptake_topic, uptake_partition, uptake_offset and uptake_timestamp. uptakectl replay sends it "
                         "again after a fix. It is counted by reason:");
    for (int r = 0; r < REJECT_REASONS; r++)
        man_item(&page, event_reject_name((enum reject)r), "", event_guide_reject((enum reject)r));
    man_section(&page, "MEASURES");
    man_paragraph(&page, "Each is an estimate with 95 % limits and the number of cases; unknown is never 0.");
    add_measures(&page);
    man_see_also(&page, "uptakectl(1) uptaked.conf(5) uptaked(8)");
    print_page(&page);
}

/* ---- by name ----------------------------------------------------------------------------------------------------- */

int man_pages_print(const char *name)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } pages[] = {{"uptaked.8", print_uptaked},
                 {"uptakectl.1", print_uptakectl},
                 {"uptaked.conf.5", print_conf},
                 {"uptake-events.7", print_events}};
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        if (strcmp(pages[i].name, name) == 0) {
            pages[i].print();
            return COMMAND_OK;
        }
    }
    (void)fputs("uptakectl: --print-man wants one of", stderr);
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        (void)fprintf(stderr, " %s", pages[i].name);
    (void)fputs("\n", stderr);
    return COMMAND_USAGE;
}
