/* uptakectl top: all teams and how the daemons are, live in the terminal. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/connection.h"
#include "base/clock.h"
#include "base/mem.h"
#include "ctl/command.h"
#include "ctl/installed.h"
#include "ctl/raw_terminal.h"
#include "ctl/screen_text.h"
#include "ctl/terminal.h"
#include "ctl/top_feed.h"
#include "ctl/top_view.h"
#include "io/loop.h"

#define DEFAULT_URL "http://127.0.0.1:9464"

enum {
    WAIT_MS = 1000,         /* ages are drawn anew at least so often */
    SETTLE_MS = 50,         /* so long the bytes of one key may be apart */
    ONCE_INTERVAL_MS = 1000 /* between the two looks that a rate takes */
};

struct top {
    struct top_feed *feed;
    struct top_wish wish;
    struct loop *loop;
    struct loop_timer *settle;
    double interval_s;
    bool is_stale; /* what the screen shows is not the latest */
    bool has_ended;
    bool json;
    struct up_err err; /* why it ended, where it was not asked to */
};

struct top_options {
    struct installed installed; /* path NULL = no configuration is read */
    const char *connection, *sort, *filter;
    struct option_texts urls;
    double interval_s;
    bool once, batch, json;
};

/* ---- drawing ------------------------------------------------------------------------------- */

static void draw(struct top *top, bool on_screen)
{
    struct strbuf out = {.length = 0};
    const struct top_canvas canvas = {
        .width = on_screen || terminal_is_tty(stdout) ? terminal_width(stdout) : 0,
        .height = on_screen ? terminal_height(stdout) : 0,
        .colour = terminal_has_colour(stdout),
        .now_us = clock_mono_us(),
        .wall_ms = clock_wall_ms(),
        .interval_ms = (int64_t)(top->interval_s * 1000)};
    const struct top_figures *figures = top_feed_figures(top->feed);
    if (top->json)
        top_view_add_json(&out, figures, &top->wish);
    else
        top_view_draw(&out, figures, &top->wish, &canvas);
    if (on_screen && !raw_terminal_write(strbuf_text(&out), out.length))
        top->has_ended = true;
    if (!on_screen && top->json)
        screen_text_print_json(stdout, &out);
    else if (!on_screen)
        (void)fputs(strbuf_text(&out), stdout);
    if (!on_screen && fflush(stdout) != 0)
        top->has_ended = true;
    strbuf_done(&out);
    top->is_stale = false;
}

static void note_change(void *arg)
{
    struct top *top = arg;
    top->is_stale = true;
}

/* ---- keys and signals ---------------------------------------------------------------------- */

static void keys_came(void *arg, bool readable, bool writable)
{
    struct top *top = arg;
    char bytes[256];
    (void)writable;
    ssize_t length = readable ? read(STDIN_FILENO, bytes, sizeof bytes) : 0;
    top->is_stale = true;
    if (length <= 0 || !top_wish_take(&top->wish, bytes, (size_t)length))
        top->has_ended = true;
    loop_timer_start(top->settle, SETTLE_MS);
}

static void keys_settle(void *arg)
{
    struct top *top = arg;
    top_wish_settle(&top->wish);
    top->is_stale = true;
}

/* As if nobody had caught the signal: where there is no shell to continue us, nothing happens. */
static void suspend(void)
{
    const struct sigaction usual = {.sa_handler = SIG_DFL};
    struct sigaction caught;
    raw_terminal_leave();
    (void)sigaction(SIGTSTP, &usual, &caught);
    (void)raise(SIGTSTP);
    (void)sigaction(SIGTSTP, &caught, NULL);
}

static void signal_came(void *arg, int number)
{
    struct top *top = arg;
    top->is_stale = true;
    if (number == SIGTSTP)
        suspend();
    if (number == SIGTSTP || number == SIGCONT) {
        /* The shell has set the terminal as it likes, also where somebody else stopped us. */
        raw_terminal_leave();
        top->has_ended |= raw_terminal_enter(&top->err) != UP_OK;
    } else if (number != SIGWINCH) {
        top->has_ended = true;
    }
}

/* ---- how it runs --------------------------------------------------------------------------- */

