/* uptakectl measures: what each measure says, and what it cannot show, from the registry in the program. */
#include <math.h>
#include <stdio.h>

#include "codec/glossary.h"
#include "ctl/command.h"
#include "ctl/measure_name.h"
#include "model/measure_text.h"
#include "model/words.h"

enum { RANGE_BYTES = 48 };

static const char *better_word(const struct measure_info *info)
{
    return words_find(WORD_better, measure_text_better(info))->label;
}

static const char *where_word(enum measure_where where)
{
    switch (where) {
    case WHERE_WINDOWS:
        return "1d, 7d, 28d, 90d";
    case WHERE_OWN:
        return "days of its own";
    case WHERE_REDESIGN:
        return "each redesign";
    }
    return "";
}

/* "0 to 1", "0 or more", "" where there is no bound. */
static const char *range_words(const struct measure_info *info, char words[static RANGE_BYTES])
{
    words[0] = '\0';
    if (isfinite(info->least) && isfinite(info->most))
        (void)snprintf(words, RANGE_BYTES, "%g to %g", info->least, info->most);
    else if (isfinite(info->least))
        (void)snprintf(words, RANGE_BYTES, "%g or more", info->least);
    return words;
}

static void print_one(const struct measure_info *info)
{
    printf("%s\n", info->name);
    printf("  says          %s\n", info->help);
    char range[RANGE_BYTES];
    printf("  unit          %s; %s; %s%s%s\n", info->unit, better_word(info), where_word(info->where),
           info->days[0] != '\0' ? ": " : "", info->days);
    if (range_words(info, range)[0] != '\0')
        printf("  range         %s\n", range);
    printf("  cannot show   %s\n", info->cannot_show);
    if (info->see[0] != '\0')
        printf("  see           %s\n", info->see);
    if (info->citation[0] != '\0')
        printf("  source        %s\n", info->citation);
    printf("  worked out    by %s()\n", info->function);
}

/* One row a measure, for other programs: tabs between the columns. */
static void print_row(const struct measure_info *info)
{
    char range[RANGE_BYTES];
    printf("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", info->name, info->unit, better_word(info),
           where_word(info->where), info->help, info->cannot_show, info->see, info->citation, range_words(info, range),
           info->days, info->function);
}

/* `only` NULL = all. */
static void print_json(const struct measure_info *only)
{
    struct strbuf out = {.length = 0};
    struct json_write json = {.out = &out};
    json_write_begin_array(&json);
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        if (only != NULL && info != only)
            continue;
        strbuf_add_char(&out, '\n');
        glossary_write_measure(&json, info);
    }
    json_write_end_array(&json);
    puts(strbuf_text(&out));
    strbuf_done(&out);
}

static int run_measures(int argc, char **argv)
{
    bool table = false;
    bool json = false;
    const struct option_spec specs[] = {
        {"table", "", OPTION_FLAG, &table, 0, 0, "one line each, columns separated by tabs"},
        {"json", "", OPTION_FLAG, &json, 0, 0, "as JSON"},
    };
    int operands;
    int end = command_read(&cmd_measures, specs, sizeof specs / sizeof specs[0], argc, argv, 0, 1, &operands);
    if (end != COMMAND_GO_ON)
        return end;
    const struct measure_info *only = operands == 1 ? measure_name_find(text_of(argv[1])) : NULL;
    if (operands == 1 && only == NULL)
        return command_refuse(&cmd_measures, "'%s' is no measure; `uptakectl measures` lists them", argv[1]);
    if (json) {
        print_json(only);
        return COMMAND_OK;
    }
    int shown = 0;
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        if (only != NULL && info != only)
            continue;
        if (table) {
            print_row(info);
        } else {
            if (shown > 0)
                printf("\n");
            print_one(info);
        }
        shown++;
    }
    return COMMAND_OK;
}

const struct command cmd_measures = {
    .name = "measures",
    .synopsis = "[OPTION...] [MEASURE]",
    .summary = "Say what each measure says, and what it cannot show",
    .about = "No target may be set on a measure unless the one after `see` is shown beside it.\n"
             "\n"
             "Examples:\n"
             "  uptakectl measures judgement\n"
             "  uptakectl measures --table | cut -f 1,5,6\n"
             "  uptakectl measures --json | jq -r '.[] | select(.claim == \"causal\") | .name'\n",
    .run = run_measures,
};
