/* uptakectl team: a team as it stands, on one screen. */
#include <stdio.h>
#include <stdlib.h>

#include "codec/json_write.h"
#include "ctl/command.h"
#include "ctl/row_text.h"
#include "ctl/screen_text.h"
#include "ctl/team_answers.h"
#include "ctl/terminal.h"

enum { NAME_WIDTH = 20, MEASURE_WIDTH = 26, BAR_WIDTH = 51 };

static const char *const components[] = {"reach",      "judgement", "lift",
                                         "durability", "growth",    "staying"};
enum { COMPONENTS = sizeof components / sizeof components[0] };

/* ---- for people ---------------------------------------------------------------------------- */

static void print_text(struct text text, int columns)
{
    screen_text_print(stdout, text, columns);
}

static void print_bold(const char *text, int columns)
{
    bool colour = terminal_has_colour(stdout);
    fputs(colour ? "\033[1m" : "", stdout);
    print_text(text_of(text), columns);
    fputs(colour ? "\033[0m" : "", stdout);
}

/* "0.71 (0.6 to 0.8), n 8", "12", or why it is unknown. */
static void print_figure(const struct text columns[static FIGURE_COLUMNS])
{
    char text[TEAM_NUMBER_BYTES];
    if (columns[FIGURE_ESTIMATE].length == 0) {
        const struct word *why = team_answers_word(WORD_because, columns[FIGURE_BECAUSE]);
        printf("unknown: %s\n", why != NULL ? why->label : "-");
        return;
    }
    fputs(team_answers_number(columns, FIGURE_ESTIMATE, text), stdout);
    if (columns[FIGURE_LO].length > 0 && columns[FIGURE_HI].length > 0) {
        printf(" (%s to ", team_answers_number(columns, FIGURE_LO, text));
        printf("%s)", team_answers_number(columns, FIGURE_HI, text));
    }
    if (columns[FIGURE_N].length > 0)
        printf(", n %s", team_answers_number(columns, FIGURE_N, text));
    fputs("\n", stdout);
}

/* A line each of the measures of the list, the first behind what stands on the line already. */
static void print_measures(const struct team_answers *answers, const char *measures)
{
    struct text list = text_of(measures), name;
    struct text columns[FIGURE_COLUMNS];
    for (int line = 0; team_answers_next_word(&list, &name);) {
        if (!team_answers_figure(answers, name, false, columns))
            continue;
        printf("%*s", line++ > 0 ? NAME_WIDTH : 0, "");
        print_text(name, MEASURE_WIDTH);
        print_figure(columns);
    }
}

static double number_of(struct text text)
{
    char digits[TEAM_NUMBER_BYTES];
    (void)snprintf(digits, sizeof digits, "%.*s", (int)text.length, text.bytes);
    return strtod(digits, NULL);
}

/* The interval between 0 and 100, with the estimate in it. */
static void print_bar(const struct text columns[static TEAM_COLUMNS])
{
    double health = number_of(columns[TEAM_HEALTH]);
    double lo = number_of(columns[TEAM_LO]), hi = number_of(columns[TEAM_HI]);
    printf("%*s0 ", NAME_WIDTH - 2, "");
    for (int i = 0; i < BAR_WIDTH; i++) {
        double from = 100.0 * (i - 0.5) / (BAR_WIDTH - 1), to = 100.0 * (i + 0.5) / (BAR_WIDTH - 1);
        fputs(health >= from && health < to ? "●" : hi >= from && lo < to ? "━" : "·", stdout);
    }
    fputs(" 100\n", stdout);
}

