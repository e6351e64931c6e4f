/* Makes the page of a team: where it stands, why, and what is in the way. */
#include <ctype.h>
#include <math.h>

#include "codec/day_text.h"
#include "ctl/figure_text.h"
#include "ctl/report_pages.h"
#include "model/evaluation.h"

enum { NAMES_MAX = 8 };

const char *const report_pages_signs[3] = {"changed_work", "traceable", "reproduces"};

const char *report_pages_day(struct report_page *page, int32_t day)
{
    struct strbuf text = {.length = 0};
    day_text_add_spoken(&text, day);
    const char *copy = report_page_copy_text(page, (struct text){text.data, (uint32_t)text.length});
    strbuf_done(&text);
    return copy;
}

const char *report_pages_detail(struct report_page *page, const struct word *verdict,
                                const char *const presence[static 3])
{
    const char *detail = "";
    if (verdict == NULL)
        return detail;
    const char *wanted = strcmp(verdict->name, "theatre") == 0                 ? "absent"
                         : strcmp(verdict->name, "insufficient_evidence") == 0 ? "unknown"
                                                                               : "";
    for (int i = 0; i < 3; i++) {
        const struct word *sign = words_find(WORD_indicator, report_pages_signs[i]);
        if (strcmp(presence[i], wanted) == 0)
            detail = report_page_format(page, "%s%s%c%s", detail, detail[0] != '\0' ? ", " : "",
                                        tolower((unsigned char)sign->label[0]), sign->label + 1);
    }
    return detail;
}

static const struct word *word_of(const struct report_facts *facts, enum word_set set, const char *member)
{
    struct text name = report_facts_text(&facts->team, member);
    return name.length > 0 ? words_find(set, report_page_copy_text(facts->page, name)) : NULL;
}

static const char *note(const char *name)
{
    return words_find(WORD_note, name)->sentence;
}

/* The figures of the measures in `names`, which blanks divide: of the closed day, answers to questions as they are judged,
 * over 90 days. */
static void add_evidence(const struct report_facts *facts, const char *names, struct report_entry *entry)
{
    entry->figures = report_page_array(facts->page, NAMES_MAX, sizeof *entry->figures);
    while (*names != '\0' && entry->figure_count < NAMES_MAX) {
        uint32_t length = (uint32_t)strcspn(names, " ");
        const char *name = report_page_copy_text(facts->page, (struct text){names, length});
        struct report_figure figure = report_facts_closed(facts, name);
        if (figure.info != NULL && figure.info->source == SOURCE_PULSE)
            figure = report_facts_long(facts, name);
        entry->figures[entry->figure_count++] = figure;
        names += length + (names[length] == ' ');
    }
}

/* ---- health ------------------------------------------------------------------------------- */

/* Why there is none, each reason once. */
static void add_unknown_health(const struct report_facts *facts, struct report_section *section)
{
    const struct word *needs = words_find(WORD_note, "health_needs");
    struct report_entry wanted = {.figure_count = 0};
    report_section_add_text(section, "needs", REPORT_PLAIN, needs->sentence);
    add_evidence(facts, needs->measures, &wanted);
    for (size_t i = 0; i < wanted.figure_count; i++) {
        const struct word *because = wanted.figures[i].because;
        bool is_new = because != NULL;
        for (size_t j = 0; j < i; j++)
            is_new = is_new && wanted.figures[j].because != because;
        if (is_new)
            report_section_add_text(section, because->name, REPORT_PLAIN, because->sentence);
    }
}

static void add_alarm_marks(const struct report_facts *facts, struct report_history *history)
{
    size_t count;
    struct json_value *alerts = report_facts_items(facts->page, &facts->team, "alerts", &count);
    for (size_t i = 0; i < count; i++) {
        struct report_mark mark = {.kind = REPORT_ALARM,
                                   .day = report_facts_day(&alerts[i], "opened"),
                                   .until = report_facts_day(&alerts[i], "resolved"),
                                   .what = report_facts_text(&alerts[i], "kind")};
        if (mark.until == INT32_MIN || mark.until > facts->page->day)
            mark.until = INT32_MAX;
        if (mark.day <= facts->page->day)
            history->marks[history->mark_count++] = mark;
    }
}

