/* Whatever bytes stand for a segment of tasks: no crash, and sound tasks only. */
#include <endian.h>
#include <lz4.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/strbuf.h"
#include "codec/task_segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int check(void *arg, const struct task *task, struct text team, struct text workflow,
                 const struct pseudonym *person, struct up_err *err)
{
    uint64_t *sum = arg;
    (void)err;
    if (!task_is_sound(task) || (person != NULL) != task_has(task, TASK_WORK))
        abort();
    *sum += hash_xx64(team.bytes, team.length) + hash_xx64(workflow.bytes, workflow.length);
    if (person != NULL)
        *sum += person->low;
    return UP_OK;
}

/* A good head and checksum around the bytes, so that what is behind them is reached. */
static void wrap(const uint8_t *data, size_t size, struct strbuf *bytes)
{
    static const size_t head = 16;
    int bound = LZ4_compressBound((int)size);
    char *packed = strbuf_room(bytes, head + (size_t)bound) + head;
    int packed_length = LZ4_compress_default((const char *)data, packed, (int)size, bound);
    uint32_t length = htole32((uint32_t)size);
    uint64_t checksum = htole64(hash_xx64(packed, (size_t)packed_length));
    strbuf_add(bytes, "UTS\1", 4);
    strbuf_add(bytes, &length, sizeof length);
    strbuf_add(bytes, &checksum, sizeof checksum);
    bytes->length += (size_t)packed_length;
}

/* The first byte says how the rest is meant: even as a whole segment, odd as the body of one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t sum = 0;
    struct strbuf bytes = {0};
    if (size == 0)
        return 0;
    if (data[0] % 2 == 1)
        wrap(data + 1, size - 1, &bytes);
    else
        strbuf_add(&bytes, data + 1, size - 1);
    (void)task_segment_read(bytes.data, bytes.length, check, &sum, NULL);
    strbuf_done(&bytes);
    return 0;
}
