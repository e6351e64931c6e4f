/* Finds the multiplier that gives each name of a set a slot of its own. */
#include "codec/json_names.h"

#include <stdbool.h>

#include "base/panic.h"

/* SplitMix64 (G. Steele, D. Lea, C. Flood). */
static uint64_t mix(uint64_t number)
{
    number = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
    return number ^ number >> 31;
}

static bool place_all(struct json_names *names)
{
    memset(names->slots, 0, sizeof names->slots);
    for (uint32_t i = 0; i < names->count; i++) {
        const char *text = names->texts[i];
        uint32_t slot = json_names_slot(names->multiplier, text, (uint32_t)strlen(text));
        if (names->slots[slot] != 0)
            return false;
        names->slots[slot] = (uint8_t)(i + 1);
    }
    return true;
}

void json_names_init(struct json_names *names, const char *const *texts, uint32_t count)
{
    UP_ASSERT(count <= JSON_NAMES_MAX);
    *names = (struct json_names){.count = count, .multiplier = 1, .texts = texts};
    names->entries[0].length = UINT32_MAX;
    for (uint32_t i = 0; i < count; i++) {
        struct json_name *name = &names->entries[i + 1];
        size_t length = strlen(texts[i]);
        UP_ASSERT(length > 0 && length <= JSON_NAME_BYTES_MAX);
        memcpy(name->words, texts[i], length);
        memset(name->masks, 0xff, length);
        name->length = (uint32_t)length;
    }
    for (uint32_t tries = 0; !place_all(names); tries++) {
        UP_ASSERT(tries < 100000);
        names->multiplier = (uint32_t)mix(tries) | 1;
    }
}