static int run_live(struct top *top)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH};
    if (raw_terminal_enter(&top->err) != UP_OK)
        return command_fail(&top->err);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        loop_catch_signal(top->loop, signals[i], signal_came, top);
    top->settle = loop_timer_new(top->loop, keys_settle, top);
    struct loop_watch *keys = loop_watch_new(top->loop, STDIN_FILENO, true, false, keys_came, top);
    int64_t drawn_us = 0;
    while (!top->has_ended) {
        int64_t now_us = clock_mono_us();
        if (top->is_stale || now_us - drawn_us >= WAIT_MS * INT64_C(1000)) {
            draw(top, true);
            drawn_us = now_us;
        }
        loop_wait(top->loop, WAIT_MS);
    }
    loop_watch_free(keys);
    loop_timer_free(top->settle);
    raw_terminal_leave();
    return top->err.code == UP_OK ? COMMAND_OK : command_fail(&top->err);
}

/* Prints once, or again and again until nobody reads. */
static int run_plain(struct top *top, bool again)
{
    const struct top_figures *figures = top_feed_figures(top->feed);
    while (!top_feed_is_whole(top->feed))
        loop_wait(top->loop, WAIT_MS);
    if (!again && figures->teams_us == 0)
        return command_fail(&figures->teams_err);
    draw(top, false);
    int64_t interval_us = (int64_t)(top->interval_s * 1e6);
    int64_t next_us = clock_mono_us() + interval_us;
    while (again && !top->has_ended) {
        int64_t left_us = next_us - clock_mono_us();
        if (left_us > 0) {
            loop_wait(top->loop, left_us / 1000 + 1);
            continue;
        }
        next_us += interval_us;
        draw(top, false);
    }
    return COMMAND_OK;
}

static int run(const struct top_options *options, const struct top_wish *wish, const char *conninfo,
               const char *const *urls, size_t url_count)
{
    bool live = !options->once && !options->batch && !options->json && raw_terminal_is_possible();
    struct top top = {
        .wish = *wish, .interval_s = options->interval_s, .json = options->json, .is_stale = true};
    top.loop = loop_new(&top.err);
    if (top.loop == NULL)
        return command_fail(&top.err);
    int64_t interval_ms = (int64_t)(options->interval_s * 1000);
    bool once = !live && !options->batch;
    const struct top_feed_settings settings = {.loop = top.loop,
                                               .conninfo = conninfo,
                                               .urls = urls,
                                               .url_count = url_count,
                                               .interval_ms = once ? ONCE_INTERVAL_MS : interval_ms,
                                               .changed = note_change,
                                               .arg = &top};
    top.feed = top_feed_new(&settings, &top.err);
    int end = top.feed == NULL ? command_fail(&top.err)
              : live           ? run_live(&top)
                               : run_plain(&top, options->batch);
    top_feed_free(top.feed);
    loop_free(top.loop);
    return end;
}

/* ---- the command --------------------------------------------------------------------------- */

/* A daemon may be named by its metrics, as elsewhere; an empty one is none. */
static void take_urls(const struct option_texts *given, struct option_texts *ret_urls)
{
    static const char path[] = "/metrics";
    for (size_t i = 0; i < given->count; i++) {
        const char *url = given->items[i];
        size_t length = strlen(url);
        if (length >= sizeof path - 1 && strcmp(url + length - (sizeof path - 1), path) == 0)
            length -= sizeof path - 1;
        while (length > 0 && url[length - 1] == '/')
            length--;
        if (length > 0)
            ret_urls->items[ret_urls->count++] = mem_copy_text(url, length);
    }
}

/* With what a configuration says where one was named. */
static int run_configured(const struct top_options *options, const struct top_wish *wish)
{
    struct strbuf conninfo = {.length = 0};
    char listen[300] = DEFAULT_URL;
    if (options->installed.path != NULL) {
        struct strbuf problems = {.length = 0};
        struct config *config = installed_load(&options->installed, false, &problems);
        (void)fputs(strbuf_text(&problems), stderr);
        strbuf_done(&problems);
        if (config == NULL)
            return COMMAND_CONFIGURATION;
        connection_text(config, &conninfo);
        const char *scheme = config->http_listen[0] != '\0' ? "http://" : "";
        (void)snprintf(listen, sizeof listen, "%s%s", scheme, config->http_listen);
        config_free(config);
    } else {
        strbuf_add_text(&conninfo, options->connection);
    }
    const struct option_texts one = {.items = {listen}, .count = 1};
    struct option_texts urls = {.count = 0};
    take_urls(options->urls.count > 0 ? &options->urls : &one, &urls);
    int end = run(options, wish, strbuf_text(&conninfo), urls.items, urls.count);
    for (size_t i = 0; i < urls.count; i++)
        mem_free((char *)(uintptr_t)urls.items[i]);
    connection_wipe(&conninfo);
    return end;
}

