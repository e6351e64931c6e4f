/* uptakectl explain: why a team has its health, verdict, diagnosis and alarms, with the numbers behind each in sentences. */
#include <ctype.h>
#include <stdio.h>

#include "ctl/command.h"
#include "ctl/measure_name.h"
#include "ctl/row_text.h"
#include "ctl/screen_text.h"
#include "ctl/team_answers.h"
#include "ctl/terminal.h"

/* ---- what is said ------------------------------------------------------------------------- */

static void print_heading(const char *heading)
{
    bool colour = terminal_has_colour(stdout);
    printf("\n%s%s%s\n", colour ? "\033[1m" : "", heading, colour ? "\033[0m" : "");
}

static void print_number(const struct text *columns, int column)
{
    char text[TEAM_NUMBER_BYTES];
    fputs(team_answers_number(columns, column, text), stdout);
}

static void print_estimate(const struct text *columns)
{
    print_number(columns, FIGURE_ESTIMATE);
    if (columns[FIGURE_LO].length > 0 && columns[FIGURE_HI].length > 0) {
        fputs(" (95 %: ", stdout);
        print_number(columns, FIGURE_LO);
        fputs(" to ", stdout);
        print_number(columns, FIGURE_HI);
        fputs(")", stdout);
    }
    if (columns[FIGURE_N].length > 0) {
        fputs(", n ", stdout);
        print_number(columns, FIGURE_N);
    }
}

/* A figure, or why there is none, with what it says. */
static void print_row(const struct measure_info *info, const struct text *columns)
{
    const struct word *why = team_answers_word(WORD_because, columns[FIGURE_BECAUSE]);
    printf("    %s: ", info->name);
    if (columns[FIGURE_ESTIMATE].length > 0)
        print_estimate(columns);
    else
        printf("unknown. %s", why != NULL ? why->sentence : "");
    printf("\n      %s\n", info->help);
}

static void print_figure(const struct team_answers *answers, struct text name)
{
    const struct measure_info *info = measure_name_find(name);
    struct text columns[FIGURE_COLUMNS];
    if (info == NULL || !team_answers_figure(answers, name, info->source == SOURCE_PULSE, columns))
        return;
    print_row(info, columns);
}

/* The figures of each of the words in `names`, which blanks divide. */
static void print_figures(const struct team_answers *answers, const char *names)
{
    struct text list = text_of(names), name;
    while (team_answers_next_word(&list, &name))
        print_figure(answers, name);
}

static void print_text(struct text text)
{
    screen_text_print(stdout, text, SCREEN_TEXT_WHOLE);
}

static void print_health(const struct team_answers *answers)
{
    const struct text *columns = answers->columns;
    print_heading("Health");
    if (columns[TEAM_HEALTH].length == 0) {
        const struct word *needs = words_find(WORD_note, "health_needs");
        const struct word *why = team_answers_word(WORD_because, columns[TEAM_BECAUSE]);
        printf("  Unknown. %s%s%s\n", needs->sentence, why != NULL ? " " : "",
               why != NULL ? why->sentence : "");
        print_figures(answers, needs->measures);
        return;
    }
    printf("  %.*s of 100 (95 %%: %.*s to %.*s), of %.*s people.\n",
           (int)columns[TEAM_HEALTH].length, columns[TEAM_HEALTH].bytes,
           (int)columns[TEAM_LO].length, columns[TEAM_LO].bytes, (int)columns[TEAM_HI].length,
           columns[TEAM_HI].bytes, (int)columns[TEAM_N].length, columns[TEAM_N].bytes);
    const struct word *limit = team_answers_word(WORD_component, columns[TEAM_LIMIT]);
    if (limit == NULL)
        return;
    printf("  Held down most by %s. %s\n", limit->name, limit->sentence);
    print_figures(answers, limit->measures);
}

static void print_verdict(const struct team_answers *answers)
{
    const struct word *verdict = team_answers_word(WORD_verdict, answers->columns[TEAM_VERDICT]);
    print_heading("Verdict");
    if (verdict != NULL)
        printf("  %s. %s\n", verdict->label, verdict->sentence);
    for (int column = TEAM_CHANGED_WORK; column <= TEAM_REPRODUCES; column++) {
        const struct word *presence = team_answers_presence(answers, column);
        const struct word *indicator = team_answers_indicator(column);
        printf("  %s: %c%s. %s\n", indicator->label, tolower(presence->label[0]),
               presence->label + 1, indicator->sentence);
        print_figures(answers, indicator->measures);
    }
}

static void print_diagnosis(const struct team_answers *answers)
{
    struct text names = answers->columns[TEAM_DIAGNOSIS], name;
    print_heading("In the way");
    if (names.length == 0)
        printf("  %s\n", words_find(WORD_note, "nothing_in_the_way")->sentence);
    while (team_answers_next_word(&names, &name)) {
        const struct word *word = team_answers_word(WORD_diagnosis, name);
        if (word == NULL)
            continue;
        printf("  %s. %s\n", word->label, word->sentence);
        print_figures(answers, word->measures);
    }
}

