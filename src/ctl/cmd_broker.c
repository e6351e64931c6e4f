/* uptakectl broker: a Kafka-protocol broker in this process, for demonstrations. */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "ctl/command.h"
#include "io/mock_broker.h"

enum { TOPIC_NAME_MAX = 249 };

/* Makes the topic of a "NAME:PARTITIONS". */
static int create_topic(struct mock_broker *broker, const char *wanted, struct up_err *err)
{
    const char *colon = strrchr(wanted, ':');
    char *end = NULL;
    long partitions = colon == NULL ? 0 : strtol(colon + 1, &end, 10);
    char name[TOPIC_NAME_MAX + 1];
    if (partitions < 1 || partitions > 1000 || *end != '\0' || colon == wanted || colon - wanted > TOPIC_NAME_MAX)
        return up_fail(err, UP_EINVAL, "--topic: '%s' is not NAME:PARTITIONS", wanted);
    memcpy(name, wanted, (size_t)(colon - wanted));
    name[colon - wanted] = '\0';
    return mock_broker_create_topic(broker, name, (int)partitions, err);
}

/* Serves until a signal asks to end, or standard input is closed where that was asked for. */
static void serve(int signals, bool until_eof)
{
    struct pollfd waits[2] = {{.fd = signals, .events = POLLIN},
                              {.fd = until_eof ? STDIN_FILENO : -1, .events = POLLIN}};
    char ignored[256];
    for (;;) {
        if (poll(waits, 2, -1) < 0 || (waits[0].revents & POLLIN) != 0)
            return;
        if (waits[1].revents != 0 && read(STDIN_FILENO, ignored, sizeof ignored) <= 0)
            return;
    }
}

static int run_broker(int argc, char **argv)
{
    struct option_texts topics = {.count = 0};
    bool until_eof = false;
    const struct option_spec specs[] = {
        {"topic", "NAME:PARTITIONS", OPTION_TEXTS, &topics, 0, 0, "a topic to make; may come again"},
        {"until-eof", "", OPTION_FLAG, &until_eof, 0, 0, "end when standard input is closed"},
    };
    int operands;
    int end = command_read(&cmd_broker, specs, sizeof specs / sizeof specs[0], argc, argv, 0, 0, &operands);
    if (end != COMMAND_GO_ON)
        return end;
    /* Blocked before the broker's threads begin, so that only serve() sees them. */
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    int signals = signalfd(-1, &set, SFD_CLOEXEC);
    struct up_err err = {0};
    struct mock_broker *broker = NULL;
    int code = signals < 0 ? up_fail(&err, UP_EIO, "no descriptor for signals") : mock_broker_new(1, &broker, &err);
    for (size_t i = 0; i < topics.count && code == UP_OK; i++)
        code = create_topic(broker, topics.items[i], &err);
    if (code == UP_OK) {
        printf("%s\n", mock_broker_bootstrap(broker));
        fflush(stdout);
        serve(signals, until_eof);
    }
    mock_broker_free(broker);
    if (signals >= 0)
        (void)close(signals);
    return code == UP_OK ? COMMAND_OK : command_fail(&err);
}

const struct command cmd_broker = {
    .name = "broker",
    .synopsis = "[OPTION...]",
    .summary = "Serve topics from memory, for demonstrations",
    .about = "Prints the address and serves until it is told to end (SIGTERM, Ctrl-C). It speaks Kafka's protocol and\n"
             "keeps only about 5 MiB of each partition: for anything that matters use Apache Kafka.\n"
             "\n"
             "Example:\n"
             "  uptakectl broker --topic uptake:4 --topic uptake-rejected:1\n",
    .run = run_broker,
};
