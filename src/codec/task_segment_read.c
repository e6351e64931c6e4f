/* Reads tasks in bulk: whatever the bytes are, never a crash, never an unsound task. */
#include <endian.h>
#include <lz4.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "codec/task_segment.h"
#include "task_segment_priv.h"

enum { BODY_BYTES_MAX = 16 << 20, NAME_BYTES_MAX = 512 };

/* Reads behind the end give zeros and set `failed`, which is looked at before anything is handed
 * out. */
struct reader {
    const uint8_t *at, *end;
    bool failed;
};

struct body {
    size_t task_count, team_count, name_count, person_count;
    struct text *teams, *names;
    struct pseudonym *persons;
    struct task *tasks;
    uint32_t *team_of, *name_of, *person_of;
};

static const uint8_t *take(struct reader *reader, size_t length)
{
    if ((size_t)(reader->end - reader->at) < length) {
        reader->failed = true;
        return NULL;
    }
    const uint8_t *bytes = reader->at;
    reader->at += length;
    return bytes;
}

static uint64_t take_u64(struct reader *reader)
{
    uint64_t value = 0;
    const uint8_t *bytes = take(reader, sizeof value);
    if (bytes != NULL)
        memcpy(&value, bytes, sizeof value);
    return le64toh(value);
}

static uint32_t take_u32(struct reader *reader)
{
    uint32_t value = 0;
    const uint8_t *bytes = take(reader, sizeof value);
    if (bytes != NULL)
        memcpy(&value, bytes, sizeof value);
    return le32toh(value);
}

static uint64_t take_number(struct reader *reader)
{
    uint64_t value = 0;
    for (uint32_t shift = 0; shift < 64; shift += 7) {
        const uint8_t *byte = take(reader, 1);
        if (byte == NULL)
            return 0;
        value |= (uint64_t)(*byte & 0x7f) << shift;
        if ((*byte & 0x80) == 0)
            return value;
    }
    reader->failed = true;
    return 0;
}

/* A number that must be below `limit`; 0 where it is not. */
static uint64_t take_below(struct reader *reader, uint64_t limit)
{
    uint64_t value = take_number(reader);
    if (value < limit)
        return value;
    reader->failed = true;
    return 0;
}

/* ---- the lists ---------------------------------------------------------------------------- */

static void take_names(struct reader *reader, struct text *names, size_t count)
{
    for (size_t i = 0; i < count && !reader->failed; i++) {
        uint32_t length = (uint32_t)take_below(reader, NAME_BYTES_MAX + 1);
        const uint8_t *bytes = take(reader, length);
        names[i] =
            (struct text){.bytes = (const char *)bytes, .length = bytes == NULL ? 0 : length};
    }
}

static void take_lists(struct reader *reader, struct body *body)
{
    body->task_count = take_below(reader, TASK_SEGMENT_TASKS_MAX + 1);
    body->team_count = take_below(reader, TASK_SEGMENT_TASKS_MAX + 1);
    body->name_count = take_below(reader, TASK_SEGMENT_TASKS_MAX + 1);
    body->person_count = take_below(reader, TASK_SEGMENT_TASKS_MAX + 1);
    body->teams = mem_alloc_array(body->team_count + 1, sizeof *body->teams);
    body->names = mem_alloc_array(body->name_count + 1, sizeof *body->names);
    body->persons = mem_alloc_array(body->person_count + 1, sizeof *body->persons);
    body->tasks = mem_alloc_array(body->task_count + 1, sizeof *body->tasks);
    body->team_of = mem_alloc_array(body->task_count + 1, sizeof *body->team_of);
    body->name_of = mem_alloc_array(body->task_count + 1, sizeof *body->name_of);
    body->person_of = mem_alloc_array(body->task_count + 1, sizeof *body->person_of);
    take_names(reader, body->teams, body->team_count);
    take_names(reader, body->names, body->name_count);
    for (size_t i = 0; i < body->person_count && !reader->failed; i++) {
        body->persons[i].low = take_u64(reader);
        body->persons[i].high = take_u64(reader);
    }
}

/* ---- the columns -------------------------------------------------------------------------- */

static void take_ids(struct reader *reader, struct body *body)
{
    for (size_t i = 0; i < body->task_count && !reader->failed; i++) {
        body->tasks[i].id_high = take_u64(reader);
        body->tasks[i].id_low = take_u32(reader);
    }
    for (size_t i = 0; i < body->task_count && !reader->failed; i++)
        body->team_of[i] = (uint32_t)take_below(reader, body->team_count);
    for (size_t i = 0; i < body->task_count && !reader->failed; i++)
        body->tasks[i].said = take_u32(reader);
    for (size_t i = 0; i < body->task_count && !reader->failed; i++) {
        if (!task_has(&body->tasks[i], TASK_WORK))
            continue;
        body->name_of[i] = (uint32_t)take_below(reader, body->name_count);
        body->person_of[i] = (uint32_t)take_below(reader, body->person_count);
    }
}

static void take_times(struct reader *reader, struct body *body)
{
    uint64_t first_ms = 0; /* unsigned, as strange bytes may go round */
    for (size_t i = 0; i < body->task_count && !reader->failed; i++) {
        struct task *task = &body->tasks[i];
        uint64_t base_ms = first_ms;
        bool is_first = true;
        for (int r = 0; r < TASK_REGISTERS; r++) {
            if (!task_has(task, (enum task_register)r))
                continue;
            uint64_t time_ms = base_ms + (uint64_t)segment_unzigzag(take_number(reader));
            memcpy(task->times[r], &time_ms, sizeof task->times[r]);
            if (is_first)
                base_ms = first_ms = time_ms;
            is_first = false;
        }
    }
}

