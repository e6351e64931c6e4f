/* A team's evaluation as the fields of its hashes in Redis. */
#include "codec/redis_team.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/panic.h"
#include "codec/number.h"
#include "model/privacy.h"

enum {
    VALUE_BYTES = 4 * (NUMBER_BYTES + 1),
    NAME_BYTES = 96,
    WORDS_BYTES = 256,
    REDESIGN_FIELD_BYTES = 256,
    FIELDS = REDIS_TEAM_WORDS + MEASURES
};

static const char *const word_names[REDIS_TEAM_WORDS] = {
    [REDIS_TEAM_AS_OF] = "as_of",
    [REDIS_TEAM_WATERMARK] = "watermark",
    [REDIS_TEAM_PROVISIONAL] = "provisional",
    [REDIS_TEAM_DEFINITIONS] = "definitions",
    [REDIS_TEAM_HEALTH] = "health",
    [REDIS_TEAM_HEALTH_UNKNOWN] = "because:health",
    [REDIS_TEAM_HEALTH_LIMIT] = "health_limit",
    [REDIS_TEAM_STATE] = "state",
    [REDIS_TEAM_VERDICT] = "verdict",
    [REDIS_TEAM_DIAGNOSIS] = "diagnosis",
};

/* A window's hash while it is written: the marks of what was sent last, and those of now. */
struct hash_writer {
    struct publish_args *args;
    const uint64_t *before;
    uint64_t now[FIELDS];
};

/* Does Redis have the field with this mark? Then there is nothing to write. */
static bool is_kept(struct hash_writer *writer, int field, uint64_t mark)
{
    writer->now[field] = mark;
    if (writer->before == NULL || writer->before[field] != mark)
        return false;
    publish_kept_field(writer->args);
    return true;
}

static size_t write_part(char *at, bool known, double value)
{
    if (known)
        return number_write(value, at);
    *at = '-';
    return 1;
}

/* "estimate lo hi n", "-" for what there is none of. */
static struct text write_quadruple(const struct estimate *e, bool has_n,
                                   char buffer[static VALUE_BYTES])
{
    size_t used = write_part(buffer, true, e->value);
    buffer[used++] = ' ';
    used += write_part(buffer + used, e->has_interval, e->lo);
    buffer[used++] = ' ';
    used += write_part(buffer + used, e->has_interval, e->hi);
    buffer[used++] = ' ';
    used += write_part(buffer + used, has_n, e->n);
    return (struct text){.bytes = buffer, .length = (uint32_t)used};
}

/* A mark is never 0; it is odd for what is known and even for a word why not. */
static uint64_t mark_known(const struct estimate *e)
{
    double parts[] = {e->value, e->lo, e->hi, e->n, e->has_interval};
    return hash_xx64(parts, sizeof parts) | 1;
}

static uint64_t mark_because(uint8_t because)
{
    return UINT64_C(2) * because;
}

static struct text because_name(enum measure measure, char buffer[static NAME_BYTES])
{
    (void)snprintf(buffer, NAME_BYTES, "because:%s", measure_info(measure)->name);
    return text_of(buffer);
}

static void write_record(struct hash_writer *writer, const struct record *record)
{
    char value[VALUE_BYTES];
    char name[NAME_BYTES];
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        const struct estimate *e = &record->values[m];
        uint8_t because = record->because[m];
        if (e->known && !is_kept(writer, REDIS_TEAM_WORDS + m, mark_known(e)))
            publish_field(writer->args, text_of(info->name),
                          write_quadruple(e, info->kind == KIND_ESTIMATE, value));
        else if (!e->known && because != BECAUSE_NONE &&
                 !is_kept(writer, REDIS_TEAM_WORDS + m, mark_because(because)))
            publish_field(writer->args, because_name((enum measure)m, name),
                          text_of(measure_because_name((enum because)because)));
    }
}

static void write_word(struct hash_writer *writer, enum redis_team_word word, struct text value)
{
    if (!is_kept(writer, (int)word, hash_xx64(value.bytes, value.length) | 1))
        publish_field(writer->args, text_of(word_names[word]), value);
}