/* Of an array of the document, each of its objects with a day. */
static void add_marks(const struct report_facts *facts, const char *array, enum report_mark_kind kind,
                      struct report_history *history)
{
    static const struct {
        const char *day, *what;
    } members[] = {[REPORT_REDESIGN] = {"day", "label"},
                   [REPORT_TRAINING] = {"week", ""},
                   [REPORT_RULES] = {"from", "definitions"}};
    size_t count;
    struct json_value *items = report_facts_items(facts->page, &facts->team, array, &count);
    for (size_t i = kind == REPORT_RULES; i < count; i++) {
        struct report_mark mark = {.kind = kind,
                                   .day = report_facts_day(&items[i], members[kind].day),
                                   .what = report_facts_text(&items[i], members[kind].what),
                                   .workflow = report_facts_text(&items[i], "workflow"),
                                   .sessions = report_facts_number(&items[i], "sessions"),
                                   .people = report_facts_number(&items[i], "people")};
        mark.until = mark.day;
        if (mark.day <= facts->page->day)
            history->marks[history->mark_count++] = mark;
    }
}

static double number_of(const struct json_value *item)
{
    return item->kind == JSON_NUMBER ? item->number : (double)NAN;
}

static void add_history(const struct report_facts *facts, struct report_section *section)
{
    static const char *const arrays[] = {"alerts", "redesigns", "trainings", "rules"};
    struct report_history *history = &report_section_add(section, REPORT_HISTORY, "history")->history;
    size_t count;
    struct json_value *days = report_facts_items(facts->page, &facts->team, "history", &count);
    history->points = report_page_array(facts->page, count, sizeof *history->points);
    for (size_t i = 0; i < count; i++) {
        struct json_value items[4] = {{.kind = JSON_ABSENT}};
        (void)json_reader_items(&days[i], items, 4);
        history->points[history->point_count++] = (struct report_point){
            report_facts_day_of(&items[0]), number_of(&items[1]), number_of(&items[2]), number_of(&items[3])};
    }
    size_t marks = 0;
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        (void)report_facts_items(facts->page, &facts->team, arrays[i], &count);
        marks += count;
    }
    history->marks = report_page_array(facts->page, marks, sizeof *history->marks);
    add_alarm_marks(facts, history);
    add_marks(facts, "redesigns", REPORT_REDESIGN, history);
    add_marks(facts, "trainings", REPORT_TRAINING, history);
    add_marks(facts, "rules", REPORT_RULES, history);
}

static void add_health(const struct report_facts *facts, struct report_page *page)
{
    struct report_section *section = report_page_add_section(page, "health");
    struct report_block *block = report_section_add(section, REPORT_HEADLINE, "health");
    block->figures = report_page_array(page, 1, sizeof *block->figures);
    block->figures[0] = report_facts_health(facts);
    block->figure_count = 1;
    const struct word *limit = word_of(facts, WORD_component, "health_limit");
    if (!block->figures[0].value.known && !page->is_suppressed)
        add_unknown_health(facts, section);
    else if (limit != NULL)
        report_section_add_text(section, "limit", REPORT_PLAIN,
                                report_page_format(page, "Held down most by %c%s: %c%s",
                                                   tolower((unsigned char)limit->label[0]), limit->label + 1,
                                                   tolower((unsigned char)limit->sentence[0]), limit->sentence + 1));
    add_history(facts, section);
    block = report_section_add(section, REPORT_FIGURES, "components");
    block->title = "What it is made of, each 0 to 1";
    block->figures = report_page_array(page, HEALTH_COMPONENTS, sizeof *block->figures);
    for (int i = 0; i < HEALTH_COMPONENTS; i++)
        block->figures[block->figure_count++] = report_facts_component(facts, (enum health_component)i);
}

