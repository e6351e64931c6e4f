/* Tasks in bulk as bytes that stand for themselves: what PostgreSQL keeps of them. Owns lz4. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "model/shard.h"

/* A segment, integers little-endian:
 *   "UTS", version (1 byte), length of the body (u32), XXH64 of what follows (u64), the body by LZ4
 *   body: number of tasks, teams, workflows, persons; the names (length, bytes) and pseudonyms (16
 * bytes); then column by column: id (12 bytes), team, said; where there is work: workflow, person;
 *         of each register that is there its time and hash (8 bytes); cycle, effort, quality.
 * Numbers without a length are LEB128; times are differences (zigzag), of the work to the task
 * before, of the other registers to the task's first. Names and pseudonyms are given by their place
 * in the list of this segment. */
enum { TASK_SEGMENT_VERSION = 1, TASK_SEGMENT_TASKS_MAX = 16384 };

struct task_segment_writer;

struct task_segment_writer *task_segment_writer_new(void);
void task_segment_writer_free(struct task_segment_writer *writer);

/* Appends to *bytes a segment of these tasks (handles of the shard's pool; at most
 * TASK_SEGMENT_TASKS_MAX). */
void task_segment_write(struct task_segment_writer *writer, const struct shard *shard,
                        const uint32_t *handles, size_t count, struct strbuf *bytes);

/* One task as it was. team, workflow and person of `task` itself are 0; person is NULL without
 * work. */
typedef int task_segment_visit(void *arg, const struct task *task, struct text team,
                               struct text workflow, const struct pseudonym *person,
                               struct up_err *err);

/* Shows all tasks of a segment; stops at the first that the visitor refuses and returns its code.
 * UP_EVERSION when a newer program wrote it; UP_ECORRUPT when it is not what was written. */
int task_segment_read(const void *bytes, size_t length, task_segment_visit *visit, void *arg,
                      struct up_err *err);

/* Loads all tasks of a segment into a shard. */
int task_segment_load(struct shard *shard, const void *bytes, size_t length, struct up_err *err);
