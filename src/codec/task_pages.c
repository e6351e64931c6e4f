/* Which pages of open tasks a checkpoint writes. */
#include "codec/task_pages.h"

#include "base/panic.h"

/* A task costs about so much before any was seen. */
enum { TASK_BYTES = 65, PAGE_TASKS = 8192, PAGES_MAX = 1 << 16, PAGE_BYTES_PER_DELTA_BYTE = 2 };

static void see_cost(struct task_pages *pages, int64_t tasks, int64_t bytes)
{
    if (tasks <= 0)
        return;
    pages->seen_tasks = tasks;
    pages->seen_bytes = bytes;
}

static int64_t live_bytes(const struct task_pages *pages, int64_t live_tasks)
{
    if (pages->seen_tasks == 0)
        return live_tasks * TASK_BYTES;
    return (int64_t)((double)pages->seen_bytes / (double)pages->seen_tasks * (double)live_tasks);
}

static void end_round(struct task_pages *pages)
{
    pages->delta_bytes = pages->round_delta_bytes;
    pages->round = 0;
    pages->page = pages->pages = 0;
}

void task_pages_restore(struct task_pages *pages, const struct task_pages_segment *segment)
{
    if (segment->number != pages->restored_number)
        pages->restored_bytes = 0;
    pages->restored_number = segment->number;
    see_cost(pages, segment->tasks, segment->bytes);
    if (segment->page < 0) {
        pages->restored_bytes += segment->bytes;
        pages->delta_bytes += segment->bytes;
        pages->round_delta_bytes += segment->bytes;
        return;
    }
    if (segment->page == 0) {
        pages->round = segment->round;
        pages->round_delta_bytes = pages->restored_bytes;
    }
    pages->page = (uint32_t)segment->page + 1;
    pages->pages = segment->pages;
    if (pages->page >= pages->pages)
        end_round(pages);
}

void task_pages_begin(struct task_pages *pages, int64_t number, int64_t delta_tasks,
                      int64_t delta_bytes, int64_t live_tasks)
{
    UP_ASSERT(number > 0);
    see_cost(pages, delta_tasks, delta_bytes);
    pages->delta_bytes += delta_bytes;
    pages->round_delta_bytes += delta_bytes;
    pages->allowance = PAGE_BYTES_PER_DELTA_BYTE * delta_bytes;
    if (pages->round != 0 || delta_bytes == 0 ||
        pages->delta_bytes <= live_bytes(pages, live_tasks))
        return;
    pages->round = number;
    pages->round_delta_bytes = delta_bytes;
    pages->page = 0;
    pages->pages = 1;
    while ((int64_t)pages->pages * PAGE_TASKS < live_tasks && pages->pages < PAGES_MAX)
        pages->pages *= 2;
}

bool task_pages_next(const struct task_pages *pages, int64_t number,
                     struct task_pages_segment *ret_segment, uint64_t *ret_first,
                     uint64_t *ret_last)
{
    if (pages->round == 0 || pages->allowance <= 0)
        return false;
    uint64_t width = UINT64_MAX / pages->pages + 1; /* 0 = all, when there is one page */
    *ret_first = width * pages->page;
    *ret_last = *ret_first + (width - 1);
    *ret_segment = (struct task_pages_segment){.number = number,
                                               .page = (int32_t)pages->page,
                                               .pages = pages->pages,
                                               .round = pages->round};
    return true;
}

int64_t task_pages_wrote(struct task_pages *pages, int64_t tasks, int64_t bytes)
{
    see_cost(pages, tasks, bytes);
    pages->allowance -= bytes;
    pages->page++;
    if (pages->page < pages->pages)
        return 0;
    int64_t round = pages->round;
    end_round(pages);
    return round;
}
