/* The teams that top shows. */
#include "ctl/top_teams.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "ctl/screen_text.h"
#include "model/words.h"

enum { FIELD_BYTES_MAX = 1024, WORD_BYTES = 64 };

const char top_teams_sql[] =
    "SELECT h.team, h.day::text, h.is_suppressed::text, round(h.health::numeric, 1)::text,"
    " round(h.lo::numeric, 1)::text, round(h.hi::numeric, 1)::text, h.n::text, h.state, h.verdict,"
    " array_to_string(h.diagnosis, ' '), array_to_string(h.alarms, ' ')"
    "  FROM uptake.team_health h";

static const char *const column_names[TOP_COLUMNS] = {
    [TOP_TEAM] = "team",          [TOP_HEALTH] = "health",   [TOP_LIMITS] = "95 %",
    [TOP_STATE] = "state",        [TOP_VERDICT] = "verdict", [TOP_ALARMS] = "alarms",
    [TOP_DIAGNOSIS] = "diagnosis"};

/* ---- rows ---------------------------------------------------------------------------------- */

void top_teams_done(struct top_teams *teams)
{
    mem_free(teams->items);
    mem_free(teams->shown);
    text_arena_done(&teams->texts);
    *teams = (struct top_teams){.count = 0};
}

void top_teams_reset(struct top_teams *teams)
{
    teams->count = teams->shown_count = 0;
    text_arena_reset(&teams->texts);
}

static double number_of(struct text text)
{
    char digits[WORD_BYTES];
    (void)snprintf(digits, sizeof digits, "%.*s", (int)text.length, text.bytes);
    return text.length > 0 ? strtod(digits, NULL) : (double)NAN;
}

static size_t count_words(struct text words)
{
    size_t count = words.length > 0;
    for (uint32_t i = 0; i < words.length; i++)
        count += words.bytes[i] == ' ';
    return count;
}

void top_teams_add(struct top_teams *teams, const struct text fields[static TOP_FIELDS])
{
    mem_reserve(&teams->items, &teams->capacity, teams->count + 1, sizeof *teams->items);
    struct top_team *team = &teams->items[teams->count++];
    for (int i = 0; i < TOP_FIELDS; i++) {
        uint32_t length = fields[i].length < FIELD_BYTES_MAX ? fields[i].length : FIELD_BYTES_MAX;
        char *bytes = text_arena_room(&teams->texts, length);
        if (length > 0)
            memcpy(bytes, fields[i].bytes, length);
        team->fields[i] = (struct text){bytes, length};
    }
    team->health = number_of(team->fields[TOP_FIELD_HEALTH]);
    team->lo = number_of(team->fields[TOP_FIELD_LO]);
    team->hi = number_of(team->fields[TOP_FIELD_HI]);
    team->is_suppressed = text_equal(team->fields[TOP_FIELD_SUPPRESSED], text_of("true"));
    team->alarms = count_words(team->fields[TOP_FIELD_ALARMS]);
    team->diagnoses = count_words(team->fields[TOP_FIELD_DIAGNOSIS]);
}

/* ---- words --------------------------------------------------------------------------------- */

static enum word_set set_of(enum top_field field)
{
    return field == TOP_FIELD_STATE     ? WORD_state
           : field == TOP_FIELD_VERDICT ? WORD_verdict
           : field == TOP_FIELD_ALARMS  ? WORD_alarm
                                        : WORD_diagnosis;
}

void top_team_add_words(struct strbuf *out, const struct top_team *team, enum top_field field)
{
    struct text words = team->fields[field];
    if (field == TOP_FIELD_STATE && team->is_suppressed)
        strbuf_add_text(out, words_find(WORD_because, "suppressed")->label);
    for (uint32_t at = 0; at < words.length;) {
        const char *blank = memchr(words.bytes + at, ' ', words.length - at);
        uint32_t end = blank != NULL ? (uint32_t)(blank - words.bytes) : words.length;
        char name[WORD_BYTES];
        (void)snprintf(name, sizeof name, "%.*s", (int)(end - at), words.bytes + at);
        const struct word *word = words_find(set_of(field), name);
        strbuf_add_text(out, at > 0 ? ", " : "");
        strbuf_add_text(out, word != NULL ? word->label : name);
        at = end + 1;
    }
}

