/* Bash completion of both programs, written from their tables. */
#include "ctl/completion.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "app/config_table.h"
#include "app/options.h"
#include "base/strbuf.h"
#include "model/measure.h"

/* Words that complete a value or operand by what help calls it. */
static void add_measures(struct strbuf *words)
{
    for (int m = 0; m < MEASURES; m++)
        strbuf_add_format(words, " %s", measure_info((enum measure)m)->name);
}

static void add_keys(struct strbuf *words)
{
    for (size_t i = 0; i < config_row_count; i++)
        strbuf_add_format(words, " %s.%s=", config_rows[i].section, config_rows[i].key);
}

static void add_words_of(struct strbuf *words, const char *section, const char *key)
{
    const struct config_row *row = config_table_find(section, key);
    for (const char *at = row != NULL ? row->min : ""; *at != '\0'; at++) {
        if (*at != ',')
            strbuf_add_char(words, *at);
    }
}

static void add_levels(struct strbuf *words)
{
    add_words_of(words, "daemon", "log_level");
}

static void add_partitioners(struct strbuf *words)
{
    add_words_of(words, "kafka", "partitioner");
}

static const struct {
    const char *value;
    void (*add)(struct strbuf *words); /* NULL = files */
} known[] = {
    {"FILE", NULL},
    {"PATH", NULL},
    {"DIRECTORY", NULL},
    {"MEASURE", add_measures},
    {"SECTION.KEY=VALUE", add_keys},
    {"LEVEL", add_levels},
    {"PARTITIONER", add_partitioners},
};

/* Is every letter small? Then it is meant as it stands. */
static bool is_word(const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!islower((unsigned char)word[i]) && word[i] != '-' && word[i] != '_')
            return false;
    }
    return length > 0 && word[0] != '-';
}

/* Adds what may stand for one word of a synopsis or for a value: "FILE", "show", "text|json". */
static void add_words(const char *word, size_t length, struct strbuf *words, bool *files)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strlen(known[i].value) != length || memcmp(known[i].value, word, length) != 0)
            continue;
        if (known[i].add == NULL)
            *files = true;
        else
            known[i].add(words);
        return;
    }
    while (length > 0) {
        const char *bar = memchr(word, '|', length);
        size_t part = bar != NULL ? (size_t)(bar - word) : length;
        if (is_word(word, part))
            strbuf_add_format(words, " %.*s", (int)part, word);
        part += bar != NULL;
        word += part;
        length -= part;
    }
}

static void print_value(const char *name, const char *value, FILE *file)
{
    struct strbuf words = {0};
    bool files = false;
    add_words(value, strlen(value), &words, &files);
    fprintf(file, "        --%s) _uptake_complete %s'%s' ;;\n", name, files ? "-f " : "", strbuf_text(&words));
    strbuf_done(&words);
}

static void print_command(const struct command *command, const struct option_spec *specs, size_t count, FILE *file)
{
    fprintf(file, "    %s)\n        case $previous in\n", command->name);
    struct strbuf words = {0};
    bool files = false;
    for (size_t i = 0; i < count; i++) {
        strbuf_add_format(&words, " --%s", specs[i].name);
        if (specs[i].kind != OPTION_FLAG)
            print_value(specs[i].name, specs[i].value, file);
    }
    strbuf_add_text(&words, " --help");
    for (const char *at = command->synopsis; *at != '\0';) {
        at += strspn(at, " [].");
        size_t length = strcspn(at, " [].");
        add_words(at, length, &words, &files);
        at += length;
    }
    fprintf(file, "        *) _uptake_complete %s'%s' ;;\n        esac\n        ;;\n", files ? "-f " : "",
            strbuf_text(&words));
    strbuf_done(&words);
}

const struct command_writer completion_writer = {.argument = "--help=completion", .print = print_command};

static const char head[] =
    "# Bash completion of uptakectl and uptaked. Made by uptakectl --print-completion.\n"
    "\n"
    "# _uptake_complete [-f] WORDS: those, with -f files too, that begin with what is typed\n"
    "_uptake_complete() {\n"
    "    local reply=()\n"
    "    COMPREPLY=()\n"
    "    if [ \"$1\" = -f ]; then\n"
    "        shift\n"
    "        mapfile -t reply < <(compgen -f -- \"$current\")\n"
    "        compopt -o filenames 2> /dev/null\n"
    "    fi\n"
    "    mapfile -t -O \"${#reply[@]}\" reply < <(compgen -W \"$1\" -- \"$current\")\n"
    "    COMPREPLY=(\"${reply[@]}\")\n"
    "    case ${COMPREPLY[0]-} in *=) compopt -o nospace 2> /dev/null ;; esac\n"
    "}\n"
    "\n"
    "# Sets current and previous; `--option=value` counts as two words.\n"
    "_uptake_words() {\n"
    "    current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    if [ \"$current\" = = ]; then\n"
    "        current=\n"
    "    elif [ \"$previous\" = = ] && ((COMP_CWORD > 2)); then\n"
    "        previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n"
    "}\n"
    "\n";

static void print_uptaked(void)
{
    printf("_uptaked() {\n    local current previous\n    _uptake_words\n    case $previous in\n");
    struct strbuf words = {0};
    for (size_t i = 0; i < options_row_count; i++) {
        strbuf_add_format(&words, " --%s", options_rows[i].name);
        if (*options_rows[i].value != '\0')
            print_value(options_rows[i].name, options_rows[i].value, stdout);
    }
    printf("        *) _uptake_complete '%s' ;;\n    esac\n}\n\n", strbuf_text(&words));
    strbuf_done(&words);
}

int completion_print(void)
{
    printf("%s_uptakectl() {\n    local current previous names='", head);
    for (size_t i = 0; commands[i] != NULL; i++)
        printf("%s ", commands[i]->name);
    printf("help'\n    _uptake_words\n    if ((COMP_CWORD == 1)); then\n"
           "        _uptake_complete \"$names\"\n        return\n    fi\n    case ${COMP_WORDS[1]} in\n");
    (void)fflush(stdout);
    command_describe_all(&completion_writer);
    printf("    help) _uptake_complete \"$names\" ;;\n    *) COMPREPLY=() ;;\n    esac\n}\n\n");
    print_uptaked();
    printf("complete -F _uptakectl uptakectl\ncomplete -F _uptaked uptaked\n");
    return COMMAND_OK;
}