static void print_alarms(const struct team_answers *answers)
{
    struct text columns[ALARM_COLUMNS];
    print_heading("Open alarms");
    if (answers->alarms.length == 0)
        printf("  None.\n");
    for (size_t at = 0; row_text_next(&answers->alarms, &at, columns, ALARM_COLUMNS);) {
        printf("  %.*s, since %.*s. ", (int)columns[ALARM_KIND].length, columns[ALARM_KIND].bytes,
               (int)columns[ALARM_OPENED].length, columns[ALARM_OPENED].bytes);
        print_text(columns[ALARM_SENTENCE]);
        printf("\n");
    }
}

static void print_redesign(const struct text columns[static REDESIGN_COLUMNS])
{
    printf("  ");
    print_text(columns[REDESIGN_WORKFLOW]);
    printf(", %.*s%s", (int)columns[REDESIGN_DAY].length, columns[REDESIGN_DAY].bytes,
           columns[REDESIGN_LABEL].length > 0 ? ": " : "");
    print_text(columns[REDESIGN_LABEL]);
    printf("; as of %.*s, %s. An association.\n", (int)columns[REDESIGN_JUDGED].length,
           columns[REDESIGN_JUDGED].bytes,
           text_equal(columns[REDESIGN_FINAL], text_of("t")) ? "final" : "still judged");
}

/* Nothing of a team that has not redesigned. */
static void print_redesigns(const struct team_answers *answers)
{
    struct text columns[REDESIGN_COLUMNS + FIGURE_COLUMNS];
    struct text day = {.length = 0}, workflow = {.length = 0};
    if (answers->redesigns.length > 0)
        print_heading("Before and after the redesign");
    for (size_t at = 0;
         row_text_next(&answers->redesigns, &at, columns, REDESIGN_COLUMNS + FIGURE_COLUMNS);) {
        if (!text_equal(columns[REDESIGN_DAY], day) ||
            !text_equal(columns[REDESIGN_WORKFLOW], workflow)) {
            day = columns[REDESIGN_DAY];
            workflow = columns[REDESIGN_WORKFLOW];
            print_redesign(columns);
        }
        const struct text *figure = columns + REDESIGN_COLUMNS;
        const struct measure_info *info = measure_name_find(figure[FIGURE_NAME]);
        if (info != NULL)
            print_row(info, figure);
    }
}

static void print_team(const char *team, const struct team_answers *answers)
{
    const struct text *columns = answers->columns;
    bool colour = terminal_has_colour(stdout);
    fputs(colour ? "\033[1m" : "", stdout);
    print_text(text_of(team));
    printf("%s as of %.*s\n", colour ? "\033[0m" : "", (int)columns[TEAM_DAY].length,
           columns[TEAM_DAY].bytes);
    if (text_equal(columns[TEAM_SUPPRESSED], text_of("t"))) {
        printf("  %s\n", words_find(WORD_because, "suppressed")->sentence);
        return;
    }
    const struct word *state = team_answers_word(WORD_state, columns[TEAM_STATE]);
    if (state != NULL) {
        printf("  %s. %s\n", state->label, state->sentence);
        print_figures(answers, state->measures);
    }
    print_health(answers);
    print_verdict(answers);
    print_diagnosis(answers);
    print_redesigns(answers);
    print_alarms(answers);
}

/* ---- the command -------------------------------------------------------------------------- */

static int run_explain(int argc, char **argv)
{
    const char *connection = "";
    bool json = false;
    const struct option_spec specs[] = {
        {"postgresql", "CONNECTION", OPTION_TEXT, &connection, 0, 0,
         "libpq's connection string (PG* variables)"},
        {"json", "", OPTION_FLAG, &json, 0, 0, "the figures alone, as JSON"},
    };
    int operands;
    int end = command_read(&cmd_explain, specs, sizeof specs / sizeof specs[0], argc, argv, 1, 1,
                           &operands);
    if (end != COMMAND_GO_ON)
        return end;
    struct up_err err;
    struct strbuf document = {.length = 0};
    struct team_answers answers = {.rows = {.length = 0}};
    int code = json ? team_answers_read_json(&document, connection, argv[1], &err)
                    : team_answers_read(&answers, connection, argv[1], &err);
    if (code == UP_OK && json)
        screen_text_print_json(stdout, &document);
    else if (code == UP_OK)
        print_team(argv[1], &answers);
    strbuf_done(&document);
    team_answers_done(&answers);
    return code == UP_OK ? COMMAND_OK : command_fail(&err);
}

const struct command cmd_explain = {
    .name = "explain",
    .synopsis = "[OPTION...] TEAM",
    .summary = "Say why a team has its health, verdict, diagnosis and alarms",
    .about =
        "In sentences, with the numbers behind each, on the last closed day, and what redesigns\n"
        "changed. What is unknown is said to be, with what to send. Read from the views for\n"
        "analysts: figures of fewer than min_group people are suppressed.\n"
        "\n"
        "Examples:\n"
        "  uptakectl explain north\n"
        "  uptakectl explain north --json | jq '.figures[] | select(.because)'\n",
    .run = run_explain,
};
