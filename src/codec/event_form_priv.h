/* What reading by a form and learning one share: the automaton. */
#pragma once

#include "codec/event_form.h"

/* Whose value was read last, or is next: those of struct event_values, and where there is none. */
enum { SLOT_START = EVENT_VALUES, SLOT_END, SLOTS };
_Static_assert(SLOTS <= 32, "a bit for each slot");

/* A whole event before its type is known, whole events by type, and data alone by type. */
enum row {
    ROW_UNTYPED,
    ROW_TYPED,
    ROW_DATA = ROW_TYPED + EVENT_TYPES,
    ROWS = ROW_DATA + EVENT_TYPES
};

/* Many forms at once are no program's, and are cut off. */
enum { EDGES_MAX = 2048, EDGES_OF_STATE_MAX = 32, EDGE_BYTES_MAX = 512, FORM_BYTES_MAX = 1 << 16 };

struct edge {
    uint16_t next;   /* another edge from the same state; 0 = none */
    uint16_t length; /* of the bytes that must follow */
    uint32_t bytes;  /* where they are */
    uint32_t once;   /* bits of the slots that it enters and that may be entered once */
    uint8_t slot;    /* whose value is behind them */
    bool is_quoted;  /* that value is a string; its quotes are the edges' */
};

struct event_form {
    const struct event_schema *schema;
    uint16_t first[ROWS][SLOTS]; /* edge; 0 = none */
    struct edge edges[EDGES_MAX];
    uint32_t edge_count; /* edge 0 is none */
    uint32_t byte_count;
    bool is_full;
    uint32_t skip, skips; /* texts still to let pass before the next try, and after a vain one */
    char bytes[FORM_BYTES_MAX + EVENT_FORM_PADDING];
};
