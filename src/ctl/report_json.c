/* A report as one JSON document. */
#include <math.h>

#include "codec/day_text.h"
#include "ctl/report_writer.h"

static void put_text(struct json_write *json, const char *name, struct text text)
{
    if (text.length == 0)
        return;
    json_write_name(json, name);
    json_write_text(json, text);
}

static void put_word(struct json_write *json, const char *name, const char *word)
{
    put_text(json, name, text_of(word));
}

static void put_number(struct json_write *json, const char *name, double number)
{
    json_write_name(json, name);
    if (isnan(number))
        json_write_null(json);
    else
        json_write_number(json, number);
}

static void put_day(struct json_write *json, const char *name, int32_t day)
{
    struct strbuf text = {.length = 0};
    if (day == INT32_MIN || day == INT32_MAX)
        return;
    day_text_add_iso(&text, day);
    put_word(json, name, strbuf_text(&text));
    strbuf_done(&text);
}

/* What is unknown is null, and has `because`. */
static void put_figure(struct json_write *json, const struct report_figure *figure)
{
    const struct estimate *value = &figure->value;
    json_write_begin_object(json);
    put_word(json, "name", figure->name);
    put_word(json, "title", figure->title);
    put_word(json, "window", figure->window);
    if (figure->of_workflow) {
        json_write_name(json, "workflow");
        json_write_text(json, figure->workflow);
    }
    put_number(json, "estimate", value->known ? value->value : (double)NAN);
    if (value->known && value->has_interval) {
        put_number(json, "lo", value->lo);
        put_number(json, "hi", value->hi);
    }
    if (value->known && figure->has_n)
        put_number(json, "n", value->n);
    if (!value->known) {
        put_word(json, "because", figure->because != NULL ? figure->because->name : "");
        put_word(json, "send", report_words_unknown(figure));
    }
    put_word(json, "unit", figure->unit);
    if (figure->info != NULL) {
        put_word(json, "claim", figure->claim->name);
        put_word(json, "says", figure->says);
        put_word(json, "cannot_show", figure->info->cannot_show);
        put_word(json, "see", figure->info->see);
    }
    if (!isnan(figure->threshold))
        put_number(json, "threshold", figure->threshold);
    json_write_end_object(json);
}

static void put_figures(struct json_write *json, const struct report_figure *figures, size_t count)
{
    json_write_name(json, "figures");
    json_write_begin_array(json);
    for (size_t i = 0; i < count; i++)
        put_figure(json, &figures[i]);
    json_write_end_array(json);
}

static void put_entry(struct json_write *json, const struct report_entry *entry)
{
    json_write_begin_object(json);
    put_word(json, "name", entry->name);
    put_text(json, "title", entry->title);
    put_word(json, "note", entry->note);
    put_word(json, "presence", entry->presence);
    put_text(json, "sentence", entry->sentence);
    put_word(json, "more", entry->more);
    put_day(json, "since", entry->since);
    if (entry->figure_count > 0)
        put_figures(json, entry->figures, entry->figure_count);
    json_write_end_object(json);
}

static void put_mark(struct json_write *json, const struct report_mark *mark)
{
    static const char *const kinds[] = {"alarm", "redesign", "training", "rules"};
    json_write_begin_object(json);
    put_word(json, "mark", kinds[mark->kind]);
    put_day(json, "day", mark->day);
    if (mark->kind == REPORT_ALARM)
        put_day(json, "resolved", mark->until);
    put_text(json, "what", mark->what);
    put_text(json, "workflow", mark->workflow);
    if (mark->kind == REPORT_TRAINING) {
        put_number(json, "sessions", mark->sessions);
        put_number(json, "people", mark->people);
    }
    json_write_end_object(json);
}

static void put_history(struct json_write *json, const struct report_history *history)
{
    json_write_name(json, "days");
    json_write_begin_array(json);
    for (size_t i = 0; i < history->point_count; i++) {
        json_write_begin_object(json);
        put_day(json, "day", history->points[i].day);
        put_number(json, "estimate", history->points[i].value);
        put_number(json, "lo", history->points[i].lo);
        put_number(json, "hi", history->points[i].hi);
        json_write_end_object(json);
    }
    json_write_end_array(json);
    json_write_name(json, "marks");
    json_write_begin_array(json);
    for (size_t i = 0; i < history->mark_count; i++)
        put_mark(json, &history->marks[i]);
    json_write_end_array(json);
}

