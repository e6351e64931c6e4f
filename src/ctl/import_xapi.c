/* Statements of the Experience API (xAPI 1.0.3): a completed course becomes a training. */
#include "ctl/import.h"

#include <string.h>

#include "base/hash.h"
#include "codec/iso_duration.h"
#include "codec/rfc3339.h"

static const char source[] = "urn:uptake:import:xapi";
static const char verbs_at[] = "http://adlnet.gov/expapi/verbs/";

/* Of an object: what begins so and goes on with one of `part_types` is a part of a course. */
static const char types_at[] = "http://adlnet.gov/expapi/activities/";
static const char *const part_types[] = {
    "assessment", "attempt", "cmi.interaction", "file",      "interaction", "lesson",
    "link",       "media",   "module",          "objective", "performance", "question"};

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static bool is_one_of(struct text iri, const char *prefix, const char *const *names, size_t count)
{
    size_t length = strlen(prefix);
    if (iri.length <= length || memcmp(iri.bytes, prefix, length) != 0)
        return false;
    struct text name = {iri.bytes + length, iri.length - (uint32_t)length};
    for (size_t i = 0; i < count; i++) {
        if (text_equal(name, text_of(names[i])))
            return true;
    }
    return false;
}

/* ---- what was done --------------------------------------------------------------------------- */

static bool is_named(const struct import *import, struct text verb)
{
    for (size_t i = 0; i < import->options->verb_count; i++) {
        if (text_equal(verb, text_of(import->options->verbs[i])))
            return true;
    }
    return false;
}

/* The verb alone says so, unless the result denies it; or the verb allows it and the result says
 * so. */
static bool is_completed(const struct import *import, struct text verb,
                         const struct json_value *result)
{
    static const char *const says[] = {"completed"};
    static const char *const allows[] = {"attended", "experienced", "failed",
                                         "mastered", "passed",      "terminated"};
    enum json_kind completion = import_find(result, "completion").kind;
    if (completion == JSON_FALSE)
        return false;
    return is_named(import, verb) || is_one_of(verb, verbs_at, says, COUNT_OF(says)) ||
           text_equal(verb, text_of("http://activitystrea.ms/schema/1.0/complete")) ||
           (completion == JSON_TRUE && is_one_of(verb, verbs_at, allows, COUNT_OF(allows)));
}

/* ---- who did it ------------------------------------------------------------------------------ */

static struct text without(struct text text, const char *prefix)
{
    uint32_t length = (uint32_t)strlen(prefix);
    if (text.length > length && memcmp(text.bytes, prefix, length) == 0)
        return (struct text){text.bytes + length, text.length - length};
    return text;
}

static void note_home(struct import *import, struct text home)
{
    uint64_t hash = hash_xx64(home.bytes, home.length) | 1;
    if (import->first_home == 0)
        import->first_home = hash;
    import->homes += hash != import->first_home;
}

/* The one identifier that an agent has; absent when it was left, with its reason. */
static struct text find_user(struct import *import, const struct json_value *actor)
{
    struct text type = import_find_text(actor, "objectType");
    if (text_equal(type, text_of("Group"))) {
        import_leave(import, IMPORT_GROUP, "actor");
        return (struct text){0};
    }
    struct json_value account = import_find(actor, "account");
    struct text home = import_find_text(&account, "homePage");
    static const char *const direct[] = {"mbox", "mbox_sha1sum", "openid"};
    struct text user = import_find_text(&account, "name");
    if (account.kind == JSON_OBJECT && (home.length == 0 || user.length == 0)) {
        import_leave(import, IMPORT_FIELD,
                     home.length == 0 ? "actor.account.homePage" : "actor.account.name");
        return (struct text){0};
    }
    const char *wanted = import->options->account_home;
    if (user.length > 0 && wanted != NULL && !text_equal(home, text_of(wanted))) {
        import_leave(import, IMPORT_OTHER_HOME, "actor.account.homePage");
        return (struct text){0};
    }
    if (user.length > 0)
        note_home(import, home);
    for (size_t i = 0; i < COUNT_OF(direct) && user.length == 0; i++)
        user = without(import_find_text(actor, direct[i]), "mailto:");
    if (user.length == 0)
        import_leave(import, actor->kind == JSON_OBJECT ? IMPORT_NO_USER : IMPORT_FIELD, "actor");
    return user;
}