/* ---- the verdict -------------------------------------------------------------------------- */

static void add_sign(const struct report_facts *facts, const struct report_thresholds *thresholds, int at,
                     struct report_entry *entry)
{
    const struct word *sign = words_find(WORD_indicator, report_pages_signs[at]);
    const struct word *presence = word_of(facts, WORD_presence, sign->name);
    bool is_known = text_equal(facts->page->definitions, text_of(thresholds->definitions));
    if (presence == NULL)
        presence = words_find(WORD_presence, "unknown");
    *entry = (struct report_entry){.name = sign->name,
                                   .title = text_of(sign->label),
                                   .note = presence->label,
                                   .sentence = text_of(sign->sentence),
                                   .more = "",
                                   .presence = presence->name,
                                   .since = INT32_MIN};
    add_evidence(facts, sign->measures, entry);
    const char *rule = note(strcmp(sign->name, "reproduces") == 0 ? "estimate_rule" : "interval_rule");
    entry->more = rule;
    if (!is_known)
        return;
    const double values[] = {thresholds->changed_work, thresholds->traceable, thresholds->reproduces};
    struct strbuf text = {.length = 0};
    figure_text_add_value(&text, entry->figures[0].unit, values[at]);
    entry->figures[0].threshold = values[at];
    entry->more = report_page_format(facts->page, "Threshold %s. %s", strbuf_text(&text), rule);
    strbuf_done(&text);
}

static void add_verdict(const struct report_facts *facts, const struct report_thresholds *thresholds,
                        struct report_page *page)
{
    const struct word *verdict = word_of(facts, WORD_verdict, "verdict");
    if (verdict == NULL)
        return;
    struct report_section *section = report_page_add_section(page, "verdict");
    struct report_block *block = report_section_add(section, REPORT_ENTRIES, "verdict");
    block->entries = report_page_array(page, 1, sizeof *block->entries);
    block->entry_count = 1;
    block->style = REPORT_LEAD;
    block->entries[0] = (struct report_entry){.name = verdict->name,
                                              .title = {.length = 0},
                                              .note = "",
                                              .sentence = text_of(verdict->sentence),
                                              .more = "",
                                              .presence = "",
                                              .since = INT32_MIN};
    block = report_section_add(section, REPORT_ENTRIES, "indicators");
    block->is_repeat = true;
    block->entries = report_page_array(page, 3, sizeof *block->entries);
    const char *presence[3];
    for (int i = 0; i < 3; i++) {
        add_sign(facts, thresholds, i, &block->entries[i]);
        presence[i] = block->entries[i].presence;
    }
    block->entry_count = 3;
    const char *detail = report_pages_detail(page, verdict, presence);
    section->title = report_page_format(page, "%s “%s%s%s”", section->title, verdict->label,
                                        detail[0] != '\0' ? ": " : "", detail);
}

/* ---- what is in the way ------------------------------------------------------------------- */

static void add_diagnosis(const struct report_facts *facts, struct report_section *section)
{
    size_t count;
    struct json_value *names = report_facts_items(facts->page, &facts->team, "diagnosis", &count);
    if (count == 0) {
        report_section_add_text(section, "nothing", REPORT_PLAIN, note("nothing_in_the_way"));
        return;
    }
    struct report_block *block = report_section_add(section, REPORT_ENTRIES, "diagnosis");
    block->is_repeat = true;
    block->entries = report_page_array(facts->page, count, sizeof *block->entries);
    for (size_t i = 0; i < count; i++) {
        const struct word *word =
            names[i].kind == JSON_STRING
                ? words_find(WORD_diagnosis, report_page_copy_text(facts->page, names[i].text))
                : NULL;
        if (word == NULL)
            continue;
        struct report_entry *entry = &block->entries[block->entry_count++];
        *entry = (struct report_entry){.name = word->name,
                                       .title = text_of(word->label),
                                       .note = "",
                                       .sentence = text_of(word->sentence),
                                       .more = "",
                                       .presence = "",
                                       .since = INT32_MIN};
        add_evidence(facts, word->measures, entry);
    }
}

