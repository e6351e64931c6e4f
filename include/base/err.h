/* The one way to say that something failed: a code to decide by and a sentence for a person. */
#pragma once

#include <stdarg.h>

enum up_code {
    UP_OK = 0,
    UP_EAGAIN = -1,    /* try again later */
    UP_EINVAL = -2,    /* what was given is not usable */
    UP_ECONN = -3,     /* the other side cannot be reached, or went away */
    UP_ECORRUPT = -4,  /* stored bytes do not say what they must */
    UP_ECONFLICT = -5, /* somebody else owns it now */
    UP_EIO = -6,       /* the operating system refused */
    UP_EAUTH = -7,     /* the other side knows us not */
    UP_EVERSION = -8,  /* written by a newer version than this one */
    UP_ETRUST = -9,    /* the other side has not proved who it is */
};

#define UP_ERR_TEXT_MAX 320

/* Filled at the place of failure only; a caller may put context in front, never replace it. */
struct up_err {
    int code;
    char text[UP_ERR_TEXT_MAX];
};

/* Fills *err (which may be NULL) and returns code, so that `return up_fail(err, ...)` reads well. A text
 * that is too long is cut. The text says what to do about it where we know. */
int up_fail(struct up_err *err, enum up_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "<context>: " in front of the text of *err. Returns err->code. */
int up_fail_context(struct up_err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