static void print_health(const struct team_answers *answers)
{
    const struct text *columns = answers->columns;
    print_bold("Health", NAME_WIDTH);
    if (columns[TEAM_HEALTH].length > 0) {
        printf("%.*s of 100 (%.*s to %.*s), %.*s people", (int)columns[TEAM_HEALTH].length,
               columns[TEAM_HEALTH].bytes, (int)columns[TEAM_LO].length, columns[TEAM_LO].bytes,
               (int)columns[TEAM_HI].length, columns[TEAM_HI].bytes, (int)columns[TEAM_N].length,
               columns[TEAM_N].bytes);
        const struct word *limit = team_answers_word(WORD_component, columns[TEAM_LIMIT]);
        if (limit != NULL)
            printf("; held down most by ! %s", limit->name);
        printf("\n");
        print_bar(columns);
    } else {
        const struct word *why = team_answers_word(WORD_because, columns[TEAM_BECAUSE]);
        printf("unknown: %s\n", why != NULL ? why->label : "-");
    }
    for (int i = 0; i < COMPONENTS; i++) {
        const struct word *component = words_find(WORD_component, components[i]);
        bool is_limit = text_equal(columns[TEAM_LIMIT], text_of(components[i]));
        printf("%s ", is_limit ? "!" : " ");
        print_text(text_of(component->label), NAME_WIDTH - 2);
        print_measures(answers, component->measures);
    }
}

static void print_verdict(const struct team_answers *answers)
{
    const struct word *verdict = team_answers_word(WORD_verdict, answers->columns[TEAM_VERDICT]);
    print_bold("Verdict", NAME_WIDTH);
    printf("%s\n", verdict != NULL ? verdict->label : "-");
    for (int column = TEAM_CHANGED_WORK; column <= TEAM_REPRODUCES; column++) {
        const struct word *indicator = team_answers_indicator(column);
        printf("  ");
        print_text(text_of(indicator->label), NAME_WIDTH - 2);
        print_text(text_of(team_answers_presence(answers, column)->label), MEASURE_WIDTH);
        struct text figure[FIGURE_COLUMNS];
        if (team_answers_figure(answers, text_of(indicator->measures), false, figure))
            print_figure(figure);
        else
            printf("-\n");
    }
}

static void print_diagnosis(const struct team_answers *answers)
{
    struct text names = answers->columns[TEAM_DIAGNOSIS], name;
    print_bold("In the way", NAME_WIDTH);
    if (names.length == 0)
        printf("nothing that is known\n");
    for (int line = 0; team_answers_next_word(&names, &name); line++) {
        const struct word *word = team_answers_word(WORD_diagnosis, name);
        printf("%*s", line > 0 ? NAME_WIDTH : 0, "");
        print_text(word != NULL ? text_of(word->label) : name, SCREEN_TEXT_WHOLE);
        printf("\n");
    }
}

static void print_alarms(const struct team_answers *answers)
{
    struct text columns[ALARM_COLUMNS];
    int line = 0;
    print_bold("Open alarms", NAME_WIDTH);
    for (size_t at = 0; row_text_next(&answers->alarms, &at, columns, ALARM_COLUMNS); line++) {
        const struct word *word = team_answers_word(WORD_alarm, columns[ALARM_KIND]);
        printf("%*s! ", line > 0 ? NAME_WIDTH : 0, "");
        print_text(word != NULL ? text_of(word->label) : columns[ALARM_KIND], SCREEN_TEXT_WHOLE);
        printf(", since %.*s\n", (int)columns[ALARM_OPENED].length, columns[ALARM_OPENED].bytes);
    }
    if (line == 0)
        printf("none\n");
}

/* Completions of 90 days where that is said, and people of a year. */
static bool find_beside(const struct team_answers *answers, struct text name,
                        struct text columns[static FIGURE_COLUMNS])
{
    return team_answers_figure(answers, name, true, columns) ||
           team_answers_figure(answers, name, false, columns);
}

