/* What a command line says about sending events to Kafka: the options that all commands share that do. */
#pragma once

#include "ctl/command.h"
#include "ctl/option.h"
#include "ctl/produce_run.h"

enum { PRODUCE_SPECS = 9, PRODUCE_PROPERTIES_MAX = OPTION_TEXTS_MAX + 1 };

/* What was typed; the properties, and where their names and what came from files are kept. Does not
 * move. */
struct produce_typed {
    const char *brokers, *partitioner, *compression;
    struct option_texts topics, settings;
    int64_t reach_s;
    const char *ahead_of;
    double rate;
    bool quiet;
    struct kafka_property items[PRODUCE_PROPERTIES_MAX];
    char names[PRODUCE_PROPERTIES_MAX][128];
    char *secrets[PRODUCE_PROPERTIES_MAX];
    size_t count;
};

/* Sets the defaults, and gives out the rows of a command's table. */
void produce_typed_init(struct produce_typed *typed,
                        struct option_spec ret_specs[static PRODUCE_SPECS]);
/* Overwrites secrets. */
void produce_typed_done(struct produce_typed *typed);

/* Is it said where to? */
bool produce_typed_has_brokers(const struct produce_typed *typed);

/* Fills all of *ret_options but path and source; borrowed from *typed. COMMAND_USAGE when something
 * is wrong, which was said then. */
int produce_typed_read(struct produce_typed *typed, const struct command *command,
                       struct produce_options *ret_options);

/* Says what became of it; returns the exit code. */
int produce_typed_report(const struct produce_counts *counts, int code, const struct up_err *err);
