/* uptakectl import: turns what other systems export into events. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codec/json_reader.h"
#include "ctl/command.h"
#include "ctl/import_order.h"
#include "ctl/import_run.h"
#include "ctl/import_summary.h"
#include "ctl/produce_typed.h"

enum { OWN_SPECS = 9, OPERANDS_MAX = 100000, ORDER_BYTES_MAX = 256 << 20 };

struct typed {
    const char *map, *teams;
    struct option_texts verbs;
    struct import_options options;
    bool json;
    struct produce_typed produce;
};

/* What is to be done, and how far it is. */
struct job {
    const struct typed *typed;
    struct teams_file teams;
    struct import_map map;
    struct import import;
    struct import_order *order;
    uint64_t written;
    struct up_err order_err; /* .code is 0 while nothing failed */
};

static const struct import_format *const formats[] = {&import_copilot, &import_claude_code,
                                                      &import_xapi};

/* ---- what was typed -------------------------------------------------------------------------- */

static bool is_csv(const char *format)
{
    return strcmp(format, "csv") == 0;
}

static const struct import_format *find_format(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    }
    return NULL;
}

static int check_typed(const struct typed *typed, const char *format)
{
    if (!is_csv(format) && find_format(format) == NULL)
        return command_refuse(
            &cmd_import, "'%s' is no format: they are copilot, claude-code, xapi, csv", format);
    if (is_csv(format) && typed->map == NULL)
        return command_refuse(&cmd_import,
                              "csv: --map FILE is missing; it says which column is what");
    if (!is_csv(format) && typed->map != NULL)
        return command_refuse(&cmd_import, "--map is for the format csv");
    return UP_OK;
}

/* UP_EINVAL when the file has mistakes, which are said. */
static int refuse_mistakes(size_t mistakes, struct strbuf *messages, const char *path,
                           struct up_err *err)
{
    if (mistakes == 0)
        return UP_OK;
    fputs(strbuf_text(messages), stderr);
    return up_fail(err, UP_EINVAL, "%s has %zu mistake%s: nothing was imported", path, mistakes,
                   mistakes == 1 ? "" : "s");
}

static int read_teams(struct job *job, struct up_err *err)
{
    if (job->typed->teams == NULL)
        return UP_OK;
    int code = teams_file_read(job->typed->teams, &job->teams, err);
    return code != UP_OK
               ? code
               : refuse_mistakes(job->teams.mistakes, &job->teams.messages, job->typed->teams, err);
}

static int read_map(struct job *job, struct up_err *err)
{
    if (job->typed->map == NULL)
        return UP_OK;
    int code = import_map_read(job->typed->map, &job->map, err);
    return code != UP_OK
               ? code
               : refuse_mistakes(job->map.mistakes, &job->map.messages, job->typed->map, err);
}

/* ---- events ---------------------------------------------------------------------------------- */

static void take_event(void *owner, int64_t time_ms, struct text line)
{
    struct job *job = owner;
    if (job->order_err.code == UP_OK)
        (void)import_order_add(job->order, time_ms, line, &job->order_err);
}

static int read_files(struct job *job, const char *format, char **paths, int count,
                      struct up_err *err)
{
    struct progress progress;
    int code = UP_OK;
    progress_begin(&progress, "records", job->typed->produce.quiet || job->typed->json);
    for (int i = 0; i < count && code == UP_OK; i++) {
        code = is_csv(format)
                   ? import_run_csv(&job->import, &job->map, paths[i], err)
                   : import_run_json(&job->import, find_format(format), paths[i], &progress, err);
        if (code == UP_OK && job->order_err.code != UP_OK) {
            *err = job->order_err;
            code = err->code;
        }
    }
    progress_clear(&progress);
    return code;
}

/* To Kafka, by way of an unnamed file. Returns an exit code. */
static int send_events(struct job *job, struct produce_options *options)
{
    struct up_err err;
    struct produce_counts counts = {.lines = 0};
    FILE *file = tmpfile();
    int code = file == NULL ? up_fail(&err, UP_EIO, "cannot make a temporary file") : UP_OK;
    if (code == UP_OK)
        code = import_order_write(job->order, file, &job->written, &err);
    if (code == UP_OK && lseek(fileno(file), 0, SEEK_SET) != 0)
        code = up_fail(&err, UP_EIO, "cannot read the events again");
    if (code == UP_OK)
        code = file_source_open_descriptor(dup(fileno(file)), "the events", &options->source, &err);
    if (file != NULL)
        fclose(file);
    if (code != UP_OK)
        return command_fail(&err);
    code = produce_run(options, &counts, &err);
    return produce_typed_report(&counts, code, &err);
}

static int write_events(struct job *job)
{
    struct up_err err;
    int code = import_order_write(job->order, stdout, &job->written, &err);
    return code == UP_OK ? COMMAND_OK : command_fail(&err);
}

static int report(const struct job *job, int end)
{
    const struct import *import = &job->import;
    if (job->typed->json)
        import_summary_print_json(import, job->written, stderr);
    else
        import_summary_print(import, job->written, stderr);
    if (end != COMMAND_OK)
        return end;
    if (import->mistakes > 0)
        return COMMAND_PARTIAL;
    return import->records > 0 && job->written == 0 ? COMMAND_WARNED : COMMAND_OK;
}

