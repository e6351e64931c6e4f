/* Finds the bytes between the values of an event that the parser took, and adds them to a form. */
#include <string.h>

#include "event_form_priv.h"

enum { SKIPS_MAX = 4095 };

/* Where the learner is in a text that is known to be JSON. */
struct learner {
    struct event_form *form;
    const char *at, *end;
    const char *edge; /* where the bytes behind the last value begin */
    uint32_t row, slot;
    bool is_whole, is_in_data;
    bool has_added;
};

static void forget_all(struct event_form *form)
{
    memset(form->first, 0, sizeof form->first);
    form->edge_count = 1;
    form->byte_count = 0;
    form->is_full = false;
}

/* ---- edges ------------------------------------------------------------------------------------- */

static bool is_edge(const struct event_form *form, const struct edge *edge,
                    const struct edge *wanted, const char *bytes)
{
    return edge->slot == wanted->slot && edge->is_quoted == wanted->is_quoted &&
           edge->length == wanted->length &&
           memcmp(form->bytes + edge->bytes, bytes, wanted->length) == 0;
}

/* Adds the edge from the present state unless it is there. False where there is no room for it. */
static bool add_edge(struct learner *learner, const struct edge *wanted)
{
    struct event_form *form = learner->form;
    uint16_t *last = &form->first[learner->row][learner->slot];
    for (int siblings = 0; *last != 0; last = &form->edges[*last].next) {
        if (is_edge(form, &form->edges[*last], wanted, learner->edge))
            return true;
        form->is_full |= ++siblings == EDGES_OF_STATE_MAX;
    }
    form->is_full |=
        form->edge_count == EDGES_MAX || form->byte_count + wanted->length > FORM_BYTES_MAX;
    if (form->is_full)
        return false;
    memcpy(form->bytes + form->byte_count, learner->edge, wanted->length);
    form->edges[form->edge_count] = *wanted;
    form->edges[form->edge_count].bytes = form->byte_count;
    form->byte_count += wanted->length;
    *last = (uint16_t)form->edge_count++;
    learner->has_added = true;
    return true;
}

static bool is_data(uint32_t slot)
{
    return slot >= EVENT_VALUE_DATA && slot < EVENT_VALUES;
}

/* A known member comes once in an event, and so does `data`. */
static uint32_t once_of(const struct learner *learner, uint32_t slot)
{
    uint32_t once = slot == EVENT_VALUE_OTHER || slot == EVENT_VALUE_DATA_OTHER ? 0 : 1U << slot;
    if (learner->is_whole && is_data(slot) && !is_data(learner->slot))
        once |= 1U << ENVELOPE_DATA;
    return once;
}

/* What was passed since the last value leads to the slot. */
static bool note_edge(struct learner *learner, uint32_t slot, bool is_quoted)
{
    ptrdiff_t length = learner->at - learner->edge;
    if (length > EDGE_BYTES_MAX)
        return false;
    struct edge edge = {.length = (uint16_t)length,
                        .once = once_of(learner, slot),
                        .slot = (uint8_t)slot,
                        .is_quoted = is_quoted};
    bool is_there = add_edge(learner, &edge);
    learner->slot = slot;
    return is_there;
}

/* ---- the text ---------------------------------------------------------------------------------- */

static void skip_blanks(struct learner *learner)
{
    while (*learner->at == ' ' || *learner->at == '\t' || *learner->at == '\n' ||
           *learner->at == '\r')
        learner->at++;
}

/* From the first byte of a string to its quote. */
static void skip_string(struct learner *learner)
{
    while (*learner->at != '"')
        learner->at += *learner->at == '\\' ? 2 : 1;
}

static void skip_scalar(struct learner *learner)
{
    while (*learner->at != ',' && *learner->at != '}' && (unsigned char)*learner->at > ' ')
        learner->at++;
}

static uint32_t slot_of(const struct learner *learner, enum event_type type, struct text name)
{
    const struct event_schema *schema = learner->form->schema;
    const struct json_names *names =
        learner->is_in_data ? &schema->members[type] : &schema->envelope;
    uint32_t found = json_names_find(names, name.bytes, name.length);
    if (found == JSON_NAMES_NONE)
        return learner->is_in_data ? EVENT_VALUE_DATA_OTHER : EVENT_VALUE_OTHER;
    return found + (learner->is_in_data ? (uint32_t)EVENT_VALUE_DATA : 0);
}

/* A member from its name's quote to behind its value. False where forms do not go. */
static bool learn_member(struct learner *learner, enum event_type type)
{
    const char *name = ++learner->at;
    skip_string(learner);
    struct text text = {.bytes = name, .length = (uint32_t)(learner->at - name)};
    bool is_plain = memchr(name, '\\', text.length) == NULL;
    uint32_t slot = is_plain && text.length > 0 ? slot_of(learner, type, text) : (uint32_t)SLOT_END;
    learner->at++;
    skip_blanks(learner);
    learner->at++; /* the colon */
    skip_blanks(learner);
    if (slot == SLOT_END || *learner->at == '[')
        return false;
    if (*learner->at == '{') {
        bool is_typed = learner->row != ROW_UNTYPED;
        learner->is_in_data = slot == ENVELOPE_DATA && is_typed;
        learner->at++;
        skip_blanks(learner);
        return learner->is_in_data && *learner->at == '"';
    }
    bool is_quoted = *learner->at == '"';
    learner->at += is_quoted;
    if (slot == ENVELOPE_DATA || !note_edge(learner, slot, is_quoted))
        return false;
    if (is_quoted)
        skip_string(learner);
    else
        skip_scalar(learner);
    learner->edge = learner->at;
    learner->at += is_quoted;
    if (slot == ENVELOPE_TYPE)
        learner->row = ROW_TYPED + (uint32_t)type;
    return true;
}

static void learn_text(struct learner *learner, enum event_type type)
{
    skip_blanks(learner);
    learner->at++; /* the outermost brace */
    for (;;) {
        skip_blanks(learner);
        if (*learner->at == '"') {
            if (!learn_member(learner, type))
                return;
        } else if (*learner->at == ',') {
            learner->at++;
        } else if (learner->is_whole && learner->is_in_data) {
            learner->at++;
            learner->is_in_data = false;
        } else {
            break;
        }
    }
    learner->at = learner->end;
    (void)note_edge(learner, SLOT_END, false);
}

void event_form_learn(struct event_form *form, const struct event_form_text *text,
                      enum event_type type)
{
    if (form->skip > 0) {
        form->skip--;
        return;
    }
    if (form->is_full && form->skips == SKIPS_MAX)
        forget_all(form);
    bool is_whole = text->data_of == EVENT_TYPES;
    struct learner learner = {.form = form,
                              .at = text->bytes,
                              .end = text->bytes + text->length,
                              .edge = text->bytes,
                              .row = is_whole ? (uint32_t)ROW_UNTYPED : ROW_DATA + (uint32_t)type,
                              .slot = SLOT_START,
                              .is_whole = is_whole,
                              .is_in_data = !is_whole};
    learn_text(&learner, type);
    form->skips = learner.has_added ? 0 : form->skips * 2 + 1;
    form->skips = form->skips > SKIPS_MAX ? (uint32_t)SKIPS_MAX : form->skips;
    form->skip = form->skips;
}
