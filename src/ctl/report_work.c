/* Makes the page of a team: what became of the work, every measure, what is missing, and what is counted beside. */
#include <math.h>

#include "ctl/report_pages.h"
#include "model/measure_text.h"

static const char LONG_WINDOW[] = "90d";
enum { COMPARISONS = 4 };

static const char *note(const char *name)
{
    return words_find(WORD_note, name)->sentence;
}

/* The days that a section looks at, as a sentence; what is written between closes may be as of another day. */
static const char *days_of(const struct report_facts *facts)
{
    const struct json_value *window = report_facts_window(facts, LONG_WINDOW, NULL);
    const char *days = words_find(WORD_window, window != NULL ? LONG_WINDOW : "28d")->sentence;
    int32_t day = window != NULL ? report_facts_day(window, "as_of") : facts->page->day;
    if (day == facts->page->day)
        return days;
    return report_page_format(facts->page, "%s As of %s%s.", days, report_pages_day(facts->page, day),
                              report_facts_is_true(window, "provisional") ? ", a day that has not closed: provisional"
                                                                          : "");
}

/* ---- with AI against without -------------------------------------------------------------- */

/* The four comparisons in `entry`; suffix: "", or of those drawn by lot. True where one of them is known. */
static bool add_comparisons(const struct report_facts *facts, const char *suffix, const struct text *workflow,
                            struct report_entry *entry)
{
    static const char *const names[COMPARISONS] = {"success_lift", "quality_lift", "cycle_ratio", "rework_lift"};
    bool is_known = false;
    entry->figures = report_page_array(facts->page, COMPARISONS, sizeof *entry->figures);
    for (int i = 0; i < COMPARISONS; i++) {
        const char *name = report_page_format(facts->page, "%s%s", names[i], suffix);
        struct report_figure figure = workflow != NULL
                                          ? report_facts_rolling(facts, name, LONG_WINDOW, workflow)
                                          : report_facts_long(facts, name);
        figure.title = words_find(WORD_comparison, names[i])->label;
        is_known = is_known || figure.value.known;
        entry->figures[entry->figure_count++] = figure;
    }
    entry->note = entry->figures[0].claim->name;
    return is_known;
}

/* The names of the workflows that have a window of 90 days. */
static size_t find_workflows(const struct report_facts *facts, struct text *ret_names)
{
    size_t count = 0;
    for (size_t i = 0; i < facts->window_count; i++) {
        struct json_value workflow = json_reader_member(&facts->windows[i], text_of("workflow"));
        if (workflow.kind == JSON_STRING && text_equal(report_facts_text(&facts->windows[i], "win"), text_of(LONG_WINDOW)))
            ret_names[count++] = workflow.text;
    }
    return count;
}

static void add_against(const struct report_facts *facts, struct report_page *page)
{
    struct report_section *section = report_page_add_section(page, "against");
    struct text *workflows = report_page_array(page, facts->window_count, sizeof *workflows);
    size_t count = find_workflows(facts, workflows);
    struct report_entry *entries = report_page_array(page, count + 2, sizeof *entries);
    size_t rows = 0;
    for (size_t i = 0; i < count + 2; i++) {
        struct report_entry *entry = &entries[rows];
        *entry = (struct report_entry){.name = i == 0 ? "all" : i == 1 ? "all_by_lot" : "workflow",
                                       .title = text_of(i == 0 ? "All its work" : "All its work, drawn by lot"),
                                       .note = "",
                                       .more = "",
                                       .presence = "",
                                       .since = INT32_MIN};
        if (i >= 2)
            entry->title = workflows[i - 2].length > 0 ? workflows[i - 2] : text_of("Work without a workflow");
        bool is_known = add_comparisons(facts, i == 1 ? "_randomised" : "", i >= 2 ? &workflows[i - 2] : NULL, entry);
        rows += i != 1 || is_known ? 1 : 0;
    }
    bool by_lot = rows > 1 && strcmp(entries[1].name, "all_by_lot") == 0;
    report_section_add_text(section, "days", REPORT_PLAIN,
                            report_page_format(page, "%s %s%s%s", days_of(facts),
                                               words_find(WORD_claim, "association")->sentence, by_lot ? " " : "",
                                               by_lot ? note("by_lot") : ""));
    struct report_block *block = report_section_add(section, REPORT_GRID, "comparison");
    block->title = "Work";
    block->is_repeat = report_facts_window(facts, LONG_WINDOW, NULL) == NULL;
    block->entries = entries;
    block->entry_count = rows;
    struct report_figure mixed = report_facts_long(facts, "simpson");
    if (mixed.value.known && mixed.value.value > 0)
        report_section_add_text(section, "mixed_up", REPORT_NOTICE, note("mixed_up"));
    if (block->is_repeat)
        report_section_add_text(section, "past", REPORT_FINE,
                                "Figures by workflow are kept for the present only: a report without --to has them.");
}

