/* The laws of a shard on whole streams: what order, repetition, batches, cuts and loading must not
 * change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "codec/event_decode.h"
#include "codec/line.h"
#include "ctl/document.h"
#include "ctl/simulate_team.h"
#include "row_store.h"
#include "support/dice.h"

enum { FIRST_DAY = 20100, HOUR_MS = 3600000 };

/* ---- streams --------------------------------------------------------------------------------- */

struct stream {
    struct decoder *decoder; /* owns the texts of the events */
    struct event *events;
    size_t count, capacity;
};

static FILE *simulate(uint64_t seed, int32_t days, double rate)
{
    static const char *const kinds[] = {"growing", "automated", "tiny", "unverified"};
    bool holidays[400] = {false};
    FILE *file = tmpfile();
    assert_non_null(file);
    struct simulate_world world = {
        .seed = seed, .first_day = FIRST_DAY, .days = days, .rate = rate, .holidays = holidays};
    world.stream = simulate_stream_new(&(struct simulate_stream_settings){
        .seed = seed, .first_day = FIRST_DAY, .days = days, .until_ms = INT64_MAX, .file = file});
    struct simulate_team *teams[4];
    for (uint32_t i = 0; i < 4; i++) {
        struct archetype archetype;
        assert_true(archetype_find(text_of(kinds[i]), &archetype));
        teams[i] = simulate_team_new(&world, i, kinds[i], &archetype, 3 + i);
    }
    for (int32_t day = 0; day < days; day++) {
        for (int i = 0; i < 4; i++)
            simulate_team_live(teams[i], day);
        simulate_stream_pass_day(world.stream, FIRST_DAY + day);
    }
    struct up_err err;
    assert_int_equal(simulate_stream_finish(world.stream, &err), UP_OK);
    for (int i = 0; i < 4; i++)
        simulate_team_free(teams[i]);
    simulate_stream_free(world.stream);
    rewind(file);
    return file;
}

/* The events up to a day of the simulation, by time of arrival. */
static void stream_init(struct stream *stream, uint64_t seed, int32_t days, double rate,
                        int32_t last_day)
{
    *stream = (struct stream){.decoder = decoder_new(&(struct decoder_settings){
                                  .max_event_bytes = 65536, .partitions = 1})};
    struct line_reader *reader = line_reader_new();
    FILE *file = simulate(seed, days, rate);
    char *text = NULL;
    size_t room = 0;
    ssize_t length;
    while ((length = getline(&text, &room, file)) > 0) {
        struct line line;
        struct event event;
        struct text detail;
        assert_int_equal(line_read(reader, text, (size_t)length, &line, NULL), UP_OK);
        assert_int_equal(line_decode(stream->decoder, &line, &event, &detail), REJECT_NONE);
        if (event_day(event.key.time_ms) > FIRST_DAY + last_day)
            continue;
        mem_reserve(&stream->events, &stream->capacity, stream->count + 1, sizeof *stream->events);
        stream->events[stream->count++] = event;
    }
    free(text);
    fclose(file);
    line_reader_free(reader);
    assert_true(stream->count > 500);
}

static void stream_done(struct stream *stream)
{
    decoder_free(stream->decoder);
    mem_free(stream->events);
}

static void shuffle(struct event *events, size_t count, struct dice *dice)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)dice_below(dice, (int64_t)i);
        struct event kept = events[i - 1];
        events[i - 1] = events[j];
        events[j] = kept;
    }
}

struct jittered {
    int64_t at_ms;
    struct event event;
};

static int compare_jittered(const void *a, const void *b)
{
    const struct jittered *left = a, *right = b;
    return (left->at_ms > right->at_ms) - (left->at_ms < right->at_ms);
}