struct text top_teams_day(const struct top_teams *teams)
{
    struct text last = {.length = 0};
    for (size_t i = 0; i < teams->count; i++) {
        if (text_compare(teams->items[i].fields[TOP_FIELD_DAY], last) > 0)
            last = teams->items[i].fields[TOP_FIELD_DAY];
    }
    return last;
}

/* ---- order --------------------------------------------------------------------------------- */

const char *top_column_name(enum top_column column)
{
    return column_names[column];
}

bool top_column_find(const char *name, enum top_column *ret_column)
{
    for (int i = 0; i < TOP_COLUMNS; i++) {
        if (i != TOP_LIMITS && strcmp(column_names[i], name) == 0) {
            *ret_column = (enum top_column)i;
            return true;
        }
    }
    return false;
}

static int compare_numbers(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) - isnan(b);
    return (a > b) - (a < b);
}

/* Absent texts last. */
static int compare_fields(const struct top_team *a, const struct top_team *b, enum top_field field)
{
    struct text left = a->fields[field], right = b->fields[field];
    if (left.length == 0 || right.length == 0)
        return (left.length == 0) - (right.length == 0);
    return text_compare(left, right);
}

static int compare_counts(size_t a, size_t b)
{
    return (a < b) - (a > b);
}

static int compare(const struct top_team *a, const struct top_team *b, enum top_column column)
{
    switch (column) {
    case TOP_HEALTH:
        return compare_numbers(a->health, b->health);
    case TOP_STATE:
        return compare_fields(a, b, TOP_FIELD_STATE);
    case TOP_VERDICT:
        return compare_fields(a, b, TOP_FIELD_VERDICT);
    case TOP_ALARMS:
        return compare_counts(a->alarms, b->alarms);
    case TOP_DIAGNOSIS:
        return compare_counts(a->diagnoses, b->diagnoses);
    case TOP_TEAM:
    default:
        return compare_fields(a, b, TOP_FIELD_TEAM);
    }
}

static bool is_unknown(const struct top_team *team, enum top_column column)
{
    return column == TOP_HEALTH    ? isnan(team->health)
           : column == TOP_STATE   ? team->fields[TOP_FIELD_STATE].length == 0
           : column == TOP_VERDICT ? team->fields[TOP_FIELD_VERDICT].length == 0
                                   : false;
}

static int compare_shown(const void *left, const void *right, void *arg)
{
    const struct top_team *a = *(const struct top_team *const *)left;
    const struct top_team *b = *(const struct top_team *const *)right;
    const struct top_order *order = arg;
    int way = compare(a, b, order->column);
    /* What is not known stays last, whichever way round the rest is. */
    if (order->reverse && !is_unknown(a, order->column) && !is_unknown(b, order->column))
        way = -way;
    return way != 0 ? way : compare_fields(a, b, TOP_FIELD_TEAM);
}

static bool passes(const struct top_team *team, struct text filter)
{
    static const enum top_field words[] = {TOP_FIELD_STATE, TOP_FIELD_VERDICT, TOP_FIELD_DIAGNOSIS,
                                           TOP_FIELD_ALARMS};
    bool is_found = screen_text_contains(team->fields[TOP_FIELD_TEAM], filter);
    for (size_t i = 0; i < sizeof words / sizeof words[0] && !is_found; i++) {
        struct strbuf labels = {.length = 0};
        top_team_add_words(&labels, team, words[i]);
        struct text text = {labels.data, (uint32_t)labels.length};
        is_found = screen_text_contains(team->fields[words[i]], filter) ||
                   screen_text_contains(text, filter);
        strbuf_done(&labels);
    }
    return is_found;
}

void top_teams_show(struct top_teams *teams, struct top_order order, struct text filter)
{
    mem_reserve(&teams->shown, &teams->shown_capacity, teams->count, sizeof *teams->shown);
    teams->shown_count = 0;
    for (size_t i = 0; i < teams->count; i++) {
        if (passes(&teams->items[i], filter))
            teams->shown[teams->shown_count++] = &teams->items[i];
    }
    if (teams->shown_count > 0)
        qsort_r(teams->shown, teams->shown_count, sizeof *teams->shown, compare_shown, &order);
}
