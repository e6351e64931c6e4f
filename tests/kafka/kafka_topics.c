/* The tests' command line for topics: create, grow, delete, trim, describe, read; without a JVM a call. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/kafka_admin.h"
#include "support/kafka_read.h"

#define TOPICS_MAX 64
#define SETTINGS_MAX 32
#define TIMEOUT_MS 30000

static int fail(const struct up_err *err)
{
    fprintf(stderr, "kafka_topics: %s\n", err->text);
    return 1;
}

/* Cuts NAME:PARTITIONS[:KEY=VALUE,...] in place; *topic and settings point into it. */
static int parse_topic(
    char *text, struct kafka_admin_topic *topic, const char *settings[static SETTINGS_MAX + 1])
{
    char *partitions = strchr(text, ':');
    if (partitions == NULL)
        return -1;
    *partitions++ = '\0';
    char *pair = strchr(partitions, ':');
    if (pair != NULL)
        *pair++ = '\0';
    size_t count = 0;
    while (pair != NULL && count + 2 <= SETTINGS_MAX) {
        char *next = strchr(pair, ',');
        if (next != NULL)
            *next++ = '\0';
        char *value = strchr(pair, '=');
        if (value == NULL)
            return -1;
        *value++ = '\0';
        settings[count++] = pair;
        settings[count++] = value;
        pair = next;
    }
    settings[count] = NULL;
    *topic = (struct kafka_admin_topic){text, (int)strtol(partitions, NULL, 10), settings};
    return topic->partitions > 0 && pair == NULL ? 0 : -1;
}

static int create(const char *brokers, int count, char **texts)
{
    static struct kafka_admin_topic topics[TOPICS_MAX];
    static const char *settings[TOPICS_MAX][SETTINGS_MAX + 1];
    struct up_err err;

    if (count < 1 || count > TOPICS_MAX)
        return 2;
    for (int i = 0; i < count; i++)
        if (parse_topic(texts[i], &topics[i], settings[i]) != 0) {
            fprintf(stderr, "kafka_topics: a topic is NAME:PARTITIONS[:KEY=VALUE,...]\n");
            return 2;
        }
    return kafka_admin_create_topics(brokers, topics, (size_t)count, TIMEOUT_MS, &err) == 0
               ? 0
               : fail(&err);
}

static int describe(const char *brokers, const char *topic)
{
    struct up_err err;
    int partitions;

    if (kafka_admin_count_partitions(brokers, topic, &partitions, TIMEOUT_MS, &err) != 0)
        return fail(&err);
    if (partitions == 0) {
        fprintf(stderr, "kafka_topics: no topic %s\n", topic);
        return 1;
    }
    for (int p = 0; p < partitions; p++) {
        int64_t first, next;
        if (kafka_admin_query_offsets(brokers, topic, p, &first, &next, TIMEOUT_MS, &err) != 0)
            return fail(&err);
        printf("%s %d %lld %lld\n", topic, p, (long long)first, (long long)next);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct up_err err;
    const char *verb = argc > 3 ? argv[2] : "";

    if (strcmp(verb, "create") == 0)
        return create(argv[1], argc - 3, argv + 3);
    if (strcmp(verb, "delete") == 0 && argc == 4)
        return kafka_admin_delete_topic(argv[1], argv[3], TIMEOUT_MS, &err) == 0 ? 0 : fail(&err);
    if (strcmp(verb, "grow") == 0 && argc == 5)
        return kafka_admin_grow_topic(argv[1], argv[3], (int)strtol(argv[4], NULL, 10), TIMEOUT_MS,
                   &err) == 0
                   ? 0
                   : fail(&err);
    if (strcmp(verb, "describe") == 0 && argc == 4)
        return describe(argv[1], argv[3]);
    if (strcmp(verb, "trim") == 0 && argc == 6)
        return kafka_admin_delete_records(argv[1], argv[3], (int32_t)strtol(argv[4], NULL, 10),
                   strtoll(argv[5], NULL, 10), TIMEOUT_MS, &err) == 0
                   ? 0
                   : fail(&err);
    if (strcmp(verb, "read") == 0 && argc == 4)
        return kafka_read_topic(argv[1], argv[3], TIMEOUT_MS, stdout, &err) == 0 ? 0 : fail(&err);
    fprintf(stderr, "usage: kafka_topics BROKERS create NAME:PARTITIONS[:KEY=VALUE,...]... | "
                    "grow NAME PARTITIONS | delete NAME | trim NAME PARTITION "
                    "OFFSET | describe NAME (prints: topic partition first next) | "
                    "read NAME (prints a line of JSON a record)\n");
    return 2;
}
