/* The table of words. */
#include "model/words.h"

#include <string.h>

#include "base/panic.h"

static const struct word words[] = {
#define WORD(set, name, label, sentence, measures) {WORD_##set, #name, label, sentence, measures},
#include "model/words.def"
#undef WORD
};

const struct word *words_list(size_t *ret_count)
{
    *ret_count = sizeof words / sizeof words[0];
    return words;
}

const struct word *words_find(enum word_set set, const char *name)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i].set == set && strcmp(words[i].name, name) == 0)
            return &words[i];
    }
    return NULL;
}

const char *words_set_name(enum word_set set)
{
    static const char *const names[WORD_SETS] = {
        "state", "verdict", "indicator", "component", "diagnosis", "alarm",      "because", "presence",
        "claim", "better",  "group",     "window",    "section",   "comparison", "advice",  "note"};
    UP_ASSERT(set < WORD_SETS);
    return names[set];
}
