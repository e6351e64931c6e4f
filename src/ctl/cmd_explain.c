/* uptakectl explain: why a team has its health, verdict, diagnosis and alarms, with the numbers behind each in sentences. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/command.h"
#include "ctl/daily_figures.h"
#include "ctl/measure_name.h"
#include "ctl/row_text.h"
#include "ctl/terminal.h"
#include "io/pg_session.h"
#include "model/words.h"

enum team_column {
    DAY,
    SUPPRESSED,
    STATE,
    VERDICT,
    HEALTH,
    LO,
    HI,
    N,
    LIMIT,
    BECAUSE,
    DIAGNOSIS,
    CHANGED_WORK, /* the three indicators in this order */
    TRACEABLE,
    REPRODUCES,
    TEAM_COLUMNS
};
enum figure_column { NAME, ESTIMATE, FROM, TO, TRIALS, WHY, OVER_90_DAYS, FIGURE_COLUMNS };
enum alarm_column { KIND, OPENED, SENTENCE, ALARM_COLUMNS };
/* Then what a figure has. */
enum redesign_column { DESIGNED, WORKFLOW, LABEL, JUDGED, FINAL, REDESIGN_COLUMNS };
enum { WORD_BYTES = 64 };

static const char team_query[] =
    "SELECT h.day, h.is_suppressed, h.state, h.verdict, round(h.health::numeric), "
    "round(h.lo::numeric), round(h.hi::numeric), h.n, h.health_limit, m.because, "
    "array_to_string(h.diagnosis, ' '), h.changed_work, h.traceable, h.reproduces "
    "FROM uptake.team_health h JOIN " DAILY_FIGURES " ON m.measure = 'health' "
    "WHERE h.team = $1::text";

/* Those that the evaluation looks at: of 28 days or their own, answers to questions of 90 days. */
static const char figures_query[] =
    "SELECT m.*, false FROM uptake.team_health h, " DAILY_FIGURES " WHERE h.team = $1::text "
    "UNION ALL SELECT measure, estimate, lo, hi, n, because, true FROM uptake.team_measure "
    "WHERE team = $1::text AND workflow IS NULL AND win = '90d'";

static const char alarms_query[] = "SELECT kind, opened, sentence FROM uptake.alert_open "
                                   "WHERE team = $1::text ORDER BY opened, kind";

static const char redesigns_query[] =
    "SELECT day, workflow, label, as_of, is_final, measure, estimate, lo, hi, n, because "
    "FROM uptake.redesign_outcomes WHERE team = $1::text ORDER BY at DESC, workflow, measure";

static const char json_query[] =
    "SELECT json_build_object('team', to_jsonb(h), 'figures', (SELECT json_agg(m) "
    "FROM " DAILY_FIGURES "), 'alarms', (SELECT coalesce(json_agg(a ORDER BY opened, kind), '[]') "
    "FROM uptake.alert_open a WHERE a.team = h.team), 'redesigns', (SELECT "
    "coalesce(json_agg(to_jsonb(r) - 'team' ORDER BY at, workflow, measure), '[]') "
    "FROM uptake.redesign_outcomes r WHERE r.team = h.team)) "
    "FROM uptake.team_health h WHERE h.team = $1::text";

struct answers {
    struct strbuf team, figures, alarms, redesigns;
};

/* ---- what is said ------------------------------------------------------------------------- */

static void print_heading(const char *heading)
{
    bool colour = terminal_has_colour(stdout);
    printf("\n%s%s%s\n", colour ? "\033[1m" : "", heading, colour ? "\033[0m" : "");
}

/* NULL where nothing is known by that name. */
static const struct word *find_word(enum word_set set, struct text name)
{
    char word[WORD_BYTES];
    (void)snprintf(word, sizeof word, "%.*s", (int)name.length, name.bytes);
    return words_find(set, word);
}

static void print_number(struct text text)
{
    char digits[WORD_BYTES];
    (void)snprintf(digits, sizeof digits, "%.*s", (int)text.length, text.bytes);
    printf("%.3g", strtod(digits, NULL));
}

static void print_estimate(const struct measure_info *info, const struct text *columns)
{
    if (info->kind == KIND_FLAG) {
        fputs(text_equal(columns[ESTIMATE], text_of("0")) ? "no" : "yes", stdout);
        return;
    }
    print_number(columns[ESTIMATE]);
    if (columns[FROM].length > 0 && columns[TO].length > 0) {
        fputs(" (95 %: ", stdout);
        print_number(columns[FROM]);
        fputs(" to ", stdout);
        print_number(columns[TO]);
        fputs(")", stdout);
    }
    if (columns[TRIALS].length > 0) {
        fputs(", n ", stdout);
        print_number(columns[TRIALS]);
    }
}

