/* Makes the page of all teams: a row each, the organisation's figures, and what is in the way where. */
#include <math.h>

#include "base/mem.h"
#include "ctl/report_pages.h"
#include "model/measure_text.h"

/* The view where nobody asks for a day in the past; else the function behind it, which analysts may call too. */
const char report_pages_organisation_sql[] =
    "WITH asked AS MATERIALIZED (SELECT nullif($1::text, '')::date AS last), "
    "rows AS MATERIALIZED ("
    "SELECT o.* FROM uptake.organisation_health o WHERE (SELECT last FROM asked) IS NULL UNION ALL "
    "SELECT r.* FROM uptake.rollup(NULL, NULL, nullif($1::text, '')::date) r WHERE (SELECT last FROM asked) IS NOT NULL), "
    "found AS MATERIALIZED ("
    "SELECT d.* FROM uptake.organisation_diagnosis d WHERE (SELECT last FROM asked) IS NULL UNION ALL "
    "SELECT r.* FROM uptake.rollup_diagnosis(NULL, nullif($1::text, '')::date) r WHERE (SELECT last FROM asked) IS NOT NULL) "
    "SELECT json_build_object('as_of', (SELECT min(as_of) FROM rows), "
    "'definitions', (SELECT min(definitions) FROM rows), "
    "'figures', (SELECT coalesce(json_agg(json_build_array(measure, win, estimate, lo, hi, n, team_mean, teams, people, "
    "because)), '[]') FROM rows WHERE win IN ('28d', 'own')), "
    "'diagnosis', (SELECT coalesce(json_agg(json_build_array(diagnosis, teams_with, teams_judged)), '[]') FROM found))";

enum figure_column { MEASURE_NAME, WINDOW_NAME, ESTIMATE, LO, HI, N, TEAM_MEAN, TEAMS, PEOPLE, WHY, FIGURE_COLUMNS };
enum team_column {
    TEAM,
    DAY,
    SUPPRESSED,
    STATE,
    VERDICT,
    HEALTH,
    HEALTH_LO,
    HEALTH_HI,
    PEOPLE_OF_IT,
    LIMIT,
    SIGNS, /* three */
    DIAGNOSIS = SIGNS + 3,
    ALARMS,
    PAST,
    SKIPPED,
    TEAM_COLUMNS
};

static double number(const struct json_value *value)
{
    return value->kind == JSON_NUMBER ? value->number : (double)NAN;
}

static const struct word *word(struct report_page *page, enum word_set set, const struct json_value *value)
{
    return value->kind == JSON_STRING ? words_find(set, report_page_copy_text(page, value->text)) : NULL;
}

/* ---- teams -------------------------------------------------------------------------------- */

static size_t read_words(struct report_page *page, enum word_set set, const struct json_value *array,
                         const struct word *ret_words[static REPORT_ALERT_KINDS_MAX])
{
    struct json_value items[REPORT_ALERT_KINDS_MAX];
    size_t count = array->kind == JSON_ARRAY ? json_reader_items(array, items, REPORT_ALERT_KINDS_MAX) : 0;
    size_t known = 0;
    for (size_t i = 0; i < count && i < REPORT_ALERT_KINDS_MAX; i++) {
        ret_words[known] = word(page, set, &items[i]);
        known += ret_words[known] != NULL ? 1 : 0;
    }
    return known;
}

/* Weeks end where the team's row says that nothing younger is there. */
static const double *read_weeks(struct report_page *page, const struct json_value *past, double skipped)
{
    struct json_value items[REPORT_WEEKS];
    size_t count = past->kind == JSON_ARRAY ? json_reader_items(past, items, REPORT_WEEKS) : 0;
    size_t behind = isnan(skipped) ? 0 : (size_t)skipped;
    if (count == 0 || count + behind > REPORT_WEEKS)
        return NULL;
    double *weeks = report_page_array(page, REPORT_WEEKS, sizeof *weeks);
    for (size_t i = 0; i < REPORT_WEEKS; i++)
        weeks[i] = (double)NAN;
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        weeks[REPORT_WEEKS - behind - count + i] = number(&items[i]);
        known += items[i].kind == JSON_NUMBER ? 1 : 0;
    }
    return known > 0 ? weeks : NULL;
}

