/* What GitHub tells of Copilot: who used what of it on which day, and totals from which nothing can be told of anybody. */
#include "ctl/import.h"

#include <stdio.h>
#include <string.h>

#include "codec/rfc3339.h"

static const char source[] = "urn:uptake:import:copilot";

enum { CAPABILITIES_MAX = 64, USER_BYTES = 24 };

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* What one person used on one day; an absent text stands for what GitHub has no name for. */
struct used {
    struct text items[CAPABILITIES_MAX];
    size_t count;
};

static void add_use(struct used *used, struct text capability)
{
    if (text_equal(capability, text_of("others")) || text_equal(capability, text_of("unknown")))
        capability = (struct text){0};
    for (size_t i = 0; i < used->count; i++) {
        if (text_equal(used->items[i], capability))
            return;
    }
    if (used->count < CAPABILITIES_MAX)
        used->items[used->count++] = capability;
}

/* Somebody asked for something, took something, or had it written. That suggestions were shown
 * (code_generation_…) is nobody's doing. */
static bool is_used(const struct json_value *totals)
{
    static const char *const counts[] = {"user_initiated_interaction_count",
                                         "code_acceptance_activity_count", "loc_added_sum",
                                         "loc_deleted_sum"};
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        if (import_find_number(totals, counts[i]) > 0)
            return true;
    }
    return false;
}

static void find_used(const struct json_value *day, struct used *used)
{
    /* Chat and agent have modes, which are features; the rest has the name that the feature would
     * have. A review that a rule asked for (…_passive) was nobody's doing. */
    static const struct {
        const char *flag, *capability;
    } flags[] = {{"used_cli", "copilot_cli"},
                 {"used_copilot_app", "copilot_app"},
                 {"used_copilot_coding_agent", "copilot_coding_agent"},
                 {"used_copilot_cloud_agent", "copilot_coding_agent"},
                 {"used_copilot_code_review_active", "copilot_code_review"}};
    struct json_value features = import_find(day, "totals_by_feature"), feature;
    for (struct json_walk items = json_reader_walk(&features);
         json_reader_next(&items, &feature);) {
        if (is_used(&feature))
            add_use(used, import_find_text(&feature, "feature"));
    }
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        if (import_find_true(day, flags[i].flag))
            add_use(used, text_of(flags[i].capability));
    }
    if (used->count == 0 &&
        (is_used(day) || import_find_true(day, "used_chat") || import_find_true(day, "used_agent")))
        add_use(used, (struct text){0});
}

static void emit_use(struct import *import, int64_t time_ms, struct text user, struct text team,
                     struct text capability, struct text identity)
{
    import_id_begin(import, "use");
    import_id_add(import, user);
    import_id_add(import, identity);
    import_id_add(import, capability);
    const struct import_member members[] = {{"assist", import_word("ai")},
                                            {"tool", import_word("copilot")},
                                            {"capability", import_text(capability)}};
    const struct import_event event = {.type = EVENT_USAGE,
                                       .source = source,
                                       .id = import_id_end(import),
                                       .time_ms = time_ms,
                                       .user = user,
                                       .team = team,
                                       .members = members,
                                       .member_count = COUNT_OF(members)};
    (void)import_emit(import, &event);
}

/* The login, or else the number. */
static struct text find_user(const struct json_value *record, char store[static USER_BYTES])
{
    struct text user = import_find_text(record, "user_login");
    struct json_value id = import_find(record, "user_id");
    if (user.length > 0)
        return user;
    if (id.kind == JSON_STRING)
        return id.text;
    if (id.kind != JSON_NUMBER)
        return (struct text){0};
    (void)snprintf(store, USER_BYTES, "%.0f", id.number);
    return text_of(store);
}

static void map_user_day(struct import *import, const struct json_value *record, struct text user)
{
    int64_t time_ms;
    struct text day = import_find_text(record, "day");
    if (!import_read_day(day, &time_ms)) {
        import_leave(import, IMPORT_TIME, "day");
        return;
    }
    struct used used = {.count = 0};
    find_used(record, &used);
    for (size_t i = 0; i < used.count; i++)
        emit_use(import, time_ms, user, (struct text){0}, used.items[i], day);
    if (used.count == 0 && import_find_number(record, "code_generation_activity_count") > 0)
        import_leave(import, IMPORT_ONLY_SHOWN, "code_generation_activity_count");
    else if (used.count == 0)
        import_leave(import, IMPORT_NO_USE, "totals_by_feature");
}

/* A seat proves that its holder used Copilot at the time of the last activity, and nothing else. */
static void map_seat(struct import *import, const struct json_value *seat,
                     const struct json_value *assignee)
{
    int64_t time_ms;
    struct text user = import_find_text(assignee, "login"),
                last = import_find_text(seat, "last_activity_at");
    struct json_value team = import_find(seat, "assigning_team");
    if (user.length == 0)
        import_leave(import, IMPORT_NO_USER, "assignee.login");
    else if (last.length == 0)
        import_leave(import, IMPORT_NO_USE, "last_activity_at");
    else if (!rfc3339_parse(last, &time_ms))
        import_leave(import, IMPORT_TIME, "last_activity_at");
    else
        emit_use(import, time_ms, user, import_find_text(&team, "slug"), (struct text){0},
                 text_of("seat"));
}

/* The member by which totals of many people, or of a month, are known; NULL = none. */
static const char *find_totals(const struct json_value *record)
{
    static const char *const totals[] = {"total_active_users", "daily_active_users",
                                         "total_suggestions_count", "weekly_active_users",
                                         "grossQuantity"};
    for (size_t i = 0; i < COUNT_OF(totals); i++) {
        if (import_find(record, totals[i]).kind != JSON_ABSENT)
            return totals[i];
    }
    return NULL;
}

static void map_record(struct import *import, const struct json_value *record)
{
    char store[USER_BYTES];
    import_begin(import);
    struct text user = find_user(record, store);
    struct json_value assignee = import_find(record, "assignee");
    const char *totals = find_totals(record);
    if (user.length > 0)
        map_user_day(import, record, user);
    else if (assignee.kind == JSON_OBJECT)
        map_seat(import, record, &assignee);
    else if (totals != NULL)
        import_leave(import, IMPORT_TOTALS, totals);
    else if (import_find(record, "day").kind != JSON_ABSENT &&
             import_find(record, "totals_by_feature").kind == JSON_ARRAY)
        import_leave(import, IMPORT_NO_USER, "user_login");
    else
        import_leave(import, IMPORT_UNKNOWN, "");
}

static const char *const containers[] = {"day_totals", "user_totals", "seats", "usageItems", NULL};

const struct import_format import_copilot = {
    .name = "copilot", .containers = containers, .map = map_record};