static void take_rest(struct reader *reader, struct body *body)
{
    for (size_t i = 0; i < body->task_count && !reader->failed; i++) {
        for (int r = 0; r < TASK_REGISTERS; r++) {
            if (task_has(&body->tasks[i], (enum task_register)r))
                body->tasks[i].hash[r] = take_u64(reader);
        }
    }
    for (size_t i = 0; i < body->task_count && !reader->failed; i++) {
        struct task *task = &body->tasks[i];
        if (!task_has(task, TASK_OUTCOME))
            continue;
        uint64_t cycle_ms = take_below(reader, UINT64_C(1) << 40);
        memcpy(task->cycle_ms, &cycle_ms, sizeof task->cycle_ms);
        task->effort_ds = (uint32_t)take_below(reader, UINT64_C(1) << 32);
        task->quality = (uint16_t)take_below(reader, UINT64_C(1) << 16);
    }
}

static bool read_body(struct body *body, const char *bytes, size_t length)
{
    struct reader reader = {.at = (const uint8_t *)bytes, .end = (const uint8_t *)bytes + length};
    take_lists(&reader, body);
    take_ids(&reader, body);
    take_times(&reader, body);
    take_rest(&reader, body);
    bool sound = !reader.failed && reader.at == reader.end;
    for (size_t i = 0; i < body->task_count && sound; i++)
        sound = task_is_sound(&body->tasks[i]);
    return sound;
}

static void body_done(struct body *body)
{
    mem_free(body->teams);
    mem_free(body->names);
    mem_free(body->persons);
    mem_free(body->tasks);
    mem_free(body->team_of);
    mem_free(body->name_of);
    mem_free(body->person_of);
}

static int show(const struct body *body, task_segment_visit *visit, void *arg, struct up_err *err)
{
    for (size_t i = 0; i < body->task_count; i++) {
        bool has_work = task_has(&body->tasks[i], TASK_WORK);
        struct text workflow = has_work ? body->names[body->name_of[i]] : (struct text){0};
        int code = visit(arg, &body->tasks[i], body->teams[body->team_of[i]], workflow,
                         has_work ? &body->persons[body->person_of[i]] : NULL, err);
        if (code != UP_OK)
            return code;
    }
    return UP_OK;
}

/* ---- the segment -------------------------------------------------------------------------- */

static int unpack(const uint8_t *bytes, size_t length, struct strbuf *body, struct up_err *err)
{
    if (length < SEGMENT_HEADER_BYTES || memcmp(bytes, "UTS", 3) != 0)
        return up_fail(err, UP_ECORRUPT, "a segment of tasks does not begin as one");
    if (bytes[3] > TASK_SEGMENT_VERSION)
        return up_fail(err, UP_EVERSION,
                       "a segment of tasks has version %d, this program reads up to %d: it is too "
                       "old, install a newer one",
                       bytes[3], TASK_SEGMENT_VERSION);
    if (bytes[3] < TASK_SEGMENT_VERSION)
        return up_fail(err, UP_ECORRUPT, "a segment of tasks has version %d", bytes[3]);
    struct reader header = {.at = bytes + 4, .end = bytes + SEGMENT_HEADER_BYTES};
    uint32_t body_length = take_u32(&header);
    uint64_t checksum = take_u64(&header);
    size_t packed_length = length - SEGMENT_HEADER_BYTES;
    if (body_length > BODY_BYTES_MAX || packed_length > BODY_BYTES_MAX)
        return up_fail(err, UP_ECORRUPT, "a segment of tasks claims %u bytes", body_length);
    const char *packed = (const char *)bytes + SEGMENT_HEADER_BYTES;
    char *room = strbuf_room(body, (size_t)body_length + 1);
    if (hash_xx64(packed, packed_length) != checksum ||
        LZ4_decompress_safe(packed, room, (int)packed_length, (int)body_length) != (int)body_length)
        return up_fail(err, UP_ECORRUPT,
                       "a segment of tasks is damaged: its checksum does not fit");
    body->length = body_length;
    return UP_OK;
}

int task_segment_read(const void *bytes, size_t length, task_segment_visit *visit, void *arg,
                      struct up_err *err)
{
    struct strbuf unpacked = {0};
    struct body body = {0};
    int code = unpack(bytes, length, &unpacked, err);
    if (code == UP_OK) {
        if (read_body(&body, unpacked.data, unpacked.length))
            code = show(&body, visit, arg, err);
        else
            code = up_fail(err, UP_ECORRUPT, "a segment of tasks says what no task can say");
    }
    body_done(&body);
    strbuf_done(&unpacked);
    return code;
}

static int load_task(void *arg, const struct task *task, struct text team, struct text workflow,
                     const struct pseudonym *person, struct up_err *err)
{
    return shard_load_task(arg, task, team, workflow, person, err);
}

int task_segment_load(struct shard *shard, const void *bytes, size_t length, struct up_err *err)
{
    return task_segment_read(bytes, length, load_task, shard, err);
}