/* ---- reliance ----------------------------------------------------------------------------- */

static void fill_advice(struct report_entry *entry, struct report_page *page, const char *name, double count,
                        double total)
{
    const struct word *word = words_find(WORD_advice, name);
    *entry = (struct report_entry){.name = word->name,
                                   .title = text_of(word->label),
                                   .note = "",
                                   .sentence = text_of(word->sentence),
                                   .more = "",
                                   .presence = "",
                                   .since = INT32_MIN};
    entry->figures = report_page_array(page, 1, sizeof *entry->figures);
    entry->figure_count = 1;
    entry->figures[0] = (struct report_figure){.name = word->name,
                                               .title = word->label,
                                               .says = word->sentence,
                                               .unit = "decisions",
                                               .window = LONG_WINDOW,
                                               .value = estimate_point(count, total),
                                               .has_n = true,
                                               .threshold = (double)NAN};
}

/* Wrong advice accepted of wrong advice, right advice overridden of right advice: these give all four counts back. */
static void add_matrix(const struct report_facts *facts, struct report_section *section)
{
    struct report_figure over = report_facts_long(facts, "over_reliance");
    struct report_figure under = report_facts_long(facts, "under_reliance");
    if (!over.value.known && !under.value.known) {
        struct report_figure judgement = report_facts_long(facts, "judgement");
        report_section_add_text(section, "unknown", REPORT_PLAIN,
                                judgement.because != NULL ? judgement.because->sentence : note("not_worked_out"));
        return;
    }
    double wrong = over.value.known ? over.value.n : 0;
    double right = under.value.known ? under.value.n : 0;
    double wrong_accepted = over.value.known ? round(over.value.value * wrong) : 0;
    double right_overridden = under.value.known ? round(under.value.value * right) : 0;
    const double counts[] = {right - right_overridden, wrong_accepted, right_overridden, wrong - wrong_accepted};
    static const char *const names[] = {"right_accepted", "wrong_accepted", "right_overridden", "wrong_overridden"};
    struct report_block *block = report_section_add(section, REPORT_MATRIX, "advice");
    block->entries = report_page_array(facts->page, 4, sizeof *block->entries);
    for (int i = 0; i < 4; i++) {
        fill_advice(&block->entries[i], facts->page, names[i], counts[i], right + wrong);
        block->entries[i].figures[0].window = over.window;
    }
    block->entry_count = 4;
}

/* The figures of measures by name, which blanks divide. */
static void add_figures(const struct report_facts *facts, struct report_block *block, const char *names)
{
    size_t count = 1;
    for (const char *at = names; *at != '\0'; at++)
        count += *at == ' ' ? 1 : 0;
    block->figures = report_page_array(facts->page, count, sizeof *block->figures);
    while (*names != '\0') {
        uint32_t length = (uint32_t)strcspn(names, " ");
        const char *name = report_page_copy_text(facts->page, (struct text){names, length});
        block->figures[block->figure_count++] = report_facts_long(facts, name);
        names += length + (names[length] == ' ');
    }
}

static void add_reliance(const struct report_facts *facts, struct report_page *page)
{
    struct report_section *section = report_page_add_section(page, "reliance");
    report_section_add_text(section, "days", REPORT_PLAIN, days_of(facts));
    add_matrix(facts, section);
    struct report_block *block = report_section_add(section, REPORT_FIGURES, "judgement");
    block->is_repeat = report_facts_window(facts, LONG_WINDOW, NULL) == NULL;
    add_figures(facts, block, words_find(WORD_section, "reliance")->measures);
    struct report_figure bias = report_facts_long(facts, "verification_bias");
    bool is_uneven = bias.value.known && bias.value.value > 0;
    report_section_add_text(section, "unchecked", REPORT_FINE, note(is_uneven ? "unevenly_checked" : "unchecked"));
}

