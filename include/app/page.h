/* The web page and its JSON: what people read, out of the views for analysts, on any instance the same. */
#pragma once

#include <stdint.h>

#include "app/config.h"
#include "base/err.h"
#include "io/http.h"

struct loop;
struct page;

struct page_settings {
    const struct config *config; /* borrowed */
    struct loop *loop;
    int64_t (*now_us)(void); /* a clock that only runs forward */
};

/* Connects to PostgreSQL by itself. NULL and *err: UP_EINVAL, UP_EIO. */
struct page *page_new(const struct page_settings *settings, struct up_err *err);
/* Before the servers that have its routes: whoever waits is answered. NULL is fine. */
void page_free(struct page *page);

/* "/", the files of the page, and "/api/v1/". */
void page_add_routes(struct page *page, struct http *http);
