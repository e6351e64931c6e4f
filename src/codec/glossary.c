/* The registry of measures and the words of uptake as one JSON document. */
#include "codec/glossary.h"

#include <math.h>
#include <stdbool.h>

#include "codec/json_write.h"
#include "model/evaluation.h"
#include "model/measure.h"
#include "model/measure_text.h"
#include "model/words.h"

static void write_member(struct json_write *json, const char *name, const char *text)
{
    json_write_name(json, name);
    json_write_word(json, text);
}

static void write_number(struct json_write *json, const char *name, double value)
{
    json_write_name(json, name);
    json_write_number(json, value);
}

/* A member whose text `add` makes of `source`. */
static void write_made(struct json_write *json, const char *name, void (*add)(struct strbuf *out, const char *text),
                       const char *source)
{
    struct strbuf text = {0};
    add(&text, source);
    write_member(json, name, strbuf_text(&text));
    strbuf_done(&text);
}

static const char *const kinds[] = {"estimate", "flag", "count"};
static const char *const wheres[] = {"windows", "own", "redesign"};
static const char *const sources[] = {"cells", "people", "training", "pulse"};

void glossary_write_measure(struct json_write *json, const struct measure_info *info)
{
    json_write_begin_object(json);
    write_member(json, "name", info->name);
    write_made(json, "title", measure_text_add_title, info->name);
    write_member(json, "kind", kinds[info->kind]);
    write_member(json, "unit", info->unit);
    write_member(json, "claim", measure_text_claim(info));
    write_member(json, "group", measure_text_group(info));
    write_member(json, "better", measure_text_better(info));
    write_member(json, "where", wheres[info->where]);
    write_member(json, "source", sources[info->source]);
    write_member(json, "help", info->help);
    write_made(json, "says", measure_text_add_sentence, info->help);
    write_member(json, "cannot_show", info->cannot_show);
    write_made(json, "caution", measure_text_add_sentence, info->cannot_show);
    write_member(json, "see", info->see);
    write_member(json, "citation", info->citation);
    json_write_end_object(json);
}

static void write_measures(struct json_write *json)
{
    json_write_name(json, "measures");
    json_write_begin_array(json);
    for (int m = 0; m < MEASURES; m++)
        glossary_write_measure(json, measure_info((enum measure)m));
    json_write_end_array(json);
}

static void write_words(struct json_write *json)
{
    size_t count;
    const struct word *words = words_list(&count);
    json_write_name(json, "words");
    json_write_begin_object(json);
    for (size_t i = 0; i < count; i++) {
        bool is_first = i == 0 || words[i].set != words[i - 1].set;
        if (is_first && i > 0)
            json_write_end_object(json);
        if (is_first) {
            json_write_name(json, words_set_name(words[i].set));
            json_write_begin_object(json);
        }
        json_write_name(json, words[i].name);
        json_write_begin_object(json);
        write_member(json, "label", words[i].label);
        write_member(json, "sentence", words[i].sentence);
        write_member(json, "measures", words[i].measures);
        json_write_end_object(json);
    }
    json_write_end_object(json);
    json_write_end_object(json);
}

static void write_settings(struct json_write *json, const struct settings *settings)
{
    json_write_name(json, "thresholds");
    json_write_begin_object(json);
    write_number(json, "changed_work", settings->changed_work_threshold);
    write_number(json, "traceable", settings->traceable_threshold);
    write_number(json, "reproduces", settings->reproduces_threshold);
    json_write_end_object(json);
    json_write_name(json, "weights");
    json_write_begin_object(json);
    for (int c = 0; c < HEALTH_COMPONENTS; c++)
        write_number(json, evaluation_component_name((enum health_component)c),
                     settings->health_weights[c]);
    json_write_end_object(json);
    write_number(json, "min_group", settings->min_group);
}

void glossary_write(struct strbuf *out, const struct settings *settings, const char *definitions)
{
    struct json_write json = {.out = out};
    json_write_begin_object(&json);
    write_member(&json, "definitions", definitions);
    write_measures(&json);
    write_words(&json);
    json_write_name(&json, "windows");
    json_write_begin_array(&json);
    for (int w = 0; w < WINDOWS; w++)
        json_write_word(&json, measure_window_name((enum window)w));
    json_write_end_array(&json);
    write_settings(&json, settings);
    json_write_end_object(&json);
}

/* A literal of SQL; the registry has no backslash. */
static void add_literal(struct strbuf *out, const char *text)
{
    strbuf_add_text(out, ", '");
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            strbuf_add_char(out, '\'');
        strbuf_add_char(out, *text);
    }
    strbuf_add_char(out, '\'');
}

static void add_bound(struct strbuf *out, double bound)
{
    if (isfinite(bound))
        strbuf_add_format(out, ", %.17g::float8", bound);
    else
        strbuf_add_text(out, ", NULL::float8");
}

static void add_row(struct strbuf *out, enum measure measure)
{
    const struct measure_info *info = measure_info(measure);
    strbuf_add_format(out, "%s(%d", measure == 0 ? "" : ",\n", (int)measure);
    add_literal(out, info->name);
    add_literal(out, kinds[info->kind]);
    add_literal(out, info->unit);
    add_bound(out, info->least);
    add_bound(out, info->most);
    add_literal(out, measure_text_better(info));
    add_literal(out, wheres[info->where]);
    add_literal(out, info->days);
    add_literal(out, sources[info->source]);
    add_literal(out, info->help);
    add_literal(out, info->cannot_show);
    add_literal(out, info->see);
    add_literal(out, info->citation);
    strbuf_add_char(out, ')');
}

void glossary_write_sql(struct strbuf *out)
{
    strbuf_add_text(out, "INSERT INTO uptake.measure_glossary AS g (place, measure, kind, unit, "
                         "least, most, better, stands, days, source, help, cannot_show, see, "
                         "citation) VALUES\n");
    for (int m = 0; m < MEASURES; m++)
        add_row(out, (enum measure)m);
    strbuf_add_text(
        out, "\nON CONFLICT (measure) DO UPDATE SET place = excluded.place, kind = excluded.kind, "
             "unit = excluded.unit, least = excluded.least, most = excluded.most, "
             "better = excluded.better, stands = excluded.stands, days = excluded.days, "
             "source = excluded.source, help = excluded.help, "
             "cannot_show = excluded.cannot_show, see = excluded.see, "
             "citation = excluded.citation WHERE g.* IS DISTINCT FROM excluded.*");
}