/* Each event up to jitter_ms later than its time. */
static void disorder(struct event *events, size_t count, int64_t jitter_ms, struct dice *dice)
{
    struct jittered *all = mem_alloc_array(count, sizeof *all);
    for (size_t i = 0; i < count; i++)
        all[i] = (struct jittered){events[i].key.time_ms + dice_below(dice, jitter_ms), events[i]};
    qsort(all, count, sizeof *all, compare_jittered);
    for (size_t i = 0; i < count; i++)
        events[i] = all[i].event;
    mem_free(all);
}

/* ---- runs ------------------------------------------------------------------------------------ */

struct trial {
    struct evaluate_options options;
    struct settings settings;
    struct row_store store;
    struct evaluate_sink outputs;
    struct shard *shard;
};

static void trial_init(struct trial *trial)
{
    *trial = (struct trial){.options = {.partitions = 1, .teams = 8}};
    settings_default(&trial->settings);
    trial->settings.false_alarms_per_year = 400; /* so that alarms open */
    evaluate_sink_init(&trial->outputs);
    row_store_init(&trial->store, &trial->outputs.sink);
    trial->shard = shard_new(&trial->settings, 0, 1, &trial->outputs.sink);
    trial->shard->teams_in_organisation = 8;
}

static void trial_done(struct trial *trial)
{
    shard_free(trial->shard);
    row_store_done(&trial->store);
    evaluate_sink_done(&trial->outputs);
}

static void take(struct trial *trial, const struct event *event)
{
    assert_int_equal(shard_judge(trial->shard, event, -1), REJECT_NONE);
    shard_apply(trial->shard, 0, event);
}

static void finish(struct trial *trial)
{
    while (!shard_close_slice(trial->shard, 3))
        ;
    shard_cut(trial->shard, &trial->store.sink);
}

/* The shard dies; another one goes on with what was saved. */
static void replace(struct trial *trial)
{
    struct up_err err = {0};
    shard_cut(trial->shard, &trial->store.sink);
    shard_free(trial->shard);
    trial->shard = shard_new(&trial->settings, 0, 1, &trial->outputs.sink);
    trial->shard->teams_in_organisation = 8;
    if (row_store_load(&trial->store, trial->shard, &err) != UP_OK)
        fail_msg("%s", err.text);
}

/* All events, with cuts and slices of closing and forgetting at random. */
static void feed(struct trial *trial, const struct event *events, size_t count, int64_t batch_max,
                 struct dice *dice)
{
    int64_t left = dice_below(dice, batch_max) + 1;
    for (size_t i = 0; i < count; i++) {
        take(trial, &events[i]);
        if (--left > 0)
            continue;
        left = dice_below(dice, batch_max) + 1;
        shard_close_slice(trial->shard, (size_t)dice_below(dice, 3));
        if (dice_below(dice, 2) == 0)
            shard_cut(trial->shard, &trial->store.sink);
        shard_forget_slice(trial->shard, (size_t)dice_below(dice, 2000));
    }
    finish(trial);
}

static char *rows_of(const struct event *events, size_t count, int64_t batch_max, struct dice *dice)
{
    struct trial trial;
    trial_init(&trial);
    feed(&trial, events, count, batch_max, dice);
    char *rows = row_store_print(&trial.store);
    trial_done(&trial);
    return rows;
}

static char *document_of(struct trial *trial)
{
    char *text = NULL;
    size_t length = 0;
    struct up_err err;
    FILE *file = open_memstream(&text, &length);
    struct evaluate_run whole = {
        .options = &trial->options, .shards = &trial->shard, .sink = trial->outputs};
    assert_int_equal(document_print(&whole, file, &err), UP_OK);
    fclose(file);
    trial->outputs = whole.sink;
    return text;
}

/* Says where two long texts part, instead of printing them. */
static void assert_same_text(const char *actual, const char *expected)
{
    size_t at = 0;
    while (actual[at] != '\0' && actual[at] == expected[at])
        at++;
    size_t from = at > 60 ? at - 60 : 0;
    if (actual[at] != expected[at])
        fail_msg("at byte %zu: '%.120s' instead of '%.120s'", at, actual + from, expected + from);
}

