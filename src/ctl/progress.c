/* Shows on stderr how far something is. */
#include "ctl/progress.h"

#include <stdio.h>

#include "base/clock.h"
#include "ctl/terminal.h"

enum { TTY_EVERY_US = 150000, PLAIN_EVERY_US = 5000000, BAR_MAX = 40, TEXT_BYTES = 200 };

void progress_begin(struct progress *progress, const char *what, bool quiet)
{
    int64_t now_us = clock_mono_us();
    *progress = (struct progress){
        .what = what, .tty = terminal_is_tty(stderr), .quiet = quiet, .started_us = now_us};
    progress->next_us = now_us + (progress->tty ? TTY_EVERY_US : PLAIN_EVERY_US);
}

double progress_elapsed_s(const struct progress *progress)
{
    return (double)(clock_mono_us() - progress->started_us) / 1e6;
}

void progress_clear(struct progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}

/* "12,345,678", into a text of 32 bytes. */
static const char *group_digits(uint64_t number, char *text)
{
    char *at = text + 31;
    *at = '\0';
    int digits = 0;
    do {
        if (digits > 0 && digits % 3 == 0)
            *--at = ',';
        *--at = (char)('0' + number % 10);
        number /= 10;
        digits++;
    } while (number > 0);
    return at;
}

static void show_bar(double share, int width)
{
    int full = (int)(share * width + 0.5);
    fputc('[', stderr);
    for (int i = 0; i < width; i++)
        fputc(i < full ? '#' : '-', stderr);
    fputs("] ", stderr);
}

void progress_show(struct progress *progress, uint64_t count, double share)
{
    int64_t now_us = clock_mono_us();
    if (progress->quiet || now_us < progress->next_us)
        return;
    progress->next_us = now_us + (progress->tty ? TTY_EVERY_US : PLAIN_EVERY_US);
    char text[TEXT_BYTES], counted[32], rated[32];
    double elapsed_s = progress_elapsed_s(progress);
    double rate = (double)count / elapsed_s;
    share = share > 1 ? 1 : share;
    int length = snprintf(text, sizeof text, "%s %s, %s/s", group_digits(count, counted),
                          progress->what, group_digits((uint64_t)rate, rated));
    if (share > 0) {
        long left_s = (long)(elapsed_s / share - elapsed_s + 0.5);
        length += snprintf(text + length, sizeof text - (size_t)length,
                           ", %2.0f %%, %ld:%02ld left", share * 100, left_s / 60, left_s % 60);
    }
    progress_clear(progress);
    if (progress->tty) {
        int room = terminal_width(stderr) - length - 4;
        if (share >= 0 && room >= 10)
            show_bar(share, room < BAR_MAX ? room : BAR_MAX);
        progress->shown = true;
    }
    fprintf(stderr, progress->tty ? "%s" : "%s\n", text);
    fflush(stderr);
}
