/* The commands of uptakectl: a table, their help, and how they end. */
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "ctl/option.h"

/* What the program returns. */
enum command_end {
    COMMAND_OK = 0,
    COMMAND_FAILED = 1, /* a check did not hold, or a file could not be read or written */
    COMMAND_USAGE = 2,
    COMMAND_CONFIGURATION = 3,
    COMMAND_UNREACHABLE = 4,
    COMMAND_UNAUTHORISED = 5,
    COMMAND_PARTIAL = 6, /* some of it was done */
    COMMAND_WARNED = 7,  /* all was done, and something wants to be looked at */
};

struct command_end_row {
    enum command_end code;
    const char *help;
};

/* All of them, for help and uptakectl(1). */
extern const struct command_end_row command_ends[];
extern const size_t command_end_count;

struct command {
    const char *name;
    const char *synopsis; /* operands and the like, behind the name */
    const char *summary;  /* one line, without a full stop */
    const char *about;    /* paragraphs and examples for --help, each line with its line end */
    /* argv[0] is the command's name. Results go to stdout, everything else to stderr. */
    int (*run)(int argc, char **argv);
};

/* The table: by name; NULL behind the last. */
extern const struct command *const commands[];

extern const struct command cmd_ack;
extern const struct command cmd_alarms;
extern const struct command cmd_alerts;
extern const struct command cmd_broker;
extern const struct command cmd_config;
extern const struct command cmd_detect;
extern const struct command cmd_doctor;
extern const struct command cmd_evaluate;
extern const struct command cmd_explain;
extern const struct command cmd_export;
extern const struct command cmd_groups;
extern const struct command cmd_history;
extern const struct command cmd_import;
extern const struct command cmd_measures;
extern const struct command cmd_produce;
extern const struct command cmd_recompute;
extern const struct command cmd_replay;
extern const struct command cmd_report;
extern const struct command cmd_simulate;
extern const struct command cmd_status;
extern const struct command cmd_team;
extern const struct command cmd_teams;
extern const struct command cmd_top;

/* Runs the command that argv[1] names. Returns the exit code. */
int command_main(int argc, char **argv);

/* How a command can describe itself: argument of its own --help, and what then prints it. */
struct command_writer {
    const char *argument;
    void (*print)(const struct command *command, const struct option_spec *specs, size_t count, FILE *file);
};

/* Has every command describe itself, in the order of the table. */
void command_describe_all(const struct command_writer *writer);

/* Reads a command's options and operands; answers --help and whatever a command_writer asks.
 * Returns COMMAND_GO_ON, or the exit code with which the command is to end. Operands stand from
 * argv[1] on. */
enum { COMMAND_GO_ON = -1 };
int command_read(const struct command *command, const struct option_spec *specs, size_t count,
                 int argc, char **argv, int operands_least, int operands_most, int *ret_operands);

/* Says on stderr that the command line is wrong and where help is; returns COMMAND_USAGE. */
int command_refuse(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Says on stderr what went wrong; returns the exit code that the error has. */
int command_fail(const struct up_err *err);
