/* uptakectl replay: sends dead letters once more to where they came from, after a fix. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "codec/json_write.h"
#include "ctl/command.h"
#include "ctl/installed.h"
#include "ctl/replay_run.h"
#include "ctl/terminal.h"
#include "ctl/typed_time.h"
#include "model/event.h"

enum { ANSWER_BYTES = 16 };

struct typed {
    struct installed installed;
    const char *from, *to, *after;
    struct option_texts reasons, topics;
    int64_t limit, timeout_s;
    bool dry_run, repartition, yes, quiet, json;
};

static volatile sig_atomic_t is_stopped;

static void note_signal(int signal_number)
{
    (void)signal_number;
    is_stopped = 1;
}

/* The first one asks to stop in good order; the second ends the program. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = note_signal, .sa_flags = (int)SA_RESETHAND};
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

/* ---- what was typed ---------------------------------------------------------------------------- */

static int read_range(const struct typed *typed, struct replay_options *options)
{
    static const char what[] = "neither an instant (2025-11-03T14:00:00Z) nor a day (2025-11-03)";
    options->to_ms = clock_wall_ms() + 1;
    if (typed->from == NULL)
        return command_refuse(&cmd_replay, "--from is missing: refused since when?");
    if (!typed_time_read(typed->from, TYPED_TIME_BEGIN, &options->from_ms))
        return command_refuse(&cmd_replay, "--from: '%s' is %s", typed->from, what);
    if (typed->to != NULL && !typed_time_read(typed->to, TYPED_TIME_END, &options->to_ms))
        return command_refuse(&cmd_replay, "--to: '%s' is %s", typed->to, what);
    if (options->to_ms <= options->from_ms)
        return command_refuse(&cmd_replay, "--to is not behind --from");
    return UP_OK;
}

static int check_reasons(const struct option_texts *reasons)
{
    for (size_t i = 0; i < reasons->count; i++) {
        int reason = 0;
        while (reason < REJECT_REASONS &&
               strcmp(reasons->items[i], event_reject_name((enum reject)reason)) != 0)
            reason++;
        if (reason == REJECT_REASONS)
            return command_refuse(
                &cmd_replay,
                "--reason: '%s' is none of malformed, envelope, unknown_type, schema, key, "
                "misrouted, too_late, future",
                reasons->items[i]);
    }
    return UP_OK;
}

static int check_topics(const struct typed *typed, const struct config *config)
{
    for (size_t i = 0; i < typed->topics.count; i++) {
        size_t topic = 0;
        while (topic < config->topics.count &&
               strcmp(typed->topics.items[i], config->topics.items[topic]) != 0)
            topic++;
        if (topic == config->topics.count)
            return command_refuse(&cmd_replay, "--topic: '%s' is none of [kafka] topics",
                                  typed->topics.items[i]);
    }
    return UP_OK;
}

/* ---- what is there ----------------------------------------------------------------------------- */

static void print_counts(const struct replay_counts *counts, const struct typed *typed,
                         const struct config *config)
{
    printf("%" PRIu64 " dead letters of %s can be sent", counts->letters,
           config->dead_letter_topic);
    if (typed->limit > 0 && counts->letters > (uint64_t)typed->limit)
        printf(", the first %" PRId64 " of them now", typed->limit);
    puts("");
    letter_tally_print(&counts->tally, stdout);
    if (counts->beyond > 0)
        printf(
            "%" PRIu64
            " came from a partition that is not there any more: they go where the partitioner puts "
            "their key\n",
            counts->beyond);
    if (counts->misplaced > counts->beyond)
        printf(
            "%" PRIu64 " %s not where the partitioner (%s) puts their key%s\n",
            counts->misplaced - counts->beyond, typed->repartition ? "were" : "are",
            config->partitioner_name,
            typed->repartition
                ? ", and go there now"
                : ": they will be refused as misrouted; --repartition sends them to where it does");
    if (counts->truncated > 0)
        printf(
            "%" PRIu64
            " cannot be sent: too large for the dead-letter topic, they came without their value "
            "(uptake_topic, uptake_partition and uptake_offset say where it was)\n",
            counts->truncated);
    if (counts->elsewhere > 0)
        printf("%" PRIu64 " are left out: their topic is none of [kafka] topics\n",
               counts->elsewhere);
    if (counts->foreign > 0)
        printf("%" PRIu64 " are left out: they do not say where they came from\n", counts->foreign);
}

static void write_number(struct json_write *json, const char *name, uint64_t number)
{
    json_write_name(json, name);
    json_write_integer(json, (int64_t)number);
}