/* ---- what it was ----------------------------------------------------------------------------- */

/* The activity's id; absent when it was left, with its reason. */
static struct text find_program(struct import *import, const struct json_value *object)
{
    struct text type = import_find_text(object, "objectType"), id = import_find_text(object, "id");
    struct json_value definition = import_find(object, "definition");
    if (type.length > 0 && !text_equal(type, text_of("Activity"))) {
        import_leave(import, IMPORT_NOT_A_COURSE, "object.objectType");
    } else if (id.length == 0) {
        import_leave(import, IMPORT_FIELD, "object.id");
    } else if (!import->options->parts && is_one_of(import_find_text(&definition, "type"), types_at,
                                                    part_types, COUNT_OF(part_types))) {
        import_leave(import, IMPORT_PART, "object.definition.type");
    } else {
        return id;
    }
    return (struct text){0};
}

static bool read_time(struct import *import, const struct json_value *statement,
                      int64_t *ret_time_ms)
{
    struct text time = import_find_text(statement, "timestamp");
    if (time.length == 0)
        time = import_find_text(statement, "stored");
    if (rfc3339_parse(time, ret_time_ms))
        return true;
    import_leave(import, IMPORT_TIME, "timestamp");
    return false;
}

static struct json_value read_hours(const struct json_value *result)
{
    double seconds;
    struct json_value hours = {.kind = JSON_ABSENT};
    if (iso_duration_parse(import_find_text(result, "duration"), &seconds) && seconds > 0)
        hours = (struct json_value){.kind = JSON_NUMBER, .number = seconds / 3600};
    return hours;
}

/* A statement's own id names it; one that has none yet is what it says. */
static struct text make_id(struct import *import, const struct json_value *statement,
                           struct text user, struct text verb, struct text program)
{
    struct text id = import_find_text(statement, "id");
    if (id.length > 0)
        return id;
    import_id_begin(import, "statement");
    import_id_add(import, user);
    import_id_add(import, verb);
    import_id_add(import, program);
    return import_id_end(import);
}

/* Of a member that comes twice nobody knows which counts. */
static bool is_plain(struct import *import, const struct json_value *statement)
{
    enum { MEMBERS_MAX = 32 };
    struct json_member members[MEMBERS_MAX];
    size_t count = json_reader_list(statement, members, MEMBERS_MAX);
    for (size_t i = 1; i < count && i < MEMBERS_MAX; i++) {
        for (size_t j = 0; j < i; j++) {
            if (!text_equal(members[i].name, members[j].name))
                continue;
            import_leave(import, IMPORT_TWICE, "");
            return false;
        }
    }
    return true;
}

static void map_statement(struct import *import, const struct json_value *statement)
{
    import_begin(import);
    struct json_value actor = import_find(statement, "actor"),
                      object = import_find(statement, "object");
    struct json_value verb_object = import_find(statement, "verb"),
                      result = import_find(statement, "result");
    struct text verb = import_find_text(&verb_object, "id"), user, program;
    if (verb.length == 0 && actor.kind != JSON_OBJECT) {
        import_leave(import, IMPORT_UNKNOWN, "");
        return;
    }
    if (!is_plain(import, statement))
        return;
    if (verb.length == 0) {
        import_leave(import, IMPORT_FIELD, "verb.id");
        return;
    }
    if (is_one_of(verb, verbs_at, (const char *const[]){"voided"}, 1)) {
        import_leave(import, IMPORT_VOIDING, "verb.id");
        return;
    }
    if ((program = find_program(import, &object)).length == 0)
        return;
    if (!is_completed(import, verb, &result)) {
        import_leave(import, IMPORT_NOT_COMPLETED, "verb.id");
        return;
    }
    struct import_event event = {.type = EVENT_TRAINING, .source = source};
    if ((user = find_user(import, &actor)).length == 0 ||
        !read_time(import, statement, &event.time_ms))
        return;
    const struct import_member members[] = {{"program", import_text(program)},
                                            {"hours", read_hours(&result)}};
    event.id = make_id(import, statement, user, verb, program);
    event.user = user;
    event.members = members;
    event.member_count = COUNT_OF(members);
    (void)import_emit(import, &event);
}

static const char *const containers[] = {"statements", NULL};

const struct import_format import_xapi = {
    .name = "xapi", .containers = containers, .map = map_statement};
