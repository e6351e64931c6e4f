/* What Claude Code tells of itself: OpenTelemetry's logs and metrics as JSON, and rows of its analytics. */
#include "ctl/import.h"

#include <string.h>

#include "codec/rfc3339.h"
#include "ctl/otlp.h"

static const char source[] = "urn:uptake:import:claude-code";
static const char prefix[] = "claude_code.";

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static struct text behind_prefix(struct text name)
{
    const uint32_t length = (uint32_t)sizeof prefix - 1;
    if (name.length > length && memcmp(name.bytes, prefix, length) == 0)
        return (struct text){name.bytes + length, name.length - length};
    return name;
}

static bool is_among(struct text name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equal(name, text_of(names[i])))
            return true;
    }
    return false;
}

/* Somebody's use of it: who, of what team, when. */
struct use {
    struct text user, team;
    int64_t time_ms;
};

/* The id of an installation (user.id) is no person: one person may have several. */
static struct text find_user(const struct otlp_attributes *attributes)
{
    static const char *const keys[] = {"user.email", "user.account_uuid", "user.account_id"};
    struct text user = {0};
    for (size_t i = 0; i < COUNT_OF(keys) && user.length == 0; i++)
        user = otlp_find_text(attributes, keys[i]);
    return user;
}

static void emit(struct import *import, enum event_type type, const struct use *use, struct text id,
                 const struct import_member *members, size_t count)
{
    const struct import_event event = {.type = type,
                                       .source = source,
                                       .id = id,
                                       .time_ms = use->time_ms,
                                       .user = use->user,
                                       .team = use->team,
                                       .members = members,
                                       .member_count = count};
    (void)import_emit(import, &event);
}

/* Work without a name: it says that the person used the tool on that day, and what of it. */
static void emit_use(struct import *import, const struct use *use, struct text capability,
                     struct text id)
{
    const struct import_member members[] = {{"assist", import_word("ai")},
                                            {"tool", import_word("claude-code")},
                                            {"capability", import_text(capability)}};
    emit(import, EVENT_USAGE, use, id, members, COUNT_OF(members));
}

/* ---- logs ------------------------------------------------------------------------------------ */

/* An edit that was proposed is a piece of work, and what became of the proposal a decision on it. */
static void map_decision(struct import *import, const struct use *use,
                         const struct otlp_attributes *attributes)
{
    static const char *const edits[] = {"Edit", "MultiEdit", "Write", "NotebookEdit"};
    /* user_permanent also stands for a choice made once and repeated by rule, so that it proves no
     * judgement. */
    static const char *const judged[] = {"user_temporary", "user_reject", "user_abort"};
    char store[OTLP_DIGITS_BYTES];
    struct text tool = otlp_find_text(attributes, "tool_name"),
                decision = otlp_find_text(attributes, "decision");
    bool is_accepted = text_equal(decision, text_of("accept"));
    if (!is_among(tool, edits, COUNT_OF(edits))) {
        import_leave(import, tool.length > 0 ? IMPORT_PERMISSION : IMPORT_FIELD, "tool_name");
        return;
    }
    if (!is_accepted && !text_equal(decision, text_of("reject"))) {
        import_leave(import, IMPORT_FIELD, "decision");
        return;
    }
    struct text call = otlp_find_text(attributes, "tool_use_id");
    import_id_begin(import, "edit");
    import_id_add(import, otlp_find_text(attributes, "session.id"));
    import_id_add(import,
                  call.length > 0 ? call : otlp_find_digits(attributes, "event.sequence", store));
    import_id_add(import, tool);
    import_id_add(import, (struct text){(const char *)&use->time_ms, sizeof use->time_ms});
    struct text id = import_id_end(import);
    bool by_person = is_among(otlp_find_text(attributes, "source"), judged, COUNT_OF(judged));
    const struct import_member usage[] = {{"assist", import_word("ai")},
                                          {"task", import_text(id)},
                                          {"workflow", import_word(import->options->workflow)},
                                          {"tool", import_word("claude-code")},
                                          {"capability", import_text(tool)}};
    const struct import_member override[] = {{"task", import_text(id)},
                                             {"action", import_text(decision)},
                                             {"by", import_word(by_person ? "person" : "policy")}};
    emit(import, EVENT_USAGE, use, id, usage, COUNT_OF(usage));
    emit(import, EVENT_OVERRIDE, use, id, override, COUNT_OF(override));
}

static void map_prompt(struct import *import, const struct use *use,
                       const struct otlp_attributes *attributes)
{
    char store[OTLP_DIGITS_BYTES];
    import_id_begin(import, "prompt");
    import_id_add(import, otlp_find_text(attributes, "session.id"));
    import_id_add(import, otlp_find_digits(attributes, "event.sequence", store));
    import_id_add(import, use->user);
    emit_use(import, use, (struct text){0}, import_id_end(import));
}

