/* The commands of uptakectl: a table, their help, and how they end. */
#include "ctl/command.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>

#include "base/mem.h"
#include "base/version.h"
#include "ctl/completion.h"
#include "ctl/man_pages.h"
#include "ctl/screen_text.h"
#include "ctl/terminal.h"

const struct command *const commands[] = {
    &cmd_ack,
    &cmd_alarms,
    &cmd_alerts,
    &cmd_broker,
    &cmd_config,
    &cmd_detect,
    &cmd_doctor,
    &cmd_evaluate,
    &cmd_explain,
    &cmd_export,
    &cmd_groups,
    &cmd_history,
    &cmd_import,
    &cmd_measures,
    &cmd_produce,
    &cmd_recompute,
    &cmd_replay,
    &cmd_report,
    &cmd_simulate,
    &cmd_status,
    &cmd_team,
    &cmd_teams,
    &cmd_top,
    NULL,
};
enum { COMMANDS = sizeof commands / sizeof commands[0] - 1 };

const struct command_end_row command_ends[] = {
    {COMMAND_OK, "done"},
    {COMMAND_FAILED, "failed: a check did not hold, or a file could not be read or written"},
    {COMMAND_USAGE, "the command line is wrong"},
    {COMMAND_CONFIGURATION, "the configuration is wrong"},
    {COMMAND_UNREACHABLE, "a server cannot be reached"},
    {COMMAND_UNAUTHORISED, "not authorised"},
    {COMMAND_PARTIAL, "done in part"},
    {COMMAND_WARNED, "done, and something wants to be looked at"},
};
const size_t command_end_count = sizeof command_ends / sizeof command_ends[0];

static void print_commands(FILE *file)
{
    fprintf(file, "Usage: uptakectl COMMAND [OPTION...] [OPERAND...]\n\nCommands:\n");
    for (int i = 0; i < COMMANDS; i++)
        fprintf(file, "  %-12s %s\n", commands[i]->name, commands[i]->summary);
    fprintf(file, "\n`uptakectl COMMAND --help` says more about one.\n\nExit codes:\n");
    for (size_t i = 0; i < command_end_count; i++)
        fprintf(file, "  %d  %s\n", (int)command_ends[i].code, command_ends[i].help);
}

static void print_command(const struct command *command, const struct option_spec *specs,
                          size_t count, FILE *file)
{
    fprintf(file, "Usage: uptakectl %s %s\n\n%s.\n\n", command->name, command->synopsis,
            command->summary);
    if (count > 0) {
        fprintf(file, "Options:\n");
        option_print(specs, count, file);
        fputc('\n', file);
    }
    fputs(command->about, file);
}

/* ---- messages -------------------------------------------------------------------------------- */

/* The command that runs; NULL = none yet. */
static const struct command *running;

static void print_prefix(void)
{
    if (terminal_has_colour(stderr))
        fputs("\033[31muptakectl:\033[0m ", stderr);
    else
        fputs("uptakectl: ", stderr);
}

/* What others wrote may stand in it. */
static void print_message(const char *text)
{
    print_prefix();
    screen_text_print(stderr, text_of(text), SCREEN_TEXT_WHOLE);
    fputc('\n', stderr);
}

int command_refuse(const struct command *command, const char *format, ...)
{
    char text[UP_ERR_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    print_message(text);
    fprintf(stderr, "Try `uptakectl %s --help`.\n", command->name);
    return COMMAND_USAGE;
}

int command_fail(const struct up_err *err)
{
    print_message(err->text);
    switch (err->code) {
    case UP_ECONN:
        if (running != NULL)
            fprintf(stderr, "`uptakectl %s --help` says how to name the server.\n", running->name);
        return COMMAND_UNREACHABLE;
    case UP_EAUTH:
    case UP_ETRUST:
        return COMMAND_UNAUTHORISED;
    default:
        return COMMAND_FAILED;
    }
}

/* ---- the command line ----------------------------------------------------------------------- */

/* What is to be printed instead of running; NULL = nothing. */
static const struct command_writer *find_writer(int argc, char **argv)
{
    static const struct command_writer writers[] = {{"--help", print_command}, {"-h", print_command}};
    static const struct command_writer *const all[] = {&writers[0], &writers[1], &man_pages_writer, &completion_writer};
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        for (size_t w = 0; w < sizeof all / sizeof all[0]; w++) {
            if (strcmp(argv[i], all[w]->argument) == 0)
                return all[w];
        }
    }
    return NULL;
}

void command_describe_all(const struct command_writer *writer)
{
    for (int i = 0; i < COMMANDS; i++) {
        char *name = mem_copy_text(commands[i]->name, strlen(commands[i]->name));
        char *argument = mem_copy_text(writer->argument, strlen(writer->argument));
        (void)commands[i]->run(2, (char *[]){name, argument, NULL});
        mem_free(argument);
        mem_free(name);
    }
}

