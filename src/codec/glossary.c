/* The registry of measures and the words of uptake as one JSON document. */
#include "codec/glossary.h"

#include <stdbool.h>

#include "codec/json_write.h"
#include "model/evaluation.h"
#include "model/measure.h"
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

static void write_measures(struct json_write *json)
{
    static const char *const kinds[] = {"estimate", "flag", "count"};
    static const char *const betters[] = {"more", "less", "neither"};
    static const char *const wheres[] = {"windows", "own", "redesign"};
    static const char *const sources[] = {"cells", "people", "training", "pulse"};
    json_write_name(json, "measures");
    json_write_begin_array(json);
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        json_write_begin_object(json);
        write_member(json, "name", info->name);
        write_member(json, "kind", kinds[info->kind]);
        write_member(json, "unit", info->unit);
        write_member(json, "better", betters[info->better]);
        write_member(json, "where", wheres[info->where]);
        write_member(json, "source", sources[info->source]);
        write_member(json, "help", info->help);
        write_member(json, "cannot_show", info->cannot_show);
        write_member(json, "see", info->see);
        write_member(json, "citation", info->citation);
        json_write_end_object(json);
    }
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
