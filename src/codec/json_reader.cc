// Reads JSON with simdjson's DOM parser: the only C++ file, behind a C header.
//
// Three things simdjson does not do as events.md wants: it refuses integers beyond 64 bits, it does
// not count an empty array or object as a level, and newer versions skip a byte order mark. The
// first two are met by reading a text again that failed, so that they cost a good event nothing.
#include "codec/json_reader.h"

#include <cstring>
#include <simdjson.h>

extern "C" {
#include "base/mem.h"
#include "base/panic.h"
}

namespace dom = simdjson::dom;

static_assert(simdjson::SIMDJSON_PADDING >= 32); // so that names may be read past their end

struct json_reader {
    dom::parser parser;
    uint8_t *text;   // the JSON text, padded
    size_t capacity; // bytes of text, without the padding
    size_t depth_max;
};

static void make_room(json_reader *reader, size_t length, size_t depth)
{
    if (length > reader->capacity) {
        size_t capacity = reader->capacity * 2 > length ? reader->capacity * 2 : length;
        reader->text = static_cast<uint8_t *>(
            mem_resize_array(reader->text, capacity + simdjson::SIMDJSON_PADDING, 1));
        memset(reader->text, 0, capacity + simdjson::SIMDJSON_PADDING);
        reader->capacity = capacity;
    }
    if (reader->parser.capacity() < reader->capacity || reader->parser.max_depth() != depth)
        UP_ASSERT(reader->parser.allocate(reader->capacity, depth) == simdjson::SUCCESS);
    if (reader->parser.doc.capacity() < reader->capacity)
        UP_ASSERT(reader->parser.doc.allocate(reader->capacity) == simdjson::SUCCESS);
}

json_reader *json_reader_new(uint32_t depth_max)
{
    UP_ASSERT(depth_max > 0 && depth_max <= 1000);
    json_reader *reader = new json_reader{dom::parser(), nullptr, 2048, depth_max};
    reader->text = static_cast<uint8_t *>(mem_alloc(reader->capacity + simdjson::SIMDJSON_PADDING));
    make_room(reader, 0, depth_max);
    return reader;
}

void json_reader_free(json_reader *reader)
{
    if (reader == nullptr)
        return;
    mem_free(reader->text);
    delete reader;
}

// ---- simdjson's tape ---------------------------------------------------------------------------
//
// A word of the tape has a letter for its kind in the upper 8 bits. Below is, of a string, where in
// string_buf its length (32 bits) and bytes lie; of an array or object, the word behind its end (32
// bits). A number takes a second word. We walk over it ourselves, because here that is twice as
// fast as the iterators.

static inline text text_at(const dom::document &document, uint64_t word)
{
    const uint8_t *place = document.string_buf.get() + (word & ((UINT64_C(1) << 56) - 1));
    text found;
    memcpy(&found.length, place, sizeof found.length);
    found.bytes = reinterpret_cast<const char *>(place) + sizeof found.length;
    return found;
}

// Reads the value at `at`; returns where the next one is.
static inline const uint64_t *fill(const dom::document &document, const uint64_t *at,
                                   json_value *ret_value)
{
    switch (static_cast<char>(*at >> 56)) {
    case '"':
        ret_value->kind = JSON_STRING;
        ret_value->text = text_at(document, *at);
        return at + 1;
    case 't':
        ret_value->kind = JSON_TRUE;
        return at + 1;
    case 'f':
        ret_value->kind = JSON_FALSE;
        return at + 1;
    case 'd':
        ret_value->kind = JSON_NUMBER;
        memcpy(&ret_value->number, at + 1, sizeof ret_value->number);
        return at + 2;
    case 'l':
        ret_value->kind = JSON_NUMBER;
        ret_value->number = static_cast<double>(static_cast<int64_t>(at[1]));
        return at + 2;
    case 'u':
        ret_value->kind = JSON_NUMBER;
        ret_value->number = static_cast<double>(at[1]);
        return at + 2;
    case '{':
    case '[':
        ret_value->kind = static_cast<char>(*at >> 56) == '{' ? JSON_OBJECT : JSON_ARRAY;
        ret_value->inside[0] = &document;
        ret_value->inside[1] = at;
        return document.tape.get() + static_cast<uint32_t>(*at);
    default:
        ret_value->kind = JSON_NULL;
        return at + 1;
    }
}

