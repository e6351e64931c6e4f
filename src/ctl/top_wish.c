/* What the person before top wants to see, and how keys change it. */
#include "ctl/top_wish.h"

#include <stdint.h>
#include <string.h>

#include "codec/json_reader.h"

/* What comes as several bytes, beyond those of a character. */
enum key {
    KEY_NONE = 0x110000,
    KEY_UP,
    KEY_DOWN,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_HOME,
    KEY_END,
};

enum { ESCAPE = 0x1B, BACKSPACE = 0x08, DELETE = 0x7F, CLEAR = 0x15 };

static const struct {
    const char *bytes;
    enum key key;
} sequences[] = {
    {"\033[A", KEY_UP},    {"\033OA", KEY_UP},       {"\033[B", KEY_DOWN},
    {"\033OB", KEY_DOWN},  {"\033[5~", KEY_PAGE_UP}, {"\033[6~", KEY_PAGE_DOWN},
    {"\033[H", KEY_HOME},  {"\033OH", KEY_HOME},     {"\033[1~", KEY_HOME},
    {"\033[7~", KEY_HOME}, {"\033[F", KEY_END},      {"\033OF", KEY_END},
    {"\033[4~", KEY_END},  {"\033[8~", KEY_END},
};

/* ---- the filter's prompt ------------------------------------------------------------------- */

static void drop_character(char *text)
{
    size_t length = strlen(text);
    while (length > 0 && ((unsigned char)text[length - 1] & 0xC0) == 0x80)
        length--;
    text[length > 0 ? length - 1 : 0] = '\0';
}

static void add_bytes(char *text, const char *bytes, size_t count)
{
    size_t length = strlen(text);
    if (length + count >= TOP_FILTER_BYTES)
        return;
    memcpy(text + length, bytes, count);
    text[length + count] = '\0';
}

/* `bytes` are those of the key. */
static void edit_filter(struct top_wish *wish, const char *bytes, size_t count)
{
    unsigned char c = (unsigned char)bytes[0];
    if (c == ESCAPE && count == 1)
        memcpy(wish->filter, wish->before, sizeof wish->filter);
    if (c == '\r' || c == '\n' || (c == ESCAPE && count == 1))
        wish->prompt = TOP_PROMPT_NONE;
    else if (c == BACKSPACE || c == DELETE)
        drop_character(wish->filter);
    else if (c == CLEAR)
        wish->filter[0] = '\0';
    else if (c >= ' ' && json_reader_is_utf8(bytes, count))
        add_bytes(wish->filter, bytes, count);
}

/* ---- keys ---------------------------------------------------------------------------------- */

static void move_column(struct top_wish *wish, int step)
{
    int column = (int)wish->order.column;
    do
        column = (column + step + TOP_COLUMNS) % TOP_COLUMNS;
    while (column == TOP_LIMITS);
    wish->order = (struct top_order){.column = (enum top_column)column};
}

static void move_back(struct top_wish *wish, size_t lines)
{
    wish->first -= lines < wish->first ? lines : wish->first;
}

static void scroll(struct top_wish *wish, int key)
{
    size_t page = wish->page > 1 ? wish->page - 1 : 1;
    if (key == KEY_UP || key == 'k')
        move_back(wish, 1);
    else if (key == KEY_DOWN || key == 'j')
        wish->first++;
    else if (key == KEY_PAGE_UP)
        move_back(wish, page);
    else if (key == KEY_PAGE_DOWN || key == ' ')
        wish->first += page;
    else if (key == KEY_HOME || key == 'g')
        wish->first = 0;
    else if (key == KEY_END || key == 'G')
        wish->first = SIZE_MAX / 2;
}

static bool press(struct top_wish *wish, int key)
{
    if (wish->prompt == TOP_PROMPT_HELP) {
        wish->prompt = TOP_PROMPT_NONE;
        return key != 'q';
    }
    switch (key) {
    case 'q':
        return false;
    case '?':
    case 'h':
        wish->prompt = TOP_PROMPT_HELP;
        break;
    case '/':
        wish->prompt = TOP_PROMPT_FILTER;
        memcpy(wish->before, wish->filter, sizeof wish->before);
        break;
    case 's':
    case '>':
        move_column(wish, 1);
        break;
    case '<':
        move_column(wish, -1);
        break;
    case 'r':
        wish->order.reverse = !wish->order.reverse;
        break;
    default:
        scroll(wish, key);
    }
    return true;
}

static bool take_key(struct top_wish *wish, const char *bytes, size_t count)
{
    enum key key = KEY_NONE;
    if (wish->prompt == TOP_PROMPT_FILTER) {
        edit_filter(wish, bytes, count);
        return true;
    }
    for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++) {
        if (strlen(sequences[i].bytes) == count && memcmp(sequences[i].bytes, bytes, count) == 0)
            key = sequences[i].key;
    }
    return press(wish, count == 1 ? (unsigned char)bytes[0] : (int)key);
}

/* Does the key end with its last byte? ECMA-48: ESC [, parameters, a last byte from @ to ~. */
static bool is_whole(const char *bytes, size_t length)
{
    unsigned char first = (unsigned char)bytes[0], last = (unsigned char)bytes[length - 1];
    if (first == ESCAPE && length == 1)
        return false;
    if (first == ESCAPE && length == 2)
        return last != '[' && last != 'O';
    if (first == ESCAPE)
        return last >= '@' && last <= '~';
    size_t wanted = first < 0xC0 || first >= 0xF8 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    return length >= wanted;
}

bool top_wish_take(struct top_wish *wish, const char *bytes, size_t length)
{
    bool goes_on = true;
    for (size_t i = 0; i < length && goes_on; i++) {
        /* A character that is never ended is none. */
        if (wish->pending_length > 0 && wish->pending[0] != ESCAPE &&
            ((unsigned char)bytes[i] & 0xC0) != 0x80)
            wish->pending_length = 0;
        wish->pending[wish->pending_length++] = bytes[i];
        bool is_full = wish->pending_length == sizeof wish->pending;
        if (!is_whole(wish->pending, wish->pending_length) && !is_full)
            continue;
        size_t count = wish->pending_length;
        wish->pending_length = 0;
        goes_on = take_key(wish, wish->pending, count);
    }
    return goes_on;
}

void top_wish_settle(struct top_wish *wish)
{
    size_t count = wish->pending_length;
    wish->pending_length = 0;
    if (count > 0)
        (void)take_key(wish, wish->pending, count);
}
