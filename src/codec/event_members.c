/* Reads the members of one event's `data`, each by the rule of events.md for what it is. */
#include "codec/event_members.h"

#include <math.h>

#include "base/block.h"

/* Is there one of U+0080 to U+009F, in UTF-8 C2 80 to C2 9F? */
static bool has_c1_control(struct text text)
{
    for (uint32_t i = 0; i + 1 < text.length; i++) {
        if ((uint8_t)text.bytes[i] == 0xc2 && (uint8_t)text.bytes[i + 1] < 0xa0)
            return true;
    }
    return false;
}

/* 16 bytes at a time; the last ones again where they do not fill a block. */
bool event_members_has_control(struct text text)
{
    static const uint8_t keep[32] = {255, 255, 255, 255, 255, 255, 255, 255,
                                     255, 255, 255, 255, 255, 255, 255, 255};
    block last;
    if (text.length < 16) { /* '?' instead of what is behind the end */
        block inside = block_load(keep + 16 - text.length);
        last = (block_load(text.bytes) & inside) | ('?' & ~inside);
    } else {
        last = block_load(text.bytes + text.length - 16);
    }
    block controls = (block)(last < ' ') | (block)(last == 0x7f);
    block bits = last;
    for (uint32_t i = 0; i + 16 < text.length; i += 16) {
        block next = block_load(text.bytes + i);
        controls |= (block)(next < ' ') | (block)(next == 0x7f);
        bits |= next;
    }
    return block_any(controls) || (block_any(bits & 0x80) && has_c1_control(text));
}

bool event_members_reason(struct event_members *members, uint32_t member,
                          enum reason_class *ret_reason)
{
    /* In the order of the set. */
    static const enum reason_class classes[] = {REASON_SKILL,  REASON_DESIGN, REASON_DESIGN,
                                                REASON_DESIGN, REASON_DESIGN, REASON_OTHER,
                                                REASON_OTHER,  REASON_OTHER};
    const struct json_value *value = &members->values[member];
    *ret_reason = REASON_ABSENT;
    if (event_members_absent(members, member))
        return true;
    if (value->kind != JSON_STRING)
        return event_members_refuse(members, member);
    uint32_t found = json_names_find(&members->schema->words[WORDS_REASON], value->text.bytes,
                                     value->text.length);
    *ret_reason = found == JSON_NAMES_NONE ? REASON_OTHER : classes[found];
    return true;
}

bool event_members_amount(struct event_members *members, uint32_t member, double most, double scale,
                          uint64_t *ret_amount)
{
    const struct json_value *value = &members->values[member];
    *ret_amount = 0;
    if (event_members_absent(members, member))
        return true;
    if (value->kind != JSON_NUMBER || !(value->number > 0 && value->number <= most))
        return event_members_refuse(members, member);
    double rounded = floor(value->number * scale + 0.5);
    *ret_amount = rounded < 1 ? 1 : (uint64_t)rounded;
    return true;
}

bool event_members_quality(struct event_members *members, uint32_t member, bool *ret_given,
                           uint16_t *ret_quality)
{
    const struct json_value *value = &members->values[member];
    *ret_given = false;
    *ret_quality = 0;
    if (event_members_absent(members, member))
        return true;
    if (value->kind != JSON_NUMBER || !(value->number >= 0 && value->number <= 1))
        return event_members_refuse(members, member);
    *ret_given = true;
    *ret_quality = (uint16_t)floor(value->number * 10000 + 0.5);
    return true;
}

bool event_members_need_score(struct event_members *members, uint32_t member, uint8_t *ret_score)
{
    const struct json_value *value = &members->values[member];
    double number = value->kind == JSON_NUMBER ? value->number : 0;
    if (!(number >= 1 && number <= 5) || floor(number) < number)
        return event_members_refuse(members, member);
    *ret_score = (uint8_t)number;
    return true;
}
