/* A team's hashes in Redis: sending what changed, again and again, leaves what sending all would leave. */
#include "codec/redis_team.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/evaluation.h"
#include "support/random_events.h"

enum { FIRST_DAY = 20000, ROUNDS = 100, FIELDS_MAX = 900, HASHES = WINDOWS + 1 };

/* What Redis would hold of one window. */
struct hash {
    char *names[FIELDS_MAX], *values[FIELDS_MAX];
    size_t count;
};

static size_t place_of(const struct hash *hash, const char *name)
{
    size_t i = 0;
    while (i < hash->count && strcmp(hash->names[i], name) != 0)
        i++;
    return i;
}

static void hash_take_out(struct hash *hash, const char *name)
{
    size_t i = place_of(hash, name);
    assert_true(i < hash->count);
    mem_free(hash->names[i]);
    mem_free(hash->values[i]);
    hash->count--;
    hash->names[i] = hash->names[hash->count];
    hash->values[i] = hash->values[hash->count];
}

static void hash_put(struct hash *hash, const char *name, const char *value)
{
    size_t i = place_of(hash, name);
    if (i == hash->count) {
        assert_true(hash->count < FIELDS_MAX);
        hash->names[hash->count++] = mem_copy_text(name, strlen(name));
    } else {
        mem_free(hash->values[i]);
    }
    hash->values[i] = mem_copy_text(value, strlen(value));
}

static void hash_done(struct hash *hash)
{
    while (hash->count > 0)
        hash_take_out(hash, hash->names[0]);
}

/* Argument `at` as a string, on one of two places in turn. */
static const char *word_at(const struct publish_args *args, int at)
{
    static char words[2][512];
    static int turn;
    turn = 1 - turn;
    assert_true(at < args->argc && args->argvlen[at] < sizeof words[0]);
    memcpy(words[turn], args->argv[at], args->argvlen[at]);
    words[turn][args->argvlen[at]] = '\0';
    return words[turn];
}

static int number_at(const struct publish_args *args, int at)
{
    return (int)strtol(word_at(args, at), NULL, 10);
}

/* Does what the script does with the hashes that are named; returns how many fields were sent. */
static int carry_out(const struct publish_args *args, struct hash hashes[HASHES])
{
    int named = number_at(args, 2) - 2;
    assert_in_range(named, WINDOWS, HASHES);
    int at = 3 + number_at(args, 2) + 1; /* behind the keys and the epoch */
    at += 1 + number_at(args, at) + 2;   /* behind the shard's fields, the name and the health */
    bool all = strcmp(word_at(args, at++), "all") == 0;
    int sent = 0;
    for (int w = 0; w < named; w++) {
        size_t total = (size_t)number_at(args, at++);
        if (all)
            hash_done(&hashes[w]);
        int texts = number_at(args, at++);
        sent += texts / 2;
        for (int i = 0; i < texts; i += 2)
            hash_put(&hashes[w], word_at(args, at + i), word_at(args, at + i + 1));
        at += texts;
        int gone = number_at(args, at++);
        for (int i = 0; i < gone; i++)
            hash_take_out(&hashes[w], word_at(args, at + i));
        at += gone;
        assert_int_equal(hashes[w].count, total);
    }
    assert_int_equal(at, args->argc);
    assert_true(named == HASHES || hashes[WINDOWS].count == 0);
    return sent;
}

static void assert_same(const struct hash *a, const struct hash *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        size_t j = place_of(b, a->names[i]);
        assert_true(j < b->count);
        assert_string_equal(a->values[i], b->values[j]);
    }
}

static int publish(struct publish_args *args, struct shard *shard, struct redis_team_marks *marks,
                   struct hash hashes[HASHES])
{
    static struct evaluation evaluation;
    struct redesigns redesigns = {0};
    struct team *team = &shard->teams[0];
    shard_catch_up(shard, team);
    evaluation_make(shard, team, shard_day(shard), EVALUATION_ALL_WINDOWS, &evaluation);
    struct redis_team_source source = {.epoch = 3, .offsets = text_of("0:1"), .definitions = text_of("1-a")};
    redesigns_make(&redesigns, shard, team, shard_day(shard));
    redis_team_write(args, shard, team, &evaluation, &redesigns, &source, marks);
    redesigns_done(&redesigns);
    assert_true(marks->is_sent);
    return carry_out(args, hashes);
}

static void changes_add_up_to_the_whole(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct settings settings;
    settings_default(&settings);
    settings_fit_retention(&settings);
    struct shard *shard = shard_new(&settings, 0, 1, NULL);
    struct publish_args args = {0};
    struct redis_team_marks *kept = mem_alloc(sizeof *kept);
    static struct hash changed[HASHES], whole[HASHES];
    int sent_all = 0, sent_changed = 0;
    size_t most_redesigned = 0;
    for (int round = 0; round < ROUNDS; round++) {
        /* Users come one by one, so that figures leave and enter what may be seen. */
        int64_t from_ms = (int64_t)(FIRST_DAY + round) * DAY_MS;
        struct random_world world = {.dice = &dice,
                                     .from_ms = from_ms,
                                     .to_ms = from_ms + DAY_MS,
                                     .teams = 1,
                                     .users = 1 + round / 4,
                                     .tasks = 40};
        for (int i = 0; i < 15; i++) {
            struct event event = random_event(&world);
            /* At last none is judged any more. */
            if (event.type != EVENT_REDESIGN || round < ROUNDS - 65)
                shard_apply(shard, 0, &event);
        }
        sent_changed += publish(&args, shard, kept, changed);
        struct redis_team_marks *fresh = mem_alloc(sizeof *fresh);
        sent_all += publish(&args, shard, fresh, whole);
        if (changed[WINDOWS].count > most_redesigned)
            most_redesigned = changed[WINDOWS].count;
        for (int w = 0; w < HASHES; w++) {
            assert_same(&changed[w], &whole[w]);
            hash_done(&whole[w]);
        }
        assert_memory_equal(kept, fresh, sizeof *kept);
        mem_free(fresh);
    }
    assert_true(sent_changed < sent_all);
    assert_true(most_redesigned > 0 && changed[WINDOWS].count == 0);
    /* Nothing happened since: not one field is sent. */
    assert_int_equal(publish(&args, shard, kept, changed), 0);
    for (int w = 0; w < HASHES; w++)
        hash_done(&changed[w]);
    mem_free(kept);
    publish_args_done(&args);
    shard_free(shard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_add_up_to_the_whole),
    };
    return cmocka_run_group_tests_name("codec/redis_team", tests, NULL, NULL);
}
