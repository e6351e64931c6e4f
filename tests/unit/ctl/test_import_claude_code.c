/* Logs of Claude Code become edits that somebody decided on, the rest of its figures at most use on a day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "ctl/import.h"
#include "imported.h"

#define S(key, value) "{'key':'" key "','value':{'stringValue':'" value "'}}"
#define ADA S("user.email", "ada@example.org") "," S("session.id", "s1")
#define AT "'timeUnixNano':'1759320000123456789'"
#define TIME "2025-10-01T12:00:00.123Z "
#define USE TIME "usage {'team':'t','user':'ada@example.org','assist':'ai','tool':'claude-code'"
#define LOGS(records) "{'resource':{'attributes':[" S("service.name", "claude-code") "]},'scopeLogs':[{'logRecords':[" records "]}]}"
#define LOG(attributes) "{" AT ",'attributes':[" ADA "," attributes "]}"
#define POINT(rest) "{'attributes':[" ADA "]," AT "," rest "}"
#define METRIC(name, temporality, points)                                                                              \
    "{'scopeMetrics':[{'metrics':[{'name':'" name "','sum':{'aggregationTemporality':" temporality                     \
    ",'dataPoints':[" points "]}}]}]}"

static void check(const char *json, const char *events, const char *reasons)
{
    assert_imported(&import_claude_code, NULL, json, events, reasons);
}

/* The task has a name that nobody can foresee: its letters and digits become x. */
static void check_tasks(const char *json, const char *events)
{
    struct imported imported = import_record(&import_claude_code, NULL, json);
    strbuf_text(&imported.events);
    for (char *at = imported.events.data; *at != '\0'; at++)
        *at = (char)(*at == '"' ? '\'' : *at);
    for (char *at = imported.events.data; (at = strstr(at, "'task':'")) != NULL;) {
        at += strlen("'task':'");
        memset(at, 'x', strcspn(at, "'"));
    }
    assert_string_equal(imported.events.data, events);
    assert_string_equal(strbuf_text(&imported.reasons), "");
    imported_done(&imported);
}

static void test_a_prompt_is_use(void **state)
{
    (void)state;
    check(LOGS(LOG(S("event.name", "user_prompt"))), USE "}|", "");
    check(LOGS("{" AT ",'body':{'stringValue':'claude_code.user_prompt'},'attributes':[" ADA "]}"), USE "}|", "");
    check(LOGS("{'attributes':[" ADA "," S("event.name", "user_prompt") "," S("event.timestamp", "2025-10-01T12:00:00.123Z") "]}"),
          USE "}|", "");
    check(LOGS("{" AT ",'attributes':[" S("user.id", "a1b2") "," S("event.name", "user_prompt") "]}"), "",
          "no_user(user.email)|");
    check(LOGS("{'attributes':[" ADA "," S("event.name", "user_prompt") "]}"), "", "time(timeUnixNano)|");
    check(LOGS(LOG(S("event.name", "api_request")) "," LOG(S("event.name", "tool_result"))), "", "agent_step(event.name)..|");
    check(LOGS(LOG(S("event.name", "plugin_installed"))), "", "not_work(event.name)|");
    /* Of another program. */
    check("{'scopeLogs':[{'logRecords':[{" AT ",'eventName':'user_prompt','attributes':[" ADA "]}]}]}", "",
          "unknown(event.name)|");
}

static void test_an_edit_is_work_and_a_decision(void **state)
{
    (void)state;
#define DECISION(tool, decision, source)                                                                               \
    LOGS(LOG(S("event.name", "tool_decision") "," S("tool_name", tool) "," S("decision", decision) "," S("source", source)))
#define BOTH(tool, action, by)                                                                                         \
    TIME "usage {'team':'t','user':'ada@example.org','assist':'ai','task':'xxxxxxxxxxxxxxxx','workflow':'w','tool':"   \
         "'claude-code','capability':'" tool "'}|" TIME                                                                \
         "override {'team':'t','user':'ada@example.org','task':'xxxxxxxxxxxxxxxx','action':'" action "','by':'" by "'}|"
    check_tasks(DECISION("Edit", "accept", "user_temporary"), BOTH("Edit", "accept", "person"));
    check_tasks(DECISION("Write", "reject", "user_reject"), BOTH("Write", "reject", "person"));
    check_tasks(DECISION("Edit", "accept", "config"), BOTH("Edit", "accept", "policy"));
    check_tasks(DECISION("Edit", "accept", "hook"), BOTH("Edit", "accept", "policy"));
    check_tasks(DECISION("Edit", "accept", "user_permanent"), BOTH("Edit", "accept", "policy"));
    check(DECISION("Bash", "accept", "user_temporary"), "", "permission(tool_name)|");
    check(DECISION("Edit", "perhaps", "user_temporary"), "", "field(decision)|");
    check(LOGS(LOG(S("event.name", "tool_decision"))), "", "field(tool_name)|");
}

