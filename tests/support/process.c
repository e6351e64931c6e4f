/* A program run by a test: started, watched, killed for sure. */
#include "support/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/panic.h"
#include "support/wait_until.h"

#define TEXT_MAX 1000
#define BUFFER_SIZE 65536
#define KILL_TIMEOUT_MS 60000
#define LOG_MODE 0644

static bool redirect(const char *path, int flags, int to)
{
    int fd = open(path, flags, LOG_MODE);
    if (fd < 0 || dup2(fd, to) < 0)
        return false;
    if (fd != to)
        (void)close(fd);
    return true;
}

/* In the child: becomes the program, or tells `report` why not. */
static _Noreturn void become(const char *const argv[], const char *const env[],
    const char *stdout_path, const char *stderr_path, pid_t parent, int report)
{
    sigset_t none;

    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    for (size_t i = 0; env != NULL && env[i] != NULL; i++)
        (void)putenv((char *)(uintptr_t)env[i]);
    if (redirect("/dev/null", O_RDONLY, STDIN_FILENO) &&
        redirect(stdout_path, O_WRONLY | O_CREAT | O_APPEND, STDOUT_FILENO) &&
        redirect(stderr_path, O_WRONLY | O_CREAT | O_APPEND, STDERR_FILENO))
        (void)execvp(argv[0], (char *const *)(uintptr_t)argv);
    int reason = errno;
    ssize_t written = write(report, &reason, sizeof reason);
    _exit(written == (ssize_t)sizeof reason ? 127 : 126);
}

int process_start(struct process *process, const char *const argv[], const char *const env[],
    const char *stdout_path, const char *stderr_path, struct up_err *err)
{
    int report[2];
    int reason;
    pid_t parent = getpid();

    if (pipe2(report, O_CLOEXEC) != 0)
        return up_fail(err, UP_EIO, "pipe: %s", strerror(errno));
    pid_t pid = fork();
    if (pid == 0)
        become(argv, env, stdout_path, stderr_path, parent, report[1]);
    (void)close(report[1]);
    ssize_t got = 0;
    if (pid < 0)
        reason = errno;
    else
        do {
            got = read(report[0], &reason, sizeof reason);
        } while (got < 0 && errno == EINTR);
    (void)close(report[0]);
    if (pid > 0 && got == 0) {
        *process = (struct process){.pid = pid, .is_running = true};
        return 0;
    }
    if (pid > 0)
        (void)waitpid(pid, NULL, 0);
    return up_fail(err, UP_EIO, "cannot run %s: %s", argv[0], strerror(reason));
}

bool process_is_running(struct process *process)
{
    int status;

    if (!process->is_running || waitpid(process->pid, &status, WNOHANG) == 0)
        return process->is_running;
    process->is_running = false;
    process->result = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    return false;
}

void process_signal(struct process *process, int signal)
{
    if (process_is_running(process))
        (void)kill(process->pid, signal);
}

static bool has_ended(void *process)
{
    return !process_is_running(process);
}

bool process_wait(struct process *process, int timeout_ms)
{
    return wait_until(has_ended, process, timeout_ms);
}

void process_done(struct process *process)
{
    process_signal(process, SIGKILL);
    UP_ASSERT(process_wait(process, KILL_TIMEOUT_MS));
}

bool process_log_contains(const char *path, const char *text)
{
    static char buffer[BUFFER_SIZE];
    size_t length = strlen(text);
    size_t kept = 0;
    bool found = false;
    FILE *file = fopen(path, "re");

    UP_ASSERT(length > 0 && length <= TEXT_MAX);
    if (file == NULL)
        return false;
    while (!found) {
        size_t got = fread(buffer + kept, 1, sizeof buffer - kept, file);
        if (got == 0)
            break;
        kept += got;
        found = memmem(buffer, kept, text, length) != NULL;
        /* The text may begin at the end of one buffer and go on in the next. */
        size_t overlap = kept < length - 1 ? kept : length - 1;
        memmove(buffer, buffer + kept - overlap, overlap);
        kept = overlap;
    }
    (void)fclose(file);
    return found;
}

struct log_wait {
    struct process *process;
    const char *path;
    const char *text;
    bool found;
};

/* Asks the process first: what it wrote before it ended still counts. */
static bool log_is_settled(void *arg)
{
    struct log_wait *wait = arg;
    bool is_running = process_is_running(wait->process);

    wait->found = process_log_contains(wait->path, wait->text);
    return wait->found || !is_running;
}

bool process_await_log(struct process *process, const char *path, const char *text, int timeout_ms)
{
    struct log_wait wait = {.process = process, .path = path, .text = text};

    (void)wait_until(log_is_settled, &wait, timeout_ms);
    return wait.found;
}