/* The measure's figure, or why there is none, with what it says. */
static void print_row(const struct measure_info *info, const struct text *columns)
{
    printf("    %s: ", info->name);
    const struct word *why = find_word(WORD_because, columns[WHY]);
    if (columns[ESTIMATE].length > 0)
        print_estimate(info, columns);
    else
        printf("unknown. %s", why != NULL ? why->sentence : "");
    printf("\n      %s\n", info->help);
}

static void print_figure(const struct strbuf *figures, struct text name)
{
    const struct measure_info *info = measure_name_find(name);
    struct text columns[FIGURE_COLUMNS];
    for (size_t at = 0; info != NULL && row_text_next(figures, &at, columns, FIGURE_COLUMNS);) {
        bool over_90_days = text_equal(columns[OVER_90_DAYS], text_of("t"));
        if (!text_equal(columns[NAME], name) || over_90_days != (info->source == SOURCE_PULSE))
            continue;
        print_row(info, columns);
        return;
    }
}

/* The figures of each of the words in `names`, which blanks divide. */
static void print_figures(const struct strbuf *figures, const char *names)
{
    while (*names != '\0') {
        size_t length = strcspn(names, " ");
        print_figure(figures, (struct text){names, (uint32_t)length});
        names += length + (names[length] == ' ');
    }
}

static void print_health(const struct answers *answers,
                         const struct text columns[static TEAM_COLUMNS])
{
    print_heading("Health");
    const struct word *why = find_word(WORD_because, columns[BECAUSE]);
    if (columns[HEALTH].length == 0) {
        const struct word *needs = words_find(WORD_note, "health_needs");
        printf("  Unknown. %s%s%s\n", needs->sentence, why != NULL ? " " : "",
               why != NULL ? why->sentence : "");
        print_figures(&answers->figures, needs->measures);
        return;
    }
    printf("  %.*s of 100 (95 %%: %.*s to %.*s), of %.*s people.\n", (int)columns[HEALTH].length,
           columns[HEALTH].bytes, (int)columns[LO].length, columns[LO].bytes,
           (int)columns[HI].length, columns[HI].bytes, (int)columns[N].length, columns[N].bytes);
    const struct word *limit = find_word(WORD_component, columns[LIMIT]);
    if (limit == NULL)
        return;
    printf("  Held down most by %s. %s\n", limit->name, limit->sentence);
    print_figures(&answers->figures, limit->measures);
}

static void print_verdict(const struct answers *answers,
                          const struct text columns[static TEAM_COLUMNS])
{
    static const char *const indicators[] = {"changed_work", "traceable", "reproduces"};
    const struct word *verdict = find_word(WORD_verdict, columns[VERDICT]);
    print_heading("Verdict");
    if (verdict != NULL)
        printf("  %s. %s\n", verdict->label, verdict->sentence);
    for (int i = 0; i < 3; i++) {
        const struct word *presence = find_word(WORD_presence, columns[CHANGED_WORK + i]);
        const struct word *indicator = words_find(WORD_indicator, indicators[i]);
        if (presence == NULL)
            presence = words_find(WORD_presence, "unknown");
        printf("  %s: %c%s. %s\n", indicator->label, tolower(presence->label[0]),
               presence->label + 1, indicator->sentence);
        print_figures(&answers->figures, indicator->measures);
    }
}

static void print_diagnosis(const struct answers *answers, struct text names)
{
    print_heading("In the way");
    if (names.length == 0)
        printf("  %s\n", words_find(WORD_note, "nothing_in_the_way")->sentence);
    while (names.length > 0) {
        const char *blank = memchr(names.bytes, ' ', names.length);
        uint32_t length = blank != NULL ? (uint32_t)(blank - names.bytes) : names.length;
        const struct word *word = find_word(WORD_diagnosis, (struct text){names.bytes, length});
        if (word != NULL) {
            printf("  %s. %s\n", word->label, word->sentence);
            print_figures(&answers->figures, word->measures);
        }
        uint32_t passed = length + (blank != NULL);
        names = (struct text){names.bytes + passed, names.length - passed};
    }
}

