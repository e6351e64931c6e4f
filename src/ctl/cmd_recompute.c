/* uptakectl recompute: closed days as they look with what is known now, beside what was said then. */
#include <inttypes.h>
#include <stdio.h>

#include "app/connection.h"
#include "app/migrate.h"
#include "codec/day_text.h"
#include "ctl/command.h"
#include "ctl/installed.h"
#include "ctl/recompute_run.h"
#include "ctl/typed_day.h"
#include "io/pg_session.h"

/* Options as they are typed. */
struct typed {
    struct installed installed;
    const char *from, *to;
    const char *postgresql;
    bool quiet;
};

static int read_days(const struct typed *typed, struct recompute_options *options)
{
    options->to = INT32_MAX;
    if (typed->from == NULL)
        return command_refuse(&cmd_recompute, "--from is missing: the first day to recompute");
    if (!typed_day_read(typed->from, &options->from))
        return command_refuse(&cmd_recompute, "--from: '%s' is not a day (YYYY-MM-DD)", typed->from);
    if (typed->to != NULL && !typed_day_read(typed->to, &options->to))
        return command_refuse(&cmd_recompute, "--to: '%s' is not a day (YYYY-MM-DD)", typed->to);
    if (options->to < options->from)
        return command_refuse(&cmd_recompute, "--to is before --from");
    return UP_OK;
}

static void print_result(const struct recompute_options *options, const struct recompute_result *result)
{
    struct strbuf text = {0};
    if (result->from > result->to) {
        fprintf(stderr, "none of these days has closed with all its cells kept: nothing is recomputed\n");
        return;
    }
    strbuf_add_format(&text, "%" PRId64 " rows in uptake.health_hindsight, of ", result->rows);
    day_text_add_iso(&text, result->from);
    strbuf_add_text(&text, " to ");
    day_text_add_iso(&text, result->to);
    puts(strbuf_text(&text));
    strbuf_reset(&text);
    if (result->from > options->from) {
        day_text_add_iso(&text, result->from);
        fprintf(stderr, "earlier days than %s cannot be recomputed: their cells are dropped (retention_months)\n",
                strbuf_text(&text));
        strbuf_reset(&text);
    }
    if (result->complete_from > result->from) {
        day_text_add_iso(&text, result->complete_from);
        fprintf(stderr, "before %s some figures about people are left out (not_kept): on which days people worked is "
                        "kept for %d days only\n",
                strbuf_text(&text), options->settings->retention.day_set_days);
    }
    strbuf_done(&text);
}

static bool is_partial(const struct recompute_options *options, const struct recompute_result *result)
{
    return result->from > options->from || result->complete_from > result->from;
}

static int recompute(const char *conninfo, struct recompute_options *options)
{
    struct up_err err;
    struct recompute_result result = {0};
    if (migrate_check(conninfo, &err) != UP_OK)
        return command_fail(&err);
    options->reader = pg_session_open(conninfo, "uptakectl recompute (reads)", NULL, NULL, &err);
    if (options->reader == NULL)
        return command_fail(&err);
    options->writer = pg_session_open(conninfo, "uptakectl recompute (writes)", NULL, NULL, &err);
    int code = options->writer == NULL ? err.code : recompute_run(options, &result, &err);
    pg_session_close(options->writer);
    pg_session_close(options->reader);
    if (code != UP_OK)
        return command_fail(&err);
    print_result(options, &result);
    return is_partial(options, &result) ? COMMAND_PARTIAL : COMMAND_OK;
}

static int run_recompute(int argc, char **argv)
{
    struct typed typed = {.installed = INSTALLED_DEFAULT};
    const struct option_spec specs[] = {
        {"from", "DAY", OPTION_TEXT, &typed.from, 0, 0, "first day, YYYY-MM-DD"},
        {"to", "DAY", OPTION_TEXT, &typed.to, 0, 0, "last day (the last that has closed)"},
        {"postgresql", "CONNECTION", OPTION_TEXT, &typed.postgresql, 0, 0,
         "libpq's connection string (that of the configuration)"},
        INSTALLED_OPTIONS(&typed.installed),
        {"quiet", "", OPTION_FLAG, &typed.quiet, 0, 0, "show no progress"},
    };
    struct recompute_options options = {0};
    int operands;
    int end = command_read(&cmd_recompute, specs, sizeof specs / sizeof specs[0], argc, argv, 0, 0, &operands);
    if (end != COMMAND_GO_ON)
        return end;
    end = read_days(&typed, &options);
    if (end != UP_OK)
        return end;
    struct strbuf problems = {0};
    struct config *config = installed_load(&typed.installed, typed.postgresql != NULL, &problems);
    if (config == NULL) {
        fputs(strbuf_text(&problems), stderr);
        strbuf_done(&problems);
        return COMMAND_CONFIGURATION;
    }
    options.settings = &config->settings;
    options.definitions = config_definitions(config);
    options.quiet = typed.quiet;
    struct strbuf conninfo = {0};
    if (typed.postgresql != NULL)
        strbuf_add_text(&conninfo, typed.postgresql);
    else
        connection_text(config, &conninfo);
    end = recompute(strbuf_text(&conninfo), &options);
    connection_wipe(&conninfo);
    strbuf_done(&problems);
    config_free(config);
    return end;
}

const struct command cmd_recompute = {
    .name = "recompute",
    .synopsis = "--from DAY [OPTION...]",
    .summary = "Evaluate closed days anew, with what is known now, beside what was said then",
    .about =
        "Reads one snapshot of PostgreSQL while the daemon goes on, and writes uptake.health_hindsight; what\n"
        "was said when the days closed (uptake.health) stays. The view uptake.team_hindsight shows both. Rows\n"
        "are made by the rules and options of this program and configuration; as a writer (uptake_writer).\n"
        "\n"
        "What cannot be recomputed: alarms and state, which were decided day by day; days of whose 90 days\n"
        "cells are dropped (retention_months); figures for which one must know on which days people worked\n"
        "where that is longer ago than is kept (448 days): about a headcount before the last 421 days,\n"
        "durability, attrition_365 and with them health, verdict and diagnosis before the last 49. Who left or\n"
        "was promoted since, and what became of tasks later, is known now: that is the point.\n"
        "\n"
        "Ends with 6 where some of it could not be recomputed.\n"
        "\n"
        "Examples:\n"
        "  uptakectl recompute --from 2026-03-01\n"
        "  uptakectl recompute --from 2026-01-01 --to 2026-01-31 --config uptaked.conf \\\n"
        "      --postgresql 'host=db dbname=uptake user=uptake'\n",
    .run = run_recompute,
};