static void write_whole_number(struct hash_writer *writer, enum redis_team_word word, int64_t value)
{
    char text[NUMBER_BYTES];
    size_t length = number_write_whole(value, text);
    write_word(writer, word, (struct text){.bytes = text, .length = (uint32_t)length});
}

/* By which every figure can be traced. */
static void write_words_of_source(struct hash_writer *writer, const struct shard *shard,
                                  const struct evaluation *evaluation,
                                  const struct redis_team_source *source)
{
    write_whole_number(writer, REDIS_TEAM_AS_OF, evaluation->day);
    write_whole_number(writer, REDIS_TEAM_WATERMARK, shard->watermark_ms);
    write_whole_number(writer, REDIS_TEAM_PROVISIONAL, evaluation->provisional);
    write_word(writer, REDIS_TEAM_DEFINITIONS, source->definitions);
}

/* A measure that became known, or unknown, has another field than before. */
static void take_out_gone(struct hash_writer *writer)
{
    char name[NAME_BYTES];
    for (int f = 0; writer->before != NULL && f < FIELDS; f++) {
        uint64_t before = writer->before[f], now = writer->now[f];
        if (before == 0 || (now != 0 && (before & 1) == (now & 1)))
            continue;
        enum measure measure = (enum measure)(f - REDIS_TEAM_WORDS);
        if (f < REDIS_TEAM_WORDS)
            publish_gone_field(writer->args, text_of(word_names[f]));
        else
            publish_gone_field(writer->args, (before & 1) != 0
                                                 ? text_of(measure_info(measure)->name)
                                                 : because_name(measure, name));
    }
}

static struct text diagnosis_words(uint32_t diagnosis, char buffer[static WORDS_BYTES])
{
    size_t used = 0;
    for (int d = 0; d < DIAGNOSES; d++) {
        if ((diagnosis >> d & 1U) == 0)
            continue;
        const char *word = evaluation_diagnosis_name((enum diagnosis)d);
        size_t length = strlen(word);
        if (used > 0)
            buffer[used++] = ' ';
        memcpy(buffer + used, word, length);
        used += length;
    }
    if (used == 0)
        buffer[used++] = '-';
    return (struct text){.bytes = buffer, .length = (uint32_t)used};
}

/* What the whole team is said to be: in every window's hash, so that a reader needs one. */
static void write_team_words(struct hash_writer *writer, const struct evaluation *evaluation,
                             bool is_suppressed)
{
    char value[VALUE_BYTES];
    char words[WORDS_BYTES];
    if (is_suppressed) {
        write_word(writer, REDIS_TEAM_HEALTH_UNKNOWN,
                   text_of(measure_because_name(BECAUSE_SUPPRESSED)));
        return;
    }
    if (evaluation->health.known)
        write_word(writer, REDIS_TEAM_HEALTH, write_quadruple(&evaluation->health, true, value));
    if (evaluation->has_health_limit)
        write_word(writer, REDIS_TEAM_HEALTH_LIMIT,
                   text_of(evaluation_component_name(evaluation->health_limit)));
    write_word(writer, REDIS_TEAM_STATE, text_of(evaluation_state_name(evaluation->state)));
    write_word(writer, REDIS_TEAM_VERDICT, text_of(evaluation_verdict_name(evaluation->verdict)));
    write_word(writer, REDIS_TEAM_DIAGNOSIS, diagnosis_words(evaluation->diagnosis, words));
}

/* ---- redesigns ---------------------------------------------------------------------------- */

/* Of which fields there are: never 0 where there is one. */
static uint64_t mark_redesigns(const struct redesigns *redesigns)
{
    uint64_t mark = 0;
    for (size_t i = 0; i < redesigns->count; i++) {
        const struct redesign_evaluation *redesign = &redesigns->at[i];
        uint64_t parts[4] = {mark, (uint64_t)redesign->time_ms, redesign->workflow,
                             redesign->label != 0};
        for (int m = 0; m < MEASURES; m++) {
            if (measure_info((enum measure)m)->where == WHERE_REDESIGN)
                parts[3] = parts[3] << 1 | redesign->values.values[m].known;
        }
        mark = hash_xx64(parts, sizeof parts) | 1;
    }
    return mark;
}

