/* Finds what a report says of a team in the document that page_sql_team gives. */
#include "ctl/report_facts.h"

#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "ctl/measure_name.h"
#include "ctl/typed_day.h"
#include "model/evaluation.h"
#include "model/health.h"
#include "model/measure_text.h"

static const char LONG_WINDOW[] = "90d";

/* ---- members ------------------------------------------------------------------------------ */

struct text report_facts_text(const struct json_value *object, const char *name)
{
    struct json_value value = json_reader_member(object, text_of(name));
    return value.kind == JSON_STRING ? value.text : (struct text){.length = 0};
}

bool report_facts_is_true(const struct json_value *object, const char *name)
{
    return json_reader_member(object, text_of(name)).kind == JSON_TRUE;
}

double report_facts_number(const struct json_value *object, const char *name)
{
    struct json_value value = json_reader_member(object, text_of(name));
    return value.kind == JSON_NUMBER ? value.number : (double)NAN;
}

int32_t report_facts_day_of(const struct json_value *value)
{
    struct text text = value->kind == JSON_STRING ? value->text : (struct text){.length = 0};
    char day[sizeof "YYYY-MM-DD"];
    int32_t number;
    if (text.length != sizeof day - 1)
        return INT32_MIN;
    (void)snprintf(day, sizeof day, "%.*s", (int)text.length, text.bytes);
    return typed_day_read(day, &number) ? number : INT32_MIN;
}

int32_t report_facts_day(const struct json_value *object, const char *name)
{
    struct json_value value = json_reader_member(object, text_of(name));
    return report_facts_day_of(&value);
}

struct json_value *report_facts_items(struct report_page *page, const struct json_value *object, const char *name,
                                      size_t *ret_count)
{
    struct json_value array = json_reader_member(object, text_of(name));
    *ret_count = array.kind == JSON_ARRAY ? json_reader_items(&array, NULL, 0) : 0;
    struct json_value *items = report_page_array(page, *ret_count, sizeof *items);
    if (*ret_count > 0)
        (void)json_reader_items(&array, items, *ret_count);
    return items;
}

void report_facts_begin(struct report_facts *facts, struct report_page *page, const struct json_value *team)
{
    *facts = (struct report_facts){.page = page, .team = *team};
    facts->windows = report_facts_items(page, team, "windows", &facts->window_count);
}

/* ---- figures ------------------------------------------------------------------------------ */

static const char *made(struct report_page *page, void (*add)(struct strbuf *out, const char *text), const char *source)
{
    struct strbuf text = {.length = 0};
    add(&text, source);
    const char *copy = report_page_copy_text(page, (struct text){text.data, (uint32_t)text.length});
    strbuf_done(&text);
    return copy;
}

struct report_figure report_facts_name(struct report_page *page, const char *name)
{
    const struct measure_info *info = measure_name_find(text_of(name));
    struct report_figure figure = {.name = name,
                                   .title = made(page, measure_text_add_title, name),
                                   .says = "",
                                   .unit = "",
                                   .window = "",
                                   .info = info,
                                   .threshold = (double)NAN};
    if (info == NULL)
        return figure;
    figure.name = info->name;
    figure.unit = info->unit;
    figure.says = made(page, measure_text_add_sentence, info->help);
    figure.claim = words_find(WORD_claim, measure_text_claim(info));
    return figure;
}

static bool number_at(const struct json_value *items, size_t count, size_t at, double *ret_number)
{
    bool is_number = at < count && items[at].kind == JSON_NUMBER;
    *ret_number = is_number ? items[at].number : 0;
    return is_number;
}

void report_facts_fill(struct report_figure *figure, const struct json_value *value)
{
    struct json_value items[4];
    size_t count = 1;
    items[0] = *value;
    if (value->kind == JSON_ARRAY)
        count = json_reader_items(value, items, 4);
    if (value->kind == JSON_TRUE || value->kind == JSON_FALSE)
        items[0] = (struct json_value){.kind = JSON_NUMBER, .number = value->kind == JSON_TRUE};
    struct estimate *ret = &figure->value;
    double hi;
    ret->known = number_at(items, count, 0, &ret->value);
    ret->has_interval = number_at(items, count, 1, &ret->lo) && number_at(items, count, 2, &hi);
    if (ret->has_interval)
        ret->hi = hi;
    figure->has_n = number_at(items, count, 3, &ret->n);
}

struct report_figure report_facts_find(struct report_page *page, const struct json_value *values,
                                       const struct json_value *because, const char *measure)
{
    struct report_figure figure = report_facts_name(page, measure);
    struct json_value value = json_reader_member(values, text_of(measure));
    report_facts_fill(&figure, &value);
    struct text why = report_facts_text(because, measure);
    if (!figure.value.known && why.length > 0)
        figure.because = words_find(WORD_because, report_page_copy_text(page, why));
    return figure;
}