/* In a connection string of libpq: as a pair, or before the host of a URI. */
static bool holds_password(const char *connection)
{
    const char *authority = strstr(connection, "://");
    const char *at = authority != NULL ? strchr(authority + 3, '@') : NULL;
    const char *colon = authority != NULL ? strchr(authority + 3, ':') : NULL;
    return strstr(connection, "password") != NULL || (at != NULL && colon != NULL && colon < at);
}

/* Everybody on the machine may read a command line. */
static bool is_indiscreet(const struct option_spec *specs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (specs[i].kind != OPTION_TEXT || strcmp(specs[i].name, "postgresql") != 0)
            continue;
        const char *connection = *(const char **)specs[i].target;
        return connection != NULL && holds_password(connection);
    }
    return false;
}

int command_read(const struct command *command, const struct option_spec *specs, size_t count,
                 int argc, char **argv, int operands_least, int operands_most, int *ret_operands)
{
    struct up_err err;
    const struct command_writer *writer = find_writer(argc, argv);
    if (writer != NULL) {
        writer->print(command, specs, count, stdout);
        return COMMAND_OK;
    }
    if (option_read(specs, count, argc, argv, ret_operands, &err) != UP_OK)
        return command_refuse(command, "%s: %s", command->name, err.text);
    if (is_indiscreet(specs, count))
        return command_refuse(command,
                              "--postgresql: a password does not belong on the command line; name "
                              "a file that has it: passfile=PATH, or use ~/.pgpass");
    if (*ret_operands < operands_least)
        return command_refuse(command, "%s: something is missing: %s", command->name,
                              command->synopsis);
    if (*ret_operands > operands_most)
        return command_refuse(command, "%s: '%s' is too much", command->name,
                              argv[1 + operands_most]);
    return COMMAND_GO_ON;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Changes of one character, transpositions counting one, from `word` to `other` (optimal string
 * alignment). */
static int distance(const char *word, const char *other)
{
    enum { LENGTH_MAX = 24 };
    int rows[3][LENGTH_MAX + 1];
    int length = (int)strlen(other);
    if (length > LENGTH_MAX)
        return length;
    for (int j = 0; j <= length; j++)
        rows[0][j] = j;
    for (int i = 1; word[i - 1] != '\0'; i++) {
        int *row = rows[i % 3];
        const int *before = rows[(i + 2) % 3];
        const int *earlier = rows[(i + 1) % 3];
        row[0] = i;
        for (int j = 1; j <= length; j++) {
            bool same = word[i - 1] == other[j - 1];
            row[j] = least(least(before[j], row[j - 1]) + 1, before[j - 1] + !same);
            if (i > 1 && j > 1 && word[i - 1] == other[j - 2] && word[i - 2] == other[j - 1])
                row[j] = least(row[j], earlier[j - 2] + 1);
        }
    }
    return rows[strlen(word) % 3][length];
}

static int refuse_command(const char *name)
{
    const struct command *nearest = commands[0];
    for (int i = 1; i < COMMANDS; i++) {
        if (distance(name, commands[i]->name) < distance(name, nearest->name))
            nearest = commands[i];
    }
    print_prefix();
    fputs("'", stderr);
    screen_text_print(stderr, text_of(name), SCREEN_TEXT_WHOLE);
    fputs("' is no command.", stderr);
    if (distance(name, nearest->name) * 2 <= (int)strlen(nearest->name))
        fprintf(stderr, " Did you mean `%s`?", nearest->name);
    fputs("\nTry `uptakectl help`.\n", stderr);
    return COMMAND_USAGE;
}

static const struct command *find_command(const char *name)
{
    for (int i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

static int run_line(int argc, char **argv)
{
    static char help[] = "--help";
    if (argc < 2) {
        print_commands(stderr);
        return COMMAND_USAGE;
    }
    bool asked = strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
                 strcmp(argv[1], "-h") == 0;
    if (asked && argc < 3) {
        print_commands(stdout);
        return COMMAND_OK;
    }
    /* For those who build a package; people have no use for it. */
    if (strcmp(argv[1], "--print-man") == 0)
        return man_pages_print(argc == 3 ? argv[2] : "");
    if (strcmp(argv[1], "--print-completion") == 0)
        return completion_print();
    if (strcmp(argv[1], "--version") == 0) {
        (void)puts("uptakectl " UPTAKE_VERSION);
        return COMMAND_OK;
    }
    const char *name = asked ? argv[2] : argv[1];
    const struct command *command = find_command(name);
    if (command == NULL)
        return refuse_command(name);
    if (asked)
        return command->run(2, (char *[]){argv[2], help, NULL});
    running = command;
    return command->run(argc - 1, argv + 1);
}

/* Who reads no more, as a pager that was left, ends us in silence, also where our parent ignores that
 * signal. A result that could not be written is none. */
int command_main(int argc, char **argv)
{
    (void)signal(SIGPIPE, SIG_DFL);
    int end = run_line(argc, argv);
    bool is_flushed = fflush(stdout) == 0;
    int fault = errno;
    if (end != COMMAND_OK || (is_flushed && !ferror(stdout)))
        return end;
    print_prefix();
    fprintf(stderr, "the output could not be written: %s\n",
            is_flushed ? "is the disk full?" : strerror(fault));
    return COMMAND_FAILED;
}
