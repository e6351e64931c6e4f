/* Makes the page of a team: what its redesigns changed. */
#include "ctl/report_pages.h"

static const char *note(const char *name)
{
    return words_find(WORD_note, name)->sentence;
}

/* As of when it is judged, and whether that stays. */
static const char *standing_of(struct report_page *page, const struct json_value *outcome)
{
    const char *day = report_pages_day(page, report_facts_day(outcome, "as_of"));
    if (report_facts_is_true(outcome, "is_final"))
        return report_page_format(page, "Final: as of the close of %s.", day);
    return report_page_format(page, "As of %s%s.", day,
                              report_facts_is_true(outcome, "provisional") ? ", a day that has not closed: provisional"
                                                                           : "");
}

static void add_outcome(const struct report_facts *facts, const struct json_value *outcome, struct report_entry *entry)
{
    struct report_page *page = facts->page;
    struct text workflow = report_facts_text(outcome, "workflow");
    struct text label = report_facts_text(outcome, "label");
    struct json_value values = json_reader_member(outcome, text_of("values"));
    struct json_value because = json_reader_member(outcome, text_of("because"));
    *entry = (struct report_entry){.name = "redesign",
                                   .title = text_of(report_page_format(
                                       page, "%.*s%s%.*s", (int)workflow.length, workflow.bytes,
                                       workflow.length > 0 && label.length > 0 ? ": " : "", (int)label.length,
                                       label.bytes)),
                                   .note = "association",
                                   .sentence = text_of(standing_of(page, outcome)),
                                   .more = "",
                                   .presence = "",
                                   .since = report_facts_day(outcome, "day")};
    entry->figures = report_page_array(page, MEASURES, sizeof *entry->figures);
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        if (info->where != WHERE_REDESIGN)
            continue;
        struct report_figure *figure = &entry->figures[entry->figure_count++];
        *figure = report_facts_find(page, &values, &because, info->name);
        figure->of_workflow = true;
        figure->workflow = workflow;
    }
}

void report_pages_add_redesigns(const struct report_facts *facts, struct report_page *page)
{
    size_t count;
    struct json_value *outcomes = report_facts_items(page, &facts->team, "redesign_outcomes", &count);
    if (count == 0)
        return;
    struct report_section *section = report_page_add_section(page, "redesigns");
    report_section_add_text(section, "before_after", REPORT_PLAIN, note("before_after"));
    struct report_block *block = report_section_add(section, REPORT_ENTRIES, "redesigns");
    block->entries = report_page_array(page, count, sizeof *block->entries);
    for (size_t i = count; i-- > 0;)
        add_outcome(facts, &outcomes[i], &block->entries[block->entry_count++]);
}
