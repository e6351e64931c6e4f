/* What a person reads of a measure. */
#include "model/measure_text.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* ---- titles ------------------------------------------------------------------------------- */

/* What no rule would write. */
static const struct {
    const char *name, *title;
} irregular[] = {
    {"rair", "Right after wrong"},
    {"rsr", "Right despite wrong"},
    {"d_prime", "Telling wrong from right (d′)"},
    {"simpson", "Simpson’s paradox"},
    {"self_scored", "Self-scored"},
    {"redesign_success_did", "Redesign success beyond other workflows"},
};

/* Of the whole name, from `at` on; in this order. */
static const struct {
    const char *part, *text;
    bool at_the_end;
} spellings[] = {
    {"over_reliance", "over-reliance", false}, {"under_reliance", "under-reliance", false},
    {"nonroutine", "non-routine", false},      {"_randomised", ", by lot", true},
    {"_14", ", 14 days", true},                {"_28", ", 28 days", true},
    {"_180", ", 180 days", true},              {"_7d", ", 7 days", true},
    {"_365", ", 365 days", true},
};

/* Adds the spelling of what begins at `at`; returns how many bytes of the name that was. */
static size_t add_spelling(struct strbuf *out, const char *at)
{
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        size_t length = strlen(spellings[i].part);
        if (strncmp(at, spellings[i].part, length) == 0 &&
            (!spellings[i].at_the_end || at[length] == '\0')) {
            strbuf_add_text(out, spellings[i].text);
            return length;
        }
    }
    strbuf_add_char(out, *at == '_' ? ' ' : *at);
    return 1;
}

void measure_text_add_title(struct strbuf *out, const char *name)
{
    for (size_t i = 0; i < sizeof irregular / sizeof irregular[0]; i++) {
        if (strcmp(name, irregular[i].name) == 0) {
            strbuf_add_text(out, irregular[i].title);
            return;
        }
    }
    size_t start = out->length;
    bool is_ai = strncmp(name, "ai_", 3) == 0;
    while (*name != '\0')
        name += add_spelling(out, name);
    if (out->length > start)
        out->data[start] = (char)toupper((unsigned char)out->data[start]);
    if (is_ai)
        out->data[start + 1] = 'I';
}

/* ---- sentences ---------------------------------------------------------------------------- */

static bool is_measure(const char *name, size_t length)
{
    for (int m = 0; m < MEASURES; m++) {
        const char *known = measure_info((enum measure)m)->name;
        if (strlen(known) == length && strncmp(known, name, length) == 0)
            return true;
    }
    return false;
}

/* A name of the registry within a sentence: its title, begun small. */
static void add_name(struct strbuf *out, const char *name, size_t length)
{
    char copy[64];
    if (length >= sizeof copy || memchr(name, '_', length) == NULL || !is_measure(name, length)) {
        strbuf_add(out, name, length);
        return;
    }
    memcpy(copy, name, length);
    copy[length] = '\0';
    size_t start = out->length;
    measure_text_add_title(out, copy);
    out->data[start] = (char)tolower((unsigned char)out->data[start]);
}

/* Without what measure_text_claim() says. */
static size_t length_of(const char *text)
{
    static const char *const claims[] = {" (an association)", " (causal)"};
    size_t length = strlen(text);
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        size_t claim = strlen(claims[i]);
        if (length > claim && strcmp(text + length - claim, claims[i]) == 0)
            return length - claim;
    }
    return length;
}

void measure_text_add_sentence(struct strbuf *out, const char *text)
{
    static const char name_bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    const char *end = text + length_of(text);
    size_t start = out->length;
    while (text < end) {
        size_t length = strspn(text, name_bytes);
        if (length > 0)
            add_name(out, text, length);
        else
            strbuf_add_char(out, *text);
        text += length > 0 ? length : 1;
    }
    if (out->length == start)
        return;
    out->data[start] = (char)toupper((unsigned char)out->data[start]);
    if (strchr(".!?", out->data[out->length - 1]) == NULL)
        strbuf_add_char(out, '.');
}

/* ---- words -------------------------------------------------------------------------------- */

static bool has_any(const char *text, const char *const *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strstr(text, parts[i]) != NULL)
            return true;
    }
    return false;
}

const char *measure_text_claim(const struct measure_info *info)
{
    static const char *const compared[] = {"difference", "ratio", "hours", "difference of answers 1 to 5"};
    if (strstr(info->help, "(causal)") != NULL)
        return "causal";
    for (size_t i = 0; info->kind == KIND_ESTIMATE && i < sizeof compared / sizeof compared[0]; i++) {
        if (strcmp(info->unit, compared[i]) == 0)
            return "association";
    }
    return "description";
}

const char *measure_text_better(const struct measure_info *info)
{
    static const char *const words[] = {
        [BETTER_MORE] = "more", [BETTER_LESS] = "less", [BETTER_NEITHER] = "neither"};
    return words[info->better];
}

const char *measure_text_group(const struct measure_info *info)
{
    static const char *const sources[] = {
        [SOURCE_CELLS] = "work", [SOURCE_PEOPLE] = "people", [SOURCE_TRAINING] = "training", [SOURCE_PULSE] = "pulse"};
    static const char *const results[] = {"lift", "ratio", "simpson", "worse", "freed"};
    static const char *const advice[] = {"relian", "judgement", "overrid", "accept",    "prime",
                                         "criterion", "rair",   "rsr",     "autonomy",  "auto_",
                                         "batch",  "decided",   "scored",  "verification"};
    if (info->source != SOURCE_CELLS || strcmp(info->name, "self_scored") == 0)
        return sources[info->source];
    if (has_any(info->name, results, sizeof results / sizeof results[0]))
        return "results";
    return has_any(info->name, advice, sizeof advice / sizeof advice[0]) ? "advice" : "work";
}