static void print_alarms(const struct answers *answers)
{
    print_heading("Open alarms");
    if (answers->alarms.length == 0)
        printf("  None.\n");
    struct text columns[ALARM_COLUMNS];
    for (size_t at = 0; row_text_next(&answers->alarms, &at, columns, ALARM_COLUMNS);)
        printf("  %.*s, since %.*s. %.*s\n", (int)columns[KIND].length, columns[KIND].bytes,
               (int)columns[OPENED].length, columns[OPENED].bytes, (int)columns[SENTENCE].length,
               columns[SENTENCE].bytes);
}

/* Nothing of a team that has not redesigned. */
static void print_redesigns(const struct answers *answers)
{
    struct text columns[REDESIGN_COLUMNS + FIGURE_COLUMNS];
    struct text day = {0}, workflow = {0};
    if (answers->redesigns.length > 0)
        print_heading("Before and after the redesign");
    for (size_t at = 0;
         row_text_next(&answers->redesigns, &at, columns, REDESIGN_COLUMNS + FIGURE_COLUMNS);) {
        if (!text_equal(columns[DESIGNED], day) || !text_equal(columns[WORKFLOW], workflow)) {
            day = columns[DESIGNED];
            workflow = columns[WORKFLOW];
            printf("  %.*s, %.*s%s%.*s; as of %.*s, %s. An association.\n", (int)workflow.length,
                   workflow.bytes, (int)day.length, day.bytes, columns[LABEL].length > 0 ? ": " : "",
                   (int)columns[LABEL].length, columns[LABEL].bytes, (int)columns[JUDGED].length,
                   columns[JUDGED].bytes,
                   text_equal(columns[FINAL], text_of("t")) ? "final" : "still judged");
        }
        const struct text *figure = columns + REDESIGN_COLUMNS;
        const struct measure_info *info = measure_name_find(figure[NAME]);
        if (info != NULL)
            print_row(info, figure);
    }
}

static void print_team(const char *team, const struct answers *answers)
{
    struct text columns[TEAM_COLUMNS];
    size_t at = 0;
    (void)row_text_next(&answers->team, &at, columns, TEAM_COLUMNS);
    bool colour = terminal_has_colour(stdout);
    printf("%s%s%s as of %.*s\n", colour ? "\033[1m" : "", team, colour ? "\033[0m" : "",
           (int)columns[DAY].length, columns[DAY].bytes);
    if (text_equal(columns[SUPPRESSED], text_of("t"))) {
        printf("  %s\n", words_find(WORD_because, "suppressed")->sentence);
        return;
    }
    const struct word *state = find_word(WORD_state, columns[STATE]);
    if (state != NULL) {
        printf("  %s. %s\n", state->label, state->sentence);
        print_figures(&answers->figures, state->measures);
    }
    print_health(answers, columns);
    print_verdict(answers, columns);
    print_diagnosis(answers, columns[DIAGNOSIS]);
    print_redesigns(answers);
    print_alarms(answers);
}

/* ---- the command -------------------------------------------------------------------------- */

static int ask(struct answers *answers, const char *connection, const char *team, bool json,
               struct up_err *err)
{
    struct pg_session *session = pg_session_open(connection, "uptakectl", NULL, NULL, err);
    if (session == NULL)
        return err->code;
    const char *const values[] = {team};
    int code = pg_session_ask_with(session, json ? json_query : team_query, values, 1,
                                   &answers->team, err);
    if (code == UP_OK && answers->team.length == 0)
        code = up_fail(err, UP_EINVAL,
                       "no day of a team '%s' has closed yet; `uptakectl teams` lists them", team);
    if (code == UP_OK && !json)
        code = pg_session_ask_with(session, figures_query, values, 1, &answers->figures, err);
    if (code == UP_OK && !json)
        code = pg_session_ask_with(session, alarms_query, values, 1, &answers->alarms, err);
    if (code == UP_OK && !json)
        code = pg_session_ask_with(session, redesigns_query, values, 1, &answers->redesigns, err);
    pg_session_close(session);
    return code;
}

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
    struct answers answers = {.team = {.length = 0}};
    int code = ask(&answers, connection, argv[1], json, &err);
    if (code == UP_OK && json)
        fputs(strbuf_text(&answers.team), stdout);
    else if (code == UP_OK)
        print_team(argv[1], &answers);
    strbuf_done(&answers.team);
    strbuf_done(&answers.figures);
    strbuf_done(&answers.alarms);
    strbuf_done(&answers.redesigns);
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
