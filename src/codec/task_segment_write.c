/* Writes tasks in bulk. */
#include <endian.h>
#include <lz4.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/panic.h"
#include "codec/task_segment.h"
#include "task_segment_priv.h"

/* Numbers things by the order in which they are first met. place[x] = place + 1, 0 = not met. */
struct dictionary {
    uint32_t *place;
    size_t place_capacity;
    uint32_t *members;
    size_t count, member_capacity;
};

enum column {
    COLUMN_ID,
    COLUMN_TEAM,
    COLUMN_SAID,
    COLUMN_WORK,
    COLUMN_TIMES,
    COLUMN_HASHES,
    COLUMN_AMOUNTS,
    COLUMNS
};

struct task_segment_writer {
    struct dictionary teams, names, persons;
    struct strbuf columns[COLUMNS];
    struct strbuf body;
    int64_t last_work_ms;
};

struct task_segment_writer *task_segment_writer_new(void)
{
    return mem_alloc(sizeof(struct task_segment_writer));
}

static void dictionary_done(struct dictionary *dictionary)
{
    mem_free(dictionary->place);
    mem_free(dictionary->members);
}

void task_segment_writer_free(struct task_segment_writer *writer)
{
    if (writer == NULL)
        return;
    dictionary_done(&writer->teams);
    dictionary_done(&writer->names);
    dictionary_done(&writer->persons);
    for (int c = 0; c < COLUMNS; c++)
        strbuf_done(&writer->columns[c]);
    strbuf_done(&writer->body);
    mem_free(writer);
}

static void dictionary_reset(struct dictionary *dictionary)
{
    for (size_t i = 0; i < dictionary->count; i++)
        dictionary->place[dictionary->members[i]] = 0;
    dictionary->count = 0;
}

static uint32_t dictionary_place(struct dictionary *dictionary, uint32_t member)
{
    if (member >= dictionary->place_capacity) {
        size_t old = dictionary->place_capacity;
        mem_reserve(&dictionary->place, &dictionary->place_capacity, (size_t)member + 1,
                    sizeof *dictionary->place);
        memset(dictionary->place + old, 0,
               (dictionary->place_capacity - old) * sizeof *dictionary->place);
    }
    if (dictionary->place[member] == 0) {
        mem_reserve(&dictionary->members, &dictionary->member_capacity, dictionary->count + 1,
                    sizeof *dictionary->members);
        dictionary->members[dictionary->count++] = member;
        dictionary->place[member] = (uint32_t)dictionary->count;
    }
    return dictionary->place[member] - 1;
}

/* ---- numbers ------------------------------------------------------------------------------ */