static void print_beside(const struct team_answers *answers)
{
    const struct word *beside = words_find(WORD_section, "beside");
    struct text list = text_of(beside->measures), name;
    struct text columns[FIGURE_COLUMNS];
    printf("\n");
    print_bold(beside->label, SCREEN_TEXT_WHOLE);
    printf("\n");
    while (team_answers_next_word(&list, &name)) {
        bool is_there = find_beside(answers, name, columns);
        printf("  ");
        print_text(name, NAME_WIDTH - 2);
        if (!is_there) {
            printf("-\n");
            continue;
        }
        const char *days = text_equal(name, text_of("trained"))                     ? "365"
                           : text_equal(columns[FIGURE_OVER_90_DAYS], text_of("t")) ? "90"
                                                                                    : "28";
        printf("in %s days: ", days);
        print_figure(columns);
    }
}

static void print_card(const char *team, const struct team_answers *answers)
{
    const struct text *columns = answers->columns;
    print_bold(team, SCREEN_TEXT_WHOLE);
    printf("  as of %.*s\n", (int)columns[TEAM_DAY].length, columns[TEAM_DAY].bytes);
    if (text_equal(columns[TEAM_SUPPRESSED], text_of("t"))) {
        printf("  %s\n", words_find(WORD_because, "suppressed")->sentence);
        return;
    }
    const struct word *state = team_answers_word(WORD_state, columns[TEAM_STATE]);
    print_bold("State", NAME_WIDTH);
    printf("%s\n", state != NULL ? state->label : "-");
    print_health(answers);
    print_verdict(answers);
    print_diagnosis(answers);
    print_alarms(answers);
    print_beside(answers);
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static void write_text(struct json_write *json, const char *name, struct text text)
{
    json_write_name(json, name);
    if (text.length == 0)
        json_write_null(json);
    else
        json_write_text(json, text);
}

static void write_number(struct json_write *json, const char *name, struct text text)
{
    json_write_name(json, name);
    json_write_raw(json, text);
}

/* Estimate, limits and number stand side by side wherever they are. */
static void write_quadruple(struct json_write *json, const struct text quadruple[static 4])
{
    write_number(json, "estimate", quadruple[0]);
    write_number(json, "lo", quadruple[1]);
    write_number(json, "hi", quadruple[2]);
    write_number(json, "n", quadruple[3]);
}

static void write_figure(struct json_write *json, const struct text columns[static FIGURE_COLUMNS])
{
    json_write_begin_object(json);
    write_text(json, "measure", columns[FIGURE_NAME]);
    write_quadruple(json, &columns[FIGURE_ESTIMATE]);
    write_text(json, "because", columns[FIGURE_BECAUSE]);
    json_write_end_object(json);
}

static void write_figures(struct json_write *json, const struct team_answers *answers,
                          const char *measures, bool beside)
{
    struct text list = text_of(measures), name;
    struct text columns[FIGURE_COLUMNS];
    json_write_begin_array(json);
    while (team_answers_next_word(&list, &name)) {
        if (beside ? find_beside(answers, name, columns)
                   : team_answers_figure(answers, name, false, columns))
            write_figure(json, columns);
    }
    json_write_end_array(json);
}

static void write_health(struct json_write *json, const struct team_answers *answers)
{
    const struct text *columns = answers->columns;
    json_write_begin_object(json);
    write_quadruple(json, &columns[TEAM_HEALTH]);
    write_text(json, "because", columns[TEAM_BECAUSE]);
    write_text(json, "limit", columns[TEAM_LIMIT]);
    json_write_name(json, "components");
    json_write_begin_object(json);
    for (int i = 0; i < COMPONENTS; i++) {
        json_write_name(json, components[i]);
        write_figures(json, answers, words_find(WORD_component, components[i])->measures, false);
    }
    json_write_end_object(json);
    json_write_end_object(json);
}

static void write_verdict(struct json_write *json, const struct team_answers *answers)
{
    json_write_begin_object(json);
    write_text(json, "word", answers->columns[TEAM_VERDICT]);
    for (int column = TEAM_CHANGED_WORK; column <= TEAM_REPRODUCES; column++) {
        const struct word *indicator = team_answers_indicator(column);
        json_write_name(json, indicator->name);
        json_write_begin_object(json);
        json_write_name(json, "presence");
        json_write_word(json, team_answers_presence(answers, column)->name);
        json_write_name(json, "figures");
        write_figures(json, answers, indicator->measures, false);
        json_write_end_object(json);
    }
    json_write_end_object(json);
}

static void write_lists(struct json_write *json, const struct team_answers *answers)
{
    struct text names = answers->columns[TEAM_DIAGNOSIS], name;
    struct text columns[ALARM_COLUMNS];
    json_write_name(json, "diagnosis");
    json_write_begin_array(json);
    while (team_answers_next_word(&names, &name))
        json_write_text(json, name);
    json_write_end_array(json);
    json_write_name(json, "alarms");
    json_write_begin_array(json);
    for (size_t at = 0; row_text_next(&answers->alarms, &at, columns, ALARM_COLUMNS);) {
        json_write_begin_object(json);
        write_text(json, "kind", columns[ALARM_KIND]);
        write_text(json, "opened", columns[ALARM_OPENED]);
        write_text(json, "sentence", columns[ALARM_SENTENCE]);
        json_write_end_object(json);
    }
    json_write_end_array(json);
}

static void print_json(const char *team, const struct team_answers *answers)
{
    struct strbuf out = {.length = 0};
    struct json_write json = {.out = &out};
    const struct text *columns = answers->columns;
    json_write_begin_object(&json);
    json_write_name(&json, "team");
    json_write_word(&json, team);
    write_text(&json, "day", columns[TEAM_DAY]);
    json_write_name(&json, "is_suppressed");
    json_write_bool(&json, text_equal(columns[TEAM_SUPPRESSED], text_of("t")));
    write_text(&json, "state", columns[TEAM_STATE]);
    json_write_name(&json, "health");
    write_health(&json, answers);
    json_write_name(&json, "verdict");
    write_verdict(&json, answers);
    write_lists(&json, answers);
    json_write_name(&json, "beside");
    write_figures(&json, answers, words_find(WORD_section, "beside")->measures, true);
    json_write_end_object(&json);
    strbuf_add_char(&out, '\n');
    screen_text_print_json(stdout, &out);
    strbuf_done(&out);
}

/* ---- the command --------------------------------------------------------------------------- */

static int run_team(int argc, char **argv)
{
    const char *connection = "";
    bool json = false;
    const struct option_spec specs[] = {
        {"postgresql", "CONNECTION", OPTION_TEXT, &connection, 0, 0,
         "libpq's connection string (PG* variables)"},
        {"json", "", OPTION_FLAG, &json, 0, 0, "as JSON, with the words of SQL"},
    };
    int operands;
    int end =
        command_read(&cmd_team, specs, sizeof specs / sizeof specs[0], argc, argv, 1, 1, &operands);
    if (end != COMMAND_GO_ON)
        return end;
    struct up_err err;
    struct team_answers answers = {.rows = {.length = 0}};
    int code = team_answers_read(&answers, connection, argv[1], &err);
    if (code == UP_OK && json)
        print_json(argv[1], &answers);
    else if (code == UP_OK)
        print_card(argv[1], &answers);
    team_answers_done(&answers);
    return code == UP_OK ? COMMAND_OK : command_fail(&err);
}

const struct command cmd_team = {
    .name = "team",
    .synopsis = "[OPTION...] TEAM",
    .summary = "Show on one screen how a team stands",
    .about =
        "State, health and what it is made of, the three signs behind the verdict, what is in the\n"
        "way and open alarms, on the last closed day; completions stand beside, in no score. Each\n"
        "figure with its interval (95 %), or why it is unknown. `uptakectl explain` says it in\n"
        "sentences. Read from the views for analysts: figures of fewer than min_group people are\n"
        "suppressed.\n"
        "\n"
        "Examples:\n"
        "  uptakectl team north\n"
        "  uptakectl team north --json | jq '.verdict'\n",
    .run = run_team,
};