/* "health", or "-health" for the other way round. */
static bool read_order(const char *sort, struct top_order *ret_order)
{
    ret_order->reverse = sort[0] == '-';
    return top_column_find(sort + (sort[0] == '-'), &ret_order->column);
}

static int run_top(int argc, char **argv)
{
    struct top_options options = {
        .connection = NULL, .sort = "health", .filter = "", .interval_s = 2};
    struct top_wish wish = {.first = 0};
    const struct option_spec specs[] = {
        {"once", "", OPTION_FLAG, &options.once, 0, 0,
         "print once and end, as where there is no terminal"},
        {"batch", "", OPTION_FLAG, &options.batch, 0, 0,
         "print again each interval, without a screen"},
        {"interval", "SECONDS", OPTION_REAL, &options.interval_s, 0.2, 3600,
         "between two looks (2)"},
        {"sort", "team|health|state|verdict|alarms|diagnosis", OPTION_TEXT, &options.sort, 0, 0,
         "by this column (health); -health: the other way round"},
        {"filter", "TEXT", OPTION_TEXT, &options.filter, 0, 0,
         "only teams with it in their name or in a word said of them"},
        {"json", "", OPTION_FLAG, &options.json, 0, 0, "as JSON; with --batch one document a line"},
        {"postgresql", "CONNECTION", OPTION_TEXT, &options.connection, 0, 0,
         "libpq's connection string (PG* variables)"},
        {"url", "URL", OPTION_TEXTS, &options.urls, 0, 0,
         "a daemon (" DEFAULT_URL "); may come again; '' = none"},
        {"config", "FILE", OPTION_TEXT, &options.installed.path, 0, 0,
         "take connection and address from a daemon's configuration"},
        {"set", "SECTION.KEY=VALUE", OPTION_TEXTS, &options.installed.overrides, 0, 0,
         "one option over that of the file; may come again"},
        {"credentials", "DIRECTORY", OPTION_TEXT, &options.installed.credentials, 0, 0,
         "what $CREDENTIALS_DIRECTORY stands for (the directory of the configuration)"},
    };
    int operands;
    int end =
        command_read(&cmd_top, specs, sizeof specs / sizeof specs[0], argc, argv, 0, 0, &operands);
    if (end != COMMAND_GO_ON)
        return end;
    if (!read_order(options.sort, &wish.order))
        return command_refuse(&cmd_top, "--sort: there is no column '%s'", options.sort);
    if (strlen(options.filter) >= sizeof wish.filter)
        return command_refuse(&cmd_top, "--filter: at most %zu bytes", sizeof wish.filter - 1);
    if (options.connection != NULL && options.installed.path != NULL)
        return command_refuse(&cmd_top,
                              "--config says how to connect: it takes no --postgresql beside it");
    if (options.connection == NULL)
        options.connection = "";
    memcpy(wish.filter, options.filter, strlen(options.filter));
    return run_configured(&options, &wish);
}

const struct command cmd_top = {
    .name = "top",
    .synopsis = "[OPTION...]",
    .summary = "Watch all teams and the daemons, live in the terminal",
    .about =
        "Above, how the daemons are: readiness, partitions, lag, watermark, events and rejects a\n"
        "second; below, every team on its last closed day, the lowest health first. `?` lists the\n"
        "keys: / filters, s and < > sort, r turns round, q ends. Whoever does not answer has a "
        "line\n"
        "that says so, and the last figures stay, marked as old. Teams are read from the views "
        "for\n"
        "analysts: figures of fewer than min_group people are held back. A dash is unknown.\n"
        "\n"
        "Without a terminal it prints once; rates take two looks, a second apart.\n"
        "\n"
        "Examples:\n"
        "  uptakectl top --postgresql 'host=db dbname=uptake user=analyst' --url "
        "http://uptake-1:9464\n"
        "  sudo uptakectl top --config /etc/uptake/uptaked.conf --sort alarms\n"
        "  uptakectl top --once --filter relapsing | less\n"
        "  uptakectl top --json | jq '.teams[] | select(.alarms != []) | .team'\n",
    .run = run_top,
};