static void add_number(struct strbuf *buffer, uint64_t value)
{
    uint8_t *at = (uint8_t *)strbuf_room(buffer, 10);
    size_t length = 0;
    while (value >= 0x80) {
        at[length++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    at[length++] = (uint8_t)value;
    buffer->length += length;
}

static void add_u64(struct strbuf *buffer, uint64_t value)
{
    uint64_t little = htole64(value);
    strbuf_add(buffer, &little, sizeof little);
}

static void add_u32(struct strbuf *buffer, uint32_t value)
{
    uint32_t little = htole32(value);
    strbuf_add(buffer, &little, sizeof little);
}

/* ---- tasks -------------------------------------------------------------------------------- */

static void add_work(struct task_segment_writer *writer, const struct shard *shard,
                     const struct task *task)
{
    uint32_t name = shard->teams[task->team].workflows[task->workflow].name;
    add_number(&writer->columns[COLUMN_WORK], dictionary_place(&writer->names, name));
    add_number(&writer->columns[COLUMN_WORK], dictionary_place(&writer->persons, task->person));
}

static void add_registers(struct task_segment_writer *writer, const struct task *task)
{
    int64_t base_ms = writer->last_work_ms;
    bool is_first = true;
    for (int i = 0; i < TASK_REGISTERS; i++) {
        if (!task_has(task, (enum task_register)i))
            continue;
        struct event_key key = task_key(task, (enum task_register)i);
        add_number(&writer->columns[COLUMN_TIMES], segment_zigzag(key.time_ms - base_ms));
        add_u64(&writer->columns[COLUMN_HASHES], key.hash);
        if (is_first)
            base_ms = writer->last_work_ms = key.time_ms;
        is_first = false;
    }
}

static void add_task(struct task_segment_writer *writer, const struct shard *shard,
                     const struct task *task)
{
    add_u64(&writer->columns[COLUMN_ID], task->id_high);
    add_u32(&writer->columns[COLUMN_ID], task->id_low);
    add_number(&writer->columns[COLUMN_TEAM], dictionary_place(&writer->teams, task->team));
    add_u32(&writer->columns[COLUMN_SAID], task->said);
    if (task_has(task, TASK_WORK))
        add_work(writer, shard, task);
    add_registers(writer, task);
    if (task_has(task, TASK_OUTCOME)) {
        add_number(&writer->columns[COLUMN_AMOUNTS], task_cycle_ms(task));
        add_number(&writer->columns[COLUMN_AMOUNTS], task->effort_ds);
        add_number(&writer->columns[COLUMN_AMOUNTS], task->quality);
    }
}

/* ---- the segment -------------------------------------------------------------------------- */

static void add_name(struct strbuf *body, struct text name)
{
    add_number(body, name.length);
    strbuf_add(body, name.bytes, name.length);
}

static void build_body(struct task_segment_writer *writer, const struct shard *shard, size_t count)
{
    struct strbuf *body = &writer->body;
    strbuf_reset(body);
    add_number(body, count);
    add_number(body, writer->teams.count);
    add_number(body, writer->names.count);
    add_number(body, writer->persons.count);
    for (size_t i = 0; i < writer->teams.count; i++)
        add_name(body, names_text(&shard->names, shard->teams[writer->teams.members[i]].name));
    for (size_t i = 0; i < writer->names.count; i++)
        add_name(body, names_text(&shard->names, writer->names.members[i]));
    for (size_t i = 0; i < writer->persons.count; i++) {
        struct pseudonym id = shard_person(shard, writer->persons.members[i])->id;
        add_u64(body, id.low);
        add_u64(body, id.high);
    }
    for (int c = 0; c < COLUMNS; c++)
        strbuf_add(body, writer->columns[c].data, writer->columns[c].length);
}

static void add_compressed(const struct strbuf *body, struct strbuf *bytes)
{
    static const char magic[4] = {'U', 'T', 'S', TASK_SEGMENT_VERSION};
    int bound = LZ4_compressBound((int)body->length);
    char *packed = strbuf_room(bytes, SEGMENT_HEADER_BYTES + (size_t)bound) + SEGMENT_HEADER_BYTES;
    int length = LZ4_compress_default(body->data, packed, (int)body->length, bound);
    UP_ASSERT(length > 0);
    strbuf_add(bytes, magic, sizeof magic);
    add_u32(bytes, (uint32_t)body->length);
    add_u64(bytes, hash_xx64(packed, (size_t)length));
    bytes->length += (size_t)length;
}

void task_segment_write(struct task_segment_writer *writer, const struct shard *shard,
                        const uint32_t *handles, size_t count, struct strbuf *bytes)
{
    UP_ASSERT(count <= TASK_SEGMENT_TASKS_MAX);
    dictionary_reset(&writer->teams);
    dictionary_reset(&writer->names);
    dictionary_reset(&writer->persons);
    for (int c = 0; c < COLUMNS; c++)
        strbuf_reset(&writer->columns[c]);
    writer->last_work_ms = 0;
    for (size_t i = 0; i < count; i++)
        add_task(writer, shard, pool_at_ahead(&shard->tasks, handles, count, i));
    build_body(writer, shard, count);
    add_compressed(&writer->body, bytes);
}
