/* A program run by a test: started, watched, killed for sure. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/* A zeroed struct is a process that was never started. Not to be copied. */
struct process {
    pid_t pid;
    bool is_running;
    int result; /* once it has ended: 0..255 = exit status, -n = killed by signal n */
};

/* Starts argv[0] (found in PATH when it has no slash) with our environment and, over it, `env`
 * ("NAME=VALUE", ..., NULL; may be NULL). Its output is added to the files stdout_path and
 * stderr_path (may be the same); standard input is empty. It dies with the thread that starts it.
 * Returns 0 when the program runs, else UP_EIO with *err filled. */
int process_start(struct process *process, const char *const argv[], const char *const env[],
    const char *stdout_path, const char *stderr_path, struct up_err *err);

bool process_is_running(struct process *process);

/* Sends a signal; nothing when the process has ended. */
void process_signal(struct process *process, int signal);

/* True when the process ends within timeout_ms; then process->result says how. */
bool process_wait(struct process *process, int timeout_ms);

/* Kills (SIGKILL) what still runs. */
void process_done(struct process *process);

/* Whether the file at `path` has `text` (1..1000 bytes) in it; false when there is no such file. */
bool process_log_contains(const char *path, const char *text);

/* Waits until the log has `text`; false when timeout_ms have passed or the process ended without
 * writing it. */
bool process_await_log(struct process *process, const char *path, const char *text, int timeout_ms);
