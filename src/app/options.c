/* The command line of uptaked. */
#include "app/options.h"

#include <getopt.h>
#include <stdbool.h>
#include <string.h>

#include "app/exit_code.h"

enum { OPTION_CONFIG = 256, OPTION_SET, OPTION_LOG_LEVEL, OPTION_ACTION };

const struct options_row options_rows[] = {
    {"config", "FILE", OPTION_CONFIG, "configuration (" OPTIONS_CONFIG_PATH ")"},
    {"set", "SECTION.KEY=VALUE", OPTION_SET, "one option over that of the file; may come again"},
    {"log-level", "LEVEL", OPTION_LOG_LEVEL, "error, warn, info or debug"},
    {"check-config", "", OPTION_ACTION + OPTIONS_CHECK_CONFIG,
     "report every mistake in the configuration and exit"},
    {"migrate", "", OPTION_ACTION + OPTIONS_MIGRATE, "bring the database's schema up to date and exit"},
    {"print-example-config", "", OPTION_ACTION + OPTIONS_PRINT_EXAMPLE,
     "print a configuration with every option and its default"},
    {"version", "", OPTION_ACTION + OPTIONS_VERSION, "print the version"},
    {"help", "", OPTION_ACTION + OPTIONS_HELP, "print this"},
};
enum { OPTIONS = sizeof options_rows / sizeof options_rows[0] };
const size_t options_row_count = OPTIONS;

void options_print_usage(struct strbuf *ret_text)
{
    strbuf_add_text(ret_text, "Usage: uptaked [OPTION]...\n"
                              "Reads events of AI adoption from Kafka; keeps measures in Redis and health in "
                              "PostgreSQL.\n\n");
    for (size_t i = 0; i < OPTIONS; i++) {
        const struct options_row *row = &options_rows[i];
        struct strbuf left = {0};
        strbuf_add_format(&left, "--%s%s%s", row->name, row->value[0] != '\0' ? " " : "", row->value);
        strbuf_add_format(ret_text, "  %-24s %s\n", strbuf_text(&left), row->help);
        strbuf_done(&left);
    }
    strbuf_add_text(ret_text, "\nExit codes:\n");
    for (size_t i = 0; i < exit_code_row_count; i++)
        strbuf_add_format(ret_text, "  %d  %s\n", exit_code_rows[i].code, exit_code_rows[i].help);
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
    struct option known[OPTIONS + 1] = {0};
    for (size_t i = 0; i < OPTIONS; i++) {
        const struct options_row *row = &options_rows[i];
        known[i] = (struct option){
            row->name, row->value[0] != '\0' ? required_argument : no_argument, NULL, row->number};
    }
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