static void print_json(const struct replay_counts *counts, const struct replay_result *result,
                       const struct config *config)
{
    struct strbuf text = {0};
    struct json_write json = {.out = &text};
    json_write_begin_object(&json);
    json_write_name(&json, "dead_letter_topic");
    json_write_word(&json, config->dead_letter_topic);
    write_number(&json, "letters", counts->letters);
    letter_tally_write(&counts->tally, &json);
    write_number(&json, "misplaced", counts->misplaced);
    write_number(&json, "partition_gone", counts->beyond);
    write_number(&json, "without_value", counts->truncated);
    write_number(&json, "of_other_topics", counts->elsewhere);
    write_number(&json, "of_unknown_origin", counts->foreign);
    if (result != NULL) {
        write_number(&json, "sent", result->sent);
        write_number(&json, "failed", result->failed);
        json_write_name(&json, "complete");
        json_write_bool(&json, result->is_complete);
        json_write_name(&json, "after");
        struct text after = {.bytes = result->after.data, .length = (uint32_t)result->after.length};
        json_write_text(&json, after);
    }
    json_write_end_object(&json);
    puts(strbuf_text(&text));
    strbuf_done(&text);
}

/* ---- sending ----------------------------------------------------------------------------------- */

/* COMMAND_GO_ON: yes. */
static int confirm(const struct typed *typed)
{
    char answer[ANSWER_BYTES] = "";
    if (typed->yes)
        return COMMAND_GO_ON;
    if (!terminal_is_tty(stdin))
        return command_refuse(&cmd_replay,
                              "replay: nobody is there to be asked; say --yes, or --dry-run");
    fputs("Send them? [y/N] ", stderr);
    if (fgets(answer, sizeof answer, stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y'))
        return COMMAND_GO_ON;
    fputs("Nothing is sent.\n", stderr);
    return COMMAND_OK;
}

static int print_result(const struct replay_counts *counts, struct replay_result *result,
                        const struct typed *typed, const struct config *config)
{
    if (typed->json)
        print_json(counts, result, config);
    else
        printf("%" PRIu64 " sent, %" PRIu64 " failed, %.1f s\n", result->sent, result->failed,
               result->elapsed_s);
    if (!result->is_complete && result->after.length > 0)
        fprintf(stderr, "There is more. To go on, say the same with --after %s\n",
                strbuf_text(&result->after));
    else if (!result->is_complete)
        fputs("There is more. To go on, say the same again.\n", stderr);
    if (!result->is_complete || result->failed > 0 || counts->truncated > 0)
        return COMMAND_PARTIAL;
    return COMMAND_OK;
}

static int send_all(struct replay *replay, const struct replay_counts *counts,
                    const struct typed *typed, const struct config *config)
{
    int end = counts->letters > 0 ? confirm(typed) : COMMAND_GO_ON;
    if (end != COMMAND_GO_ON)
        return end;
    struct replay_result result;
    struct up_err err;
    int code = replay_send(replay, &result, &err);
    end = print_result(counts, &result, typed, config);
    if (code != UP_OK) {
        int failed = command_fail(&err);
        end = result.sent > 0 ? COMMAND_PARTIAL : failed;
    }
    strbuf_done(&result.after);
    return end;
}

static int replay(const struct replay_options *options, const struct typed *typed)
{
    struct up_err err;
    struct replay *replay = NULL;
    struct replay_counts counts = {0};
    int code = replay_open(options, &replay, &err);
    if (code == UP_OK)
        code = replay_count(replay, &counts, &err);
    int end = COMMAND_OK;
    if (code != UP_OK) {
        end = command_fail(&err);
    } else if (is_stopped) {
        fputs("Stopped. Nothing is sent.\n", stderr);
        end = COMMAND_FAILED;
    } else {
        if (!typed->json)
            print_counts(&counts, typed, options->config);
        else if (typed->dry_run)
            print_json(&counts, NULL, options->config);
        (void)fflush(stdout);
        end = typed->dry_run ? COMMAND_OK : send_all(replay, &counts, typed, options->config);
    }
    letter_tally_done(&counts.tally);
    replay_free(replay);
    return end;
}

static int run_replay(int argc, char **argv)
{
    struct typed typed = {.installed = INSTALLED_DEFAULT, .timeout_s = 20};
    const struct option_spec specs[] = {
        {"from", "TIME", OPTION_TEXT, &typed.from, 0, 0,
         "refused at this instant (RFC 3339) or later; or on this day"},
        {"to", "TIME", OPTION_TEXT, &typed.to, 0, 0,
         "refused before this instant; or up to this day (until now)"},
        {"reason", "REASON", OPTION_TEXTS, &typed.reasons, 0, 0,
         "only refused for this; may come again (all)"},
        {"topic", "NAME", OPTION_TEXTS, &typed.topics, 0, 0,
         "only those that came from this topic; may come again (all)"},
        {"dry-run", "", OPTION_FLAG, &typed.dry_run, 0, 0,
         "say what would be sent, and send nothing"},
        {"limit", "N", OPTION_WHOLE, &typed.limit, 1, 1e15, "send so many at most (all)"},
        {"after", "PARTITION:OFFSET,...", OPTION_TEXT, &typed.after, 0, 0,
         "go on behind these letters, as a replay says that has stopped"},
        {"repartition", "", OPTION_FLAG, &typed.repartition, 0, 0,
         "send each to where the partitioner puts its key, instead of where it was"},
        {"yes", "", OPTION_FLAG, &typed.yes, 0, 0, "do not ask"},
        INSTALLED_OPTIONS(&typed.installed),
        {"timeout-s", "N", OPTION_WHOLE, &typed.timeout_s, 1, 600,
         "so long a broker may take to answer (20)"},
        {"quiet", "", OPTION_FLAG, &typed.quiet, 0, 0, "show no progress"},
        {"json", "", OPTION_FLAG, &typed.json, 0, 0, "counts and result as JSON"},
    };
    struct replay_options options = {0};
    int operands;
    int end = command_read(&cmd_replay, specs, sizeof specs / sizeof specs[0], argc, argv, 0, 0,
                           &operands);
    if (end != COMMAND_GO_ON)
        return end;
    if (read_range(&typed, &options) != UP_OK || check_reasons(&typed.reasons) != UP_OK)
        return COMMAND_USAGE;
    struct strbuf problems = {0};
    struct config *config = installed_load(&typed.installed, false, &problems);
    if (config == NULL) {
        fputs(strbuf_text(&problems), stderr);
        end = COMMAND_CONFIGURATION;
    } else if ((end = check_topics(&typed, config)) == UP_OK) {
        options.config = config;
        options.reasons = &typed.reasons;
        options.topics = &typed.topics;
        options.after = typed.after;
        options.repartition = typed.repartition;
        options.limit = (uint64_t)typed.limit;
        options.timeout_ms = (int)typed.timeout_s * 1000;
        options.quiet = typed.quiet;
        options.stop = &is_stopped;
        catch_signals();
        end = replay(&options, &typed);
    }
    config_free(config);
    strbuf_done(&problems);
    return end;
}

const struct command cmd_replay = {
    .name = "replay",
    .synopsis = "--from TIME [--to TIME] [OPTION...]",
    .summary = "Send refused messages (dead letters) once more, after a fix",
    .about =
        "Takes what was refused in a span of time out of the dead-letter topic and sends it to the "
        "topics and\n"
        "partitions where it was, with its own key, headers, value and timestamp. First it says "
        "how many there\n"
        "are and why they were refused, and asks. The time is that of the refusal, as in uptaked's "
        "log and\n"
        "metrics, not that of the event. It may be said as often as you like, and after it was "
        "stopped: an event\n"
        "that counts already changes nothing. What is refused again becomes a new dead letter, "
        "which this replay\n"
        "leaves alone. What was said of closed days stays; `uptakectl recompute` says what they "
        "look like now.\n"
        "\n"
        "Mend first what made uptaked refuse them:\n"
        "  malformed      larger than max_event_bytes: raise it; else the producer\n"
        "  unknown_type   an uptaked that knows the type; so with schema and envelope, where "
        "events are newer\n"
        "  key            the producer; such letters are refused again as they are\n"
        "  misrouted      [kafka] partitioner, where producers have another; else --repartition\n"
        "  too_late       nothing, mostly; a longer join_window\n"
        "  future         the clock that was wrong, or time has passed\n"
        "\n"
        "Ends with 6 when not all was sent. Ctrl-C ends it in good order, and it says how to go "
        "on.\n"
        "\n"
        "Examples:\n"
        "  uptakectl replay --from 2025-11-03 --dry-run\n"
        "  uptakectl replay --from 2025-11-03T14:00:00Z --to 2025-11-03T16:30:00Z --reason "
        "unknown_type\n"
        "  uptakectl replay --from 2025-11-03 --to 2025-11-05 --limit 1000 --yes --json | jq "
        ".sent\n",
    .run = run_replay,
};