/* options: NULL = to the standard output. */
static int run_job(struct job *job, const char *format, char **paths, int count,
                   struct produce_options *options)
{
    struct up_err err;
    struct import_options import_options = job->typed->options;
    import_options.teams = job->typed->teams != NULL ? &job->teams : NULL;
    import_options.verbs = job->typed->verbs.items;
    import_options.verb_count = job->typed->verbs.count;
    int code = read_teams(job, &err);
    if (code == UP_OK)
        code = read_map(job, &err);
    if (code != UP_OK)
        return command_fail(&err);
    import_init(&job->import, &import_options, take_event, job);
    job->order = import_order_new(ORDER_BYTES_MAX);
    code = read_files(job, format, paths, count, &err);
    int end = code != UP_OK     ? command_fail(&err)
              : options != NULL ? send_events(job, options)
                                : write_events(job);
    if (code == UP_OK)
        end = report(job, end);
    import_order_free(job->order);
    import_done(&job->import);
    return end;
}

static int run_import(int argc, char **argv)
{
    struct typed typed = {.options = {.workflow = "claude-code", .team_attribute = "team.id"}};
    struct option_spec specs[OWN_SPECS + PRODUCE_SPECS] = {
        {"team", "NAME", OPTION_TEXT, &typed.options.team, 0, 0,
         "team of those of whom nothing else says one"},
        {"teams", "FILE", OPTION_TEXT, &typed.teams, 0, 0,
         "CSV: user,team[,valid_from,valid_to,name]"},
        {"map", "FILE", OPTION_TEXT, &typed.map, 0, 0, "csv: which column is what"},
        {"workflow", "NAME", OPTION_TEXT, &typed.options.workflow, 0, 0,
         "claude-code: workflow of edits that were decided on (claude-code)"},
        {"team-attribute", "KEY", OPTION_TEXT, &typed.options.team_attribute, 0, 0,
         "claude-code: attribute that has the team (team.id)"},
        {"verb", "IRI", OPTION_TEXTS, &typed.verbs, 0, 0,
         "xapi: this verb means completion too; may come again"},
        {"parts", "", OPTION_FLAG, &typed.options.parts, 0, 0,
         "xapi: modules, lessons and the like count as courses"},
        {"account-home", "URL", OPTION_TEXT, &typed.options.account_home, 0, 0,
         "xapi: only accounts of this home page"},
        {"json", "", OPTION_FLAG, &typed.json, 0, 0, "the summary as JSON, on stderr"},
    };
    struct produce_options options;
    int operands;
    produce_typed_init(&typed.produce, specs + OWN_SPECS);
    int end = command_read(&cmd_import, specs, OWN_SPECS + PRODUCE_SPECS, argc, argv, 2,
                           OPERANDS_MAX, &operands);
    if (end != COMMAND_GO_ON)
        return end;
    typed.produce.quiet = typed.produce.quiet || typed.json;
    if (check_typed(&typed, argv[1]) != UP_OK)
        return COMMAND_USAGE;
    struct job job = {.typed = &typed};
    bool sends = produce_typed_has_brokers(&typed.produce);
    if (produce_typed_read(&typed.produce, &cmd_import, &options) == UP_OK)
        end = run_job(&job, argv[1], argv + 2, operands - 1, sends ? &options : NULL);
    else
        end = COMMAND_USAGE;
    produce_typed_done(&typed.produce);
    teams_file_done(&job.teams);
    import_map_done(&job.map);
    return end;
}

const struct command cmd_import = {
    .name = "import",
    .synopsis = "copilot|claude-code|xapi|csv [OPTION...] FILE...",
    .summary = "Turn what other systems export into events, and say what cannot become one and why",
    .about =
        "Formats:\n"
        "  copilot      GitHub's usage metrics (per user and day: events), seats; its older "
        "metrics\n"
        "               are totals and give none\n"
        "  claude-code  OpenTelemetry's logs and metrics as JSON, and rows of the analytics API\n"
        "  xapi         statements of a learning record store: completed courses become trainings\n"
        "  csv          any table, as --map says; config/import has examples\n"
        "\n"
        "FILEs are plain or gzipped, - is the standard input. JSON may be one value, a list, or "
        "one\n"
        "value a line. Events come out by time, each once, on stdout, or go to Kafka with "
        "--brokers.\n"
        "What they are called and when they were hangs on the record alone: whatever is imported\n"
        "again, also as a part of another file, changes nothing.\n"
        "\n"
        "The summary says on stderr what was refused (something is wrong with it) or left out (an\n"
        "event cannot say it), how often, and in which line first. Exits with 6 when something "
        "was\n"
        "refused, with 7 when no event came out, and with 1, having written nothing, when a file\n"
        "could not be read to its end.\n"
        "\n"
        "Examples:\n"
        "  uptakectl import copilot --teams teams.csv users-28-day.ndjson > events.ndjson\n"
        "  uptakectl import xapi --team claims statements.json.gz | uptakectl evaluate -\n"
        "  uptakectl import csv --map tickets.map --brokers localhost:9092 --topic uptake.events "
        "\\\n"
        "      tickets.csv\n",
    .run = run_import,
};
