/* uptakectl report: everything that is known of a team, or of all, as one document to keep and to send. */
#include <stdio.h>
#include <string.h>

#include "app/config.h"
#include "base/mem.h"
#include "codec/page_sql.h"
#include "ctl/command.h"
#include "ctl/output_file.h"
#include "ctl/report_pages.h"
#include "ctl/report_writer.h"
#include "ctl/typed_day.h"
#include "io/pg_session.h"

enum { DEPTH_MAX = 16 };

struct report {
    const struct report_writer *writer;
    struct report_output output;
    struct output_file file;
    struct pg_session *session;
    struct report_thresholds thresholds;
    const char *from, *to; /* "" = not asked */
};

static int parse(struct json_reader *reader, const struct strbuf *text, struct json_value *ret_root, struct up_err *err)
{
    const char *wrong = json_reader_parse(reader, text->data, text->length, ret_root);
    return wrong == NULL ? UP_OK : up_fail(err, UP_ECORRUPT, "PostgreSQL's document cannot be read: %s", wrong);
}

/* The page is written, and given to the file: one team at a time is in memory. */
static int put_page(struct report *report, const struct report_page *page, struct up_err *err)
{
    struct report_output *output = &report->output;
    report->writer->page(output, page);
    output->pages++;
    int code = output_file_write(&report->file, output->text.data, output->text.length, err);
    strbuf_reset(&output->text);
    return code;
}

static int put_team(struct report *report, const char *team, size_t number, struct up_err *err)
{
    const char *const values[] = {team, report->from, report->to};
    struct strbuf text = {.length = 0};
    struct json_reader *reader = json_reader_new(DEPTH_MAX);
    struct report_page page = {.number = number};
    struct json_value root;
    int code = pg_session_ask_with(report->session, page_sql_team.sql, values, page_sql_team.parameters, &text, err);
    if (code == UP_OK && text.length == 0)
        code = up_fail(err, UP_EINVAL, "no day of a team '%s' has closed%s%s; `uptakectl teams` lists them", team,
                       report->to[0] != '\0' ? " up to " : " yet", report->to);
    if (code == UP_OK)
        code = parse(reader, &text, &root, err);
    if (code == UP_OK) {
        report_pages_make_team(&page, &root, &report->thresholds);
        code = put_page(report, &page, err);
    }
    report_page_done(&page);
    json_reader_free(reader);
    strbuf_done(&text);
    return code;
}

/* The teams of the overview, in its order. */
static int put_teams(struct report *report, const struct report_page *overview, struct up_err *err)
{
    for (size_t s = 0; s < overview->section_count; s++) {
        const struct report_section *section = &overview->sections[s];
        const struct report_block *block = section->block_count > 0 ? &section->blocks[0] : NULL;
        for (size_t i = 0; block != NULL && i < block->team_count; i++) {
            char *team = mem_copy_text(block->teams[i].team.bytes, block->teams[i].team.length);
            int code = put_team(report, team, block->teams[i].page, err);
            mem_free(team);
            if (code != UP_OK)
                return code;
        }
    }
    return UP_OK;
}

static int put_all(struct report *report, struct up_err *err)
{
    const char *const values[] = {report->to, "exact"};
    struct strbuf teams = {.length = 0};
    struct strbuf organisation = {.length = 0};
    struct json_reader *reader = json_reader_new(DEPTH_MAX);
    struct json_reader *other = json_reader_new(DEPTH_MAX);
    struct report_page page = {.number = 0};
    struct json_value roots[2];
    int code = pg_session_ask_with(report->session, page_sql_teams.sql, values, page_sql_teams.parameters, &teams, err);
    if (code == UP_OK)
        code = pg_session_ask_with(report->session, report_pages_organisation_sql, values, 1, &organisation, err);
    if (code == UP_OK)
        code = parse(reader, &teams, &roots[0], err);
    if (code == UP_OK)
        code = parse(other, &organisation, &roots[1], err);
    if (code == UP_OK) {
        report_pages_make_organisation(&page, &roots[0], &roots[1]);
        code = put_page(report, &page, err);
    }
    if (code == UP_OK)
        code = put_teams(report, &page, err);
    report_page_done(&page);
    json_reader_free(reader);
    json_reader_free(other);
    strbuf_done(&teams);
    strbuf_done(&organisation);
    return code;
}

/* All of it is as of one moment, whatever closes meanwhile. */
static int read_and_write(struct report *report, const char *team, struct up_err *err)
{
    struct strbuf *text = &report->output.text;
    int code = pg_session_run(report->session, page_sql_session, err);
    if (code == UP_OK)
        code = pg_session_run(report->session, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err);
    if (code != UP_OK)
        return code;
    report->writer->begin(&report->output);
    code = team != NULL ? put_team(report, team, 1, err) : put_all(report, err);
    if (code == UP_OK) {
        report->writer->end(&report->output);
        code = output_file_write(&report->file, text->data, text->length, err);
    }
    return code;
}

