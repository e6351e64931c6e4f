/* Reads events that are written as earlier ones were: what stands between the values is compared, nothing is parsed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "codec/event_schema.h"

/* Programs write their events alike: between a value and the next stand the same bytes each time. Learned from events
 * that the parser read, a form is a finite automaton: a state is the member whose value was read last, an edge the bytes
 * from there to the next value, say `","task":"`. Only `data` may nest, so every path from the start to the end spells
 * JSON whose members are known. What leads elsewhere - an escape, a member twice, a number beyond 15 digits, another
 * order or spacing than ever seen - is left to the parser: a form refuses nothing. */
struct event_form;

/* The schema is borrowed for the life of the form. */
struct event_form *event_form_new(const struct event_schema *schema);
void event_form_free(struct event_form *form);

/* Behind a text that a form looks at so many bytes must be 0. */
enum { EVENT_FORM_PADDING = 32 };

/* What is in a message: a whole event, or the `data` of one whose type is in the headers. */
struct event_form_text {
    const char *bytes; /* followed by EVENT_FORM_PADDING zeros */
    size_t length;
    enum event_type data_of; /* EVENT_TYPES: a whole event */
};

/* Fills the values of the type's members and, of a whole event, of the envelope, all borrowed from the text. False,
 * with anything in them, where the text is not written as one that was learned. */
bool event_form_read(const struct event_form *form, const struct event_form_text *text,
                     struct event_values *ret_values);

/* Learns from a valid event of that type which event_form_read() could not read. Memory is bounded; where nothing is to
 * be learned it tries ever less often. */
void event_form_learn(struct event_form *form, const struct event_form_text *text,
                      enum event_type type);
