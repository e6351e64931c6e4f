/* The terminal as a screen of our own. */
#include "ctl/raw_terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* The other screen, no cursor, nothing runs over the end of a line; and back. */
static const char begin[] = "\033[?1049h\033[?25l\033[?7l\033[2J";
static const char end[] = "\033[0m\033[?7h\033[?25h\033[?1049l";

/* There is one terminal, and a handler of signals must find it. */
static struct termios before;
static volatile sig_atomic_t is_taken;

static const int mistakes[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
enum { MISTAKES = sizeof mistakes / sizeof mistakes[0] };

bool raw_terminal_is_possible(void)
{
    const char *kind = getenv("TERM");
    return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 && kind != NULL &&
           kind[0] != '\0' && strcmp(kind, "dumb") != 0;
}

bool raw_terminal_write(const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, length);
        if (written < 0 && errno == EAGAIN) {
            struct pollfd room = {.fd = STDOUT_FILENO, .events = POLLOUT};
            (void)poll(&room, 1, -1);
            continue;
        }
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

/* Calls nothing that a handler of signals must not. */
void raw_terminal_leave(void)
{
    if (!is_taken)
        return;
    is_taken = 0;
    (void)raw_terminal_write(end, sizeof end - 1);
    (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
}

/* The handler is gone by now: the signal then does what it would have done. */
static void give_back(int number)
{
    raw_terminal_leave();
    (void)raise(number);
}

int raw_terminal_enter(struct up_err *err)
{
    if (is_taken)
        return UP_OK;
    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return up_fail(err, UP_EIO, "the terminal does not say how it is set: %s", strerror(errno));
    struct termios raw = before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    struct sigaction action = {.sa_handler = give_back, .sa_flags = (int)SA_RESETHAND};
    for (int i = 0; i < MISTAKES; i++)
        (void)sigaction(mistakes[i], &action, NULL);
    is_taken = 1;
    if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) != 0 ||
        !raw_terminal_write(begin, sizeof begin - 1)) {
        int why = errno;
        raw_terminal_leave();
        return up_fail(err, UP_EIO, "the terminal cannot be set: %s", strerror(why));
    }
    return UP_OK;
}