/* ---- durability --------------------------------------------------------------------------- */

static void add_durability(const struct report_facts *facts, struct report_page *page)
{
    struct report_section *section = report_page_add_section(page, "durability");
    struct report_block *block = report_section_add(section, REPORT_CURVE, "durability");
    block->is_repeat = true;
    block->title = section->title;
    add_figures(facts, block, "durability_14 durability_28 durability_180");
    block = report_section_add(section, REPORT_FIGURES, "also");
    block->is_repeat = true;
    add_figures(facts, block, words_find(WORD_section, "durability")->measures);
}

void report_pages_add_work(const struct report_facts *facts, struct report_page *page)
{
    add_against(facts, page);
    add_reliance(facts, page);
    add_durability(facts, page);
}

/* ---- all measures ------------------------------------------------------------------------- */

/* Is it counted, and in no score? */
static bool stands_beside(const char *name)
{
    const char *names = words_find(WORD_section, "beside")->measures;
    const char *found = strstr(names, name);
    size_t length = strlen(name);
    return found != NULL && (found == names || found[-1] == ' ') && (found[length] == ' ' || found[length] == '\0');
}

static void add_groups(const struct report_facts *facts, struct report_page *page)
{
    struct report_section *section = report_page_add_section(page, "measures");
    size_t count;
    const struct word *words = words_list(&count);
    for (size_t w = 0; w < count; w++) {
        if (words[w].set != WORD_group)
            continue;
        struct report_block *block = report_section_add(section, REPORT_MEASURES, words[w].name);
        block->title = words[w].label;
        block->figures = report_page_array(page, MEASURES, sizeof *block->figures);
        for (int m = 0; m < MEASURES; m++) {
            const struct measure_info *info = measure_info((enum measure)m);
            if (info->where != WHERE_REDESIGN && !stands_beside(info->name) &&
                strcmp(measure_text_group(info), words[w].name) == 0)
                block->figures[block->figure_count++] = report_facts_closed(facts, info->name);
        }
    }
}

/* What would have to be sent to know more, by reason, the one that hides most first. */
static void add_missing(const struct report_facts *facts, struct report_page *page)
{
    struct json_value because = json_reader_member(&facts->team, text_of("because"));
    struct report_section *section = report_page_add_section(page, "missing");
    struct report_block *block = report_section_add(section, REPORT_ENTRIES, "because");
    block->is_repeat = true;
    block->text = "Nothing: every measure is known.";
    block->entries = report_page_array(page, BECAUSES, sizeof *block->entries);
    for (int b = BECAUSE_NONE + 1; b < BECAUSES; b++) {
        const struct word *word = words_find(WORD_because, measure_because_name((enum because)b));
        struct report_entry *entry = &block->entries[block->entry_count];
        const char *titles = "";
        size_t count = 0;
        for (int m = 0; m < MEASURES; m++) {
            const char *name = measure_info((enum measure)m)->name;
            if (!text_equal(report_facts_text(&because, name), text_of(word->name)))
                continue;
            titles = report_page_format(page, "%s%s%s", titles, count++ > 0 ? ", " : "",
                                        report_facts_name(page, name).title);
        }
        *entry = (struct report_entry){.name = word->name,
                                       .title = text_of(word->label),
                                       .note = "",
                                       .sentence = text_of(word->sentence),
                                       .presence = "",
                                       .since = INT32_MIN};
        entry->more = report_page_format(page, "%zu %s: %s.", count, count == 1 ? "measure" : "measures", titles);
        block->entry_count += count > 0 ? 1 : 0;
    }
}

void report_pages_add_measures(const struct report_facts *facts, struct report_page *page)
{
    add_groups(facts, page);
    add_missing(facts, page);
    struct report_section *section = report_page_add_section(page, "beside");
    struct report_block *block = report_section_add(section, REPORT_COUNTS, "counts");
    add_figures(facts, block, words_find(WORD_section, "beside")->measures);
}
