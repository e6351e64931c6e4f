/* Walks through a form along a text. */
#include <endian.h>
#include <string.h>

#include "base/block.h"
#include "base/mem.h"
#include "event_form_priv.h"

enum { PAIR = 2 * sizeof(block) }; /* bytes looked at without a branch */
_Static_assert((int)PAIR <= (int)EVENT_FORM_PADDING,
               "a pair of blocks may begin at the end of a text");

struct event_form *event_form_new(const struct event_schema *schema)
{
    struct event_form *form = mem_alloc(sizeof *form);
    form->schema = schema;
    form->edge_count = 1;
    return form;
}

void event_form_free(struct event_form *form)
{
    mem_free(form);
}

/* ---- the bytes between values ------------------------------------------------------------------ */

/* A bit for each of the first PAIR bytes that differ. */
static inline uint32_t differences(const char *a, const char *b)
{
    uint32_t same = block_mask((block)(block_load(a) == block_load(b)));
    return ~(same |
             block_mask((block)(block_load(a + sizeof(block)) == block_load(b + sizeof(block))))
                 << sizeof(block));
}

/* Neither has its end in the way: a form has room behind its bytes, and a text zeros, which no edge has. */
static inline bool same_bytes(const char *a, const char *b, uint32_t length)
{
    for (; length > PAIR; length -= PAIR, a += PAIR, b += PAIR) {
        if (differences(a, b) != 0)
            return false;
    }
    return (uint64_t)differences(a, b) << (64 - length) == 0;
}

static inline bool begins_scalar(char c)
{
    return (c >= '0' && c <= '9') || c == 't' || c == 'f' || c == 'n';
}

static inline const struct edge *find_edge(const struct event_form *form, uint32_t first,
                                           const char *at, const char *end)
{
    for (uint32_t i = first; i != 0; i = form->edges[i].next) {
        const struct edge *edge = &form->edges[i];
        if (!same_bytes(at, form->bytes + edge->bytes, edge->length))
            continue;
        const char *behind = at + edge->length;
        if (edge->is_quoted || (edge->slot == SLOT_END ? behind == end : begins_scalar(*behind)))
            return edge;
    }
    return NULL;
}

/* ---- values ------------------------------------------------------------------------------------ */

static inline block ends_string(block bytes)
{
    return (block)(bytes == '"') | (block)(bytes == '\\') | (block)(bytes < ' ');
}

/* A string up to its quote. NULL where there is an escape, a control character, no quote or no UTF-8. */
static inline const char *read_string(const char *at, struct json_value *ret_value)
{
    const char *end = at;
    uint32_t stops, high = 0;
    for (;; end += PAIR) {
        block low = block_load(end), next = block_load(end + sizeof(block));
        stops = block_mask(ends_string(low)) | block_mask(ends_string(next)) << sizeof(block);
        high |= block_mask(low) | block_mask(next);
        if (stops != 0)
            break;
    }
    end += __builtin_ctz(stops);
    ret_value->kind = JSON_STRING;
    ret_value->text = (struct text){.bytes = at, .length = (uint32_t)(end - at)};
    if (*end != '"' || (high != 0 && !json_reader_is_utf8(at, ret_value->text.length)))
        return NULL;
    return end;
}

static inline uint64_t word_at(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return le64toh(word);
}

/* Appends the digits at `at` to *digits; returns where they end. Eight at once: moved up, with zeros for what is no
 * digit, they are summed in pairs, fours and eights. */
static inline const char *read_digits(const char *at, uint64_t *digits)
{
    static const uint32_t powers[9] = {1,      10,      100,      1000,     10000,
                                       100000, 1000000, 10000000, 100000000};
    const uint64_t tops = UINT64_C(0x8080808080808080), zeros = UINT64_C(0x3030303030303030);
    uint32_t count;
    do {
        uint64_t word = word_at(at) ^ zeros;
        uint64_t others =
            (word | ((word & ~tops) + UINT64_C(0x7676767676767676))) & tops; /* above 9 */
        count = others == 0 ? 8 : (uint32_t)__builtin_ctzll(others) / 8;
        word = count == 0 ? 0 : word << (64 - 8 * count);
        word = word * 10 + (word >> 8);
        word = (((word & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x000f424000000064)) +
                (((word >> 16) & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x0000271000000001))) >>
               32;
        *digits = *digits * powers[count] + (uint32_t)word;
        at += count;
    } while (count == 8);
    return at;
}

/* Digits with or without a point. Both terms are exact doubles, so the quotient is the double nearest to what is
 * written (W. D. Clinger, How to Read Floating Point Numbers Accurately, 1990). */
static const char *read_number(const char *at, struct json_value *ret_value)
{
    enum { DIGITS_MAX = 15 };
    static const double powers[DIGITS_MAX + 1] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                  1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    uint64_t digits = 0;
    const char *end = read_digits(at, &digits);
    ptrdiff_t whole = end - at;
    if (whole == 0 || (whole > 1 && *at == '0'))
        return NULL;
    ptrdiff_t behind = 0;
    if (*end == '.') {
        const char *point = end;
        end = read_digits(point + 1, &digits);
        behind = end - point - 1;
        if (behind == 0)
            return NULL;
    }
    if (whole + behind > DIGITS_MAX)
        return NULL;
    ret_value->kind = JSON_NUMBER;
    ret_value->number = (double)digits / powers[behind];
    return end;
}

/* What comes behind it is the next edge's to check. Words without a branch: nobody foresees what is true. */
static inline const char *read_scalar(const char *at, struct json_value *ret_value)
{
    if (*at <= '9')
        return read_number(at, ret_value);
    bool is_true = memcmp(at, "true", 4) == 0, is_false = memcmp(at, "false", 5) == 0;
    bool is_null = memcmp(at, "null", 4) == 0;
    ret_value->kind =
        (enum json_kind)(is_true * JSON_TRUE + is_false * JSON_FALSE + is_null * JSON_NULL);
    return (is_true | is_false | is_null) ? at + 4 + is_false : NULL;
}

/* ---- the walk ---------------------------------------------------------------------------------- */

static void clear(struct json_value *values, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        values[i].kind = JSON_ABSENT;
}

bool event_form_read(const struct event_form *form, const struct event_form_text *text,
                     struct event_values *ret_values)
{
    const struct event_schema *schema = form->schema;
    const char *at = text->bytes;
    const char *end = at + text->length;
    uint32_t row = ROW_UNTYPED, slot = SLOT_START, seen = 0;
    if (text->data_of == EVENT_TYPES) {
        clear(ret_values->at, ENVELOPE_MEMBERS);
    } else {
        row = ROW_DATA + (uint32_t)text->data_of;
        clear(ret_values->at + EVENT_VALUE_DATA, schema->members[text->data_of].count);
    }
    for (;;) {
        const struct edge *edge = find_edge(form, form->first[row][slot], at, end);
        if (edge == NULL || edge->slot == SLOT_END)
            return edge != NULL;
        if ((seen & edge->once) != 0)
            return false;
        seen |= edge->once;
        slot = edge->slot;
        at += edge->length;
        struct json_value *value = &ret_values->at[slot];
        at = edge->is_quoted ? read_string(at, value) : read_scalar(at, value);
        if (at == NULL)
            return false;
        if (slot == ENVELOPE_TYPE) {
            enum event_type type =
                edge->is_quoted ? event_schema_type(schema, value->text) : EVENT_TYPES;
            if (type == EVENT_TYPES)
                return false;
            row = ROW_TYPED + (uint32_t)type;
            clear(ret_values->at + EVENT_VALUE_DATA, schema->members[type].count);
        }
    }
}
