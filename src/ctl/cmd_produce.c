/* uptakectl produce: sends a file of events to Kafka. */
#include "ctl/command.h"
#include "ctl/produce_run.h"
#include "ctl/produce_typed.h"

static int run_produce(int argc, char **argv)
{
    struct produce_typed typed;
    struct option_spec specs[PRODUCE_SPECS];
    produce_typed_init(&typed, specs);
    int operands;
    int end = command_read(&cmd_produce, specs, PRODUCE_SPECS, argc, argv, 1, 1, &operands);
    if (end != COMMAND_GO_ON)
        return end;
    struct produce_options options;
    if (!produce_typed_has_brokers(&typed))
        return command_refuse(&cmd_produce, "produce: where to? Say --brokers HOST:PORT");
    if (produce_typed_read(&typed, &cmd_produce, &options) != UP_OK) {
        produce_typed_done(&typed);
        return COMMAND_USAGE;
    }
    options.path = argv[1];
    struct produce_counts counts;
    struct up_err err;
    int code = produce_run(&options, &counts, &err);
    produce_typed_done(&typed);
    return produce_typed_report(&counts, code, &err);
}

const struct command cmd_produce = {
    .name = "produce",
    .synopsis = "--brokers HOST:PORT [OPTION...] FILE",
    .summary = "Send a file of events to Kafka, with the right key, headers and partition",
    .about =
        "FILE is what `evaluate` reads; - is the standard input. Plain lines and those of the\n"
        "topic `uptake` go to the first --topic, plain ones with their team as the key; other\n"
        "lines name their topic, which must be one of those given.\n"
        "Exits with 6 when some events were not delivered.\n"
        "\n"
        "Examples:\n"
        "  uptakectl produce --brokers localhost:9092 events.ndjson.gz\n"
        "  uptakectl produce --brokers a:9093 --set kafka.security.protocol=ssl --rate 5000 -\n"
        "  uptakectl produce --brokers a:9093 --set kafka.security.protocol=sasl_ssl \\\n"
        "      --set kafka.sasl.mechanism=SCRAM-SHA-256 --set kafka.sasl.username=work \\\n"
        "      --set kafka.sasl.password_file=/etc/uptake/kafka.password events.ndjson\n"
        "  uptakectl produce --brokers localhost:9092 --topic work --topic results two.ndjson.gz\n",
    .run = run_produce,
};
