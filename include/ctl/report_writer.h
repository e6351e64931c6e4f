/* A report in one format: what every writer can do, and the sentences that those for people share. */
#pragma once

#include "base/strbuf.h"
#include "codec/json_write.h"
#include "ctl/report.h"

/* A report on its way: what is in `text` may be taken out and the buffer emptied between pages. */
struct report_output {
    struct strbuf text;
    struct json_write json; /* of the writer of JSON */
    bool is_all;            /* of all teams, their page first */
    const char *from, *to;  /* as asked, "" = not */
    struct text team;       /* where it is of one */
    size_t pages;           /* written so far */
};

struct report_writer {
    const char *format;
    void (*begin)(struct report_output *output);
    void (*page)(struct report_output *output, const struct report_page *page);
    void (*end)(struct report_output *output);
};

extern const struct report_writer report_html_writer;
extern const struct report_writer report_md_writer;
extern const struct report_writer report_csv_writer;
extern const struct report_writer report_json_writer;

/* "Unknown. " and what to send; "Unknown. It was not worked out for these days." */
const char *report_words_unknown(const struct report_figure *figure);
/* What a history shows: where it begins and ends, its least and its greatest. One sentence or a few. */
void report_words_add_history(struct strbuf *out, const struct report_history *history, const char *unit);
/* Something that happened: "Alarm Relapsing, from 3 May 2025 to 9 June 2025". */
void report_words_add_mark(struct strbuf *out, const struct report_mark *mark);
/* Is any of them there? */
bool report_words_has_mark(const struct report_history *history, enum report_mark_kind kind);
/* What the mark of a history means, in a few words. */
const char *report_words_mark(enum report_mark_kind kind);
/* Bars of an eighth to the full height of a line, one a week, oldest first. */
void report_words_add_weeks(struct strbuf *out, const double *weeks, double low, double high);