/* 26 weeks; nothing where none of them is known. */
static const double *weeks_of(const struct report_facts *facts, const char *measure)
{
    struct json_value weeks = json_reader_member(&facts->team, text_of("weeks"));
    size_t count;
    struct json_value *items = report_facts_items(facts->page, &weeks, measure, &count);
    if (count != REPORT_WEEKS)
        return NULL;
    double *values = report_page_array(facts->page, REPORT_WEEKS, sizeof *values);
    size_t known = 0;
    for (size_t i = 0; i < REPORT_WEEKS; i++) {
        values[i] = items[i].kind == JSON_NUMBER ? items[i].number : (double)NAN;
        known += isnan(values[i]) ? 0 : 1;
    }
    return known > 0 ? values : NULL;
}

struct report_figure report_facts_closed(const struct report_facts *facts, const char *measure)
{
    struct json_value values = json_reader_member(&facts->team, text_of("measures"));
    struct json_value because = json_reader_member(&facts->team, text_of("because"));
    struct report_figure figure = report_facts_find(facts->page, &values, &because, measure);
    if (figure.info != NULL)
        figure.window = measure_window_name(figure.info->where == WHERE_OWN ? WINDOW_OWN : WINDOW_28D);
    figure.weeks = weeks_of(facts, measure);
    return figure;
}

const struct json_value *report_facts_window(const struct report_facts *facts, const char *window,
                                             const struct text *workflow)
{
    for (size_t i = 0; i < facts->window_count; i++) {
        struct json_value of = json_reader_member(&facts->windows[i], text_of("workflow"));
        bool is_it = workflow == NULL ? of.kind == JSON_NULL
                                      : of.kind == JSON_STRING && text_equal(of.text, *workflow);
        if (is_it && text_equal(report_facts_text(&facts->windows[i], "win"), text_of(window)))
            return &facts->windows[i];
    }
    return NULL;
}

struct report_figure report_facts_rolling(const struct report_facts *facts, const char *measure, const char *window,
                                          const struct text *workflow)
{
    struct json_value nothing = {.kind = JSON_ABSENT};
    const struct json_value *found = report_facts_window(facts, window, workflow);
    struct json_value values = found != NULL ? json_reader_member(found, text_of("values")) : nothing;
    struct json_value because = found != NULL ? json_reader_member(found, text_of("because")) : nothing;
    struct report_figure figure = report_facts_find(facts->page, &values, &because, measure);
    figure.window = window;
    figure.of_workflow = workflow != NULL;
    if (workflow != NULL)
        figure.workflow = *workflow;
    return figure;
}

struct report_figure report_facts_long(const struct report_facts *facts, const char *measure)
{
    const struct measure_info *info = measure_name_find(text_of(measure));
    bool is_rolling = info != NULL && info->where == WHERE_WINDOWS;
    if (is_rolling && report_facts_window(facts, LONG_WINDOW, NULL) != NULL)
        return report_facts_rolling(facts, measure, LONG_WINDOW, NULL);
    return report_facts_closed(facts, measure);
}

/* ---- health ------------------------------------------------------------------------------- */

struct report_figure report_facts_health(const struct report_facts *facts)
{
    struct report_figure figure = report_facts_name(facts->page, "health");
    struct estimate *ret = &figure.value;
    figure.unit = "health";
    figure.window = measure_window_name(WINDOW_28D);
    ret->value = report_facts_number(&facts->team, "health");
    ret->lo = report_facts_number(&facts->team, "lo");
    ret->hi = report_facts_number(&facts->team, "hi");
    ret->n = report_facts_number(&facts->team, "n");
    ret->known = !isnan(ret->value);
    ret->has_interval = ret->known && !isnan(ret->lo) && !isnan(ret->hi);
    figure.has_n = !isnan(ret->n);
    if (!ret->known && report_facts_is_true(&facts->team, "is_suppressed"))
        figure.because = words_find(WORD_because, "suppressed");
    return figure;
}

struct report_figure report_facts_component(const struct report_facts *facts, enum health_component component)
{
    struct evaluation *evaluation = mem_alloc(sizeof *evaluation);
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        struct json_value values = json_reader_member(&facts->team, text_of("measures"));
        struct report_figure part = {.threshold = (double)NAN};
        struct json_value value = json_reader_member(&values, text_of(info->name));
        report_facts_fill(&part, &value);
        evaluation->windows[info->where == WHERE_OWN ? WINDOW_OWN : WINDOW_28D].values[m] = part.value;
    }
    const struct word *word = words_find(WORD_component, evaluation_component_name(component));
    struct report_figure figure = {.name = word->name,
                                   .title = word->label,
                                   .says = word->sentence,
                                   .unit = "share",
                                   .window = measure_window_name(WINDOW_28D),
                                   .value = health_find_component(evaluation, component),
                                   .threshold = (double)NAN};
    mem_free(evaluation);
    struct text first = {word->measures, (uint32_t)strcspn(word->measures, " ")};
    if (!figure.value.known)
        figure.because = report_facts_closed(facts, report_page_copy_text(facts->page, first)).because;
    return figure;
}