static int make(struct report *report, const char *connection, const char *team, const char *path)
{
    struct up_err err;
    char definitions[CONFIG_DEFINITIONS_BYTES];
    struct config *standard = config_new_default();
    config_definitions_write(standard, definitions);
    report->thresholds = (struct report_thresholds){definitions, standard->settings.changed_work_threshold,
                                                    standard->settings.traceable_threshold,
                                                    standard->settings.reproduces_threshold};
    report->session = pg_session_open_reader(connection, "uptakectl", &err);
    int code = report->session != NULL ? output_file_begin(&report->file, path, &err) : err.code;
    if (code == UP_OK)
        code = read_and_write(report, team, &err);
    if (code == UP_OK)
        code = output_file_end(&report->file, &err);
    output_file_give_up(&report->file);
    if (report->session != NULL)
        pg_session_close(report->session);
    strbuf_done(&report->output.text);
    config_free(standard);
    return code == UP_OK ? COMMAND_OK : command_fail(&err);
}

static const struct report_writer *find_writer(const char *format)
{
    static const struct report_writer *const writers[] = {&report_html_writer, &report_md_writer, &report_csv_writer,
                                                          &report_json_writer};
    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++) {
        if (strcmp(writers[i]->format, format) == 0)
            return writers[i];
    }
    return NULL;
}

static int run_report(int argc, char **argv)
{
    const char *connection = "";
    const char *format = "html";
    const char *path = NULL;
    bool all = false;
    struct report report = {.from = "", .to = ""};
    const struct option_spec specs[] = {
        {"all", "", OPTION_FLAG, &all, 0, 0, "every team, and first an overview of the organisation"},
        {"format", "FORMAT", OPTION_TEXT, &format, 0, 0, "html, md, csv or json (html)"},
        {"from", "DAY", OPTION_TEXT, &report.from, 0, 0, "first day of the history, YYYY-MM-DD (400 days)"},
        {"to", "DAY", OPTION_TEXT, &report.to, 0, 0, "day that all is as of, YYYY-MM-DD (the last that closed)"},
        {"output", "FILE", OPTION_TEXT, &path, 0, 0, "there as a whole or not at all (standard output)"},
        {"postgresql", "CONNECTION", OPTION_TEXT, &connection, 0, 0, "libpq's connection string (PG* variables)"},
    };
    int operands;
    int end = command_read(&cmd_report, specs, sizeof specs / sizeof specs[0], argc, argv, 0, 1, &operands);
    if (end != COMMAND_GO_ON)
        return end;
    int32_t first = INT32_MIN;
    int32_t last = INT32_MAX;
    report.writer = find_writer(format);
    if (report.writer == NULL)
        return command_refuse(&cmd_report, "--format: '%s' is not html, md, csv or json", format);
    if (all == (operands == 1))
        return command_refuse(&cmd_report, all ? "--all has every team: '%s' is too much" : "name a team, or say --all%s",
                              all ? argv[1] : "");
    if (report.from[0] != '\0' && !typed_day_read(report.from, &first))
        return command_refuse(&cmd_report, "--from: '%s' is no day; write YYYY-MM-DD", report.from);
    if (report.to[0] != '\0' && !typed_day_read(report.to, &last))
        return command_refuse(&cmd_report, "--to: '%s' is no day; write YYYY-MM-DD", report.to);
    if (last < first)
        return command_refuse(&cmd_report, "--to is a day before --from");
    report.output = (struct report_output){.is_all = all, .from = report.from, .to = report.to};
    if (!all)
        report.output.team = text_of(argv[1]);
    return make(&report, connection, all ? NULL : argv[1], path);
}

const struct command cmd_report = {
    .name = "report",
    .synopsis = "[OPTION...] TEAM|--all",
    .summary = "Write everything that is known of a team, or of all, as one document",
    .about =
        "State, health and its history, every measure with its interval and what it says, AI against\n"
        "without by workflow, when advice is taken, whether training lasts, why the verdict, what is\n"
        "in the way, open alarms, and what would have to be sent to know more.\n"
        "\n"
        "  html  one file without scripts or addresses: to mail, to print, light or dark\n"
        "  md    CommonMark with tables\n"
        "  csv   one row a figure: team, as_of, section, block, entry, name, workflow, window, day,\n"
        "        estimate, lo, hi, n, word, definitions. What is unknown has no estimate but the word\n"
        "        why. A name that a spreadsheet would calculate has an apostrophe before it\n"
        "  json  one document of the same sections, with the names of the registry\n"
        "\n"
        "Read from the views for analysts: figures of fewer than min_group people are suppressed.\n"
        "With --to all is as that day closed; figures of 90 days and by workflow are kept for the\n"
        "present only.\n"
        "\n"
        "Examples:\n"
        "  uptakectl report north --output north.html\n"
        "  uptakectl report --all --format md --from 2026-01-01 --to 2026-03-31\n"
        "  uptakectl report north --format json | jq '.teams[0].sections.health.health'\n",
    .run = run_report,
};