static simdjson::error_code parse(json_reader *reader, size_t length, json_value *ret_root)
{
    simdjson::error_code error = reader->parser.parse(reader->text, length, false).error();
    if (error == simdjson::SUCCESS)
        fill(reader->parser.doc, reader->parser.doc.tape.get() + 1, ret_root);
    return error;
}

// ---- the second reading ------------------------------------------------------------------------

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool in_number(uint8_t c)
{
    return is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

// Copies the number at `at` to `to`, and puts "e0" behind an integer that may not fit in 64 bits:
// the same value to the last bit, but a double. Returns the end of the number.
static const uint8_t *copy_number(const uint8_t *at, const uint8_t *end, uint8_t **to)
{
    const uint8_t *stop = at;
    size_t digits = 0;
    for (; stop < end && in_number(*stop); stop++)
        digits += is_digit(*stop);
    size_t length = static_cast<size_t>(stop - at);
    memcpy(*to, at, length);
    *to += length;
    if (digits >= 19 && length - (*at == '-') == digits) {
        memcpy(*to, "e0", 2);
        *to += 2;
    }
    return stop;
}

// The text with big integers as doubles, to `copy` (room for length * 9 / 8 + 2). Returns its
// length, and how deep it nests. Only right for JSON; what is not stays what it is not.
static size_t rewrite(const uint8_t *text, size_t length, uint8_t *copy, size_t *ret_depth)
{
    const uint8_t *end = text + length;
    uint8_t *to = copy;
    size_t depth = 0;
    bool quoted = false;
    *ret_depth = 0;
    while (text < end) {
        if (!quoted && (is_digit(*text) || *text == '-')) {
            text = copy_number(text, end, &to);
            continue;
        }
        uint8_t c = *text;
        if (c == '"') {
            quoted = !quoted;
        } else if (quoted && c == '\\' && text + 1 < end) {
            *to++ = *text++;
        } else if (!quoted && (c == '[' || c == '{')) {
            depth++;
            *ret_depth = depth > *ret_depth ? depth : *ret_depth;
        } else if (!quoted && (c == ']' || c == '}')) {
            depth -= depth > 0;
        }
        *to++ = *text++;
    }
    return static_cast<size_t>(to - copy);
}

static const char *reason(simdjson::error_code error)
{
    switch (error) {
    case simdjson::UTF8_ERROR:
        return "not UTF-8";
    case simdjson::DEPTH_ERROR:
        return "nested too deep";
    case simdjson::NUMBER_ERROR:
        return "a number that is none or too large";
    case simdjson::STRING_ERROR:
    case simdjson::UNESCAPED_CHARS:
    case simdjson::UNCLOSED_STRING:
        return "a broken string";
    case simdjson::EMPTY:
        return "empty";
    default:
        return "not JSON";
    }
}

static const char *parse_again(json_reader *reader, size_t length, simdjson::error_code error,
                               json_value *ret_root)
{
    uint8_t *copy = static_cast<uint8_t *>(mem_alloc(length + length / 8 + 2));
    size_t depth = 0;
    size_t copied = rewrite(reader->text, length, copy, &depth);
    bool too_deep = depth > reader->depth_max;
    if (!too_deep && (copied != length || depth == reader->depth_max)) {
        make_room(reader, copied, reader->depth_max + 2);
        memcpy(reader->text, copy, copied);
        error = parse(reader, copied, ret_root);
    }
    mem_free(copy);
    if (too_deep)
        error = simdjson::DEPTH_ERROR;
    return error == simdjson::SUCCESS ? nullptr : reason(error);
}

// ---- reading -----------------------------------------------------------------------------------

const char *json_reader_parse(json_reader *reader, const void *bytes, size_t length,
                              json_value *ret_root)
{
    if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        return "a byte order mark";
    // simdjson refuses a filled array or object at its limit and takes an empty one: at depth_max
    // only the empty ones get by, which is right, and the filled ones are read again.
    make_room(reader, length, reader->depth_max);
    if (length > 0)
        memcpy(reader->text, bytes, length);
    simdjson::error_code error = parse(reader, length, ret_root);
    return error == simdjson::SUCCESS ? nullptr : parse_again(reader, length, error, ret_root);
}

struct members {
    const dom::document &document;
    const uint64_t *at;
    const uint64_t *end; // the word of the closing brace or bracket
};

static inline members members_of(const json_value *object, json_kind kind = JSON_OBJECT)
{
    UP_ASSERT(object->kind == kind);
    const dom::document &document = *static_cast<const dom::document *>(object->inside[0]);
    const uint64_t *at = static_cast<const uint64_t *>(object->inside[1]);
    return {document, at + 1, document.tape.get() + static_cast<uint32_t>(*at) - 1};
}

uint32_t json_reader_pick(const json_value *object, const json_names *names, json_value *ret_values)
{
    for (uint32_t i = 0; i < names->count; i++)
        ret_values[i].kind = JSON_ABSENT;
    uint32_t seen = 0;
    uint32_t twice = 0;
    json_value ignored;
    for (members left = members_of(object); left.at < left.end;) {
        text name = text_at(left.document, *left.at++);
        uint32_t found = json_names_find(names, name.bytes, name.length);
        bool known = found != JSON_NAMES_NONE;
        uint32_t bit = known ? 1U << found : 0;
        twice |= seen & bit;
        seen |= bit;
        left.at = fill(left.document, left.at, known ? &ret_values[found] : &ignored);
    }
    return twice;
}

size_t json_reader_list(const json_value *object, json_member *ret_members, size_t room)
{
    size_t count = 0;
    json_member ignored;
    for (members left = members_of(object); left.at < left.end; count++) {
        json_member *member = count < room ? &ret_members[count] : &ignored;
        member->name = text_at(left.document, *left.at++);
        left.at = fill(left.document, left.at, &member->value);
    }
    return count;
}

size_t json_reader_items(const json_value *array, json_value *ret_items, size_t room)
{
    size_t count = 0;
    json_value ignored;
    for (members left = members_of(array, JSON_ARRAY); left.at < left.end; count++)
        left.at = fill(left.document, left.at, count < room ? &ret_items[count] : &ignored);
    return count;
}

json_walk json_reader_walk(const json_value *array)
{
    if (array->kind != JSON_ARRAY)
        return {{nullptr, nullptr, nullptr}};
    members inside = members_of(array, JSON_ARRAY);
    return {{&inside.document, inside.at, inside.end}};
}

bool json_reader_next(json_walk *walk, json_value *ret_item)
{
    const uint64_t *at = static_cast<const uint64_t *>(walk->inside[1]);
    if (at == walk->inside[2])
        return false;
    walk->inside[1] = fill(*static_cast<const dom::document *>(walk->inside[0]), at, ret_item);
    return true;
}

json_value json_reader_member(const json_value *object, text name)
{
    json_value found;
    json_value ignored;
    found.kind = JSON_ABSENT;
    if (object->kind != JSON_OBJECT)
        return found;
    for (members left = members_of(object); left.at < left.end;) {
        bool is_it = text_equal(text_at(left.document, *left.at++), name);
        left.at = fill(left.document, left.at, is_it ? &found : &ignored);
    }
    return found;
}

bool json_reader_is_utf8(const void *bytes, size_t length)
{
    return simdjson::validate_utf8(static_cast<const char *>(bytes), length);
}