static struct report_figure read_health(struct report_page *page, const struct json_value columns[static TEAM_COLUMNS],
                                        bool is_suppressed)
{
    struct report_figure figure = report_facts_name(page, "health");
    figure.unit = "health";
    figure.window = "28d";
    figure.value = estimate_interval(number(&columns[HEALTH]), number(&columns[HEALTH_LO]),
                                     number(&columns[HEALTH_HI]), number(&columns[PEOPLE_OF_IT]));
    figure.has_n = !isnan(figure.value.n);
    figure.value.known = !isnan(figure.value.value);
    figure.value.has_interval = figure.value.known && !isnan(figure.value.lo) && !isnan(figure.value.hi);
    figure.weeks = read_weeks(page, &columns[PAST], number(&columns[SKIPPED]));
    figure.because = is_suppressed ? words_find(WORD_because, "suppressed") : NULL;
    return figure;
}

static void read_team(struct report_page *page, const struct json_value *row, size_t number_of_page,
                      struct report_team_row *ret_team)
{
    struct json_value columns[TEAM_COLUMNS] = {{.kind = JSON_ABSENT}};
    (void)json_reader_items(row, columns, TEAM_COLUMNS);
    *ret_team = (struct report_team_row){.page = number_of_page,
                                         .team = columns[TEAM].text,
                                         .day = report_facts_day_of(&columns[DAY]),
                                         .is_suppressed = columns[SUPPRESSED].kind == JSON_TRUE,
                                         .state = word(page, WORD_state, &columns[STATE]),
                                         .verdict = word(page, WORD_verdict, &columns[VERDICT])};
    ret_team->health = read_health(page, columns, ret_team->is_suppressed);
    ret_team->diagnosis_count = read_words(page, WORD_diagnosis, &columns[DIAGNOSIS], ret_team->diagnosis);
    ret_team->alarm_count = read_words(page, WORD_alarm, &columns[ALARMS], ret_team->alarms);
    for (int i = 0; i < 3; i++) {
        const struct word *presence = word(page, WORD_presence, &columns[SIGNS + i]);
        ret_team->presence[i] = presence != NULL ? presence->name : "unknown";
    }
    ret_team->detail = report_pages_detail(page, ret_team->verdict, ret_team->presence);
}

static void add_teams(struct report_page *page, const struct json_value *teams)
{
    size_t count;
    struct json_value *rows = report_facts_items(page, teams, "teams", &count);
    struct report_block *block = report_section_add(report_page_add_section(page, "teams"), REPORT_TEAMS, "teams");
    block->teams = report_page_array(page, count, sizeof *block->teams);
    for (size_t i = 0; i < count; i++)
        read_team(page, &rows[i], i + 1, &block->teams[block->team_count++]);
    page->lead = count == 0 ? words_find(WORD_note, "nothing_closed")->sentence
                            : report_page_format(page, "%zu %s. As of the close of %s.", count,
                                                 count == 1 ? "team" : "teams", report_pages_day(page, page->day));
}

/* ---- the organisation's figures ----------------------------------------------------------- */