static void put_words(struct json_write *json, const char *name, const struct word *const *words, size_t count)
{
    json_write_name(json, name);
    json_write_begin_array(json);
    for (size_t i = 0; i < count; i++)
        json_write_word(json, words[i]->name);
    json_write_end_array(json);
}

static void put_team(struct json_write *json, const struct report_team_row *team)
{
    static const char *const signs[] = {"changed_work", "traceable", "reproduces"};
    json_write_begin_object(json);
    put_text(json, "team", team->team);
    put_day(json, "as_of", team->day);
    json_write_name(json, "is_suppressed");
    json_write_bool(json, team->is_suppressed);
    put_word(json, "state", team->state != NULL ? team->state->name : "");
    put_word(json, "verdict", team->verdict != NULL ? team->verdict->name : "");
    for (int i = 0; i < 3 && !team->is_suppressed; i++)
        put_word(json, signs[i], team->presence[i]);
    json_write_name(json, "health");
    put_figure(json, &team->health);
    put_words(json, "diagnosis", team->diagnosis, team->diagnosis_count);
    put_words(json, "alarms", team->alarms, team->alarm_count);
    json_write_end_object(json);
}

static void put_entries(struct json_write *json, const struct report_block *block)
{
    json_write_name(json, "entries");
    json_write_begin_array(json);
    for (size_t i = 0; i < block->entry_count; i++)
        put_entry(json, &block->entries[i]);
    json_write_end_array(json);
}

static void put_teams(struct json_write *json, const struct report_block *block)
{
    json_write_begin_array(json);
    for (size_t i = 0; i < block->team_count; i++)
        put_team(json, &block->teams[i]);
    json_write_end_array(json);
}

/* A paragraph is a string, a single figure an object of its own. */
static void put_block(struct json_write *json, const struct report_block *block)
{
    json_write_name(json, block->name);
    if (block->kind == REPORT_TEXT) {
        json_write_word(json, block->text);
        return;
    }
    if (block->kind == REPORT_HEADLINE) {
        put_figure(json, &block->figures[0]);
        return;
    }
    if (block->kind == REPORT_TEAMS) {
        put_teams(json, block);
        return;
    }
    json_write_begin_object(json);
    put_word(json, "title", block->title);
    if (block->kind == REPORT_HISTORY)
        put_history(json, &block->history);
    else if (block->kind == REPORT_ENTRIES || block->kind == REPORT_GRID || block->kind == REPORT_MATRIX)
        put_entries(json, block);
    else
        put_figures(json, block->figures, block->figure_count);
    json_write_end_object(json);
}

static void put_page(struct json_write *json, const struct report_page *page)
{
    json_write_begin_object(json);
    put_text(json, "team", page->team);
    put_day(json, "as_of", page->day);
    put_text(json, "definitions", page->definitions);
    json_write_name(json, "is_suppressed");
    json_write_bool(json, page->is_suppressed);
    put_word(json, "state", page->state != NULL ? page->state->name : "");
    put_word(json, "lead", page->lead);
    json_write_name(json, "sections");
    json_write_begin_object(json);
    for (size_t i = 0; i < page->section_count; i++) {
        const struct report_section *section = &page->sections[i];
        json_write_name(json, section->name);
        json_write_begin_object(json);
        put_word(json, "title", section->title);
        put_word(json, "intro", section->intro);
        for (size_t b = 0; b < section->block_count; b++)
            put_block(json, &section->blocks[b]);
        json_write_end_object(json);
    }
    json_write_end_object(json);
    json_write_end_object(json);
}

static void begin(struct report_output *output)
{
    struct json_write *json = &output->json;
    *json = (struct json_write){.out = &output->text};
    json_write_begin_object(json);
    put_word(json, "from", output->from);
    put_word(json, "to", output->to);
    put_word(json, "about", words_find(WORD_note, "about_all")->sentence);
}

static void write_page(struct report_output *output, const struct report_page *page)
{
    bool is_first_team = output->pages == (output->is_all ? 1 : 0);
    if (page->number == 0)
        json_write_name(&output->json, "organisation");
    else if (is_first_team) {
        json_write_name(&output->json, "teams");
        json_write_begin_array(&output->json);
    }
    put_page(&output->json, page);
    strbuf_add_char(&output->text, '\n');
}

static void end(struct report_output *output)
{
    struct json_write *json = &output->json;
    if (output->pages == (output->is_all ? 1 : 0)) {
        json_write_name(json, "teams");
        json_write_begin_array(json);
    }
    json_write_end_array(json);
    json_write_end_object(json);
    strbuf_add_char(&output->text, '\n');
}

const struct report_writer report_json_writer = {"json", begin, write_page, end};