/* ---- laws ------------------------------------------------------------------------------------ */

static void any_order_within_the_join_window_gives_the_same_rows(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct stream stream;
    stream_init(&stream, dice_bits(&dice) & 0xffff, 33, 1.5, 33);
    char *expected = rows_of(stream.events, stream.count, 100, &dice);
    for (int round = 0; round < 6; round++) {
        shuffle(stream.events, stream.count, &dice);
        char *actual = rows_of(stream.events, stream.count, 1 + dice_below(&dice, 800), &dice);
        assert_same_text(actual, expected);
        mem_free(actual);
    }
    mem_free(expected);
    stream_done(&stream);
}

static void disorder_of_days_over_months_gives_the_same_rows(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct stream stream;
    stream_init(&stream, dice_bits(&dice) & 0xffff, 260, 0.6, 260);
    disorder(stream.events, stream.count, 1, &dice);
    char *expected = rows_of(stream.events, stream.count, 100, &dice);
    for (int round = 0; round < 4; round++) {
        disorder(stream.events, stream.count, 150 * HOUR_MS, &dice);
        char *actual = rows_of(stream.events, stream.count, 1 + dice_below(&dice, 3000), &dice);
        assert_same_text(actual, expected);
        mem_free(actual);
    }
    mem_free(expected);
    stream_done(&stream);
}

static void an_event_may_come_twice(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct stream stream;
    stream_init(&stream, dice_bits(&dice) & 0xffff, 33, 1.0, 33);
    char *expected = rows_of(stream.events, stream.count, 100, &dice);
    struct event *twice = mem_alloc_array(stream.count * 2, sizeof *twice);
    for (size_t i = 0; i < stream.count; i++)
        twice[2 * i] = twice[2 * i + 1] = stream.events[i];
    for (int round = 0; round < 3; round++) {
        char *actual = rows_of(twice, stream.count * 2, 500, &dice);
        assert_same_text(actual, expected);
        mem_free(actual);
        shuffle(twice, stream.count * 2, &dice);
    }
    mem_free(twice);
    mem_free(expected);
    stream_done(&stream);
}

static void a_loaded_shard_goes_on_as_the_saved_one_would(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct stream stream;
    stream_init(&stream, dice_bits(&dice) & 0xffff, 330, 0.5, 330);
    struct trial whole;
    trial_init(&whole);
    feed(&whole, stream.events, stream.count, 700, &dice);
    char *document = document_of(&whole);
    char *rows = row_store_print(&whole.store);
    for (int round = 0; round < 3; round++) {
        struct trial trial;
        trial_init(&trial);
        int64_t every = 1 + (int64_t)stream.count / (2 + dice_below(&dice, 30));
        for (size_t i = 0; i < stream.count; i++) {
            take(&trial, &stream.events[i]);
            if (dice_below(&dice, 300) == 0)
                shard_close_slice(trial.shard, (size_t)dice_below(&dice, 3));
            if (dice_below(&dice, 300) == 0)
                shard_forget_slice(trial.shard, 500);
            if (dice_below(&dice, every) == 0)
                replace(&trial);
        }
        finish(&trial);
        char *again = document_of(&trial);
        assert_same_text(again, document);
        char *rows_again = row_store_print(&trial.store);
        assert_same_text(rows_again, rows);
        mem_free(rows_again);
        free(again);
        trial_done(&trial);
    }
    assert_non_null(strstr(document, "\"opened\":[\""));
    mem_free(rows);
    free(document);
    trial_done(&whole);
    stream_done(&stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_within_the_join_window_gives_the_same_rows),
        cmocka_unit_test(disorder_of_days_over_months_gives_the_same_rows),
        cmocka_unit_test(an_event_may_come_twice),
        cmocka_unit_test(a_loaded_shard_goes_on_as_the_saved_one_would),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
