/* Which pages of open tasks a checkpoint writes besides its changes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each checkpoint stores what it changed (a delta). Once the stored deltas are larger than all open
 * tasks would be, a round begins: this checkpoint and the next ones also write pages (ranges of
 * hashes, everything that is open), about twice as many bytes as their deltas, so that a round ends
 * before the deltas have grown by half. Then all segments of earlier checkpoints than the round's
 * first go. A young shard writes nothing twice. A zeroed struct is a shard of which nothing is
 * stored. */
struct task_pages {
    int64_t delta_bytes;            /* of stored deltas */
    int64_t round_delta_bytes;      /* of these, since the round began */
    int64_t round;                  /* checkpoint that began the round; 0 = none runs */
    uint32_t page, pages;           /* the next page, of how many; a power of 2 */
    int64_t allowance;              /* bytes of pages that the present checkpoint may still write */
    int64_t seen_bytes, seen_tasks; /* of the segments written last: what a task costs */
    int64_t restored_number;        /* while restoring: the checkpoint of the last segment shown */
    int64_t restored_bytes;         /* and the bytes of its deltas */
};

/* One stored segment. page < 0: a delta. */
struct task_pages_segment {
    int64_t number; /* of the checkpoint, > 0 */
    int32_t page;
    uint32_t pages;
    int64_t round;
    int64_t tasks, bytes;
};

/* Shows a segment that is stored, in the order of (number, deltas before pages, page): the schedule
 * goes on from there. */
void task_pages_restore(struct task_pages *pages, const struct task_pages_segment *segment);

/* The checkpoint `number` (> 0, greater than all before) writes deltas of so many tasks and bytes
 * (0 = none); live_tasks are open. Begins a round when it is due. */
void task_pages_begin(struct task_pages *pages, int64_t number, int64_t delta_tasks,
                      int64_t delta_bytes, int64_t live_tasks);

/* Must the present checkpoint write another page? If so, the page has every task whose hash is in
 * *ret_first ... *ret_last, and *ret_segment says how to store it (tasks and bytes are the
 * caller's). */
bool task_pages_next(const struct task_pages *pages, int64_t number,
                     struct task_pages_segment *ret_segment, uint64_t *ret_first,
                     uint64_t *ret_last);

/* The page was written. Returns the checkpoint before which all segments must go, or 0. */
int64_t task_pages_wrote(struct task_pages *pages, int64_t tasks, int64_t bytes);