/* The name of an event of Claude Code; absent when it is of another program. */
static struct text find_name(const struct json_value *log, const struct otlp_attributes *attributes)
{
    struct json_value body = import_find(log, "body");
    struct text names[] = {otlp_find_text(attributes, "event.name"),
                           import_find_text(log, "eventName"),
                           import_find_text(&body, "stringValue")};
    bool is_ours = text_equal(otlp_find_text(attributes, "service.name"), text_of("claude-code"));
    struct text name = {0};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        is_ours = is_ours || behind_prefix(names[i]).length < names[i].length;
        name = name.length > 0 ? name : behind_prefix(names[i]);
    }
    return is_ours ? name : (struct text){0};
}

static void map_log(struct import *import, const struct json_value *log,
                    const struct json_value *resource)
{
    static const char *const steps[] = {"tool_result", "api_request", "api_error",
                                        "api_request_body", "api_response_body"};
    const struct otlp_attributes attributes = {import_find(log, "attributes"), *resource};
    struct text name = find_name(log, &attributes);
    bool is_prompt = text_equal(name, text_of("user_prompt"));
    import_begin(import);
    if (name.length == 0) {
        import_leave(import, IMPORT_UNKNOWN, "event.name");
        return;
    }
    if (!is_prompt && !text_equal(name, text_of("tool_decision"))) {
        import_leave(import,
                     is_among(name, steps, COUNT_OF(steps)) ? IMPORT_AGENT_STEP : IMPORT_NOT_WORK,
                     "event.name");
        return;
    }
    struct use use = {.user = find_user(&attributes),
                      .team = otlp_find_text(&attributes, import->options->team_attribute)};
    if (use.user.length == 0)
        import_leave(import, IMPORT_NO_USER, "user.email");
    else if (!otlp_read_time(log, "timeUnixNano", &use.time_ms) &&
             !rfc3339_parse(otlp_find_text(&attributes, "event.timestamp"), &use.time_ms))
        import_leave(import, IMPORT_TIME, "timeUnixNano");
    else if (is_prompt)
        map_prompt(import, &use, &attributes);
    else
        map_decision(import, &use, &attributes);
}

/* ---- metrics --------------------------------------------------------------------------------- */

static bool is_work(struct text name, const struct otlp_attributes *attributes)
{
    static const char *const work[] = {"lines_of_code.count", "commit.count", "pull_request.count",
                                       "code_edit_tool.decision"};
    return is_among(name, work, COUNT_OF(work)) ||
           (text_equal(name, text_of("active_time.total")) &&
            text_equal(otlp_find_text(attributes, "type"), text_of("user")));
}

/* Does the value belong to one day? A running total has grown on any day since its start. */
static bool is_dated(const struct json_value *point, bool is_running, int64_t *ret_time_ms)
{
    int64_t start_ms;
    if (!otlp_read_time(point, "timeUnixNano", ret_time_ms))
        return false;
    if (!otlp_read_time(point, "startTimeUnixNano", &start_ms))
        return !is_running;
    return event_day(start_ms) == event_day(*ret_time_ms);
}

static void map_point(struct import *import, struct text metric, bool is_running,
                      const struct json_value *point, const struct json_value *resource)
{
    const struct otlp_attributes attributes = {import_find(point, "attributes"), *resource};
    struct use use = {.user = find_user(&attributes),
                      .team = otlp_find_text(&attributes, import->options->team_attribute)};
    struct text capability = otlp_find_text(&attributes, "tool_name");
    import_begin(import);
    if (behind_prefix(metric).length == metric.length) {
        import_leave(import, IMPORT_UNKNOWN, "metric.name");
    } else if (!is_work(behind_prefix(metric), &attributes)) {
        import_leave(import, IMPORT_NOT_WORK, "metric.name");
    } else if (otlp_read_number(point) <= 0) {
        import_leave(import, IMPORT_NO_USE, "value");
    } else if (use.user.length == 0) {
        import_leave(import, IMPORT_NO_USER, "user.email");
    } else if (!is_dated(point, is_running, &use.time_ms)) {
        import_leave(import, IMPORT_UNDATED, "startTimeUnixNano");
    } else {
        import_id_begin(import, "metric");
        import_id_add(import, metric);
        import_id_add(import, otlp_find_text(&attributes, "session.id"));
        import_id_add(import, use.user);
        import_id_add(import, capability);
        emit_use(import, &use, capability, import_id_end(import));
    }
}