/* Two edits of one moment are two, the same edit in another export is the same. */
static void test_edits_are_told_apart(void **state)
{
    (void)state;
#define CALL(id) LOG(S("event.name", "tool_decision") "," S("tool_name", "Edit") "," S("decision", "accept") "," S("tool_use_id", id))
#define SEQUENCE(number)                                                                                               \
    LOG(S("event.name", "tool_decision") "," S("tool_name", "Edit") "," S("decision", "accept")                         \
        ",{'key':'event.sequence','value':{'intValue':" number "}}")
    struct imported one = import_record(&import_claude_code, NULL, LOGS(CALL("c1")));
    struct imported again = import_record(&import_claude_code, NULL, LOGS(CALL("c1")));
    struct imported two = import_record(&import_claude_code, NULL, LOGS(CALL("c2")));
    struct imported text = import_record(&import_claude_code, NULL, LOGS(SEQUENCE("'7'")));
    struct imported number = import_record(&import_claude_code, NULL, LOGS(SEQUENCE("7")));
    assert_string_equal(strbuf_text(&one.lines), strbuf_text(&again.lines));
    assert_string_not_equal(strbuf_text(&one.lines), strbuf_text(&two.lines));
    assert_string_equal(strbuf_text(&text.lines), strbuf_text(&number.lines));
    struct imported *all[] = {&one, &again, &two, &text, &number};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        imported_done(all[i]);
}

static void test_metrics_are_use_on_a_day(void **state)
{
    (void)state;
    check(METRIC("claude_code.commit.count", "1", POINT("'asInt':'2'")), USE "}|", "");
    check(METRIC("claude_code.commit.count", "'AGGREGATION_TEMPORALITY_DELTA'", POINT("'asDouble':2")), USE "}|", "");
    check(METRIC("claude_code.commit.count", "1", POINT("'asInt':'0'")), "", "no_use(value)|");
    /* A running total must have begun on the same day. */
    check(METRIC("claude_code.commit.count", "2", POINT("'asInt':2,'startTimeUnixNano':'1759276800000000000'")), USE "}|", "");
    check(METRIC("claude_code.commit.count", "2", POINT("'asInt':2,'startTimeUnixNano':'1759276799000000000'")), "",
          "undated(startTimeUnixNano)|");
    check(METRIC("claude_code.commit.count", "2", POINT("'asInt':2")), "", "undated(startTimeUnixNano)|");
    check(METRIC("claude_code.token.usage", "1", POINT("'asInt':2")), "", "not_work(metric.name)|");
    check(METRIC("claude_code.active_time.total", "1", POINT("'asInt':2")), "", "not_work(metric.name)|");
    check(METRIC("http.server.duration", "1", POINT("'asInt':2")), "", "unknown(metric.name)|");
    check("{'scopeSpans':[]}", "", "unknown(scopeSpans)|");
}

static void test_rows_of_analytics(void **state)
{
    (void)state;
#define ROW(rest) "{'actor':{'type':'user_actor','email_address':'ada@example.org'},'date':'2025-10-01T00:00:00Z','core_metrics':{'num_sessions':1" rest "}"
#define DAY "2025-10-01T00:00:00.000Z usage {'team':'t','user':'ada@example.org','assist':'ai','tool':'claude-code'"
    check(ROW("},'tool_actions':{'edit_tool':{'accepted':4,'rejected':0},'write_tool':{'accepted':0,'rejected':0}}"),
          DAY ",'capability':'Edit'}|", "");
    check(ROW(",'commits_by_claude_code':1}"), DAY "}|", "");
    check(ROW("},'model_breakdown':[{'tokens':{'output':12}}]"), DAY "}|", "");
    check(ROW("}"), "", "no_use(core_metrics)|");
    check("{'actor':{'type':'api_actor','api_key_name':'ci'},'date':'2025-10-01T00:00:00Z','core_metrics':{}}", "",
          "no_user(actor.email_address)|");
    check("{'actor':{'email_address':'a'},'core_metrics':{}}", "", "time(date)|");
}

static void test_the_team_may_be_an_attribute(void **state)
{
    (void)state;
    check("{'resource':{'attributes':[" S("service.name", "claude-code") "," S("team.id", "platform")
          "]},'scopeLogs':[{'logRecords':[" LOG(S("event.name", "user_prompt")) "]}]}",
          TIME "usage {'team':'platform','user':'ada@example.org','assist':'ai','tool':'claude-code'}|", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_prompt_is_use),          cmocka_unit_test(test_an_edit_is_work_and_a_decision),
        cmocka_unit_test(test_edits_are_told_apart),     cmocka_unit_test(test_metrics_are_use_on_a_day),
        cmocka_unit_test(test_rows_of_analytics),        cmocka_unit_test(test_the_team_may_be_an_attribute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
