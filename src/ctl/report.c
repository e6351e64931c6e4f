/* What a report says: the memory of its pages. */
#include "ctl/report.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/strbuf.h"

enum { TEXT_BYTES_MAX = TEXT_ARENA_CHUNK_BYTES / 2 - 1 };

void report_page_done(struct report_page *page)
{
    for (size_t i = 0; i < page->section_count; i++)
        mem_free(page->sections[i].blocks);
    mem_free(page->sections);
    for (size_t i = 0; i < page->array_count; i++)
        mem_free(page->arrays[i]);
    mem_free(page->arrays);
    text_arena_done(&page->texts);
    *page = (struct report_page){.number = 0};
}

struct report_section *report_page_add_section(struct report_page *page, const char *name)
{
    mem_reserve(&page->sections, &page->section_capacity, page->section_count + 1, sizeof *page->sections);
    struct report_section *section = &page->sections[page->section_count++];
    const struct word *word = words_find(WORD_section, name);
    *section = (struct report_section){
        .name = name, .title = word != NULL ? word->label : "", .intro = word != NULL ? word->sentence : ""};
    return section;
}

struct report_block *report_section_add(struct report_section *section, enum report_block_kind kind, const char *name)
{
    mem_reserve(&section->blocks, &section->block_capacity, section->block_count + 1, sizeof *section->blocks);
    struct report_block *block = &section->blocks[section->block_count++];
    *block = (struct report_block){.kind = kind, .name = name, .title = "", .text = ""};
    return block;
}

void report_section_add_text(struct report_section *section, const char *name, enum report_style style,
                             const char *text)
{
    if (text[0] == '\0')
        return;
    struct report_block *block = report_section_add(section, REPORT_TEXT, name);
    block->style = style;
    block->text = text;
}

void *report_page_array(struct report_page *page, size_t count, size_t size)
{
    if (count == 0)
        return NULL;
    mem_reserve(&page->arrays, &page->array_capacity, page->array_count + 1, sizeof *page->arrays);
    page->arrays[page->array_count] = mem_alloc_array(count, size);
    return page->arrays[page->array_count++];
}

struct text report_page_copy(struct report_page *page, struct text text)
{
    const char *copy = report_page_copy_text(page, text);
    return text_of(copy);
}

const char *report_page_copy_text(struct report_page *page, struct text text)
{
    uint32_t length = text.length;
    if (length > TEXT_BYTES_MAX)
        for (length = TEXT_BYTES_MAX; length > 0 && ((unsigned char)text.bytes[length] & 0xc0) == 0x80;)
            length--;
    char *copy = text_arena_room(&page->texts, length + 1);
    if (length > 0)
        memcpy(copy, text.bytes, length);
    copy[length] = '\0';
    return copy;
}

const char *report_page_format(struct report_page *page, const char *format, ...)
{
    struct strbuf text = {.length = 0};
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length > 0)
        (void)vsnprintf(strbuf_room(&text, (size_t)length + 1), (size_t)length + 1, format, again);
    va_end(again);
    text.length = length > 0 ? (size_t)length : 0;
    const char *copy = report_page_copy_text(page, (struct text){text.data, (uint32_t)text.length});
    strbuf_done(&text);
    return copy;
}