/* One field of a redesign: `what:time:workflow`, for a workflow's name may have colons. */
static void put_of_redesign(struct publish_args *args, struct text workflow, int64_t time_ms,
                            struct text what, struct text value)
{
    char name[REDESIGN_FIELD_BYTES];
    int length = snprintf(name, sizeof name, "%.*s:%lld:%.*s", (int)what.length, what.bytes,
                          (long long)time_ms, (int)workflow.length, workflow.bytes);
    UP_ASSERT(length < (int)sizeof name);
    publish_field(args, (struct text){.bytes = name, .length = (uint32_t)length}, value);
}

static void put_redesign(struct publish_args *args, const struct names *names,
                         const struct redesign_evaluation *redesign)
{
    struct text workflow = names_text(names, redesign->workflow);
    char value[VALUE_BYTES];
    char name[NAME_BYTES];
    if (redesign->label != 0)
        put_of_redesign(args, workflow, redesign->time_ms, text_of("label"),
                        names_text(names, redesign->label));
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        const struct estimate *e = &redesign->values.values[m];
        if (info->where != WHERE_REDESIGN)
            continue;
        if (e->known)
            put_of_redesign(args, workflow, redesign->time_ms, text_of(info->name),
                            write_quadruple(e, info->kind == KIND_ESTIMATE, value));
        else
            put_of_redesign(args, workflow, redesign->time_ms, because_name((enum measure)m, name),
                            text_of(measure_because_name(
                                (enum because)redesign->values.because[m])));
    }
}

/* All fields, each time: there are few, of few teams. */
static void write_redesigns(struct hash_writer *writer, const struct shard *shard,
                            const struct evaluation *evaluation,
                            const struct redesigns *redesigns,
                            const struct redis_team_source *source)
{
    publish_window(writer->args);
    if (redesigns->count > 0)
        write_words_of_source(writer, shard, evaluation, source);
    for (size_t i = 0; i < redesigns->count; i++)
        put_redesign(writer->args, &shard->names, &redesigns->at[i]);
}

/* ---- the whole ---------------------------------------------------------------------------- */

void redis_team_write(struct publish_args *args, const struct shard *shard, const struct team *team,
                      struct evaluation *evaluation, const struct redesigns *redesigns,
                      const struct redis_team_source *source, struct redis_team_marks *marks)
{
    const char *names[WINDOWS + 1];
    for (int w = 0; w < WINDOWS; w++)
        names[w] = measure_window_name((enum window)w);
    names[WINDOWS] = REDIS_TEAM_REDESIGN;
    /* Fields of redesigns come and go once in weeks: then all is sent, which takes out what is gone. */
    uint64_t mark = mark_redesigns(redesigns);
    marks->is_sent = marks->is_sent && marks->redesigns == mark;
    marks->redesigns = mark;
    bool has_redesign_hash = redesigns->count > 0 || !marks->is_sent;
    double people = evaluation->windows[WINDOW_OWN].values[MEASURE_headcount].value;
    bool is_suppressed = people < shard->settings->min_group;
    publish_write_begin(args, shard->partition, source->epoch,
                        names_text(&shard->names, team->name), names,
                        has_redesign_hash ? WINDOWS + 1 : WINDOWS);
    publish_field(args, text_of("offsets"), source->offsets);
    char health[NUMBER_BYTES];
    struct text place = {0};
    if (evaluation->health.known && !is_suppressed)
        place = (struct text){.bytes = health,
                              .length = (uint32_t)number_write(evaluation->health.value, health)};
    publish_health(args, place, !marks->is_sent);
    for (int w = 0; w < WINDOWS; w++) {
        struct hash_writer writer = {.args = args, .before = marks->is_sent ? marks->at[w] : NULL};
        publish_window(args);
        write_words_of_source(&writer, shard, evaluation, source);
        write_team_words(&writer, evaluation, is_suppressed);
        privacy_suppress(shard, team, evaluation->day, (enum window)w, shard->settings->min_group,
                         &evaluation->windows[w]);
        write_record(&writer, &evaluation->windows[w]);
        take_out_gone(&writer);
        memcpy(marks->at[w], writer.now, sizeof writer.now);
    }
    if (has_redesign_hash) {
        struct hash_writer writer = {.args = args};
        write_redesigns(&writer, shard, evaluation, redesigns, source);
    }
    publish_write_end(args);
    marks->is_sent = true;
}
