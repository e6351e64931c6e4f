/* A report as tidy CSV: one row a figure, a word or a mark. */
#include <math.h>

#include "codec/day_text.h"
#include "codec/number.h"
#include "codec/shown_text.h"
#include "ctl/report_writer.h"

/* A line; what is absent is empty. Numbers are exact. */
struct row {
    const struct report_page *page;
    const char *section, *block;
    struct text entry, name, workflow, word;
    const char *window;
    int32_t day;
    double numbers[4]; /* estimate, lo, hi, n; NAN = none */
};

static void add_day(struct strbuf *out, int32_t day)
{
    if (day != INT32_MIN && day != INT32_MAX)
        day_text_add_iso(out, day);
}

static void add_number(struct strbuf *out, double number)
{
    char digits[NUMBER_BYTES];
    if (isfinite(number))
        strbuf_add(out, digits, number_write_exact(number, digits));
}

static void add_row(struct strbuf *out, const struct row *row)
{
    const struct text fields[] = {text_of(row->section), text_of(row->block), row->entry,
                                  row->name,             row->workflow,       text_of(row->window)};
    shown_text_add_csv(out, row->page->team);
    strbuf_add_char(out, ',');
    add_day(out, row->page->day);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        strbuf_add_char(out, ',');
        shown_text_add_csv(out, fields[i]);
    }
    strbuf_add_char(out, ',');
    add_day(out, row->day);
    for (int i = 0; i < 4; i++) {
        strbuf_add_char(out, ',');
        add_number(out, row->numbers[i]);
    }
    strbuf_add_char(out, ',');
    shown_text_add_csv(out, row->word);
    strbuf_add_char(out, ',');
    shown_text_add_csv(out, row->page->definitions);
    strbuf_add_text(out, "\r\n");
}

static struct row begin_row(const struct report_page *page, const char *section, const char *block)
{
    return (struct row){.page = page,
                        .section = section,
                        .block = block,
                        .window = "",
                        .day = INT32_MIN,
                        .numbers = {(double)NAN, (double)NAN, (double)NAN, (double)NAN}};
}

/* `row` says where it stands. */
static void add_figure(struct strbuf *out, struct row row, const struct report_figure *figure)
{
    const struct estimate *value = &figure->value;
    row.name = text_of(figure->name);
    row.window = figure->window;
    row.workflow = figure->of_workflow ? figure->workflow : (struct text){.length = 0};
    if (value->known) {
        row.numbers[0] = value->value;
        row.numbers[1] = value->has_interval ? value->lo : (double)NAN;
        row.numbers[2] = value->has_interval ? value->hi : (double)NAN;
        row.numbers[3] = figure->has_n ? value->n : (double)NAN;
    } else if (figure->because != NULL) {
        row.word = text_of(figure->because->name);
    }
    add_row(out, &row);
}

static void add_word(struct strbuf *out, struct row row, const char *name, const struct word *word)
{
    if (word == NULL)
        return;
    row.name = text_of(name);
    row.word = text_of(word->name);
    add_row(out, &row);
}

/* A figure of an entry stands under its name; a sign, a diagnosis, an alarm is a word. */
static void add_entry(struct strbuf *out, struct row row, const struct report_block *block,
                      const struct report_entry *entry)
{
    row.entry = text_of(entry->name);
    row.day = entry->since;
    if (!block->is_repeat || block->kind != REPORT_ENTRIES)
        for (size_t i = 0; i < entry->figure_count; i++)
            add_figure(out, row, &entry->figures[i]);
    if (block->kind != REPORT_ENTRIES)
        return;
    row.name = text_of(block->name);
    row.word = text_of(entry->presence[0] != '\0' ? entry->presence : entry->name);
    add_row(out, &row);
}

static void add_history(struct strbuf *out, struct row row, const struct report_history *history)
{
    static const char *const kinds[] = {"alarm", "redesign", "training", "rules"};
    row.name = text_of("health");
    for (size_t i = 0; i < history->point_count; i++) {
        const struct report_point *point = &history->points[i];
        const double numbers[] = {point->value, point->lo, point->hi, (double)NAN};
        row.day = point->day;
        memcpy(row.numbers, numbers, sizeof numbers);
        add_row(out, &row);
    }
    for (size_t i = 0; i < history->mark_count; i++) {
        const struct report_mark *mark = &history->marks[i];
        struct row marked = begin_row(row.page, row.section, row.block);
        bool is_training = mark->kind == REPORT_TRAINING;
        marked.name = text_of(kinds[mark->kind]);
        marked.day = mark->day;
        marked.workflow = mark->workflow;
        marked.word = mark->what;
        marked.numbers[0] = is_training ? mark->sessions : (double)NAN;
        marked.numbers[3] = is_training ? mark->people : (double)NAN;
        add_row(out, &marked);
    }
}

static void add_team(struct strbuf *out, struct row row, const struct report_team_row *team)
{
    static const char *const signs[] = {"changed_work", "traceable", "reproduces"};
    row.entry = team->team;
    row.day = team->day;
    add_figure(out, row, &team->health);
    add_word(out, row, "state", team->state);
    add_word(out, row, "verdict", team->verdict);
    for (int i = 0; i < 3 && !team->is_suppressed; i++)
        add_word(out, row, signs[i], words_find(WORD_presence, team->presence[i]));
    for (size_t i = 0; i < team->diagnosis_count; i++)
        add_word(out, row, "diagnosis", team->diagnosis[i]);
    for (size_t i = 0; i < team->alarm_count; i++)
        add_word(out, row, "alarm", team->alarms[i]);
}

static void add_block(struct strbuf *out, const struct report_page *page, const char *section,
                      const struct report_block *block)
{
    struct row row = begin_row(page, section, block->name);
    if (block->is_repeat && block->kind != REPORT_ENTRIES)
        return;
    for (size_t i = 0; i < block->figure_count; i++)
        add_figure(out, row, &block->figures[i]);
    for (size_t i = 0; i < block->entry_count; i++)
        add_entry(out, row, block, &block->entries[i]);
    for (size_t i = 0; i < block->team_count; i++)
        add_team(out, row, &block->teams[i]);
    if (block->kind == REPORT_HISTORY)
        add_history(out, row, &block->history);
}

static void begin(struct report_output *output)
{
    strbuf_add_text(&output->text,
                    "team,as_of,section,block,entry,name,workflow,window,day,estimate,lo,hi,n,word,definitions\r\n");
}

static void write_page(struct report_output *output, const struct report_page *page)
{
    add_word(&output->text, begin_row(page, "state", "state"), "state", page->state);
    for (size_t i = 0; i < page->section_count; i++)
        for (size_t b = 0; b < page->sections[i].block_count; b++)
            add_block(&output->text, page, page->sections[i].name, &page->sections[i].blocks[b]);
}

static void end(struct report_output *output)
{
    (void)output;
}

const struct report_writer report_csv_writer = {"csv", begin, write_page, end};
