/* Assertions that stay on in production: a programming mistake stops the process before it can write. */
#pragma once

/* Prints where and what to stderr and aborts (SIGABRT). Never returns. */
void panic_abort(const char *file, int line, const char *what) __attribute__((noreturn));

#define UP_ASSERT(condition)                                                                       \
    do {                                                                                           \
        if (__builtin_expect(!(condition), 0))                                                     \
            panic_abort(__FILE__, __LINE__, #condition);                                           \
    } while (0)
