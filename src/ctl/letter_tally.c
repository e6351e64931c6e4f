/* How many dead letters there are: by reason, by type of event, by topic, by hour. */
#include "ctl/letter_tally.h"

#include <inttypes.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "codec/day_text.h"

enum { WORDS_MAX = 64, WORD_BYTES_MAX = 64, HOURS_SHOWN_MAX = 48, DAY_HOURS = 24 };

static const int64_t HOUR_MS = 3600000;

struct letter_tally_word {
    char word[WORD_BYTES_MAX + 1];
    uint64_t letters;
};

struct letter_tally_hour {
    int64_t hour; /* since 1970 */
    uint64_t letters;
};

void letter_tally_done(struct letter_tally *tally)
{
    mem_free(tally->reasons.rows);
    mem_free(tally->types.rows);
    mem_free(tally->topics.rows);
    mem_free(tally->hours);
    *tally = (struct letter_tally){.hour_count = 0};
}

/* ---- counting ---------------------------------------------------------------------------------- */

static void add_word(struct letter_tally_words *words, struct text text)
{
    char word[WORD_BYTES_MAX + 1] = "";
    uint32_t length = text.length < WORD_BYTES_MAX ? text.length : WORD_BYTES_MAX;
    for (uint32_t i = 0; i < length; i++)
        word[i] = text.bytes[i] > ' ' && text.bytes[i] < 0x7f ? text.bytes[i] : '?';
    size_t at = 0;
    while (at < words->count && strcmp(words->rows[at].word, word) != 0)
        at++;
    if (at >= WORDS_MAX - 1) {
        at = WORDS_MAX - 1;
        memcpy(word, "(others)", sizeof "(others)");
    }
    if (at == words->count) {
        mem_reserve(&words->rows, &words->capacity, ++words->count, sizeof *words->rows);
        words->rows[at].letters = 0;
        memcpy(words->rows[at].word, word, sizeof word);
    }
    words->rows[at].letters++;
}

/* Hours come nearly in order. */
static void add_hour(struct letter_tally *tally, int64_t hour)
{
    size_t at = tally->hour_count;
    while (at > 0 && tally->hours[at - 1].hour > hour)
        at--;
    if (at > 0 && tally->hours[at - 1].hour == hour) {
        tally->hours[at - 1].letters++;
        return;
    }
    mem_reserve(&tally->hours, &tally->hour_capacity, tally->hour_count + 1, sizeof *tally->hours);
    memmove(&tally->hours[at + 1], &tally->hours[at],
            (tally->hour_count - at) * sizeof *tally->hours);
    tally->hours[at] = (struct letter_tally_hour){.hour = hour, .letters = 1};
    tally->hour_count++;
}

void letter_tally_add(struct letter_tally *tally, struct text reason, struct text type,
                      struct text topic, int64_t refused_ms)
{
    add_word(&tally->reasons, reason);
    add_word(&tally->types, type.length > 0 ? type : text_of("(unreadable)"));
    add_word(&tally->topics, topic);
    add_hour(tally, refused_ms / HOUR_MS);
}

/* ---- showing ----------------------------------------------------------------------------------- */

static void print_row(FILE *file, const char *what, size_t row, const char *word, uint64_t letters)
{
    fprintf(file, "%-10s %-32s %10" PRIu64 "\n", row == 0 ? what : "", word, letters);
}

static void print_words(FILE *file, const char *what, const struct letter_tally_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        print_row(file, what, i, words->rows[i].word, words->rows[i].letters);
}

static void add_hour_text(struct strbuf *out, int64_t hour)
{
    day_text_add_iso(out, (int32_t)(hour / DAY_HOURS));
    strbuf_add_format(out, "T%02d:00Z", (int)(hour % DAY_HOURS));
}

static void print_hours(FILE *file, const struct letter_tally *tally)
{
    bool by_day = tally->hour_count > HOURS_SHOWN_MAX;
    struct strbuf text = {0};
    size_t row = 0;
    for (size_t i = 0; i < tally->hour_count; row++) {
        int64_t day = tally->hours[i].hour / DAY_HOURS;
        uint64_t letters = tally->hours[i].letters;
        strbuf_reset(&text);
        if (by_day)
            day_text_add_iso(&text, (int32_t)day);
        else
            add_hour_text(&text, tally->hours[i].hour);
        for (i++; by_day && i < tally->hour_count && tally->hours[i].hour / DAY_HOURS == day; i++)
            letters += tally->hours[i].letters;
        print_row(file, by_day ? "by day" : "by hour", row, strbuf_text(&text), letters);
    }
    strbuf_done(&text);
}

void letter_tally_print(const struct letter_tally *tally, FILE *file)
{
    print_words(file, "by reason", &tally->reasons);
    print_words(file, "by type", &tally->types);
    print_words(file, "by topic", &tally->topics);
    print_hours(file, tally);
}

static void write_words(struct json_write *json, const char *name,
                        const struct letter_tally_words *words)
{
    json_write_name(json, name);
    json_write_begin_object(json);
    for (size_t i = 0; i < words->count; i++) {
        json_write_name(json, words->rows[i].word);
        json_write_integer(json, (int64_t)words->rows[i].letters);
    }
    json_write_end_object(json);
}

void letter_tally_write(const struct letter_tally *tally, struct json_write *json)
{
    struct strbuf text = {0};
    write_words(json, "reasons", &tally->reasons);
    write_words(json, "types", &tally->types);
    write_words(json, "topics", &tally->topics);
    json_write_name(json, "hours");
    json_write_begin_array(json);
    for (size_t i = 0; i < tally->hour_count; i++) {
        strbuf_reset(&text);
        add_hour_text(&text, tally->hours[i].hour);
        json_write_begin_object(json);
        json_write_name(json, "hour");
        json_write_word(json, strbuf_text(&text));
        json_write_name(json, "letters");
        json_write_integer(json, (int64_t)tally->hours[i].letters);
        json_write_end_object(json);
    }
    json_write_end_array(json);
    strbuf_done(&text);
}
