/* A team's evaluation as the fields of its hashes in Redis. */
#include "codec/redis_team.h"

#include <stdio.h>
#include <string.h>

#include "codec/number.h"
#include "model/privacy.h"

enum { VALUE_BYTES = 4 * (NUMBER_BYTES + 1), NAME_BYTES = 96, WORDS_BYTES = 256 };

static size_t write_part(char *at, bool known, double value)
{
    if (known)
        return number_write(value, at);
    *at = '-';
    return 1;
}

/* "estimate lo hi n", "-" for what there is none of. */
static struct text write_quadruple(const struct estimate *e, bool has_n, char buffer[static VALUE_BYTES])
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

static void write_record(struct publish_args *args, const struct record *record)
{
    char value[VALUE_BYTES];
    char name[NAME_BYTES];
    for (int m = 0; m < MEASURES; m++) {
        const struct measure_info *info = measure_info((enum measure)m);
        if (record->values[m].known) {
            publish_field(args, text_of(info->name),
                          write_quadruple(&record->values[m], info->kind == KIND_ESTIMATE, value));
        } else if (record->because[m] != BECAUSE_NONE) {
            (void)snprintf(name, sizeof name, "because:%s", info->name);
            publish_field(args, text_of(name), text_of(measure_because_name((enum because)record->because[m])));
        }
    }
}

static void write_whole_number(struct publish_args *args, const char *name, int64_t value)
{
    char text[NUMBER_BYTES];
    (void)snprintf(text, sizeof text, "%lld", (long long)value);
    publish_field(args, text_of(name), text_of(text));
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
static void write_team_words(struct publish_args *args, const struct evaluation *evaluation, bool is_suppressed)
{
    char value[VALUE_BYTES];
    char words[WORDS_BYTES];
    if (is_suppressed) {
        publish_field(args, text_of("because:health"), text_of(measure_because_name(BECAUSE_SUPPRESSED)));
        return;
    }
    if (evaluation->health.known)
        publish_field(args, text_of("health"), write_quadruple(&evaluation->health, true, value));
    if (evaluation->has_health_limit)
        publish_field(args, text_of("health_limit"),
                      text_of(evaluation_component_name(evaluation->health_limit)));
    publish_field(args, text_of("state"), text_of(evaluation_state_name(evaluation->state)));
    publish_field(args, text_of("verdict"), text_of(evaluation_verdict_name(evaluation->verdict)));
    publish_field(args, text_of("diagnosis"), diagnosis_words(evaluation->diagnosis, words));
}

void redis_team_write(struct publish_args *args, const struct shard *shard, const struct team *team,
                      struct evaluation *evaluation, int64_t epoch, struct text offsets, struct text definitions)
{
    const char *names[WINDOWS];
    for (int w = 0; w < WINDOWS; w++)
        names[w] = measure_window_name((enum window)w);
    double people = evaluation->windows[WINDOW_OWN].values[MEASURE_headcount].value;
    bool is_suppressed = people < shard->settings->min_group;
    publish_write_begin(args, shard->partition, epoch, names_text(&shard->names, team->name), names, WINDOWS);
    publish_field(args, text_of("offsets"), offsets);
    char health[NUMBER_BYTES];
    struct text place = {0};
    if (evaluation->health.known && !is_suppressed)
        place = (struct text){.bytes = health, .length = (uint32_t)number_write(evaluation->health.value, health)};
    publish_health(args, place);
    for (int w = 0; w < WINDOWS; w++) {
        publish_window(args);
        write_whole_number(args, "as_of", evaluation->day);
        write_whole_number(args, "watermark", shard->watermark_ms);
        write_whole_number(args, "provisional", evaluation->provisional);
        publish_field(args, text_of("definitions"), definitions);
        write_team_words(args, evaluation, is_suppressed);
        privacy_suppress(shard, team, evaluation->day, (enum window)w, shard->settings->min_group,
                         &evaluation->windows[w]);
        write_record(args, &evaluation->windows[w]);
    }
    publish_write_end(args);
}
