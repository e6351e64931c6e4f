/* uptakectl doctor: checks an installation and says what to do. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "codec/json_write.h"
#include "ctl/command.h"
#include "ctl/doctor.h"
#include "ctl/screen_text.h"
#include "ctl/terminal.h"

static void print_finding(const struct doctor_finding *finding, bool colour)
{
    static const char *const colours[DOCTOR_LEVELS] = {"\033[32m", "", "\033[33m", "\033[31m"};
    printf("%s%-8s%s %-22s ", colour ? colours[finding->level] : "", doctor_level_word(finding->level),
           colour ? "\033[0m" : "", finding->check);
    screen_text_print(stdout, text_of(finding->text), SCREEN_TEXT_WHOLE);
    fputs(*finding->todo != '\0' ? ": " : "", stdout);
    screen_text_print(stdout, text_of(finding->todo), SCREEN_TEXT_WHOLE);
    fputs("\n", stdout);
}

static void write_finding(struct json_write *json, const struct doctor_finding *finding)
{
    json_write_begin_object(json);
    json_write_name(json, "check");
    json_write_word(json, finding->check);
    json_write_name(json, "level");
    json_write_word(json, doctor_level_word(finding->level));
    json_write_name(json, "text");
    json_write_word(json, finding->text);
    json_write_name(json, "todo");
    json_write_word(json, finding->todo);
    json_write_end_object(json);
}

static int print_report(const struct doctor_report *report, bool as_json)
{
    size_t counts[DOCTOR_LEVELS] = {0};
    struct strbuf text = {0};
    struct json_write json = {.out = &text};
    if (as_json)
        json_write_begin_array(&json);
    for (size_t i = 0; i < report->count; i++) {
        counts[report->findings[i].level]++;
        if (as_json)
            write_finding(&json, &report->findings[i]);
        else
            print_finding(&report->findings[i], terminal_has_colour(stdout));
    }
    if (as_json) {
        json_write_end_array(&json);
        printf("%s\n", strbuf_text(&text));
    } else {
        printf("%zu faults, %zu warnings, %zu ok, %zu skipped\n", counts[DOCTOR_FAULT], counts[DOCTOR_WARNING],
               counts[DOCTOR_OK], counts[DOCTOR_SKIPPED]);
    }
    strbuf_done(&text);
    if (counts[DOCTOR_FAULT] > 0)
        return COMMAND_FAILED;
    return counts[DOCTOR_WARNING] > 0 ? COMMAND_WARNED : COMMAND_OK;
}

static int print_checks(void)
{
    for (size_t i = 0; doctor_check_name(i) != NULL; i++)
        printf("%-22s %s\n", doctor_check_name(i), doctor_check_about(i));
    return COMMAND_OK;
}

static int check_names(const struct option_texts *names)
{
    for (size_t n = 0; n < names->count; n++) {
        bool is_known = false;
        for (size_t i = 0; doctor_check_name(i) != NULL; i++)
            is_known = is_known || strncmp(names->items[n], doctor_check_name(i), strlen(names->items[n])) == 0;
        if (!is_known)
            return command_refuse(&cmd_doctor, "doctor: there is no check '%s'; see --list", names->items[n]);
    }
    return COMMAND_OK;
}

static int run_doctor(int argc, char **argv)
{
    struct installed installed = INSTALLED_DEFAULT;
    struct option_texts names = {.count = 0};
    int64_t timeout_s = 5;
    bool list = false;
    bool json = false;
    const struct option_spec specs[] = {
        INSTALLED_OPTIONS(&installed),
        {"check", "NAME", OPTION_TEXTS, &names, 0, 0, "only checks whose names begin so; may come again"},
        {"timeout-s", "N", OPTION_WHOLE, &timeout_s, 1, 600, "so long a server may take to answer a question (5)"},
        {"list", "", OPTION_FLAG, &list, 0, 0, "say what would be checked, and do nothing"},
        {"json", "", OPTION_FLAG, &json, 0, 0, "as JSON"},
    };
    int operands;
    int end = command_read(&cmd_doctor, specs, sizeof specs / sizeof specs[0], argc, argv, 0, 0, &operands);
    if (end != COMMAND_GO_ON)
        return end;
    if (list)
        return print_checks();
    end = check_names(&names);
    if (end != COMMAND_OK)
        return end;
    /* A server that goes away is a finding, not the end of the program. */
    (void)signal(SIGPIPE, SIG_IGN);
    struct doctor_report report;
    const struct doctor_settings settings = {
        .installed = &installed, .timeout_ms = (int)timeout_s * 1000, .names = &names};
    doctor_run(&settings, &report);
    end = print_report(&report, json);
    doctor_report_done(&report);
    return end;
}

const struct command cmd_doctor = {
    .name = "doctor",
    .synopsis = "[OPTION...]",
    .summary = "Check an installation, and say of everything that is not well what to do",
    .about = "One line a finding: ok, skipped, warning or fault; the check; what is found; what to do. Every check runs,\n"
             "whatever the others find. In Redis a key of its own is written and removed, and the dead-letter topic is\n"
             "offered a record that is too large for it; else it only looks. Run it as somebody who may read the secrets.\n"
             "\n"
             "It ends with 0 when all is well, 7 when there are warnings and no fault, 1 when there is a fault.\n"
             "\n"
             "Examples:\n"
             "  sudo uptakectl doctor\n"
             "  uptakectl doctor --config ./uptaked.conf --check kafka --check redis\n"
             "  uptakectl doctor --json | jq -r '.[] | select(.level == \"fault\") | .todo'\n",
    .run = run_doctor,
};