static void add_alarms(const struct report_facts *facts, struct report_section *section)
{
    size_t count;
    struct json_value *alerts = report_facts_items(facts->page, &facts->team, "alerts", &count);
    struct report_block *block = report_section_add(section, REPORT_ENTRIES, "alarms");
    block->title = "Open alarms";
    block->text = "None.";
    block->entries = report_page_array(facts->page, count, sizeof *block->entries);
    for (size_t i = 0; i < count; i++) {
        int32_t resolved = report_facts_day(&alerts[i], "resolved");
        struct text kind = report_facts_text(&alerts[i], "kind");
        struct text sentence = report_facts_text(&alerts[i], "sentence");
        struct text by = report_facts_text(&alerts[i], "acknowledged_by");
        struct text said = report_facts_text(&alerts[i], "note");
        const struct word *word = words_find(WORD_alarm, report_page_copy_text(facts->page, kind));
        int32_t since = report_facts_day(&alerts[i], "opened");
        if (word == NULL || since > facts->page->day || (resolved != INT32_MIN && resolved <= facts->page->day))
            continue;
        struct report_entry *entry = &block->entries[block->entry_count++];
        *entry = (struct report_entry){.name = word->name,
                                       .title = text_of(word->label),
                                       .note = "",
                                       .sentence = sentence.length > 0 ? sentence : text_of(word->sentence),
                                       .more = "",
                                       .presence = "",
                                       .since = since};
        if (by.length > 0)
            entry->more = report_page_format(facts->page, "Taken up by %.*s%s%.*s.", (int)by.length, by.bytes,
                                             said.length > 0 ? ": " : "", (int)said.length, said.bytes);
    }
}

/* ---- the page ----------------------------------------------------------------------------- */

/* What is said first, behind the state. */
static const char *lead_of(const struct report_facts *facts)
{
    struct report_page *page = facts->page;
    size_t count;
    struct json_value *rules = report_facts_items(page, &facts->team, "rules", &count);
    const char *lead =
        report_page_format(page, "%sAs of the close of %s.%s%s", page->state == NULL ? "Held back. " : "",
                           report_pages_day(page, page->day), report_facts_is_true(&facts->team, "quiet") ? " " : "",
                           report_facts_is_true(&facts->team, "quiet") ? note("quiet") : "");
    if (count < 2)
        return lead;
    const char *days = "";
    for (size_t i = 1; i < count; i++)
        days = report_page_format(page, "%s%s%s", days, i > 1 ? ", " : "",
                                  report_pages_day(page, report_facts_day(&rules[i], "from")));
    return report_page_format(page, "%s The rules changed on %s; lines are cut there.", lead, days);
}

void report_pages_make_team(struct report_page *page, const struct json_value *team,
                            const struct report_thresholds *thresholds)
{
    struct report_facts facts;
    page->team = report_facts_text(team, "team");
    page->day = report_facts_day(team, "day");
    page->is_suppressed = report_facts_is_true(team, "is_suppressed");
    page->definitions = report_facts_text(team, "definitions");
    report_facts_begin(&facts, page, team);
    page->state = word_of(&facts, WORD_state, "state");
    page->lead = lead_of(&facts);
    if (page->is_suppressed)
        report_section_add_text(report_page_add_section(page, "suppressed"), "suppressed", REPORT_NOTICE,
                                words_find(WORD_because, "suppressed")->sentence);
    add_health(&facts, page);
    add_verdict(&facts, thresholds, page);
    if (!page->is_suppressed) {
        struct report_section *section = report_page_add_section(page, "way");
        add_diagnosis(&facts, section);
        add_alarms(&facts, section);
    }
    report_pages_add_work(&facts, page);
    report_pages_add_redesigns(&facts, page);
    report_pages_add_measures(&facts, page);
}