static void map_metric(struct import *import, const struct json_value *metric,
                       const struct json_value *resource)
{
    struct json_value sum = import_find(metric, "sum"), gauge = import_find(metric, "gauge"), point;
    struct json_value points = import_find(sum.kind == JSON_OBJECT ? &sum : &gauge, "dataPoints");
    struct text temporality = import_find_text(&sum, "aggregationTemporality");
    bool is_running = import_find_number(&sum, "aggregationTemporality") != 1 &&
                      !text_equal(temporality, text_of("AGGREGATION_TEMPORALITY_DELTA"));
    for (struct json_walk items = json_reader_walk(&points); json_reader_next(&items, &point);)
        map_point(import, import_find_text(metric, "name"), is_running, &point, resource);
}

/* ---- analytics: one person's (or key's) day -------------------------------------------------- */

static bool is_used(const struct json_value *row)
{
    struct json_value core = import_find(row, "core_metrics"),
                      lines = import_find(&core, "lines_of_code");
    struct json_value models = import_find(row, "model_breakdown"), model;
    if (import_find_number(&lines, "added") > 0 || import_find_number(&lines, "removed") > 0 ||
        import_find_number(&core, "commits_by_claude_code") > 0 ||
        import_find_number(&core, "pull_requests_by_claude_code") > 0)
        return true;
    for (struct json_walk items = json_reader_walk(&models); json_reader_next(&items, &model);) {
        struct json_value tokens = import_find(&model, "tokens");
        if (import_find_number(&tokens, "output") > 0)
            return true;
    }
    return false;
}

static void emit_day(struct import *import, const struct use *use, struct text capability)
{
    import_id_begin(import, "day");
    import_id_add(import, use->user);
    import_id_add(import, capability);
    emit_use(import, use, capability, import_id_end(import));
}

static void map_row(struct import *import, const struct json_value *row)
{
    static const struct {
        const char *name, *capability;
    } tools[] = {{"edit_tool", "Edit"},
                 {"multi_edit_tool", "MultiEdit"},
                 {"write_tool", "Write"},
                 {"notebook_edit_tool", "NotebookEdit"}};
    struct json_value actor = import_find(row, "actor"), actions = import_find(row, "tool_actions");
    struct use use = {.user = import_find_text(&actor, "email_address")};
    size_t used = 0;
    import_begin(import);
    if (use.user.length == 0) {
        import_leave(import, IMPORT_NO_USER, "actor.email_address");
        return;
    }
    if (!import_read_day(import_find_text(row, "date"), &use.time_ms)) {
        import_leave(import, IMPORT_TIME, "date");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(tools); i++) {
        struct json_value tool = import_find(&actions, tools[i].name);
        if (import_find_number(&tool, "accepted") + import_find_number(&tool, "rejected") <= 0)
            continue;
        emit_day(import, &use, text_of(tools[i].capability));
        used++;
    }
    if (used == 0 && is_used(row))
        emit_day(import, &use, (struct text){0});
    else if (used == 0)
        import_leave(import, IMPORT_NO_USE, "core_metrics");
}

/* ---- records --------------------------------------------------------------------------------- */

/* Every item of the lists `inner` in the items of the list `outer`, with the resource's attributes. */
static void map_each(struct import *import, const struct json_value *record, const char *outer,
                     const char *inner,
                     void (*map)(struct import *, const struct json_value *,
                                 const struct json_value *))
{
    struct json_value resource = import_find(record, "resource"),
                      attributes = import_find(&resource, "attributes");
    struct json_value scopes = import_find(record, outer), scope, item;
    for (struct json_walk items = json_reader_walk(&scopes); json_reader_next(&items, &scope);) {
        struct json_value list = import_find(&scope, inner);
        for (struct json_walk inside = json_reader_walk(&list); json_reader_next(&inside, &item);)
            map(import, &item, &attributes);
    }
}

static void map_record(struct import *import, const struct json_value *record)
{
    if (import_find(record, "scopeLogs").kind == JSON_ARRAY) {
        map_each(import, record, "scopeLogs", "logRecords", map_log);
    } else if (import_find(record, "scopeMetrics").kind == JSON_ARRAY) {
        map_each(import, record, "scopeMetrics", "metrics", map_metric);
    } else if (import_find(record, "core_metrics").kind == JSON_OBJECT) {
        map_row(import, record);
    } else {
        import_begin(import);
        import_leave(import, IMPORT_UNKNOWN,
                     import_find(record, "scopeSpans").kind == JSON_ARRAY ? "scopeSpans" : "");
    }
}

static const char *const containers[] = {"resourceLogs", "resourceMetrics", "resourceSpans", "data",
                                         NULL};

const struct import_format import_claude_code = {
    .name = "claude-code", .containers = containers, .map = map_record};
