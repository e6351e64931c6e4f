/* Statements that say that a person completed a course become trainings; the others are left, each with its reason. */
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

#define ADA "'actor':{'mbox':'mailto:ada@example.org'}"
#define COMPLETED "'verb':{'id':'http://adlnet.gov/expapi/verbs/completed'}"
#define COURSE "'object':{'id':'urn:course:1'}"
#define NOON "'timestamp':'2025-10-01T12:00:00Z'"
#define TRAINING "2025-10-01T12:00:00.000Z training {'team':'t','user':'ada@example.org','program':'urn:course:1'}|"

static void check(const char *json, const char *events, const char *reasons)
{
    assert_imported(&import_xapi, NULL, json, events, reasons);
}

static void check_with(const struct import_options *options, const char *json, const char *events, const char *reasons)
{
    assert_imported(&import_xapi, options, json, events, reasons);
}

static void test_what_means_completion(void **state)
{
    (void)state;
    static const char *const attended[] = {"http://adlnet.gov/expapi/verbs/attended"};
    const struct import_options more = {.team = "t", .verbs = attended, .verb_count = 1};
    check("{" ADA "," COMPLETED "," COURSE "," NOON "}", TRAINING, "");
    check("{" ADA ",'verb':{'id':'http://activitystrea.ms/schema/1.0/complete'}," COURSE "," NOON "}", TRAINING, "");
    check("{" ADA "," COMPLETED "," COURSE "," NOON ",'result':{'completion':false}}", "", "not_completed(verb.id)|");
    check("{" ADA ",'verb':{'id':'http://adlnet.gov/expapi/verbs/passed'}," COURSE "," NOON "}", "",
          "not_completed(verb.id)|");
    check("{" ADA ",'verb':{'id':'http://adlnet.gov/expapi/verbs/passed'}," COURSE "," NOON ",'result':{'completion':true}}",
          TRAINING, "");
    check("{" ADA ",'verb':{'id':'http://adlnet.gov/expapi/verbs/answered'}," COURSE "," NOON
          ",'result':{'completion':true}}",
          "", "not_completed(verb.id)|");
    check("{" ADA ",'verb':{'id':'http://adlnet.gov/expapi/verbs/attended'}," COURSE "," NOON "}", "",
          "not_completed(verb.id)|");
    check_with(&more, "{" ADA ",'verb':{'id':'http://adlnet.gov/expapi/verbs/attended'}," COURSE "," NOON "}", TRAINING, "");
    check("{" ADA ",'verb':{'id':'http://adlnet.gov/expapi/verbs/voided'},'object':{'objectType':'StatementRef','id':'x'}}",
          "", "voiding(verb.id)|");
}

static void test_who_did_it(void **state)
{
    (void)state;
    const struct import_options home = {.team = "t", .account_home = "https://b"};
    static const char account[] = "{'actor':{'account':{'homePage':'https://a','name':'ada'}}," COMPLETED "," COURSE "," NOON "}";
    check(account, "2025-10-01T12:00:00.000Z training {'team':'t','user':'ada','program':'urn:course:1'}|", "");
    check_with(&home, account, "", "other_home(actor.account.homePage)|");
    check("{'actor':{'mbox_sha1sum':'cd9b'}," COMPLETED "," COURSE "," NOON "}",
          "2025-10-01T12:00:00.000Z training {'team':'t','user':'cd9b','program':'urn:course:1'}|", "");
    check("{'actor':{'openid':'https://ada'}," COMPLETED "," COURSE "," NOON "}",
          "2025-10-01T12:00:00.000Z training {'team':'t','user':'https://ada','program':'urn:course:1'}|", "");
    check("{'actor':{'name':'Ada Lovelace'}," COMPLETED "," COURSE "," NOON "}", "", "no_user(actor)|");
    check("{'actor':{'objectType':'Group','mbox':'mailto:all@example.org'}," COMPLETED "," COURSE "," NOON "}", "",
          "group(actor)|");
    check("{'actor':{'account':{'name':'ada'}}," COMPLETED "," COURSE "," NOON "}", "", "field(actor.account.homePage)|");
    check("{'actor':{'account':{'homePage':'https://a'}}," COMPLETED "," COURSE "," NOON "}", "",
          "field(actor.account.name)|");
    check("{'actor':'ada'," COMPLETED "," COURSE "," NOON "}", "", "field(actor)|");
}

static void test_what_it_was_and_when(void **state)
{
    (void)state;
    const struct import_options parts = {.team = "t", .parts = true};
    static const char module[] = "{" ADA "," COMPLETED ",'object':{'id':'urn:course:1','definition':{'type':"
                                 "'http://adlnet.gov/expapi/activities/module'}}," NOON "}";
    check(module, "", "part(object.definition.type)|");
    check_with(&parts, module, TRAINING, "");
    check("{" ADA "," COMPLETED ",'object':{'objectType':'Agent','mbox':'mailto:b@example.org'}," NOON "}", "",
          "not_a_course(object.objectType)|");
    check("{" ADA "," COMPLETED ",'object':{'objectType':'Activity'}," NOON "}", "", "field(object.id)|");
    check("{" ADA "," COMPLETED "," COURSE ",'stored':'2025-10-01T14:00:00+02:00'}", TRAINING, "");
    check("{" ADA "," COMPLETED "," COURSE ",'timestamp':'2025-10-01T12:00:00'}", "", "time(timestamp)|");
    check("{" ADA "," COMPLETED "," COURSE "}", "", "time(timestamp)|");
    check("{" ADA "," COMPLETED "," COURSE "," NOON ",'result':{'duration':'PT1H30M'}}",
          "2025-10-01T12:00:00.000Z training {'team':'t','user':'ada@example.org','program':'urn:course:1','hours':1.5}|", "");
    check("{" ADA "," COMPLETED "," COURSE "," NOON ",'result':{'duration':'P1Y'}}", TRAINING, "");
    check("{" ADA "," COMPLETED "," COURSE "," NOON ",'result':{'duration':'PT999999H'}}", "", "refused(hours)|");
    check("{" ADA "," ADA "," COMPLETED "," COURSE "," NOON "}", "", "twice()|");
    check("{" ADA "," COURSE "," NOON "}", "", "field(verb.id)|");
    check("{'id':'urn:course:1','definition':{}}", "", "unknown()|");
}

static void test_teams(void **state)
{
    (void)state;
    check_with(&(struct import_options){.team = NULL}, "{" ADA "," COMPLETED "," COURSE "," NOON "}", "", "no_team(team)|");
}

static void test_a_statement_keeps_its_id(void **state)
{
    (void)state;
    struct imported with = import_record(&import_xapi, NULL, "{'id':'8f87ccde-bb56'," ADA "," COMPLETED "," COURSE "," NOON "}");
    assert_non_null(strstr(strbuf_text(&with.lines), "\"source\":\"urn:uptake:import:xapi\",\"id\":\"8f87ccde-bb56\""));
    struct imported one = import_record(&import_xapi, NULL, "{" ADA "," COMPLETED "," COURSE "," NOON "}");
    struct imported same = import_record(&import_xapi, NULL, "{" NOON "," COURSE "," COMPLETED "," ADA ",'stored':'x'}");
    assert_string_equal(strbuf_text(&one.lines), strbuf_text(&same.lines));
    imported_done(&with);
    imported_done(&one);
    imported_done(&same);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_means_completion), cmocka_unit_test(test_who_did_it),
        cmocka_unit_test(test_what_it_was_and_when),  cmocka_unit_test(test_teams),
        cmocka_unit_test(test_a_statement_keeps_its_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
