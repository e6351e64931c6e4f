/* The command line of uptaked. */
#include "app/options.h"

#include <getopt.h>
#include <stdbool.h>
#include <string.h>

enum { OPTION_CONFIG = 256, OPTION_SET, OPTION_LOG_LEVEL, OPTION_ACTION };

static const struct option known[] = {
    {"config", required_argument, NULL, OPTION_CONFIG},
    {"set", required_argument, NULL, OPTION_SET},
    {"log-level", required_argument, NULL, OPTION_LOG_LEVEL},
    {"check-config", no_argument, NULL, OPTION_ACTION + OPTIONS_CHECK_CONFIG},
    {"migrate", no_argument, NULL, OPTION_ACTION + OPTIONS_MIGRATE},
    {"print-example-config", no_argument, NULL, OPTION_ACTION + OPTIONS_PRINT_EXAMPLE},
    {"version", no_argument, NULL, OPTION_ACTION + OPTIONS_VERSION},
    {"help", no_argument, NULL, OPTION_ACTION + OPTIONS_HELP},
    {NULL, 0, NULL, 0},
};

const char *options_usage(void)
{
    return "Usage: uptaked [OPTION]...\n"
           "Reads events of AI adoption from Kafka; keeps measures in Redis and health in "
           "PostgreSQL.\n"
           "\n"
           "  --config FILE            configuration (" OPTIONS_CONFIG_PATH ")\n"
           "  --set SECTION.KEY=VALUE  one option over that of the file; may be given several "
           "times\n"
           "  --log-level LEVEL        error, warn, info or debug\n"
           "  --check-config           report every mistake in the configuration and exit\n"
           "  --migrate                bring the database's schema up to date and exit\n"
           "  --print-example-config   print a configuration with every option and its default\n"
           "  --version                print the version\n"
           "  --help                   print this\n"
           "\n"
           "Exit codes: 0 ended as asked; 1 a fault, see the log; 2 command line; 3 configuration, "
           "or a file it\n"
           "names; 4 no Kafka broker or PostgreSQL server answers; 5 a server refuses us; 6 topics "
           "are missing or\n"
           "do not fit; 7 schema newer than this program, or not there; 8 stored state of another "
           "key, partition\n"
           "count or topic; 9 Kafka removed messages that were not read yet.\n";
}

static int add_override(struct options *options, const char *override, struct up_err *err)
{
    if (options->override_count == OPTIONS_OVERRIDES_MAX)
        return up_fail(err, UP_EINVAL, "more than %d options are set", OPTIONS_OVERRIDES_MAX);
    options->overrides[options->override_count++] = override;
    return 0;
}

static int add_log_level(struct options *options, const char *level, struct up_err *err)
{
    static const char *const overrides[] = {"daemon.log_level=error", "daemon.log_level=warn",
                                            "daemon.log_level=info", "daemon.log_level=debug"};
    for (size_t i = 0; i < sizeof overrides / sizeof overrides[0]; i++) {
        if (strcmp(strchr(overrides[i], '=') + 1, level) == 0)
            return add_override(options, overrides[i], err);
    }
    return up_fail(err, UP_EINVAL, "--log-level: \"%s\" is none of error, warn, info, debug",
                   level);
}

static int set_action(struct options *options, enum options_action action, struct up_err *err)
{
    if (options->action != OPTIONS_RUN && options->action != action)
        return up_fail(err, UP_EINVAL, "more than one thing to do is asked for");
    options->action = action;
    return 0;
}

static int take(struct options *options, int option, const char *asked, struct up_err *err)
{
    switch (option) {
    case OPTION_CONFIG:
        options->config_path = optarg;
        return 0;
    case OPTION_SET:
        return add_override(options, optarg, err);
    case OPTION_LOG_LEVEL:
        return add_log_level(options, optarg, err);
    case ':':
        return up_fail(err, UP_EINVAL, "%s wants a value", asked);
    case '?':
        /* Without a value: it may be a secret in the wrong place. */
        return up_fail(err, UP_EINVAL, "there is no option %.*s", (int)strcspn(asked, "="), asked);
    default:
        return set_action(options, (enum options_action)(option - OPTION_ACTION), err);
    }
}

int options_parse(int argc, char *const *argv, struct options *ret_options, struct up_err *err)
{
    struct options options = {.action = OPTIONS_RUN, .config_path = OPTIONS_CONFIG_PATH};
    optind = 0; /* glibc: begin anew */
    for (;;) {
        const char *asked = argv[optind == 0 ? 1 : optind];
        int option = getopt_long(argc, argv, "+:", known, NULL);
        if (option == -1)
            break;
        int code = take(&options, option, asked, err);
        if (code != 0)
            return code;
    }
    if (optind < argc)
        return up_fail(err, UP_EINVAL, "\"%s\" is not understood; options begin with --",
                       argv[optind]);
    *ret_options = options;
    return 0;
}