/* All the work as one, and beside it the mean of such teams, to which the interval belongs. */
static void read_figure(struct report_page *page, const struct json_value *row, struct report_entry *ret_entry)
{
    struct json_value columns[FIGURE_COLUMNS] = {{.kind = JSON_ABSENT}};
    (void)json_reader_items(row, columns, FIGURE_COLUMNS);
    const char *name = report_page_copy_text(page, columns[MEASURE_NAME].text);
    struct report_figure *figures = report_page_array(page, 2, sizeof *figures);
    figures[0] = report_facts_name(page, name);
    figures[0].window = report_page_copy_text(page, columns[WINDOW_NAME].text);
    figures[0].because = word(page, WORD_because, &columns[WHY]);
    figures[1] = figures[0];
    *ret_entry = (struct report_entry){.name = name,
                                       .title = text_of(figures[0].title),
                                       .note = figures[0].claim != NULL ? figures[0].claim->name : "",
                                       .sentence = text_of(figures[0].says),
                                       .more = "",
                                       .presence = "",
                                       .since = INT32_MIN,
                                       .figures = figures,
                                       .figure_count = 2};
    figures[0].name = "estimate";
    figures[0].title = "All work as one";
    figures[0].value = estimate_point(number(&columns[ESTIMATE]), number(&columns[N]));
    figures[0].value.known = !isnan(figures[0].value.value);
    figures[0].has_n = !isnan(figures[0].value.n);
    figures[1].name = "team_mean";
    figures[1].title = "Mean of such teams";
    figures[1].value = estimate_interval(number(&columns[TEAM_MEAN]), number(&columns[LO]), number(&columns[HI]),
                                         number(&columns[TEAMS]));
    figures[1].value.known = !isnan(figures[1].value.value);
    figures[1].value.has_interval = figures[1].value.known && !isnan(figures[1].value.lo);
    figures[1].has_n = !isnan(figures[1].value.n);
    bool is_estimated = figures[1].info != NULL && figures[1].info->kind == KIND_ESTIMATE;
    if (figures[0].value.known && !figures[1].value.known && is_estimated)
        figures[1].because = words_find(WORD_because, "too_few");
}

static void add_group(struct report_page *page, struct report_section *section, const struct word *group,
                      const struct report_entry *entries, size_t count)
{
    struct report_block *block = report_section_add(section, REPORT_GRID, group->name);
    block->title = group->label;
    block->entries = report_page_array(page, count, sizeof *block->entries);
    for (size_t i = 0; i < count; i++) {
        const struct measure_info *info = entries[i].figures[0].info;
        if (info != NULL && strcmp(measure_text_group(info), group->name) == 0)
            block->entries[block->entry_count++] = entries[i];
    }
    if (block->entry_count == 0)
        section->block_count--;
}

static void add_figures(struct report_page *page, const struct json_value *organisation)
{
    size_t count;
    struct json_value *rows = report_facts_items(page, organisation, "figures", &count);
    if (count == 0)
        return;
    struct report_section *section = report_page_add_section(page, "organisation");
    struct report_entry *entries = report_page_array(page, count, sizeof *entries);
    for (size_t i = 0; i < count; i++)
        read_figure(page, &rows[i], &entries[i]);
    size_t words;
    const struct word *list = words_list(&words);
    for (size_t i = 0; i < words; i++) {
        if (list[i].set == WORD_group)
            add_group(page, section, &list[i], entries, count);
    }
}

static void add_diagnoses(struct report_page *page, const struct json_value *organisation)
{
    size_t count;
    struct json_value *rows = report_facts_items(page, organisation, "diagnosis", &count);
    struct report_section *section = report_page_add_section(page, "way");
    struct report_block *block = report_section_add(section, REPORT_FIGURES, "diagnosis");
    block->title = "Teams with it, of those that it could be told of";
    block->figures = report_page_array(page, count, sizeof *block->figures);
    for (size_t i = 0; i < count; i++) {
        struct json_value columns[3] = {{.kind = JSON_ABSENT}};
        (void)json_reader_items(&rows[i], columns, 3);
        const struct word *diagnosis = word(page, WORD_diagnosis, &columns[0]);
        if (diagnosis == NULL)
            continue;
        struct report_figure *figure = &block->figures[block->figure_count++];
        *figure = (struct report_figure){.name = diagnosis->name,
                                         .title = diagnosis->label,
                                         .says = diagnosis->sentence,
                                         .unit = "teams",
                                         .window = "28d",
                                         .value = estimate_point(number(&columns[1]), number(&columns[2])),
                                         .has_n = true,
                                         .threshold = (double)NAN};
        figure->value.known = figure->value.n > 0;
    }
}

void report_pages_make_organisation(struct report_page *page, const struct json_value *teams,
                                    const struct json_value *organisation)
{
    page->day = report_facts_day(teams, "as_of");
    page->definitions = report_facts_text(organisation, "definitions");
    add_teams(page, teams);
    add_figures(page, organisation);
    if (page->section_count > 1)
        add_diagnoses(page, organisation);
}
